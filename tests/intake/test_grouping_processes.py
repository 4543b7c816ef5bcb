"""Workers that are killed while they group, and two at once: nothing missing, nothing twice."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.desks import Desk, at_once, fresh_desk

SEND = """
from soi.intake.actions import receive
from soi.intake.types import Channel
places = ("Sông Xanh", "Bến Sậy", "Đông Lĩnh", "Tây Hạ", "Cát Sơn", "Bắc Lâm", "Nậm Kho", "Kim Sa")
said = "Cây cầu ở {} đã sập trong đêm qua, nhiều xe rơi xuống sông"
for end in (".", ", mọi người chia sẻ nhé", " nha mn", ", share cho cả nhà biết!"):
    for place in places:
        receive(said.format(place) + end, channel=Channel.FILE, by="test")
"""

GROUP = """
from soi.intake.grouping import tasks
from soi.intake.grouping.actions import Grouping
group = Grouping.group
def told(self, tip):
    group(self, tip)
    print(tip.pk, flush=True)
Grouping.group = told
tasks.SECONDS = 60
while tasks.run_due():
    pass
"""
PLACES, TIPS = 8, 32


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = fresh_desk(tmp_path / "desk")
    ended = made.run(SEND)
    assert ended.status == 0, ended.err
    return made


def whole(desk: Desk) -> None:
    """Every tip stands under the claim of its place, and each claim was asked about four times."""
    assert desk.rows("SELECT count(*) FROM intake_tip WHERE is_grouped") == [(TIPS,)]
    assert desk.rows("SELECT reach FROM checking_claim") == [(TIPS // PLACES,)] * PLACES
    assert desk.rows("SELECT sum(times) FROM intake_askedon") == [(TIPS,)]
    assert desk.rows("SELECT count(*) FROM intake_findable") == desk.rows(
        "SELECT count(*) FROM intake_form"
    )
    grouped = "SELECT subject_id FROM journal_event WHERE verb = 'tip.grouped'"
    assert sorted(desk.rows(grouped)) == [(number,) for number in range(1, TIPS + 1)]


def test_kill_9_at_any_moment_loses_and_doubles_nothing(desk: Desk) -> None:
    for lines in (1, 5, 2, 7, 3):
        process = desk.start(GROUP)
        assert process.stdout
        for number, _ in enumerate(process.stdout, start=1):
            if number == lines:
                process.send_signal(signal.SIGKILL)
                break
        process.communicate()
    ended = desk.run(GROUP)
    assert ended.status == 0, ended.err
    whole(desk)


def test_two_workers_at_once_do_it_once(desk: Desk) -> None:
    for ended in at_once([lambda: desk.start(GROUP), lambda: desk.start(GROUP)]):
        assert ended.status == 0, ended.err
    ended = desk.run(GROUP)
    assert ended.status == 0, ended.err
    whole(desk)
