"""A worker that is killed between sending a message and writing it down loses and doubles nothing:
the next one sends it again under the same id."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.desks import Desk, fresh_desk
from tests.webserver import HOST, Web, reply, serving

OK = reply("", status="204 No Content", kind="")

SET_UP = """
from django.conf import settings
settings.SOI_WEBHOOK_PRIVATE_HOSTS = (HOST,)
from soi.publishing.webhooks import actions
from soi.core.formats import HoldingKind, HoldingRecord
from soi.register.actions import open_organisation
actions.add(url=URL, label="Báo", kinds=["register.changed"], by="test")
open_organisation("song-xanh", name="Ngân hàng Sông Xanh", by="test")
open_organisation("hoa-mai", name="Ngân hàng Hoa Mai", by="test")
"""
DELIVER = """
import datetime as dt, os, signal
from dataclasses import replace
from django.conf import settings
from soi.captures.addresses import Policy
from soi.publishing.webhooks import delivering, rules
# So that the next one need not wait until the killed one's time is over.
rules.LEASE = dt.timedelta()
here = {"is_allowed": lambda address: True, "resolve": lambda host, seconds: ["127.0.0.1"]}
policy = Policy(ports=range(1, 65536), **here)
if KILLED == "before recording":
    delivering.record = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
if KILLED == "while recording":
    known = delivering.Endpoint.save
    delivering.Endpoint.save = lambda self, **given: (
        os.kill(os.getpid(), signal.SIGKILL) if given["update_fields"] == ["resting_until"]
        and self.resting_until is None else known(self, **given)
    )
if KILLED == "before sending":
    delivering.send = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
if KILLED == "while making":
    delivering.Delivery.objects.bulk_create = lambda *given, **more: (
        os.kill(os.getpid(), signal.SIGKILL)
    )
delivering.deliver_due(lambda host: policy)
"""


def program(text: str, **values: object) -> str:
    return "".join(f"{name} = {value!r}\n" for name, value in values.items()) + text


def ids(web: Web) -> list[str]:
    found = [each.partition(b"webhook-id: ")[2].split(b"\r\n")[0].decode() for each in web.requests]
    assert all(found)
    return found


@pytest.mark.parametrize(
    ("killed", "sent_before"),
    [
        ("while making", 0),
        ("before sending", 0),
        ("before recording", 1),
        ("while recording", 1),
    ],
)
def test_the_next_one_sends_it_again_under_the_same_id(
    tmp_path: Path, killed: str, sent_before: int
) -> None:
    desk: Desk = fresh_desk(tmp_path)
    with serving({"/hook": OK}) as web:
        made = desk.run(program(SET_UP, HOST=HOST, URL=web.url("/hook")))
        assert made.status == 0, made.err
        ended = desk.run(program(DELIVER, KILLED=killed))
        assert ended.status == -signal.SIGKILL, ended.err
        assert len(web.requests) == sent_before
        ended = desk.run(program(DELIVER, KILLED=""))
        assert ended.status == 0, ended.err
        told = [json.loads(each.partition(b"\r\n\r\n")[2])["data"]["id"] for each in web.requests]
        assert told == ["1"] * sent_before + ["1", "2"]
        assert len(set(ids(web))) == 2
        ended = desk.run(program(DELIVER, KILLED=""))
        assert len(web.requests) == sent_before + 2
    states = desk.rows("SELECT state, attempts FROM publishing_webhook_delivery ORDER BY id")
    assert [state for state, _ in states] == ["delivered", "delivered"]
    events = desk.rows("SELECT followed_seq FROM publishing_webhook_endpoint")
    last = desk.rows("SELECT MAX(seq) FROM journal_event WHERE subject = 'organisation'")
    assert events == last


WORKER = """
from soi.captures.addresses import Policy
from soi.publishing.webhooks import delivering, tasks
here = {"is_allowed": lambda address: True, "resolve": lambda host, seconds: ["127.0.0.1"]}
policy = Policy(ports=range(1, 65536), **here)
delivering.deliver_due.__defaults__ = (lambda host: policy,)
assert tasks.run_due()
tasks.background.wait()
assert not tasks.run_due()
"""


def test_the_worker_brings_it_by_a_thread_of_its_own(tmp_path: Path) -> None:
    desk: Desk = fresh_desk(tmp_path)
    with serving({"/hook": OK}) as web:
        made = desk.run(program(SET_UP, HOST=HOST, URL=web.url("/hook")))
        assert made.status == 0, made.err
        ended = desk.run(WORKER)
        assert ended.status == 0, ended.err
        assert len(web.requests) == 2
