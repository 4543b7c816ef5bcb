"""Lists of known scams run out, are read again on schedule, and never overrule the register."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
import time_machine
from factories import declare

from soi.answer.answering import answer
from soi.answer.types import NameFinding, NameState
from soi.core.formats import HoldingKind, ScamKind, ScamRecord
from soi.journal.queries import Asked, events, last_mark, seq_of
from soi.watch import tasks
from soi.watch.actions import (
    ListDescription,
    Schedule,
    expire_scam_list,
    import_scam_list,
)
from soi.watch.errors import ScamListInvalid, ScamListUnknown
from soi.watch.importing import FILE_UNREADABLE, import_due_lists, import_list_file
from soi.watch.queries import conflicts, imports_of, scam_lists, scams_with_keys

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 1)
KEY = (ScamKind.HOST, "qua-tang.example")


def _described(**changes: object) -> ListDescription:
    values: dict[str, object] = {"name": "Danh sách", "licence": "CC0", "fetched_on": DAY}
    return ListDescription(**(values | changes))  # type: ignore[arg-type]  # as they are named


def _import(*hosts: str, **changes: object) -> None:
    records = [ScamRecord(ScamKind.HOST, host, None) for host in hosts]
    import_scam_list(_described(**changes), records, by="an")


def _is_listed(on: str) -> bool:
    with time_machine.travel(f"{on}T12:00:00+07:00", tick=False):
        return KEY in scams_with_keys([KEY])


class TestExpiry:
    def test_a_row_counts_on_its_last_day_and_not_on_the_next(self) -> None:
        _import("qua-tang.example", keep_days=30)
        assert _is_listed("2026-12-01")
        assert not _is_listed("2026-12-02")

    def test_a_row_of_a_list_without_an_end_counts_for_ever(self) -> None:
        _import("qua-tang.example")
        assert _is_listed("2199-01-01")

    def test_a_row_that_is_named_again_counts_on_and_the_others_run_out(self) -> None:
        _import("qua-tang.example", "khac.example", keep_days=30)
        _import("qua-tang.example", keep_days=30, fetched_on=dt.date(2026, 11, 21))
        assert _is_listed("2026-12-21")
        with time_machine.travel("2026-12-10T12:00:00+07:00", tick=False):
            assert (ScamKind.HOST, "khac.example") not in scams_with_keys(
                [(ScamKind.HOST, "khac.example")]
            )

    def test_an_older_file_takes_no_day_away(self) -> None:
        _import("qua-tang.example", keep_days=30, fetched_on=dt.date(2026, 11, 21))
        _import("qua-tang.example", keep_days=30)
        assert _is_listed("2026-12-21")

    def test_a_list_that_gets_an_end_gives_it_to_the_rows_that_it_has(self) -> None:
        _import("qua-tang.example")
        _import("khac.example", keep_days=10)
        assert _is_listed("2026-11-11")
        assert not _is_listed("2026-11-12")

    @pytest.mark.parametrize("days", [-1, 2**31])
    def test_days_that_are_no_number_of_days_are_refused(self, days: int) -> None:
        with pytest.raises(ScamListInvalid):
            _import("qua-tang.example", keep_days=days)
        assert scam_lists() == []

    def test_so_many_days_that_no_calendar_has_them_are_for_ever(self) -> None:
        _import("qua-tang.example", keep_days=2**31 - 1)
        assert _is_listed("9000-01-01")

    def test_a_list_that_was_ended_keeps_its_rows_and_is_not_read_again(
        self,
    ) -> None:
        with time_machine.travel("2026-11-05T12:00:00+07:00", tick=False):
            _import("qua-tang.example", schedule=Schedule("/srv/list.txt", 24))
            assert expire_scam_list("Danh sách", by="an") == 1
        assert not _is_listed("2026-11-05")
        (row,) = scam_lists()
        assert (row.names, row.expired, row.every_hours) == (1, 1, None)
        (event, _) = events(Asked(subject="scam_list"))[:5]
        assert (event.verb, event.actor) == ("scam_list.expired", "an")

    def test_importing_it_again_brings_back_what_the_new_file_names(self) -> None:
        _import("qua-tang.example", "khac.example")
        expire_scam_list("Danh sách", by="an")
        _import("qua-tang.example")
        assert _is_listed("2199-01-01")
        assert scam_lists()[0].expired == 1

    def test_a_list_that_is_not_there_is_said_to_be_unknown(self) -> None:
        with pytest.raises(ScamListUnknown):
            expire_scam_list("Không có", by="an")
        with pytest.raises(ScamListUnknown):
            imports_of("Không có")


class TestConflicts:
    def test_a_list_that_names_what_is_official_is_reported_and_not_believed(self) -> None:
        declare(HoldingKind.DOMAIN, "hoamaibank.example")
        listed = import_scam_list(
            _described(),
            [
                ScamRecord(ScamKind.HOST, "login.hoamaibank.example", None),
                ScamRecord(ScamKind.HOST, "qua-tang.example", None),
                ScamRecord(ScamKind.URL, "https://hoamaibank.example/km", None),
                ScamRecord(ScamKind.EMAIL, "cskh@hoamaibank.example", None),
            ],
            by="an",
        )
        named = [(row.kind, row.key, row.organisation) for row in listed.conflicts]
        assert named == [
            (ScamKind.HOST, "login.hoamaibank.example", "hoamaibank"),
            (ScamKind.URL, "https://hoamaibank.example/km", "hoamaibank"),
            (ScamKind.EMAIL, "cskh@hoamaibank.example", "hoamaibank"),
        ]
        assert list(conflicts()) == list(listed.conflicts)
        assert imports_of("Danh sách")[0].official == 3
        (finding,) = answer("https://login.hoamaibank.example").findings
        assert isinstance(finding, NameFinding)
        assert finding.state is NameState.OFFICIAL

    def test_what_an_organisation_has_given_up_is_no_conflict(self) -> None:
        declare(HoldingKind.DOMAIN, "hoamaibank.example", valid_to=dt.date(2020, 1, 1))
        _import("hoamaibank.example")
        assert list(conflicts()) == []

    def test_a_row_that_has_run_out_is_no_conflict(self) -> None:
        declare(HoldingKind.DOMAIN, "hoamaibank.example")
        _import("hoamaibank.example", keep_days=0, fetched_on=dt.date(2020, 1, 1))
        assert list(conflicts()) == []

    def test_conflicts_of_one_list_are_not_those_of_another(self) -> None:
        declare(HoldingKind.DOMAIN, "hoamaibank.example")
        _import("hoamaibank.example")
        _import("qua-tang.example", name="Khác")
        assert list(conflicts(list_name="Khác")) == []
        assert [row.list_name for row in conflicts()] == ["Danh sách"]

    def test_a_long_list_is_compared_with_a_bounded_number_of_questions(
        self, django_assert_max_num_queries: object
    ) -> None:
        declare(HoldingKind.DOMAIN, "hoamaibank.example")
        _import(*(f"s{number}.a.b.c.example" for number in range(2500)))
        with django_assert_max_num_queries(6):  # type: ignore[operator]  # a fixture without types
            assert list(conflicts()) == []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "list.txt"


def _write(path: Path, text: str, day: str) -> None:
    path.write_text(text, encoding="utf-8")
    at = dt.datetime.fromisoformat(f"{day}T08:00:00+07:00").timestamp()
    os.utime(path, (at, at))


class TestTheSchedule:
    @pytest.fixture(autouse=True)
    def read_once(self, path: Path) -> None:
        _write(path, "qua-tang.example\n", "2026-11-01")
        with time_machine.travel("2026-11-01T10:00:00+07:00", tick=False):
            about = _described(keep_days=30, schedule=Schedule(str(path), 24))
            import_list_file(path, about, by="an")

    def _due(self, at: str) -> int:
        with time_machine.travel(f"{at}+07:00", tick=False):
            return import_due_lists(by="worker")

    def test_before_its_time_nothing_is_read(self, path: Path) -> None:
        _write(path, "moi.example\n", "2026-11-02")
        assert self._due("2026-11-02T09:59:00") == 0
        assert self._due("2026-11-02T10:00:00") == 1
        assert scam_lists()[0].names == 2

    def test_a_file_that_nobody_renewed_is_not_imported_again_and_gets_no_longer_life(
        self, path: Path
    ) -> None:
        assert self._due("2026-11-02T10:00:00") == 0
        assert len(imports_of("Danh sách")) == 1
        assert not _is_listed("2026-12-02")

    def test_the_same_names_fetched_on_another_day_count_on(self, path: Path) -> None:
        _write(path, "qua-tang.example\n", "2026-11-10")
        assert self._due("2026-11-10T10:00:00") == 1
        assert _is_listed("2026-12-10")
        newest = imports_of("Danh sách")[0]
        assert (newest.by, newest.fetched_on, newest.unchanged) == (
            "worker",
            dt.date(2026, 11, 10),
            1,
        )
        assert len(newest.digest) == 64

    def test_a_file_that_is_away_is_a_failure_that_is_seen_and_mended_by_itself(
        self, path: Path
    ) -> None:
        path.unlink()
        assert self._due("2026-11-02T10:00:00") == 0
        assert scam_lists()[0].failure == FILE_UNREADABLE
        assert _is_listed("2026-11-20")
        _write(path, "moi.example\n", "2026-11-03")
        assert self._due("2026-11-03T10:00:00") == 1
        assert scam_lists()[0].failure == ""

    def test_a_file_that_became_something_else_changes_nothing(self, path: Path) -> None:
        _write(path, "Đây là trang báo lỗi 404 của máy chủ.\nKhông có tên nào.\n", "2026-11-02")
        assert self._due("2026-11-02T10:00:00") == 0
        (row,) = scam_lists()
        assert (row.failure, row.names) == ("unknown_format", 1)

    def test_two_lists_are_read_each_in_its_own_time(self, path: Path) -> None:
        other = path.with_name("other.txt")
        _write(other, "khac.example\n", "2026-11-01")
        with time_machine.travel("2026-11-01T10:00:00+07:00", tick=False):
            import_list_file(
                other, _described(name="Khác", schedule=Schedule(str(other), 48)), by="an"
            )
        for each in (path, other):
            _write(each, "moi.example\n", "2026-11-02")
        assert self._due("2026-11-02T12:00:00") == 1
        assert self._due("2026-11-03T12:00:00") == 1

    def test_the_worker_looks_for_due_lists_once_a_minute(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "_last_look", float("-inf"))
        _write(path, "moi.example\n", "2026-11-02")
        with time_machine.travel("2026-11-02T10:00:00+07:00", tick=False):
            assert tasks.run_due() == 1
            before = seq_of(last_mark("scam_list"))
            assert tasks.run_due() == 0
            assert seq_of(last_mark("scam_list")) == before

    @pytest.mark.parametrize(("place", "hours"), [("", 24), ("/srv/list.txt", 0), ("x" * 1001, 1)])
    def test_a_schedule_that_nobody_can_keep_is_refused(self, place: str, hours: int) -> None:
        with pytest.raises(ScamListInvalid):
            _import("moi.example", name="Khác", schedule=Schedule(place, hours))
        assert len(scam_lists()) == 1
