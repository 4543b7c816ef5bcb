"""The worker fetches what is due, beside its other work, whatever becomes of it half-way."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

import pytest
from desks import Desk, fresh_desk
from webserver import Web, reply

from soi.captures import actions, queries, tasks
from soi.cli import serve
from tests.captures import pages

WORK = """
import ipaddress
from django.conf import settings
settings.SOI_CHROMIUM = ""
from soi.captures import tasks
from soi.captures.addresses import Policy
policy = Policy(
    ports=frozenset({int(sys.argv[1])}),
    is_allowed=lambda address: address == ipaddress.ip_address("127.0.0.1"),
    resolve=lambda host, seconds: ["127.0.0.1"],
)
print(tasks.do_due(policy))
"""
STOPPED = """
import threading
from soi.captures import tasks
def hold(*_):
    print("began", flush=True)
    threading.Event().wait()
tasks.do_due = hold
from soi.cli import serve
serve._follow = lambda: None  # no index is needed here
serve.worker_command.main([], standalone_mode=False)
"""
ASK = "from soi.captures import actions; print(actions.request(sys.argv[1], by='test'))"


@pytest.mark.django_db
@pytest.mark.usefixtures("read_here")
def test_what_is_due_is_done_once(web: Web) -> None:
    numbers = [actions.request(web.url(path), by="an") for path in ("/", "/nowhere", "/")]

    assert queries.is_something_due()
    assert tasks.do_due(web.policy) == 3
    assert not queries.is_something_due()
    assert tasks.do_due(web.policy) == 0
    found = queries.captures_with_ids(numbers)
    assert [found[each].state.value for each in numbers] == ["captured", "failed", "captured"]


@pytest.mark.django_db
def test_the_worker_starts_one_thread_and_only_for_work(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    going = threading.Event()

    def work() -> None:
        started.append(threading.current_thread().name)
        going.wait(10)

    monkeypatch.setattr(tasks, "do_due", work)
    monkeypatch.setattr(tasks.background, "every", 0.0)
    monkeypatch.setattr(serve, "close_old_connections", lambda: None)  # the test's own is in use

    serve.look_once()
    assert started == []
    actions.request("https://tin.bensay.example/", by="an")
    serve.look_once()
    serve.look_once()
    assert started == ["captures"]
    going.set()
    tasks.background.wait()


def test_a_killed_worker_loses_and_doubles_nothing(web: Web, tmp_path: Path) -> None:
    """Killed while the server is speaking, then while the files are being written."""
    desk = fresh_desk(tmp_path)
    speaking, killed = threading.Event(), threading.Event()

    def hold(connection: Any) -> None:
        speaking.set()
        killed.wait(60)
        connection.sendall(reply(pages.article()))

    web.says["/cho"] = hold
    number = int(desk.run(ASK, web.url("/cho")).out)

    worker = desk.start(WORK, web.port)
    assert speaking.wait(60)
    worker.send_signal(signal.SIGKILL)
    worker.communicate()
    killed.set()
    half_way = "import os; os.fsync = lambda descriptor: os.kill(os.getpid(), 9)\n"
    lease_ends(desk)
    assert desk.run(half_way + WORK, web.port).status == -signal.SIGKILL
    assert desk.rows("SELECT state FROM captures_capture") == [("waiting",)]

    assert desk.run(WORK, web.port).out == "0\n"  # it is still the dead worker's
    lease_ends(desk)
    assert desk.run(WORK, web.port).out == "1\n"
    assert desk.rows("SELECT id, state, tries FROM captures_capture") == [(number, "captured", 3)]
    verbs = desk.rows("SELECT verb FROM journal_event WHERE subject = 'capture' ORDER BY seq")
    assert verbs == [("capture.requested",), ("capture.captured",)]
    assert desk.soi("captures", "verify").out == "3 files, 0 lost or altered\n"


def lease_ends(desk: Desk) -> None:
    ended = desk.run(
        "from soi.captures.models import Capture\n"
        "from django.utils import timezone\n"
        "Capture.objects.update(due_at=timezone.now())"
    )
    assert ended.status == 0, ended.err


def test_the_worker_stops_while_a_source_is_on_its_way(tmp_path: Path) -> None:
    desk = fresh_desk(tmp_path)
    desk.run(ASK, "https://tin.bensay.example/")
    worker = desk.start(STOPPED)
    assert worker.stdout is not None
    assert worker.stdout.readline() == "began\n"

    worker.send_signal(signal.SIGTERM)
    worker.communicate(timeout=60)

    assert worker.returncode == 0
    assert desk.rows("SELECT state FROM captures_capture") == [("waiting",)]
