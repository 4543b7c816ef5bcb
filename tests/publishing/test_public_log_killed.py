"""`kill -9` at every step from a change to its leaf: each event is one leaf, whoever dies where."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desks import Desk, at_once, fresh_desk

_MEMORY = Path("/dev/shm")  # noqa: S108 - only names made by tempfile are used inside

# A child dies right before its n-th call that reaches the disk or the database, for every n. What
# it leaves is looked at by another child, and then brought up by it.
PROGRAM = """
import itertools, json, shutil, signal
from pathlib import Path
from django.conf import settings
from django.db import connection
from soi.core.formats import HoldingKind
from soi.core.ledger import Signer, Trust, verify_log
from soi.core.ledger.reader import fetch_from
from soi.journal.models import Event
from soi.publishing.log import actions, audit, keys
from soi.publishing.models import LogLeaf
from soi.register.actions import declare_holdings
from tests.checks import holding_record

STEPS = ("open", "pwrite", "fsync", "replace", "mkdir")
settings.SOI_LOG_KEY = Signer("desk.example/log", bytes(32)).secret()

def use(folder):
    settings.SOI_LOG_DIR = folder / "log"
    connection.settings_dict["NAME"] = str(folder / "soi.sqlite3")

def change(number):
    bank = {"organisation": "hoamaibank", "name": "Ngân hàng Hoa Mai"}
    record = holding_record(HoldingKind.DOMAIN, f"hoamai{number}.example", **bank)
    declare_holdings([record], by="an")

def die_at(step):
    calls = itertools.count(1)
    def mortal(real):
        def call(*given, **named):
            if next(calls) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*given, **named)
        return call
    for name in STEPS:
        setattr(os, name, mortal(getattr(os, name)))
    connection.ensure_connection()
    connection._commit = mortal(connection._commit)
    connection.execute_wrappers.append(
        mortal(lambda execute, *given: execute(*given)))

def in_child(work):
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.write(writing, json.dumps(work()).encode())
            os._exit(0)
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
    os.close(writing)
    said = os.read(reading, 10000)
    os.close(reading)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said

def state():
    events = Event.objects.filter(subject="organisation").count()
    report = verify_log(fetch_from(settings.SOI_LOG_DIR), Trust(keys.verifier_keys()))
    return events, LogLeaf.objects.count(), report.signed.tree.size

def one_change(number, step):
    def work():
        die_at(step)
        change(number)
        actions.follow()
    return work

def mended():
    before = state()
    actions.follow()
    seqs = list(Event.objects.filter(subject="organisation").values_list("seq", flat=True))
    placed = list(LogLeaf.objects.order_by("index").values_list("seq", flat=True))
    return before, state(), placed == sorted(seqs), len(audit.audit().found)

prepared = Path(sys.argv[1])
more = int(sys.argv[2])
use(prepared)
def prepare():
    for number in range(more):
        change(number)
        if number % 3 == 0:
            actions.follow()
    actions.follow()
    connection.close()
assert in_child(prepare)[0] == 0
for step in itertools.count(1):
    dead = prepared.with_name(f"dead-{step}")
    shutil.copytree(prepared, dead)
    use(dead)
    end, _ = in_child(one_change(more, step))
    assert end in (0, -signal.SIGKILL), end
    failed, said = in_child(mended)
    assert failed == 0
    print(json.dumps([end, *json.loads(said)]), flush=True)
    shutil.rmtree(dead)
    if end == 0:
        break
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk in memory where there is some: every step waits for its disk."""
    if not os.access(_MEMORY, os.W_OK):
        yield fresh_desk(tmp_path / "desk")
        return
    with tempfile.TemporaryDirectory(dir=_MEMORY) as folder:
        yield fresh_desk(Path(folder) / "desk")


def test_an_event_is_one_leaf_whatever_process_dies_where(desk: Desk) -> None:
    size = 2
    ended = desk.run(PROGRAM, desk.folder, size)
    assert ended.status == 0, ended.err
    seen = [json.loads(line) for line in ended.out.splitlines()]
    assert len(seen) > 20, "the child was hardly ever killed"
    left = set()
    for _, (events, places, leaves), after, is_once, differences in seen:
        left.add((events - size, places - size, leaves - size))
        assert after == [events] * 3
        assert is_once
        assert differences == 0
    # Between nothing and all there are two states: only the event, and the event with its place.
    assert left == {(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1)}


CROWD = """
from soi.core.ledger import Signer
from django.conf import settings
from soi.publishing.log import actions
from soi.core.formats import HoldingKind
from soi.register.actions import declare_holdings
from tests.checks import holding_record
settings.SOI_LOG_KEY = Signer("desk.example/log", bytes(32)).secret()
name = sys.argv[1]
for number in range(10):
    bank = {"organisation": name, "name": name}
    declare_holdings(
        [holding_record(HoldingKind.DOMAIN, f"{name}{number}.example", **bank)], by=name)
    actions.follow()
print(actions.follow().tree.size)
"""


def test_several_processes_write_one_log(desk: Desk) -> None:
    ended = at_once([lambda name=name: desk.start(CROWD, name) for name in ("an", "binh", "chi")])

    assert [each.status for each in ended] == [0, 0, 0], ended
    assert max(int(each.out) for each in ended) == 30
    [(places, seqs, last)] = desk.rows(
        'SELECT count(*), count(DISTINCT seq), max("index") FROM publishing_logleaf'
    )
    assert (places, seqs, last) == (30, 30, 29)
