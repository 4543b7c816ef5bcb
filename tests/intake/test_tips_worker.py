"""`soi worker` erases contacts on their day, whatever becomes of its other work."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest

from soi.cli import serve
from soi.index.engine import IndexDamaged
from soi.intake import actions, tasks
from soi.intake.models import Contact
from soi.intake.types import Channel

pytestmark = pytest.mark.django_db

CLAIM = "Từ ngày mai, cầu Bến Sậy đóng cửa 3 tháng để sửa chữa lớn."
START = dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC)


@pytest.fixture
def due(time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A contact whose day has come, and a worker that has not looked yet."""
    monkeypatch.setattr(tasks, "_last_look", float("-inf"))
    monkeypatch.setattr(serve, "close_old_connections", lambda: None)  # the test's own is in use
    time_machine.move_to(START, tick=False)
    actions.receive(CLAIM, channel=Channel.PAGE, by="test", contact="a@hopthu.example")
    time_machine.move_to(START + dt.timedelta(days=31), tick=False)


def test_one_look_of_the_worker_erases_a_contact_that_is_due(due: None) -> None:
    serve.look_once()

    assert not Contact.objects.exists()


def test_a_broken_index_does_not_keep_contacts(
    due: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*, wait: bool) -> None:
        raise IndexDamaged("cut short")

    monkeypatch.setattr(serve.actions, "follow", broken)

    with caplog.at_level(logging.WARNING):
        serve.look_once()

    assert not Contact.objects.exists()
    assert "index_damaged" in caplog.text


def test_a_fault_that_nobody_foresaw_hinders_no_other_work(
    due: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise LookupError("a fault of ours")

    monkeypatch.setattr(serve.grouping, "run_due", broken)
    monkeypatch.setattr(serve.register, "run_due", broken)

    serve.look_once()

    assert not Contact.objects.exists()
    assert "tips could not be grouped" in caplog.text
    assert "proofs could not be run" in caplog.text
