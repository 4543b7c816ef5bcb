"""`kill -9` at every step of a write: the log is as it was or as it was to be, never between."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ledger_naive
import pytest
from ledger_processes import Nursery
from ledger_samples import NAME, OTHER, SIGNER, TRUST, WITNESSES, leaves, opened

from soi.core.ledger import LogFault, fetch_from, verify_log

KILLED = -signal.SIGKILL
VKEY = str(SIGNER.key)


def deaths(
    nursery: Nursery, prepared: Path, action: str, *, half: bool = False, **arguments: Any
) -> Iterator[Path]:
    """The log as each death leaves it, from before the first step to after the last."""
    for step in itertools.count(1):
        directory = prepared.with_name(f"dead-{step}")
        if prepared.exists():
            shutil.copytree(prepared, directory)
        end = nursery.run(action, directory=directory, dies_at=step, half=half, **arguments)
        assert end in (0, KILLED)
        yield directory
        shutil.rmtree(directory)
        if end == 0:
            assert step > 5, "the child was hardly ever killed"
            return


def held(directory: Path) -> list[bytes]:
    """What another implementation reads of the log as the dead process left it."""
    return ledger_naive.whole_log(directory, VKEY)


@pytest.mark.parametrize("half", [False, True], ids=["between", "within"])
@pytest.mark.parametrize(
    ("size", "more"),
    [(0, 1), (3, 5), (255, 1), (256, 1), (250, 300)],
)
def test_a_killed_append_leaves_the_tree_before_or_after(
    log_nursery: Nursery, tmp_path: Path, size: int, more: int, half: bool
) -> None:
    prepared = tmp_path / "prepared"
    opened(prepared).append(leaves(0, size))
    before, after = ([bytes(e) for e in leaves(0, n)] for n in (size, size + more))
    seen = set()
    span = {"start": size, "stop": size + more}
    for directory in deaths(log_nursery, prepared, "append", half=half, **span):
        found = held(directory)
        assert found in (before, after)
        seen.add(len(found))
        # The same batch again, as a journal would replay it.
        signed = opened(directory).append(leaves(size, size + more), at=size)
        assert signed.tree.size == size + more
        assert held(directory) == after
        verify_log(fetch_from(directory), TRUST)
    assert seen == {size, size + more}


@pytest.mark.parametrize("size", [0, 3, 255, 300])
def test_other_leaves_may_follow_a_killed_append(
    log_nursery: Nursery, tmp_path: Path, size: int
) -> None:
    prepared = tmp_path / "prepared"
    opened(prepared).append(leaves(0, size))
    for directory in deaths(log_nursery, prepared, "append", start=size, stop=size + 3):
        count = len(held(directory))
        opened(directory).append(leaves(count, count + 3, edition=2))
        found = held(directory)
        assert found[:size] == [bytes(each) for each in leaves(0, size)]
        assert found[count:] == [bytes(each) for each in leaves(count, count + 3, edition=2)]


def test_the_first_append_of_all_may_be_killed(log_nursery: Nursery, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    for directory in deaths(log_nursery, nothing, "append", start=0, stop=3):
        directory.mkdir(exist_ok=True)
        signed = opened(directory).append(leaves(0, 3), at=0)
        assert signed.tree.size == 3
        assert held(directory) == [bytes(each) for each in leaves(0, 3)]


def test_a_key_that_is_being_added_is_there_or_not(log_nursery: Nursery, tmp_path: Path) -> None:
    prepared = tmp_path / "prepared"
    opened(prepared).append(leaves(0, 3))
    signers = set()
    for directory in deaths(log_nursery, prepared, "sign_with_two_keys"):
        note = (directory / "checkpoint").read_bytes()
        signers.add(len(ledger_naive.signers(note, [VKEY, str(OTHER.key)])))
        assert len(held(directory)) == 3
    assert signers == {1, 2}


def test_a_cosignature_is_there_or_not(log_nursery: Nursery, tmp_path: Path) -> None:
    prepared = tmp_path / "prepared"
    opened(prepared).append(leaves(0, 3))
    signers = set()
    for directory in deaths(log_nursery, prepared, "add_a_cosignature"):
        note = (directory / "checkpoint").read_bytes()
        signers.add(len(ledger_naive.signers(note, [VKEY, str(WITNESSES[0].key)])))
        assert len(held(directory)) == 3
    assert signers == {1, 2}


def test_nothing_acknowledged_is_lost_when_writers_are_killed_at_any_moment(
    log_nursery: Nursery, tmp_path: Path
) -> None:
    directory, pipe, acknowledged = tmp_path / "log", tmp_path / "pipe", -1
    os.mkfifo(pipe)
    for wait_for in (1, 30, 7, 90, 140, 4):
        first = acknowledged + 1
        pid = log_nursery.start("append_for_ever", directory=directory, pipe=pipe, first=first)
        with pipe.open() as lines:
            *_, last = itertools.islice(lines, wait_for)
            os.kill(pid, signal.SIGKILL)
        acknowledged = int(last)
        assert log_nursery.end_of(pid) == KILLED
        found = held(directory)
        assert len(found) > acknowledged
        assert found == [bytes(each) for each in leaves(0, len(found))]


def test_the_lock_of_a_killed_writer_is_free(log_nursery: Nursery, tmp_path: Path) -> None:
    directory, pipe = tmp_path / "log", tmp_path / "pipe"
    os.mkfifo(pipe)
    pid = log_nursery.start("hold_the_lock", directory=directory, pipe=pipe)
    with pipe.open() as lines:
        assert lines.readline() == "held\n"
    with pytest.raises(LogFault) as refused:
        opened(directory, patience=0).append(leaves(0, 1))
    assert refused.value.code == "log_busy"
    assert opened(directory).checkpoint().tree.size == 0, "readers wait for nobody"
    os.kill(pid, signal.SIGKILL)
    assert log_nursery.end_of(pid) == KILLED
    assert opened(directory, patience=0).append(leaves(0, 1)).tree.size == 1


def test_writers_of_several_processes_lose_nothing(log_nursery: Nursery, tmp_path: Path) -> None:
    directory = tmp_path / "log"
    start = [
        log_nursery.start("append_many_times", directory=directory, times=40) for _ in range(3)
    ]
    assert [log_nursery.end_of(pid) for pid in start] == [0, 0, 0]
    found = held(directory)
    assert len(found) == 120
    assert len(set(found)) == 3


@pytest.mark.parametrize("largest", [0, 100, 1000])
def test_a_full_disk_leaves_the_log_as_it_was(
    log_nursery: Nursery, tmp_path: Path, largest: int
) -> None:
    opened(tmp_path / "log").append(leaves(0, 200))
    span = {"start": 200, "stop": 300}
    end = log_nursery.run(
        "append_on_a_full_disk", directory=tmp_path / "log", largest=largest, **span
    )
    assert end == 0
    assert held(tmp_path / "log") == [bytes(each) for each in leaves(0, 300)]
    assert ledger_naive.checkpoint((tmp_path / "log/checkpoint").read_bytes(), VKEY)[0] == NAME
