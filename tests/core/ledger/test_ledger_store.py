"""A desk's own log: adding to it, reading it while it grows, and what is refused."""

from __future__ import annotations

import itertools
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ledger_naive as naive
import pytest
from ledger_samples import NAME, OTHER, SIGNER, STRANGER, WITNESSES, leaf, leaves, opened

from soi.core.ledger import (
    Leaf,
    LedgerError,
    Log,
    LogFault,
    Trust,
    fetch_from,
    verify_checkpoint,
    verify_log,
    verify_proof,
)
from soi.core.ledger.merkle import EMPTY

VKEY = str(SIGNER.key)


def held(directory: Path) -> list[bytes]:
    return naive.whole_log(directory, VKEY)


def written(some: list[Leaf]) -> list[bytes]:
    return [bytes(each) for each in some]


def test_a_new_log_is_empty_and_signed(tmp_path: Path) -> None:
    log = opened(tmp_path / "deep" / "log")
    assert log.checkpoint().tree == EMPTY
    assert not (tmp_path / "deep").exists(), "reading makes nothing"
    log.append([])
    assert held(tmp_path / "deep" / "log") == []


@pytest.mark.parametrize("sizes", [(1, 2, 3), (255, 1, 1), (256, 256), (700,), (0, 1, 0, 300)])
def test_another_implementation_reads_the_log_after_every_append(
    tmp_path: Path, sizes: tuple[int, ...]
) -> None:
    log, start = opened(tmp_path / "log"), 0
    for count in sizes:
        signed = log.append(iter(leaves(start, start + count)))
        start += count
        assert signed.tree.size == start
        assert held(tmp_path / "log") == written(leaves(0, start))


def test_a_log_may_be_opened_anew_for_every_append(tmp_path: Path) -> None:
    for number in range(300):
        opened(tmp_path / "log").append([leaf(number)], at=number)
    assert held(tmp_path / "log") == written(leaves(0, 300))


def test_three_levels_of_tiles_are_right(tmp_path: Path) -> None:
    """65,536 leaves fill a tile of level 1; the naive verifier would take too long for all."""
    log = opened(tmp_path / "log")
    log.append(leaf(number) for number in range(65_530))
    for number in range(65_530, 65_545):
        log.append([leaf(number)])
    report = verify_log(fetch_from(tmp_path / "log"), log.trust)
    assert report.signed.tree.size == 65_545
    root = naive.mth(written(leaves(0, 65_545)))
    assert report.signed.tree.root == root
    assert sorted(path.name for path in (tmp_path / "log/tile").iterdir()) == [
        "0",
        "1",
        "2",
        "entries",
    ]


def test_a_batch_that_is_there_already_is_not_added_again(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 5), at=0)
    assert log.append(leaves(0, 5), at=0).tree.size == 5
    assert log.append(leaves(3, 9), at=3).tree.size == 9
    assert log.append(leaves(2, 4), at=2).tree.size == 9
    assert held(tmp_path / "log") == written(leaves(0, 9))


def test_other_leaves_in_the_same_place_are_a_conflict(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 5))
    with pytest.raises(LogFault) as refused:
        log.append([*leaves(3, 4), *leaves(4, 9, edition=2)], at=3)
    assert (refused.value.code, refused.value.index) == ("log_conflict", 4)
    assert held(tmp_path / "log") == written(leaves(0, 5))


@pytest.mark.parametrize("at", [6, -1])
def test_leaves_after_a_gap_are_refused(tmp_path: Path, at: int) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 5))
    with pytest.raises(LogFault) as refused:
        log.append([leaf(6)], at=at)
    assert (refused.value.code, refused.value.index) == ("log_gap", 5)


@pytest.mark.parametrize("thing", [b'{"a":1}', "An đã nói thế", None, {"type": "edition"}])
def test_nothing_but_a_leaf_gets_in(tmp_path: Path, thing: Any) -> None:
    log = opened(tmp_path / "log")
    with pytest.raises(LedgerError) as refused:
        log.append([leaf(0), thing])
    assert refused.value.code == "log_leaf_invalid"
    assert log.checkpoint().tree == EMPTY
    assert log.append(leaves(0, 3)).tree.size == 3
    assert held(tmp_path / "log") == written(leaves(0, 3))


def test_an_error_of_the_caller_in_the_middle_changes_nothing(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 250))

    def failing() -> Any:
        yield from leaves(250, 600)
        raise KeyError("the caller's own")

    with pytest.raises(KeyError):
        log.append(failing())
    assert held(tmp_path / "log") == written(leaves(0, 250))
    log.append(leaves(250, 260, edition=2))
    assert held(tmp_path / "log") == written(leaves(0, 250) + leaves(250, 260, edition=2))


def test_two_objects_on_one_directory_see_one_another(tmp_path: Path) -> None:
    one, other = opened(tmp_path / "log"), opened(tmp_path / "log")
    for number in range(0, 20, 2):
        one.append([leaf(number)], at=number)
        other.append([leaf(number + 1)], at=number + 1)
    assert one.checkpoint() == other.checkpoint()
    assert held(tmp_path / "log") == written(leaves(0, 20))


def test_threads_of_one_process_take_turns(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")

    def work() -> None:
        for _ in range(25):
            log.append([leaf(0)])
            log.proof(0)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(held(tmp_path / "log")) == 100


def test_partial_tiles_are_gone_when_the_full_one_is_there(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    for number in range(257):
        log.append([leaf(number)])
    left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.p")}
    assert left == {"log/tile/0/001.p", "log/tile/1/000.p", "log/tile/entries/001.p"}


def test_whoever_holds_an_older_checkpoint_reads_on(tmp_path: Path) -> None:
    """The partial tiles that it names are gone; the full ones begin in the same way."""
    log = opened(tmp_path / "log")
    log.append(leaves(0, 200))
    older = log.reader()
    log.append(leaves(200, 600))
    assert not list((tmp_path / "log/tile/0").glob("000.p"))
    fresh = opened(tmp_path / "log")
    for index in (0, 199):
        assert older.entry(index) == bytes(leaf(index))
        assert older.inclusion_proof(index) == naive.path(index, written(leaves(0, 200)))
    assert fresh.reader().consistency_proof(older.tree) == naive.proof(200, written(leaves(0, 600)))


def test_every_proof_of_a_log_is_that_of_the_naive_verifier(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 300))
    entries = written(leaves(0, 300))
    reader = log.reader()
    for index in range(0, 300, 7):
        assert reader.inclusion_proof(index) == naive.path(index, entries)
        assert log.leaf(index) == leaf(index)
    for size in range(1, 301, 7):
        assert reader.tree_of(size).root == naive.mth(entries[:size])
        assert reader.consistency_proof(reader.tree_of(size)) == naive.proof(size, entries)


@pytest.mark.parametrize("index", [-1, 5, 2**70])
def test_a_leaf_that_is_not_there_is_outside(tmp_path: Path, index: int) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 5))
    calls: list[Callable[[int], Any]] = [
        log.leaf,
        log.proof,
        log.reader().inclusion_proof,
        log.reader().entry,
    ]
    for call in calls:
        with pytest.raises(LedgerError) as refused:
            call(index)
        assert refused.value.code == "log_outside"


def test_a_key_is_replaced_in_three_steps(tmp_path: Path) -> None:
    directory = tmp_path / "log"
    opened(directory).append(leaves(0, 3))
    with pytest.raises(LogFault):
        opened(directory, OTHER).append(leaves(3, 4))
    both = opened(directory, SIGNER, OTHER)
    both.sign_again()
    assert verify_checkpoint((directory / "checkpoint").read_bytes(), both.trust).keys == (
        SIGNER.key,
        OTHER.key,
    )
    both.append(leaves(3, 5))
    new = opened(directory, OTHER)
    new.append(leaves(5, 6))
    assert naive.whole_log(directory, str(OTHER.key)) == written(leaves(0, 6))
    with pytest.raises(LedgerError) as refused:
        verify_checkpoint((directory / "checkpoint").read_bytes(), Trust((SIGNER.key,)))
    assert refused.value.code == "log_signature_missing"


def test_a_log_keeps_its_name_under_a_key_of_another_name(tmp_path: Path) -> None:
    log = Log(tmp_path / "log", [STRANGER], origin=NAME)
    log.append(leaves(0, 2))
    assert log.checkpoint().checkpoint.origin == NAME
    verify_proof(log.proof(1), Trust((STRANGER.key,), origin=NAME))


def test_cosignatures_are_published_and_renewed(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 3))
    keys = [each.key for each in WITNESSES]
    note = log.checkpoint().note
    for at, witness in itertools.product((1_700_000_000, 1_800_000_000), WITNESSES):
        log.add_cosignatures(note.signed_with(witness, at=at).signatures[1:], keys)
    trust = Trust((SIGNER.key,), tuple(keys), len(keys))
    found = verify_checkpoint((tmp_path / "log/checkpoint").read_bytes(), trust)
    assert {each.at for each in found.witnesses} == {1_800_000_000}
    assert held(tmp_path / "log") == written(leaves(0, 3))


def test_a_cosignature_of_an_older_tree_is_refused(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 3))
    old = log.checkpoint().note.signed_with(WITNESSES[0], at=1).signatures[-1:]
    signed = log.append(leaves(3, 4))
    with pytest.raises(LedgerError) as refused:
        log.add_cosignatures(old, [WITNESSES[0].key])
    assert refused.value.code == "log_signature_wrong"
    assert log.checkpoint() == signed


def test_signatures_of_strangers_are_not_published(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 3))
    note = log.checkpoint().note.signed_with(STRANGER, WITNESSES[0], WITNESSES[1], at=1)
    signed = log.add_cosignatures(note.signatures, [WITNESSES[1].key])
    assert [each.name for each in signed.note.signatures] == [NAME, WITNESSES[1].key.name]


def corrupt(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


DAMAGES: dict[str, Callable[[Path], None]] = {
    "no checkpoint": lambda d: (d / "checkpoint").unlink(),
    "empty checkpoint": lambda d: (d / "checkpoint").write_bytes(b""),
    "another's checkpoint": lambda d: (d / "checkpoint").write_bytes(
        bytes(opened(d / "x", STRANGER).checkpoint().note)
    ),
    "changed checkpoint": lambda d: corrupt(d / "checkpoint"),
    "changed bundle": lambda d: corrupt(d / "tile/entries/001.p/44"),
    "changed tile": lambda d: corrupt(d / "tile/0/001.p/44"),
    "changed top": lambda d: corrupt(d / "tile/1/000.p/1"),
    "no bundle": lambda d: (d / "tile/entries/001.p/44").unlink(),
    "no tile": lambda d: (d / "tile/0/001.p/44").unlink(),
    "short tile": lambda d: (d / "tile/0/001.p/44").write_bytes(b"\x00" * 33),
    "long tile": lambda d: (d / "tile/0/001.p/44").write_bytes(b"\x00" * 10_000_000),
    "no tiles": lambda d: shutil.rmtree(d / "tile"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_nothing_is_added_to_a_damaged_log(tmp_path: Path, damage: str) -> None:
    directory = tmp_path / "log"
    opened(directory).append(leaves(0, 300))
    DAMAGES[damage](directory)
    before = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    with pytest.raises(LogFault) as refused:
        opened(directory).append([leaf(300)])
    assert refused.value.code == "log_damaged"
    after = {path: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    assert after == before


def test_a_changed_tile_gives_no_proof(tmp_path: Path) -> None:
    directory = tmp_path / "log"
    opened(directory).append(leaves(0, 300))
    corrupt(directory / "tile/0/000")
    with pytest.raises(LogFault) as refused:
        opened(directory).proof(5)
    assert (refused.value.code, refused.value.index) == ("log_damaged", 5)


def test_a_log_that_was_rolled_back_under_its_writer_is_not_continued(tmp_path: Path) -> None:
    directory = tmp_path / "log"
    log = opened(directory)
    log.append(leaves(0, 5))
    shutil.copytree(directory, tmp_path / "backup")
    log.append(leaves(5, 9))
    for other in (leaves(5, 6, edition=2), leaves(5, 20, edition=2)):
        shutil.rmtree(directory)
        shutil.copytree(tmp_path / "backup", directory)
        opened(directory).append(other)
        with pytest.raises(LogFault, match="rolled back"):
            log.append([leaf(20)])
    shutil.rmtree(directory)
    with pytest.raises(LogFault, match="removed"):
        log.append([leaf(20)])
