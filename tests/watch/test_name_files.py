"""Files and pipes of names: one a line, JSON Lines, certificate messages; hostile ones too."""

from __future__ import annotations

import datetime as dt
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from factories import declare
from hypothesis import given
from hypothesis import strategies as st

from soi.core.formats import FormatError, HoldingKind
from soi.watch import scanning
from soi.watch.ahead import ROOM
from soi.watch.queries import lookalikes, sightings_of, streams, waiting_count
from soi.watch.scanning import Scanned, scan_file, scan_pipe, scan_stretches
from soi.watch.streams import NAMES_A_LINE, Stretch, stretches
from tests.watch.live_server import certificate

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 20)
SEEN = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC).timestamp()


@pytest.fixture(autouse=True)
def register() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "names.txt"


def _read(data: bytes) -> list[tuple[str, dt.date | None]]:
    return [
        (name, stretch.seen_on)
        for stretch in stretches(io.BytesIO(data), today=TODAY)
        for name in stretch.names
    ]


def _names(data: bytes) -> list[str]:
    return [name for name, _ in _read(data)]


class TestReading:
    def test_one_name_a_line_with_comments_and_columns(self) -> None:
        data = b"# new today\na.example\n\n*.b.example, 2026\nc.example\td.example\n! x\ne.example"
        assert _names(data) == ["a.example", "b.example", "c.example", "e.example"]

    def test_json_lines_with_the_usual_keys(self) -> None:
        rows = [
            {"domain": "a.example"},
            {"names": ["b.example", "*.c.example"]},
            {"host": "d.example", "seen": SEEN},
            ["e.example", 7, None],
            {"unrelated": "f.example"},
        ]
        data = "\n".join(json.dumps(row) for row in rows).encode()
        assert _read(data) == [
            ("a.example", None),
            ("b.example", None),
            ("c.example", None),
            ("d.example", dt.date(2026, 11, 3)),
            ("e.example", None),
        ]

    def test_certificate_messages_with_the_day_on_which_they_were_seen(self) -> None:
        lines = [
            certificate("a.example", "*.b.example", "b.example", seen=SEEN),
            {"message_type": "heartbeat", "timestamp": 1},
            {"message_type": "dns_entries", "data": ["c.example"]},
            certificate(seen=SEEN),
            {"message_type": "certificate_update", "data": {"leaf_cert": {"all_domains": None}}},
        ]
        data = "\n".join(json.dumps(line) for line in lines).encode()
        found = list(stretches(io.BytesIO(data), today=TODAY))
        assert _read(data) == [
            ("a.example", dt.date(2026, 11, 3)),
            ("b.example", dt.date(2026, 11, 3)),
            ("c.example", None),
        ]
        assert sum(stretch.refused for stretch in found) == 0

    @pytest.mark.parametrize(
        "seen", [float("inf"), -1.0, 0, 1e11, SEEN + 10**8, True, "2026", None, [1]]
    )
    def test_a_day_that_can_not_be_right_is_not_believed(self, seen: object) -> None:
        data = json.dumps({"domain": "a.example", "seen": seen}).encode()
        assert _read(data) == [("a.example", None)]

    def test_lines_that_name_nothing_are_counted_and_passed_by(self) -> None:
        data = b'a.example\nkhong phai ten\n{broken\n[]\n{"domain": 5}\n\xff\xfe\xff\nb.example\n'
        found = list(stretches(io.BytesIO(data), today=TODAY))
        assert _names(data) == ["a.example", "b.example"]
        assert sum(stretch.refused for stretch in found) == 5

    @pytest.mark.parametrize(
        "line",
        [
            b"[" * 500_000,
            b'{"domain":' * 100_000,
            b"x" * 3_000_000,
            b"\0" * 2_000_000,
            b'{"domain": "' + b"a" * 900_000 + b'.example"}',
            b'{"domain": "\\ud800.example"}',
            b'{"seen": 1e999, "domain": ["a"]}',
        ],
    )
    def test_a_hostile_line_does_not_hide_the_next_one(self, line: bytes) -> None:
        names = _names(b"truoc.example\n" + line + b"\nsau.example\n")
        assert names[0] == "truoc.example"
        assert names[-1] == "sau.example"
        assert all(len(name) <= 2000 for name in names)

    def test_a_line_brings_so_many_names_and_no_more(self) -> None:
        many = [f"s{number}.example" for number in range(50_000)]
        assert len(_names(json.dumps(many).encode())) == NAMES_A_LINE

    @pytest.mark.parametrize(
        "data", [b"\x1f\x8b\x08packed", "a.example\n".encode("utf-16"), b"PK\x03\x04zip"]
    )
    def test_what_is_packed_or_in_another_encoding_is_refused(self, data: bytes) -> None:
        with pytest.raises(FormatError):
            _names(data)

    def test_a_byte_order_mark_is_no_part_of_the_first_name(self) -> None:
        assert _names(b"\xef\xbb\xbfa.example\n") == ["a.example"]

    @given(st.lists(st.binary(max_size=40), max_size=20), st.integers(0, 400))
    def test_reading_on_from_any_end_gives_the_rest_and_nothing_else(
        self, lines: list[bytes], cut: int
    ) -> None:
        data = b"z.example\n" + b"".join(line + b"\nq.example\n" for line in lines)
        if data[:2].find(b"\0") >= 0:
            return
        whole = list(stretches(io.BytesIO(data), today=TODAY))
        assert whole[-1].end == len(data)
        for stretch in whole[:1]:
            rest = io.BytesIO(data)
            rest.seek(stretch.end)
            again = stretches(rest, today=TODAY, start=stretch.end)
            assert [s.names for s in whole[1:]] == [s.names for s in again]


class TestScanning:
    def _scan(self, path: Path, **options: Any) -> Scanned:
        return scan_file(path, by="an", **options)

    def test_what_imitates_is_put_before_the_desk_once(self, path: Path) -> None:
        path.write_text("hoamaibank-login.top\nthoi-tiet.example\nwww.hoamaibank.example\n" * 3)
        found = self._scan(path)
        assert (found.names, found.found, found.added) == (9, 1, 1)
        (row,) = lookalikes()[:5]
        (sighting,) = sightings_of(row.id)[:5]
        assert sighting.source == f"file:{path}"

    def test_a_file_that_grew_is_read_on_from_its_old_end(self, path: Path) -> None:
        path.write_text("hoamaibank-login.top\n")
        self._scan(path)
        with path.open("a") as stream:
            stream.write("hoamaibank-otp.top\n")
        found = self._scan(path)
        assert (found.names, found.added, found.started_at) == (1, 1, 21)

    def test_a_line_that_was_still_being_written_is_read_again_when_it_is_whole(
        self, path: Path
    ) -> None:
        path.write_text("a.example\nhoamaibank-lo")
        self._scan(path)
        with path.open("a") as stream:
            stream.write("gin.top\n")
        assert self._scan(path).names == 1
        assert "hoamaibank-login.top" in {row.key for row in lookalikes()[:5]}

    def test_another_file_in_its_place_is_read_from_the_beginning(self, path: Path) -> None:
        path.write_text("hoamaibank-login.top\n" * 10)
        self._scan(path)
        path.write_text("hoamaibank-otp.top\n" * 50)
        assert self._scan(path).names == 50

    def test_a_file_that_was_cut_is_read_from_the_beginning(self, path: Path) -> None:
        path.write_text("hoamaibank-login.top\n" * 10)
        self._scan(path)
        path.write_text("hoamaibank-login.top\n")
        assert self._scan(path).names == 1

    def test_again_reads_from_the_beginning_and_adds_nothing(self, path: Path) -> None:
        path.write_text("hoamaibank-login.top\n" * 10)
        self._scan(path)
        found = self._scan(path, again=True)
        assert (found.names, found.added) == (10, 0)
        assert streams()[0].names == 20

    def test_an_empty_file_names_nothing(self, path: Path) -> None:
        path.write_text("")
        assert self._scan(path) == Scanned()

    def test_an_organisation_that_joins_during_a_long_scan_is_watched_over_from_then_on(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scanning, "WRITE_AFTER", 0.0)

        names = [
            Stretch(1, names=["thuvienlang-login.top"]),
            Stretch(2, names=["thuvienlang-otp.top"]),
        ]
        keep = scanning.noting.keep

        def kept(found: Any, **options: Any) -> int:
            added = keep(found, **options)
            about = {"organisation": "thuvienlang", "name": "Thư viện Làng"}
            declare(HoldingKind.DOMAIN, "thuvienlang.example", **about)
            return added

        monkeypatch.setattr(scanning.noting, "keep", kept)
        scan_stretches(names, source="x", by="an")
        assert [row.key for row in lookalikes()[:5]] == ["thuvienlang-otp.top"]

    def test_findings_are_written_in_pieces_so_that_memory_stays_flat(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scanning, "WRITE_AT", 10)
        day = 86_400
        lines = [
            json.dumps(certificate(f"hoamaibank-login{number}.top", seen=SEEN + (number % 2) * day))
            for number in range(100)
        ]
        path.write_text("\n".join(lines))
        kept: list[int] = []
        keep = scanning.noting.keep
        monkeypatch.setattr(
            scanning.noting,
            "keep",
            lambda found, **options: kept.append(len(found)) or keep(found, **options),
        )
        self._scan(path)
        assert sum(kept) == 100
        assert max(kept) <= 10
        assert waiting_count() == 100

    def test_a_source_name_that_is_too_long_stays_one_name(self, path: Path) -> None:
        path.write_text("hoamaibank-login.top\n")
        self._scan(path, source="x" * 5000)
        found = self._scan(path, source="x" * 5000)
        assert found.started_at == 21
        assert len(streams()) == 1


class TestPipes:
    def test_no_more_than_a_little_is_read_ahead_of_a_slow_database(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scanning, "WRITE_AFTER", 0.0)
        read, ahead_of_keep = [0], []

        class Pipe:
            def read1(self, size: int, /) -> bytes:
                read[0] += 1
                return b"hoamaibank-login.top\n" if read[0] <= 40 else b""

        keep, written = scanning.noting.keep, [0]

        def slow(found: Any, **options: Any) -> int:
            written[0] += 1
            ahead_of_keep.append(read[0] - written[0])
            return keep(found, **options)

        monkeypatch.setattr(scanning.noting, "keep", slow)
        assert scan_pipe(Pipe(), by="an").names == 40
        # One in the reader's hand, the room between, one that is being worked on.
        assert max(ahead_of_keep) <= ROOM + 2

    def test_what_was_found_is_written_when_the_pipe_falls_silent(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scanning, "WRITE_AFTER", 0.05)
        is_kept, waited = threading.Event(), []

        class Pipe:
            def __init__(self) -> None:
                self.blocks = [b"a.example\n", b"hoamaibank-login.top\n"]

            def read1(self, size: int, /) -> bytes:
                if self.blocks:
                    return self.blocks.pop(0)
                waited.append(is_kept.wait(timeout=10))
                return b""

        keep = scanning.noting.keep

        def kept(found: Any, **options: Any) -> int:
            is_kept.set() if found else None
            return keep(found, **options)

        monkeypatch.setattr(scanning.noting, "keep", kept)
        scan_pipe(Pipe(), by="an")
        assert waited == [True]

    def test_a_pipe_that_breaks_is_told_after_what_came_before(self) -> None:
        class Pipe:
            blocks = [b"hoamaibank-login.top\n"]

            def read1(self, size: int, /) -> bytes:
                if self.blocks:
                    return self.blocks.pop(0)
                raise OSError("torn")

        with pytest.raises(OSError, match="torn"):
            scan_pipe(Pipe(), by="an")
