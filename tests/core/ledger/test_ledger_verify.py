"""A whole log verified by somebody else: every changed byte is found, and the words are honest."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from ledger_samples import OTHER, SIGNER, TRUST, WITNESSES, leaf, leaves, opened

from soi.core.ledger import (
    SENTENCES,
    Checkpoint,
    Code,
    Finding,
    LeafKind,
    LedgerError,
    Log,
    Report,
    Tree,
    Trust,
    fetch_from,
    sign_checkpoint,
    verify_log,
    verify_proof,
    words,
)

SIZE = 600


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log that is not changed: tests change a copy."""
    directory = tmp_path_factory.mktemp("ledger") / "log"
    opened(directory).append(leaves(0, SIZE))
    return directory


@pytest.fixture
def log(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "log")
    return tmp_path / "log"


def verified(directory: Path, trust: Trust = TRUST, since: bytes | None = None) -> Report:
    return verify_log(fetch_from(directory), trust, since=since)


def refused(directory: Path, trust: Trust = TRUST, since: bytes | None = None) -> Code:
    with pytest.raises(LedgerError) as caught:
        verified(directory, trust, since)
    return caught.value.code


def test_a_whole_log_is_proved(whole: Path) -> None:
    told: list[int] = []
    report = verify_log(fetch_from(whole), TRUST, progress=told.append)
    assert report.proved == (Finding.SIGNED, Finding.WHOLE)
    assert report.signed.tree.size == SIZE
    assert sum(report.kinds.values()) == SIZE
    assert told == [256, 512, 600]


def test_an_empty_log_is_proved(tmp_path: Path) -> None:
    opened(tmp_path / "log").append([])
    assert verified(tmp_path / "log").signed.tree.size == 0


@pytest.mark.parametrize("size", [1, 255, 256, 257, 512, 513])
def test_logs_of_every_shape_are_proved(tmp_path: Path, size: int) -> None:
    opened(tmp_path / "log").append(leaves(0, size))
    assert verified(tmp_path / "log").signed.tree.size == size


def test_every_changed_file_is_found(log: Path) -> None:
    files = [path for path in log.rglob("*") if path.is_file() and path.name[0] != "."]
    assert len(files) == 8
    for path in files:
        content = path.read_bytes()
        for at in {0, len(content) // 2, len(content) - 1}:
            path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
            assert refused(log)
        for other in (b"", content[:-1], content + b"\x00", content * 2):
            path.write_bytes(other)
            assert refused(log)
        path.unlink()
        assert refused(log) == Code.DAMAGED
        path.write_bytes(content)
    verified(log)


def test_another_leaf_with_its_tile_is_found(log: Path) -> None:
    """Whoever changes a leaf and every hash above it still lacks the key."""
    shutil.rmtree(log / "tile")
    opened(log.with_name("forged")).append([*leaves(0, 5), leaf(5, 2), *leaves(6, SIZE)])
    shutil.copytree(log.with_name("forged") / "tile", log / "tile")
    assert refused(log) == Code.DAMAGED


def test_a_log_that_continues_an_older_checkpoint_is_proved(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    for stop in (100, 300, 600):
        log.append(leaves(log.checkpoint().tree.size, stop))
        old = bytes(log.checkpoint().note)
        log.append([leaf(stop)])
        report = verified(tmp_path / "log", since=old)
        assert Finding.GREW in report.proved
        assert report.since
        assert report.since.size == stop


def test_a_log_that_was_rolled_back_or_rewritten_is_found(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 300))
    published = bytes(log.checkpoint().note)
    rolled_back, rewritten = tmp_path / "rolled-back", tmp_path / "rewritten"
    opened(rolled_back).append(leaves(0, 200))
    opened(rewritten).append([leaf(0, 2), *leaves(1, 400)])
    for directory in (rolled_back, rewritten):
        verified(directory)
        assert refused(directory, since=published) == Code.PROOF_WRONG


def test_the_older_checkpoint_has_to_be_the_logs_own(whole: Path) -> None:
    foreign = sign_checkpoint(Checkpoint(SIGNER.key.name, Tree(5, b"\x00" * 32)), [OTHER])
    assert refused(whole, since=bytes(foreign)) == Code.SIGNATURE_MISSING
    assert refused(whole, since=b"") == Code.NOTE_INVALID


def test_a_checkpoint_that_promises_a_huge_log_costs_nothing(log: Path) -> None:
    for size in (10**12, 2**63 - 1):
        note = sign_checkpoint(Checkpoint(SIGNER.key.name, Tree(size, b"\x00" * 32)), [SIGNER])
        (log / "checkpoint").write_bytes(bytes(note))
        assert refused(log) == Code.DAMAGED


def test_an_entry_that_is_no_leaf_is_found(log: Path) -> None:
    path = log / "tile/entries/000"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"edition", b"opinion", 1))
    assert refused(log) == Code.LEAF_INVALID
    path.write_bytes(b"\xff\xff" + b"a" * 65535 + content[2:])
    assert refused(log) in {Code.LEAF_INVALID, Code.DAMAGED}


def test_a_pipe_in_the_place_of_a_file_does_not_block(log: Path) -> None:
    for path in ("checkpoint", "tile/0/000"):
        kept = (log / path).read_bytes()
        (log / path).unlink()
        os.mkfifo(log / path)
        with pytest.raises(OSError, match="regular"):
            verified(log)
        (log / path).unlink()
        (log / path).write_bytes(kept)


def test_a_device_in_the_place_of_a_file_is_not_read(log: Path) -> None:
    (log / "checkpoint").unlink()
    (log / "checkpoint").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="regular"):
        verified(log)


def test_what_was_left_over_by_a_killed_writer_does_not_matter(log: Path) -> None:
    (log / ".new").write_bytes(b"half")
    (log / "tile/0/002.p/200").write_bytes(b"never signed for")
    verified(log)


def test_witnesses_are_told_and_take_one_doubt_away(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 3))
    note = log.checkpoint().note.signed_with(*WITNESSES[:2], at=1_800_000_000)
    keys = [each.key for each in WITNESSES]
    log.add_cosignatures(note.signatures[1:], keys)
    report = verified(tmp_path / "log", Trust((SIGNER.key,), tuple(keys), 2))
    assert Finding.WITNESSED in report.proved
    assert Finding.SAME_FOR_ALL not in report.not_proved
    assert "witness.example/w1 (2027-01-15 08:00:00 UTC)" in "\n".join(words.told(report, "en"))
    assert Finding.SAME_FOR_ALL in verified(tmp_path / "log").not_proved


def every_report(tmp_path: Path) -> list[Report]:
    log: Log = opened(tmp_path / "log")
    log.append(leaves(0, 20))
    old = bytes(log.checkpoint().note)
    reports = [verified(tmp_path / "log"), verified(tmp_path / "log", since=old)]
    return reports + [verify_proof(log.proof(number), TRUST) for number in range(20)]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_report_says_what_is_not_proved(tmp_path: Path, language: words.Language) -> None:
    for report in every_report(tmp_path):
        lines = words.told(report, language)
        assert not [line for line in lines if "{" in line]
        assert words.FINDINGS[Finding.TRUE][words._PLACE[language]] in "\n".join(lines)
        assert {Finding.TRUE, Finding.TIME, Finding.KEY, Finding.NEWEST} <= set(report.not_proved)
        assert not set(report.proved) & set(report.not_proved)


def test_every_finding_kind_and_code_has_its_words_in_both_languages() -> None:
    assert set(words.FINDINGS) == set(Finding)
    assert set(words.KINDS) == set(LeafKind)
    assert set(SENTENCES) == set(Code)
    for pair in (*words.FINDINGS.values(), *words.KINDS.values(), *SENTENCES.values()):
        assert len(pair) == 2
        assert all(each.strip() for each in pair)
        assert pair[0] != pair[1]


def test_words_of_strangers_can_not_drive_the_terminal() -> None:
    error = LedgerError(Code.ORIGIN_OTHER, "the log is \x1b[2Jnot\u202e x\n y")
    for line in words.refused(error, "vi"):
        assert line.isprintable()
