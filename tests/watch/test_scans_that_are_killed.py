"""A scan that is killed goes on where it stopped: nothing missing, nothing double, nothing torn."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.desks import Desk, at_once, fresh_desk

DECLARE = """
from soi.core.formats import HoldingKind
from tests.checks import holding_record
from soi.register.actions import declare_holdings
declare_holdings([holding_record(HoldingKind.DOMAIN, "hoamaibank.example",
    organisation="hoamaibank", name="Ngân hàng Hoa Mai", aliases=())], by="test")
"""

SCAN = """
from soi.watch import scanning, streams
scanning.WRITE_AT, streams.CHUNK = 20, 4096
from pathlib import Path
def told(position):
    print(position, flush=True)
found = scanning.scan_file(Path(sys.argv[1]), by="an", progress=told)
print("names", found.names, found.started_at)
"""
NAMES = 4000


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = fresh_desk(tmp_path / "desk")
    ended = made.run(DECLARE)
    assert ended.status == 0, ended.err
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "names.txt"
    with path.open("w") as stream:
        for number in range(NAMES):
            kind = "hoamaibank-login" if number % 4 == 0 else "thoi-tiet"
            stream.write(f"{kind}{number}.top\n")
    return path


def test_kill_9_at_any_moment_loses_and_doubles_nothing(desk: Desk, path: Path) -> None:
    for lines in (1, 4, 2, 7):
        process = desk.start(SCAN, path)
        assert process.stdout
        for number, _ in enumerate(process.stdout, start=1):
            if number == lines:
                process.send_signal(signal.SIGKILL)
                break
        process.communicate()
        [(found, sightings)] = desk.rows(
            "SELECT (SELECT count(*) FROM watch_lookalike), (SELECT count(*) FROM watch_sighting)"
        )
        assert found == sightings
    ended = desk.run(SCAN, path)
    assert ended.status == 0, ended.err
    assert int(ended.out.split()[-1]) > 0, "it went on where another had stopped"
    assert desk.rows("SELECT count(*) FROM watch_lookalike") == [(NAMES // 4,)]
    assert desk.rows("SELECT count(*) FROM watch_sighting") == [(NAMES // 4,)]
    assert desk.rows("SELECT names FROM watch_stream") == [(NAMES,)]


def test_two_scans_at_once_put_every_name_there_once(desk: Desk, path: Path) -> None:
    other = path.with_name("other.txt")
    other.write_text(path.read_text())
    for ended in at_once([lambda: desk.start(SCAN, path), lambda: desk.start(SCAN, other)]):
        assert ended.status == 0, ended.err
    assert desk.rows("SELECT count(*) FROM watch_lookalike") == [(NAMES // 4,)]
    assert desk.rows("SELECT count(*) FROM watch_sighting") == [(NAMES // 2,)]
