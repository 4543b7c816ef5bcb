"""Known-scam lists come in whole, keep their licence and dates, and never forget a name."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils import translation

from soi.cli.program import soi
from soi.core.formats import (
    ScamKind,
    ScamListFormat,
    ScamRecord,
    read_scamlist,
)
from soi.journal.queries import event_count_after
from soi.watch.actions import ListDescription, Listed, import_scam_list, remove_demo_lists
from soi.watch.importing import import_list_file
from soi.watch.queries import scam_lists, scam_name_count, scams_with_keys

pytestmark = pytest.mark.django_db

LIST = ListDescription("Danh sách", "CC BY 4.0", dt.date(2026, 11, 1), "https://ds.example/ds.txt")
KEY = (ScamKind.HOST, "qua-tang.example")


def _import(
    *rows: tuple[str, dt.date | None], about: ListDescription = LIST, is_demo: bool = False
) -> Listed:
    records = [ScamRecord(ScamKind.HOST, host, day) for host, day in rows]
    return import_scam_list(about, records, by="an", is_demo=is_demo)


def test_a_list_keeps_its_name_licence_address_and_dates() -> None:
    assert _import(("qua-tang.example", dt.date(2026, 3, 1))) == Listed(1, 0, 0, ())
    (row,) = scams_with_keys([KEY])[KEY]
    assert (row.list_name, row.licence, row.list_url) == (LIST.name, LIST.licence, LIST.url)
    assert (row.listed_on, row.fetched_on) == (dt.date(2026, 3, 1), dt.date(2026, 11, 1))
    (found,) = scam_lists()
    assert (found.name, found.names) == ("Danh sách", 1)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        (dt.date(2026, 3, 1), dt.date(2026, 5, 1), dt.date(2026, 3, 1)),
        (dt.date(2026, 3, 1), dt.date(2026, 1, 1), dt.date(2026, 1, 1)),
        (dt.date(2026, 3, 1), None, dt.date(2026, 3, 1)),
        (None, dt.date(2026, 3, 1), dt.date(2026, 3, 1)),
        (None, None, None),
    ],
)
def test_the_earliest_date_stays(
    first: dt.date | None, second: dt.date | None, kept: dt.date | None
) -> None:
    _import(("qua-tang.example", first))
    listed = _import(("qua-tang.example", second))
    assert (listed.updated, listed.unchanged) == ((1, 0) if kept != first else (0, 1))
    assert scams_with_keys([KEY])[KEY][0].listed_on == kept


@pytest.mark.parametrize(
    "days",
    [
        (dt.date(2026, 1, 1), dt.date(2026, 3, 1)),
        (dt.date(2026, 3, 1), dt.date(2026, 1, 1)),
        (dt.date(2026, 1, 1), None),
        (None, dt.date(2026, 1, 1)),
    ],
)
def test_the_earliest_date_stays_within_one_file_too(days: tuple[dt.date | None, ...]) -> None:
    _import(*(("qua-tang.example", day) for day in days))
    assert scams_with_keys([KEY])[KEY][0].listed_on == dt.date(2026, 1, 1)


def test_again_nothing_changes() -> None:
    rows = [(f"s{number}.example", dt.date(2026, 3, 1)) for number in range(5)]
    assert _import(*rows) == Listed(5, 0, 0, ())
    assert _import(*rows) == Listed(0, 0, 5, ())
    assert scam_name_count() == 5


def test_a_name_that_the_list_no_longer_has_stays_known() -> None:
    _import(("qua-tang.example", None), ("khac.example", None))
    _import(("khac.example", None))
    assert KEY in scams_with_keys([KEY])


def test_a_later_file_brings_the_lists_licence_and_day_up_to_date() -> None:
    _import(("qua-tang.example", None))
    later = ListDescription("Danh sách", "CC0 1.0", dt.date(2026, 11, 9), "https://moi.example/")
    _import(("qua-tang.example", None), about=later)
    (row,) = scams_with_keys([KEY])[KEY]
    assert (row.licence, row.fetched_on, row.list_url) == (
        "CC0 1.0",
        dt.date(2026, 11, 9),
        "https://moi.example/",
    )


def test_a_name_on_two_lists_is_shown_with_both_the_earliest_first() -> None:
    _import(("qua-tang.example", dt.date(2026, 3, 1)))
    _import(
        ("qua-tang.example", dt.date(2026, 2, 1)),
        about=ListDescription("Khác", "CC0", dt.date(2026, 11, 1)),
    )
    _import(("qua-tang.example", None), about=ListDescription("Ba", "CC0", dt.date(2026, 11, 1)))
    assert [row.list_name for row in scams_with_keys([KEY])[KEY]] == ["Khác", "Danh sách", "Ba"]


def test_a_file_that_breaks_off_stores_nothing_of_itself() -> None:
    def broken() -> Iterator[ScamRecord]:
        for number in range(3000):
            yield ScamRecord(ScamKind.HOST, f"s{number}.example", None)
        raise OSError("torn")

    with pytest.raises(OSError, match="torn"):
        import_scam_list(LIST, broken(), by="an")
    assert scam_name_count() == 0
    assert event_count_after(0, subject="scam_list") == 0


def test_refusals_are_given_back_with_where_they_stand() -> None:
    data = "qua-tang.example\nkhông phải tên\ncom.vn\n".encode()
    items = read_scamlist(io.BytesIO(data), ScamListFormat.PLAIN)
    listed = import_scam_list(LIST, items, by="an")
    assert listed.added == 1
    assert [(refusal.position, refusal.code) for refusal in listed.refusals] == [
        (1, "host_invalid"),
        (2, "public_suffix"),
    ]


def test_a_real_list_takes_the_place_of_the_demonstrations() -> None:
    _import(("minh-hoa.example", None), is_demo=True)
    _import(("qua-tang.example", None))
    assert remove_demo_lists(by="an") == 0
    assert [(row.name, row.names) for row in scam_lists()] == [("Danh sách", 1)]
    assert KEY in scams_with_keys([KEY])


def test_every_import_is_one_event() -> None:
    _import(("qua-tang.example", None))
    _import(("qua-tang.example", None))
    assert event_count_after(0, subject="scam_list") == 2


class TestTheCommand:
    @pytest.fixture(autouse=True)
    def english(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
        with translation.override("en"):
            yield

    def _run(self, path: Path) -> str:
        options = ["--name", "Danh sách", "--licence", "CC0", "--fetched", "2026-11-01"]
        ended = CliRunner().invoke(soi, ["import", "scams", str(path), *options])
        assert ended.exit_code == 0, ended.output
        return ended.output

    def test_a_list_of_35_000_rows_comes_in_and_again_changes_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "list.csv"
        with path.open("w") as stream:
            stream.write("host,date\n")
            stream.writelines(f"s{number}.example,2026-03-01\n" for number in range(35_000))
            stream.write("không phải tên,2026-03-01\n")
        assert "35000 added, 0 updated, 0 unchanged, 1 refused" in self._run(path)
        assert scam_name_count() == 35_000
        again = self._run(path)
        assert "0 added, 0 updated, 35000 unchanged, 1 refused" in again
        assert "host_invalid" in again
        assert "first: 35001" in again

    def test_a_hosts_file_comes_in(self, tmp_path: Path) -> None:
        path = tmp_path / "hosts"
        path.write_text("# hosts\n127.0.0.1 localhost\n0.0.0.0 qua-tang.example khac.example\n")
        assert "2 added" in self._run(path)

    def test_what_is_no_list_ends_with_2(self, tmp_path: Path) -> None:
        path = tmp_path / "list"
        path.write_text("Đây là một bài thơ.\nKhông có tên nào ở đây.\n")
        options = ["--name", "x", "--licence", "CC0"]
        ended = CliRunner().invoke(soi, ["import", "scams", str(path), *options])
        assert ended.exit_code == 2
        assert "[unknown_format]" in ended.output
        assert scam_lists() == []


def test_progress_is_told_every_thousand_rows(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("".join(f"s{number}.example\n" for number in range(35_000)))
    told: list[int] = []
    assert import_list_file(path, LIST, by="an", progress=told.append).added == 35_000
    assert len(told) == 35
    assert told == sorted(told)
