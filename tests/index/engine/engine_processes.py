"""Processes that use an index and may die at any step of it.

Run as a program this is a nursery: it has everything imported and no thread started, reads one
order a line, forks a child for it, and tells how children ended. So a real process is killed for
each fault point in a few milliseconds.
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from engine_entries import by_words, entry, holds, opened, own_token, unit

from soi.index.engine import EmbeddedEngine, IndexBusy, IndexDiskFull, IndexForbidden, vectors

STEPS = ("pwrite", "fsync", "fdatasync", "replace", "mkdir", "rmdir")
SENTINEL = 999_999


class Nursery:
    """Starts children and tells how they ended."""

    def __enter__(self) -> Nursery:
        self._program = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"},
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._program.communicate()

    def start(self, action: str, **arguments: Any) -> int:
        """Start a child that does `action`; returns its process id."""
        return int(self._order({"action": action, "arguments": arguments}))

    def end_of(self, pid: int) -> int:
        """Wait for a child: 0 when it did its action, minus the signal that killed it, or 1."""
        return int(self._order({"wait": pid}))

    def run(self, action: str, **arguments: Any) -> int:
        return self.end_of(self.start(action, **arguments))

    def _order(self, order: dict[str, Any]) -> str:
        assert self._program.stdin
        assert self._program.stdout
        self._program.stdin.write(json.dumps(order, default=str).encode() + b"\n")
        self._program.stdin.flush()
        return self._program.stdout.readline().decode()


def _opened(directory: str, patience: float = 10.0, exact_limit: int = 100) -> EmbeddedEngine:
    vectors.EXACT_LIMIT = exact_limit
    return opened(Path(directory), patience)


def upsert(directory: str, ids: list[int], edition: int, seq: int, exact_limit: int = 100) -> None:
    batch = [entry(id_, edition=edition) for id_ in ids]
    _opened(directory, exact_limit=exact_limit).upsert(batch, words_seq=seq, meaning_seq=seq)


def delete(directory: str, ids: list[int], seq: int) -> None:
    _opened(directory).delete(ids, words_seq=seq)


def rebuild(directory: str, ids: list[int], edition: int, seq: int) -> None:
    rows = [entry(id_, edition=edition) for id_ in ids]
    _opened(directory).rebuild(rows, words_seq=seq, meaning_seq=seq)


def upsert_for_ever(directory: str, pipe: str, first: int) -> None:
    """Write entries until killed, saying each one that is acknowledged on the named pipe."""
    with Path(pipe).open("w") as acknowledged:
        engine = _opened(directory)
        for id_ in itertools.count(first):
            engine.upsert([entry(id_)], words_seq=id_, meaning_seq=id_)
            print(id_, file=acknowledged, flush=True)


def upsert_range(directory: str, first: int, last: int) -> None:
    engine = _opened(directory, patience=60)
    for id_ in range(first, last):
        engine.upsert([entry(id_)], words_seq=id_, meaning_seq=id_)


def read_until_sentinel(directory: str, ids: list[int]) -> None:
    """Search without pause until the sentinel shows; both channels find the entry each time."""
    engine = _opened(directory)
    for id_ in itertools.cycle(ids):
        tokens = [own_token(id_, 0), own_token(id_, 1)]
        [hit] = [hit for hit in engine.search(tokens, unit(id_), len(ids) + 1) if hit.id == id_]
        assert hit.words_rank == 1
        assert hit.meaning_rank is not None
        engine.applied()
        if by_words(engine, own_token(SENTINEL)):
            return


def hold_the_lock(directory: str, pipe: str) -> None:
    """Hold the writers' lock until killed."""
    with Path(pipe).open("w") as held, _opened(directory).exclusive():
        print("held", file=held, flush=True)
        signal.pause()


def upsert_impatiently(directory: str) -> None:
    try:
        _opened(directory, patience=0.05).upsert([entry(1)])
    except IndexBusy:
        return
    raise AssertionError("the lock did not hold")


def upsert_on_a_full_disk(directory: str, bytes_left: int, ids: list[int]) -> None:
    """Write with the kernel refusing files to grow; a stand-in for ENOSPC that needs no mount."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_left, bytes_left))
    engine = _opened(directory)
    try:
        engine.upsert([entry(id_, *map(str, range(400))) for id_ in ids], words_seq=9)
    except IndexDiskFull:
        assert holds(engine, 1)
        return
    raise AssertionError("the disk was not full")


def use_without_permission(directory: str, write: bool) -> None:
    with suppress(PermissionError):  # a root without capabilities is no more than a user
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
    engine = _opened(directory)
    try:
        if write:
            engine.upsert([entry(2)])
        else:
            engine.search([own_token(1)], None, 1)
    except IndexForbidden:
        return
    raise AssertionError("it was allowed")


ACTIONS: dict[str, Callable[..., None]] = {
    action.__name__: action
    for action in (
        upsert,
        delete,
        rebuild,
        upsert_for_ever,
        upsert_range,
        read_until_sentinel,
        hold_the_lock,
        upsert_impatiently,
        upsert_on_a_full_disk,
        use_without_permission,
    )
}


def die_at(step: int, half: bool) -> None:
    """Make the `step`-th call that changes the disk the last thing that this process does.

    It dies right before the call; with `half`, in the middle of it if it writes bytes.
    """
    calls = itertools.count(1)

    def mortal(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*positional: Any, **named: Any) -> Any:
            if next(calls) == step:
                if half and name == "pwrite":
                    descriptor, content, offset = positional
                    real(descriptor, content[: len(content) // 2], offset)
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*positional, **named)

        return call

    for name in STEPS:
        setattr(os, name, mortal(name))


def _fork(action: str, arguments: dict[str, Any]) -> int:
    if pid := os.fork():
        return pid
    step, half = arguments.pop("dies_at", 0), arguments.pop("half", False)
    try:
        die_at(step, half)
        ACTIONS[action](**arguments)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def main() -> None:
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        else:
            answer = _fork(order["action"], order["arguments"])
        print(answer, flush=True)


if __name__ == "__main__":
    main()
