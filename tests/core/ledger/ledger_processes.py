"""Processes that write a log and may die at any step of it.

Run as a program this is a nursery: it reads one order a line, forks a child for it, and tells how
children ended. So a real process is killed for each step in a few milliseconds.
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
from pathlib import Path
from types import TracebackType
from typing import Any

from ledger_samples import OTHER, SIGNER, WITNESSES, leaf, leaves, opened

STEPS = ("open", "pwrite", "fsync", "replace", "mkdir", "unlink", "rmdir")


class Nursery:
    """Starts children and tells how they ended."""

    def __enter__(self) -> Nursery:
        self._program = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
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


def append(directory: str, start: int, stop: int, edition: int = 1) -> None:
    opened(Path(directory)).append(leaves(start, stop, edition))


def sign_with_two_keys(directory: str) -> None:
    opened(Path(directory), SIGNER, OTHER).sign_again()


def add_a_cosignature(directory: str) -> None:
    log = opened(Path(directory))
    signed = log.checkpoint().note.signed_with(WITNESSES[0], at=1_800_000_000)
    log.add_cosignatures(signed.signatures[-1:], [WITNESSES[0].key])


def append_for_ever(directory: str, pipe: str, first: int) -> None:
    """Add leaves until killed, saying each one that is acknowledged on the named pipe."""
    with Path(pipe).open("w") as acknowledged:
        log = opened(Path(directory))
        for number in itertools.count(first):
            log.append([leaf(number)], at=number)
            print(number, file=acknowledged, flush=True)


def append_many_times(directory: str, times: int) -> None:
    log = opened(Path(directory), patience=60)
    for _ in range(times):
        log.append([leaf(os.getpid())])


def hold_the_lock(directory: str, pipe: str) -> None:
    """Stop in the middle of an append, for ever."""

    def halting() -> Any:
        with Path(pipe).open("w") as held:
            print("held", file=held, flush=True)
        signal.pause()
        yield leaf(0)

    opened(Path(directory)).append(halting())


def append_on_a_full_disk(directory: str, largest: int, start: int, stop: int) -> None:
    """Write with the kernel refusing files to grow; a stand-in for ENOSPC that needs no mount."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    log = opened(Path(directory))
    before = log.checkpoint().tree
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
    try:
        log.append(leaves(start, stop))
    except OSError:
        assert log.checkpoint().tree == before
    else:
        raise AssertionError("the disk was not full")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert log.append(leaves(start, stop)).tree.size == stop


ACTIONS: dict[str, Callable[..., None]] = {
    action.__name__: action
    for action in (
        append,
        sign_with_two_keys,
        add_a_cosignature,
        append_for_ever,
        append_many_times,
        hold_the_lock,
        append_on_a_full_disk,
    )
}


def die_at(step: int, half: bool) -> None:
    """Make the `step`-th call that may change the disk the last thing that this process does.

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
