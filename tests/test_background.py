"""Long work is done by one thread at a time, and whatever becomes of it, the next look goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError

from soi import background
from soi.answer.errors import MessageTooLong
from soi.background import Background


class _Connections:
    closed = 0

    def close_all(self) -> None:
        self.closed += 1


@pytest.fixture
def connections(monkeypatch: pytest.MonkeyPatch) -> _Connections:
    kept = _Connections()
    monkeypatch.setattr(background, "connections", kept)
    return kept


def test_there_is_one_thread_and_only_for_work(connections: _Connections) -> None:
    due, going, started = [False], threading.Event(), list[str]()

    def work() -> None:
        started.append(threading.current_thread().name)
        going.wait(10)

    job = Background("fetching", work, is_due=lambda: due[0])
    assert not job.run_due()
    due[0] = True
    assert job.run_due()
    assert job.run_due()
    going.set()
    job.wait(10)
    assert started == ["fetching"]
    assert connections.closed == 1
    assert job.run_due()
    job.wait(10)
    assert len(started) == 2


def test_nobody_asks_for_work_more_often_than_is_said() -> None:
    asked: list[None] = []
    job = Background("x", lambda: None, is_due=lambda: asked.append(None) is not None, every=3600)
    for _ in range(3):
        assert not job.run_due()
    assert len(asked) == 1
    job.every = 0
    assert not job.run_due()
    assert len(asked) == 2


def _raises(failure: Exception) -> Callable[[], None]:
    def work() -> None:
        raise failure

    return work


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OSError(28, "No space left on device"), "No space left"),
        (DatabaseError("locked"), "locked"),
        (MessageTooLong("words of a message"), MessageTooLong.code),
        (RuntimeError("bug"), "Traceback"),
    ],
)
def test_a_failure_is_logged_and_ends_no_worker(
    connections: _Connections, caplog: pytest.LogCaptureFixture, failure: Exception, told: str
) -> None:
    job = Background("fetching", _raises(failure), is_due=lambda: True)
    for _ in range(2):
        with caplog.at_level(logging.WARNING):
            assert job.run_due()
            job.wait(10)
    assert caplog.text.count("fetching: what was due is not done") == 2
    assert told in caplog.text
    assert "words of a message" not in caplog.text
    assert connections.closed == 2
