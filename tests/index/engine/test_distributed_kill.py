"""A writer that dies between any two requests: the index stays whole, a replay completes it.

A death is played: the call at which the writer dies, and every later one, never reaches the server,
or reaches it and its answer never arrives. One test kills a real process.
"""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from distributed_engines import NAME, distributed, local_client, require_client
from engine_entries import by_words, entry, holds, own_token

from soi.index.engine import Engine

OLD = [1, 2, 3]
CHANGES = (
    "create_collection",
    "delete_collection",
    "upsert",
    "delete",
    "update_collection_aliases",
)


class Killed(BaseException):
    """What stands for the end of the process."""


class DyingClient:
    """Passes calls on until the `step`-th that changes something, then none."""

    def __init__(self, client: Any, step: int, *, after: bool) -> None:
        self._client = client
        self._left = step
        self._after = after
        self.is_dead = False

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*positional: Any, **named: Any) -> Any:
            if self.is_dead:
                raise Killed
            if name in CHANGES:
                self._left -= 1
                self.is_dead = self._left == 0
            if self.is_dead and not self._after:
                raise Killed
            answer = getattr(self._client, name)(*positional, **named)
            if self.is_dead:
                raise Killed
            return answer

        return call


def deaths(
    directory: Path,
    prepare: Callable[[Engine], None],
    act: Callable[[Engine], None],
    *,
    after: bool,
) -> Iterator[Any]:
    """The server as each death leaves it, from before the first step to after the last."""
    for step in itertools.count(1):
        client = local_client()
        prepare(distributed(client, directory))
        dying = DyingClient(client, step, after=after)
        try:
            act(distributed(dying, directory))
        except Killed:
            yield client
            continue
        assert not dying.is_dead
        assert step > 4, "the writer was hardly ever killed"
        return


def prepared(engine: Engine) -> None:
    """Three entries, followed up to 3."""
    engine.upsert([entry(id_) for id_ in OLD], words_seq=3, meaning_seq=3)


def nothing(engine: Engine) -> None:
    """A server that knows nothing of the desk."""


@pytest.fixture(params=[False, True], ids=["before", "after"])
def after(request: pytest.FixtureRequest) -> bool:
    """Whether the request at which the writer dies still reaches the server."""
    return bool(request.param)


def test_a_killed_upsert_can_be_replayed(tmp_path: Path, after: bool) -> None:
    batch = [entry(id_, edition=1) for id_ in (3, 4)]

    def act(engine: Engine) -> None:
        engine.upsert(batch, words_seq=5, meaning_seq=5)

    for client in deaths(tmp_path, prepared, act, after=after):
        engine = distributed(client, tmp_path)
        applied = engine.applied()
        assert applied.words_seq in (3, 5)
        assert applied.meaning_seq in (3, 5)
        assert holds(engine, 1)
        if applied.words_seq == 5:
            assert by_words(engine, own_token(3, edition=1), own_token(4, edition=1)) == [3, 4]
        if applied.meaning_seq == 5:
            assert holds(engine, 3, edition=1)
            assert holds(engine, 4, edition=1)
        engine.upsert(batch, words_seq=5, meaning_seq=5)
        assert [holds(engine, *which) for which in ((1,), (2,), (3, 1), (4, 1))] == [True] * 4
        applied = engine.applied()
        assert (applied.words_count, applied.meaning_count) == (4, 4)
        assert (applied.words_seq, applied.meaning_seq) == (5, 5)


def test_a_killed_first_upsert_can_be_replayed(tmp_path: Path, after: bool) -> None:
    def act(engine: Engine) -> None:
        prepared(engine)

    for client in deaths(tmp_path, nothing, act, after=after):
        engine = distributed(client, tmp_path)
        assert engine.applied().words_seq in (0, 3)
        prepared(engine)
        assert all(holds(engine, id_) for id_ in OLD)
        assert engine.applied().words_count == 3


def test_a_killed_delete_can_be_replayed(tmp_path: Path, after: bool) -> None:
    def act(engine: Engine) -> None:
        engine.delete([2], words_seq=4)

    for client in deaths(tmp_path, prepared, act, after=after):
        engine = distributed(client, tmp_path)
        assert holds(engine, 1)
        assert engine.applied().words_seq in (3, 4)
        engine.delete([2], words_seq=4)
        applied = engine.applied()
        assert (applied.words_count, applied.meaning_count, applied.words_seq) == (2, 2, 4)


def test_a_killed_rebuild_leaves_the_old_or_the_new_index_whole_and_the_next_one_sweeps(
    tmp_path: Path, after: bool
) -> None:
    def act(engine: Engine) -> None:
        engine.rebuild([entry(id_, edition=1) for id_ in (3, 4)], words_seq=9, meaning_seq=9)

    for client in deaths(tmp_path, prepared, act, after=after):
        engine = distributed(client, tmp_path)
        if engine.applied().words_seq == 9:
            assert holds(engine, 3, edition=1)
            assert holds(engine, 4, edition=1)
            assert engine.applied().words_count == engine.applied().meaning_count == 2
        else:
            assert engine.applied().words_seq == 3
            assert all(holds(engine, id_) for id_ in OLD)
        engine.rebuild([entry(7)], words_seq=10, meaning_seq=10)
        assert holds(engine, 7)
        assert len(client.get_collections().collections) == 3


def test_nothing_acknowledged_is_lost_when_writing_processes_are_killed(tmp_path: Path) -> None:
    require_client()
    from qdrant_stand_in import stand_in

    from soi.index.engine.distributed import connect

    acknowledged = -1
    with stand_in() as server:
        for wait_for in (4, 7):
            with subprocess.Popen(
                [sys.executable, __file__, server.url, str(tmp_path), str(acknowledged + 1)],
                env={"PYTHONPATH": ":".join(sys.path)},
                stdout=subprocess.PIPE,
                text=True,
            ) as writer:
                assert writer.stdout
                *_, last = itertools.islice(writer.stdout, wait_for)
                writer.send_signal(signal.SIGKILL)
            assert writer.returncode == -signal.SIGKILL
            acknowledged = int(last)
            with closing(connect(server.url)) as client:
                engine = distributed(client, tmp_path)
                assert engine.applied().words_seq >= acknowledged
                assert all(holds(engine, id_) for id_ in range(acknowledged + 1))


def write_for_ever(url: str, directory: str, first: str) -> None:
    """Write entries until killed, saying each one that is acknowledged."""
    from soi.index.engine.distributed import connect

    engine = distributed(connect(url), Path(directory), name=NAME)
    for id_ in itertools.count(int(first)):
        engine.upsert([entry(id_)], words_seq=id_, meaning_seq=id_)
        print(id_, flush=True)


if __name__ == "__main__":
    write_for_ever(*sys.argv[1:])
