"""Real processes on a real file: killed in the middle of posts, and posting all at once."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.desks import Desk, at_once, fresh_desk

POST = """
import json
from django.test import Client
from django.conf import settings

settings.ALLOWED_HOSTS = ["testserver"]
settings.SOI_ANSWERS_PER_MINUTE = settings.SOI_TIPS_PER_DAY = 10**9
settings.STORAGES = {**settings.STORAGES, "staticfiles": {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
client = Client()
first, last, name = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
for number in range(first, last):
    key = f"{name}-key-of-sixteen-{number}"
    body = {"message": f"Tin thử số {number} của {name}: cầu Bến Sậy đóng cửa.", "contact": ""}
    response = client.post("/api/v1/tips", json.dumps(body), content_type="application/json",
                           headers={"idempotency-key": key})
    assert response.status_code in (200, 201), response.content
    # What is printed here was acknowledged: the reply had come.
    print(number, response.json()["token"], response.json()["is_replay"], flush=True)
"""

SAME = POST.replace("Tin thử số {number} của {name}", "Tin thử số {number} của mọi người").replace(
    '{name}-key-of-sixteen-{number}"', 'the-same-key-of-all-{number}"'
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return fresh_desk(tmp_path / "desk")


def killed_after(process: subprocess.Popen[str], lines: int) -> list[tuple[int, str]]:
    """The acknowledgements that came before the process was killed in the midst of its posts."""
    assert process.stdout
    acknowledged = []
    for line in process.stdout:
        number, token, _ = line.split()
        acknowledged.append((int(number), token))
        if len(acknowledged) == lines:
            process.send_signal(signal.SIGKILL)
    process.stdout.close()
    if process.stderr:
        process.stderr.close()
    assert process.wait() == -signal.SIGKILL
    return acknowledged


def test_no_acknowledged_tip_is_lost_and_none_doubled_by_kill_9(desk: Desk) -> None:
    acknowledged: dict[int, str] = {}
    for lines in (3, 17, 1, 31, 8):
        done = killed_after(desk.start(POST, 0, 1_000_000, "an"), lines)
        acknowledged |= dict(done)
        # Without its reply a client asks again from the beginning, with the same keys.
        stored = {row[0] for row in desk.rows("SELECT text FROM intake_tip")}
        for number in acknowledged:
            assert f"Tin thử số {number} của an: cầu Bến Sậy đóng cửa." in stored

    highest = max(acknowledged)
    ended = desk.run(POST, 0, highest + 20, "an")
    assert ended.status == 0, ended.err
    [(tips, texts, reach)] = desk.rows(
        "SELECT count(*), count(DISTINCT text), max(reach) FROM intake_tip"
    )
    assert (tips, reach) == (texts, 1)
    assert tips >= highest + 20
    received = desk.rows("SELECT count(*) FROM journal_event WHERE verb = 'tip.received'")
    assert received == desk.rows("SELECT count(*) FROM intake_tip")
    assert desk.rows("SELECT 1 FROM journal_event WHERE verb = 'tip.repeated'") == []
    assert desk.rows("PRAGMA integrity_check") == [("ok",)]
    assert _all_lead_somewhere(desk, list(acknowledged.values()))


def _all_lead_somewhere(desk: Desk, tokens: list[str]) -> bool:
    """Whether every status link that was given out before a kill still works."""
    ended = desk.run(
        "import json\n"
        "from soi.intake.queries import standing_with_token\n"
        "print(json.dumps([standing_with_token(t).state for t in json.loads(sys.argv[1])]))",
        json.dumps(tokens),
    )
    assert ended.status == 0, ended.err
    return json.loads(ended.out) == ["received"] * len(tokens)


def test_several_processes_post_at_once_and_each_tip_is_one(desk: Desk) -> None:
    ended = at_once([lambda name=name: desk.start(POST, 0, 30, name) for name in ("an", "binh")])

    assert [each.status for each in ended] == [0, 0], ended
    assert desk.rows("SELECT count(*), sum(reach) FROM intake_tip") == [(60, 60)]


def test_the_same_call_from_several_processes_is_taken_once(desk: Desk) -> None:
    ended = at_once([lambda: desk.start(SAME, 0, 30, "x") for _ in range(3)])

    assert [each.status for each in ended] == [0, 0, 0], ended
    replays = [line.split()[2] for each in ended for line in each.out.splitlines()]
    assert sorted(replays) == ["False"] * 30 + ["True"] * 60
    assert desk.rows("SELECT count(*), sum(reach) FROM intake_tip") == [(30, 30)]
    assert desk.rows("SELECT count(*) FROM intake_receipt") == [(90,)]


def test_a_reader_of_the_database_sees_a_tip_as_soon_as_it_is_acknowledged(desk: Desk) -> None:
    process = desk.start(POST, 0, 1_000_000, "an")
    assert process.stdout
    for _ in range(5):
        number = process.stdout.readline().split()[0]
        wanted = f"Tin thử số {number} của an: cầu Bến Sậy đóng cửa."
        assert (wanted,) in desk.rows("SELECT text FROM intake_tip")
    assert len(killed_after(process, 1)) >= 1
