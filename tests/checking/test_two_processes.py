"""Real processes on a real file: several write one draft, and one is killed while it publishes."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

import pytest

from tests.desks import Desk, at_once, fresh_desk

SET_UP = """
from tests.checking_desk import CheckingDesk
desk = CheckingDesk()
print(desk.claim())
for _ in range(int(sys.argv[1])):
    print(desk.ready())
"""

SAVE = """
from soi.checking import actions, queries
from soi.people.queries import members
claim, field = int(sys.argv[1]), sys.argv[2]
[an] = [each for each in members() if each.name == "An"]
for number in range(12):
    version = queries.draft(claim).version
    fields = {field: f"{field} {number}"}
    print(actions.save_draft(claim, version=version, fields=fields, by=an).version)
"""

PUBLISH = """
from soi.checking import actions, queries
from soi.people.queries import members
[binh] = [each for each in members() if each.name == "Bình"]
while True:
    for claim in map(int, sys.argv[1:]):
        digest = queries.draft(claim).digest
        if queries.claim(claim).state.value == "published":
            continue
        actions.approve(claim, digest=digest, by=binh)
        actions.publish(claim, digest=digest, by=binh)
        # What is printed here was acknowledged: the call had returned.
        print(claim, flush=True)
    print("all", flush=True)
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return fresh_desk(tmp_path / "desk")


def claims(desk: Desk, number: int) -> list[str]:
    ended = desk.run(SET_UP, number)
    assert ended.status == 0, ended.err
    return ended.out.split()


def test_several_processes_that_save_other_fields_lose_nothing(desk: Desk) -> None:
    [claim] = claims(desk, 0)
    fields = ("title", "summary", "explanation")

    ended = at_once([partial(desk.start, SAVE, claim, field) for field in fields])

    assert [each.status for each in ended] == [0, 0, 0], ended
    versions = sorted(int(version) for each in ended for version in each.out.split())
    assert versions == list(range(1, 37))
    [(content,)] = desk.rows("SELECT content FROM checking_revision WHERE version = 36")
    assert all(f"{field} 11" in content for field in fields)


def test_a_process_that_is_killed_while_it_publishes_leaves_editions_whole(desk: Desk) -> None:
    _, *ready = claims(desk, 6)
    acknowledged: set[str] = set()
    for lines in (1, 2, 1):
        process = desk.start(PUBLISH, *ready)
        assert process.stdout
        for _ in range(lines):
            acknowledged.add(process.stdout.readline().strip())
        process.send_signal(signal.SIGKILL)
        process.stdout.close()
        if process.stderr:
            process.stderr.close()
        assert process.wait() == -signal.SIGKILL

        published = {str(claim) for (claim,) in desk.rows("SELECT claim_id FROM checking_edition")}
        stored = {key for (key,) in desk.rows("SELECT key FROM claims_check")}
        assert acknowledged - {"all"} <= published
        assert stored == {f"soi-{claim}" for claim in published}
        events = desk.rows("SELECT count(*) FROM journal_event WHERE verb = 'edition.published'")
        assert events == [(len(published),)]
        unbound = desk.rows(
            "SELECT count(*) FROM checking_edition e WHERE NOT EXISTS "
            "(SELECT 1 FROM checking_approval a WHERE a.edition_id = e.id)"
        )
        assert unbound == [(0,)]
