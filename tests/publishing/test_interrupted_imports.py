"""An import that is killed, locked out or short of room stores nothing half, and goes on later."""

from __future__ import annotations

import resource
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.checks import SITE, claim_review, datafeed
from tests.desks import Desk, fresh_desk

ITEMS = 60

IMPORT = f"""
from pathlib import Path
from soi.claims import actions as claims
from soi.publishing import importing
claims.allow_publisher(site={SITE!r}, name="Soi Sáng", by="an")
importing.BATCH = 10
path, where, batches = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def die_at_the_last(step):
    def counted(*arguments, **options):
        global batches
        done = step(*arguments, **options)
        batches -= 1
        if batches == 0:
            os.kill(os.getpid(), 9)
        return done
    return counted

on_batch = None
if where == "before the commit":
    claims.store_checks = die_at_the_last(claims.store_checks)
elif where == "after the commit":
    on_batch = die_at_the_last(lambda: None)
done = importing.import_checks(path, by="an", on_batch=on_batch)
print(done.continued_from)
"""


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """Every seventh item is refused, and the first is changed by a later one with its id."""
    reviews = [claim_review(n, **({"url": ""} if n % 7 == 3 else {})) for n in range(ITEMS - 1)]
    return datafeed(tmp_path / "feed.json", [*reviews, claim_review(0, name="Bản sau")])


def _everything(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """What an import leaves behind, without the times of the clock."""
    return {
        "checks": desk.rows("select id, key, url, claim, title, digest from claims_check"),
        "events": desk.rows("select seq, verb, subject_id, before, after from journal_event"),
        "runs": desk.rows(
            "select file_digest, position, added, updated, unchanged, refused,"
            " finished_at is null from publishing_importrun"
        ),
        "refusals": desk.rows("select position, code, why from publishing_importrefusal"),
    }


@pytest.fixture
def uninterrupted(tmp_path: Path, feed: Path) -> dict[str, list[tuple[Any, ...]]]:
    desk = fresh_desk(tmp_path / "uninterrupted")
    assert desk.run(IMPORT, feed, "nowhere", 0).out == "0\n"
    found = _everything(desk)
    assert len(found["checks"]) == ITEMS - 1 - len(found["refusals"])
    return found


@pytest.mark.parametrize("where", ["before the commit", "after the commit"])
def test_a_killed_import_goes_on_and_ends_as_if_nothing_had_been(
    where: str, feed: Path, tmp_path: Path, uninterrupted: dict[str, list[tuple[Any, ...]]]
) -> None:
    desk = fresh_desk(tmp_path / "killed")
    assert desk.run(IMPORT, feed, where, 3).status == -signal.SIGKILL
    stored = 2 if where == "before the commit" else 3
    assert [row[1] for row in _everything(desk)["runs"]] == [stored * 10]
    assert desk.run(IMPORT, feed, where, 2).status == -signal.SIGKILL
    ended = desk.run(IMPORT, feed, "nowhere", 0)
    assert ended.status == 0, ended.err
    assert int(ended.out) == (stored + stored - 1) * 10
    assert _everything(desk) == uninterrupted


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = fresh_desk(tmp_path / "desk")
    assert desk.soi("publishers", "allow", SITE).status == 0
    return desk


def test_a_locked_database_is_said_and_nothing_is_stored_half(desk: Desk, feed: Path) -> None:
    before = _everything(desk)
    other = sqlite3.connect(desk.database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    ended = desk.soi("import", "checks", feed, "--words-only")
    assert ended.status == 4
    assert "[database_locked]" in ended.err
    assert "Traceback" not in ended.err
    other.execute("ROLLBACK")
    other.close()
    assert _everything(desk) == before
    ended = desk.soi("import", "checks", feed, "--words-only")
    assert ended.status == 0, ended.err
    assert len(_everything(desk)["checks"]) > 0


def _room(more: int, path: Path) -> Any:
    """Let no file grow beyond the size that `path` has and `more` bytes."""
    limit = path.stat().st_size + more
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))


def test_a_full_disk_is_said_and_the_import_goes_on_when_there_is_room(
    desk: Desk, tmp_path: Path
) -> None:
    feed = datafeed(tmp_path / "big.json", (_long_review(n) for n in range(1100)))
    ended = desk.soi(
        "import", "checks", feed, "--words-only", preexec_fn=_room(1_500_000, desk.database)
    )
    assert ended.status == 4
    assert "[disk_full]" in ended.err
    assert "Traceback" not in ended.err
    found = _everything(desk)
    (run,) = found["runs"]
    assert run[1] == len(found["checks"])
    assert run[1] in (500, 1000)  # whole batches, however many the room held
    assert desk.rows("pragma integrity_check") == [("ok",)]
    ended = desk.soi("import", "checks", feed, "--words-only")
    assert ended.status == 0, ended.err
    assert "0 refused" in ended.out
    assert len(_everything(desk)["checks"]) == 1100


def _long_review(number: int) -> dict[str, Any]:
    return claim_review(number, reviewBody=f"{number} " + "Cầu vẫn thông xe. " * 50)


def test_an_export_on_a_full_disk_leaves_the_old_file(desk: Desk, tmp_path: Path) -> None:
    feed = datafeed(tmp_path / "big.json", (_long_review(n) for n in range(50)))
    assert desk.soi("import", "checks", feed, "--words-only").status == 0
    path = tmp_path / "export.json"
    path.write_text("the old one")
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))  # noqa: E731
    ended = desk.soi("export", "checks", path, preexec_fn=limit)
    assert ended.status == 4
    assert "[disk_full]" in ended.err
    assert path.read_text() == "the old one"
    assert list(tmp_path.glob(".export*")) == []
