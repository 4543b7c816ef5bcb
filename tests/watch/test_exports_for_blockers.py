"""What is exported for blockers: confirmed names only, never an official one, in four forms."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re

import pytest
import time_machine
from factories import declare

from soi.core.formats import HoldingKind, ScamKind, ScamRecord
from soi.core.lookalike import NameKind
from soi.watch import actions
from soi.watch.actions import ListDescription, import_scam_list
from soi.watch.errors import ScamListUnknown
from soi.watch.exporting import Exported, Selection, export_names, serial_on
from soi.watch.noting import note_names
from soi.watch.queries import lookalikes
from soi.watch.types import ExportForm, Name, State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def register(settings: object) -> None:
    settings.SOI_DESK_NAME = "Bàn Thử"  # type: ignore[attr-defined]  # a fixture without types
    declare(HoldingKind.DOMAIN, "hoamaibank.example")


def _confirmed(
    name: str, state: State = State.SCAM, kind: NameKind = NameKind.HOST, days: int = 365
) -> int:
    note_names([Name(kind, name)], source="tip:1", by="worker")
    (row,) = lookalikes(text=name.lower())[:2]
    actions.confirm([row.id], state=state, reason="Lừa đảo", by="an", days=days)
    return row.id


def _listed(*records: ScamRecord, name: str = "Danh sách", is_demo: bool = False) -> None:
    about = ListDescription(name, "CC0", dt.date(2026, 11, 1))
    import_scam_list(about, records, by="an", is_demo=is_demo)


def _export(
    form: ExportForm, *, lists: tuple[str, ...] = (), lookalike_too: bool = False,
    on: dt.date | None = None,
) -> tuple[str, Exported]:  # fmt: skip
    stream = io.BytesIO()
    chosen = Selection(lookalikes=lookalike_too, lists=lists)
    exported = export_names(stream, form, selection=chosen, on=on)
    return stream.getvalue().decode(), exported


def _hosts(text: str) -> list[str]:
    """The hosts of a hosts file without their `www.`, which is written below each."""
    found = re.findall(r"^0\.0\.0\.0 (\S+)$", text, re.MULTILINE)
    bare = [host for host in found if not host.startswith("www.")]
    assert {f"www.{host}" for host in bare if host.count(".") == 1} <= set(found)
    return bare


class TestWhatLeaves:
    def test_scams_leave_and_what_waits_or_was_dismissed_does_not(self) -> None:
        _confirmed("hoamaibank-login.top")
        note_names([Name(NameKind.HOST, "hoamaibank-otp.top")], source="tip:1", by="worker")
        text, exported = _export(ExportForm.HOSTS)
        assert _hosts(text) == ["hoamaibank-login.top"]
        assert exported == Exported(written=1)

    def test_lookalikes_that_nobody_called_fraud_leave_only_when_asked_for(self) -> None:
        _confirmed("hoamaibank-login.top", State.LOOKALIKE)
        assert _hosts(_export(ExportForm.HOSTS)[0]) == []
        assert _hosts(_export(ExportForm.HOSTS, lookalike_too=True)[0]) == ["hoamaibank-login.top"]

    def test_an_undone_decision_leaves_no_longer(self) -> None:
        number = _confirmed("hoamaibank-login.top")
        actions.undo(number, by="an")
        assert _hosts(_export(ExportForm.HOSTS)[0]) == []

    def test_a_name_leaves_to_its_last_day_and_any_day_can_be_asked_for(self) -> None:
        with time_machine.travel("2026-11-01T12:00:00+07:00", tick=False):
            _confirmed("hoamaibank-login.top", days=30)
        assert _hosts(_export(ExportForm.HOSTS, on=dt.date(2026, 12, 1))[0])
        assert not _hosts(_export(ExportForm.HOSTS, on=dt.date(2026, 12, 2))[0])

    def test_what_became_official_after_it_was_confirmed_does_not_leave(self) -> None:
        _confirmed("hoamaibank-login.top")
        declare(HoldingKind.DOMAIN, "hoamaibank-login.top")
        text, exported = _export(ExportForm.HOSTS)
        assert _hosts(text) == []
        assert exported == Exported(official=1)

    def test_lists_leave_only_when_named_and_never_with_what_is_official_or_shared(self) -> None:
        hosts = (
            "qua-tang.top",
            "login.hoamaibank.example",
            "hoamaibank.example",
            "example",
            "com.vn",
            "bit.ly",
            "github.io",
        )
        _listed(*(ScamRecord(ScamKind.HOST, host, None) for host in hosts))
        assert _export(ExportForm.HOSTS)[1].written == 0
        text, exported = _export(ExportForm.HOSTS, lists=("Danh sách",))
        assert _hosts(text) == ["qua-tang.top"]
        assert (exported.official, exported.shared) == (3, 3)

    def test_what_stands_above_an_official_host_does_not_leave(self) -> None:
        declare(HoldingKind.DOMAIN, "bank.hoamai.vn")
        _listed(ScamRecord(ScamKind.HOST, "hoamai.vn", None))
        assert _export(ExportForm.HOSTS, lists=("Danh sách",))[1] == Exported(official=1)

    def test_the_demonstrations_names_do_not_leave(self) -> None:
        _listed(ScamRecord(ScamKind.HOST, "qua-tang.top", None), is_demo=True)
        assert _export(ExportForm.HOSTS, lists=("Danh sách",))[1] == Exported(demo=1)

    def test_a_list_that_is_not_there_stops_the_export_before_a_byte_is_written(self) -> None:
        _confirmed("hoamaibank-login.top")
        stream = io.BytesIO()
        with pytest.raises(ScamListUnknown):
            export_names(stream, ExportForm.HOSTS, selection=Selection(lists=("Khác",)))
        assert stream.getvalue() == b""

    def test_a_name_of_several_sources_stands_once_with_all_of_them(self) -> None:
        _confirmed("hoamaibank-login.top")
        _listed(ScamRecord(ScamKind.HOST, "hoamaibank-login.top", dt.date(2026, 5, 1)))
        text, _ = _export(ExportForm.HOSTS, lists=("Danh sách",))
        assert _hosts(text) == ["hoamaibank-login.top"]
        assert "scam by Bàn Thử, imitates hoamaibank" in text
        assert "listed by Danh sách, licence CC0, since 2026-05-01" in text


class TestTheForms:
    @pytest.fixture(autouse=True)
    def names(self) -> None:
        _confirmed("hoamaibank-otp.top")
        _confirmed("hoamaibank-login.top")
        _confirmed("hoamaibank.hotro", kind=NameKind.HANDLE)
        _listed(
            ScamRecord(ScamKind.PHONE, "+84900000001", dt.date(2026, 5, 1)),
            ScamRecord(ScamKind.URL, "https://a.example/=x", None),
        )

    def test_a_hosts_file_holds_hosts_only_and_is_sorted(self) -> None:
        text, exported = _export(ExportForm.HOSTS, lists=("Danh sách",))
        assert _hosts(text) == ["hoamaibank-login.top", "hoamaibank-otp.top"]
        assert (exported.written, exported.unfit) == (2, 3)

    def test_a_zone_blocks_the_name_and_all_below_it(self) -> None:
        text, _ = _export(ExportForm.RPZ)
        records = [line for line in text.splitlines() if not line.startswith(";")]
        assert records[0] == "$TTL 300"
        assert re.fullmatch(
            r"@ IN SOA localhost\. root\.localhost\. \(\d+ 3600 600 604800 300\)", records[1]
        )
        assert records[2:5] == [
            "@ IN NS localhost.",
            "hoamaibank-login.top IN CNAME .",
            "*.hoamaibank-login.top IN CNAME .",
        ]

    def test_a_dns_library_reads_the_zone(self) -> None:
        import dns.zone

        text, _ = _export(ExportForm.RPZ)
        zone = dns.zone.from_text(text, origin="rpz.soi.", relativize=True)
        assert {str(name) for name in zone.nodes} == {
            "@",
            "hoamaibank-login.top",
            "*.hoamaibank-login.top",
            "hoamaibank-otp.top",
            "*.hoamaibank-otp.top",
        }

    def test_csv_holds_every_kind_with_its_provenance(self) -> None:
        text, exported = _export(ExportForm.CSV, lists=("Danh sách",))
        rows = list(csv.DictReader(io.StringIO(text)))
        assert exported.written == len(rows) == 5
        by_name = {row["name"]: row for row in rows}
        assert by_name["hoamaibank-login.top"]["verdict"] == "scam"
        assert by_name["hoamaibank-login.top"]["imitates"] == "hoamaibank"
        assert by_name["'+84900000001"]["source"] == "Danh sách"

    def test_json_is_one_document_with_the_same(self) -> None:
        document = json.loads(_export(ExportForm.JSON, lists=("Danh sách",))[0])
        assert document["desk"] == "Bàn Thử"
        names = {each["name"]: each for each in document["names"]}
        assert names["hoamaibank-login.top"]["said"][0]["verdict"] == "scam"
        assert names["+84900000001"]["kind"] == "phone"

    @pytest.mark.parametrize("form", ExportForm)
    def test_the_same_records_on_the_same_day_give_the_same_bytes(self, form: ExportForm) -> None:
        day = dt.date(2026, 12, 1)
        assert _export(form, on=day) == _export(form, on=day)

    @pytest.mark.parametrize("form", ExportForm)
    def test_an_export_of_nothing_is_a_whole_file(self, form: ExportForm) -> None:
        text, exported = _export(form, on=dt.date(2400, 1, 1))
        assert exported.written == 0
        if form is ExportForm.JSON:
            assert json.loads(text)["names"] == []
        assert text.endswith("\n")

    def test_the_serial_grows_with_a_decision_and_with_the_day(self) -> None:
        day = dt.date(2026, 12, 1)
        before = serial_on(day)
        assert serial_on(day + dt.timedelta(days=1)) > before
        _confirmed("hoamaibank-moi.top")
        assert serial_on(day) > before


class TestHostileNames:
    def test_no_name_of_a_list_starts_a_second_record(self) -> None:
        hostile = "x.top\n0.0.0.0 hoamaibank.example"
        _listed(
            ScamRecord(ScamKind.HOST, hostile, None),
            ScamRecord(ScamKind.HOST, "a b.top", None),
            ScamRecord(ScamKind.HOST, "$INCLUDE.top", None),
            ScamRecord(ScamKind.HOST, "192.0.2.1", None),
            ScamRecord(ScamKind.HOST, ".".join(["a" * 60] * 4) + ".top", None),
            name="Xấu\n0.0.0.0 bank.example\n; x IN CNAME .",
        )
        name = "Xấu\n0.0.0.0 bank.example\n; x IN CNAME ."
        text, exported = _export(ExportForm.HOSTS, lists=(name,))
        assert [host for host in _hosts(text) if len(host) < 200] == []
        zone, _ = _export(ExportForm.RPZ, lists=(name,))
        assert [line for line in zone.splitlines() if "CNAME" in line and line[0] != ";"] == []
        document = json.loads(_export(ExportForm.JSON, lists=(name,))[0])
        assert len(document["names"]) == 4  # to the gate the first is a host on which many stand
        rows = list(csv.reader(io.StringIO(_export(ExportForm.CSV, lists=(name,))[0])))
        assert {len(row) for row in rows} == {9}
        assert exported == Exported(written=1, shared=1, unfit=3)

    def test_no_cell_is_a_formula(self) -> None:
        _listed(ScamRecord(ScamKind.URL, "=HYPERLINK(1)", None), name="@danh sách")
        text, _ = _export(ExportForm.CSV, lists=("@danh sách",))
        (row,) = list(csv.DictReader(io.StringIO(text)))
        assert row["name"].startswith("'=")
        assert row["source"].startswith("'@")


def test_a_long_list_is_exported_with_few_questions_for_many_names(
    django_assert_max_num_queries: object,
) -> None:
    _listed(*(ScamRecord(ScamKind.HOST, f"s{number}.top", None) for number in range(3000)))
    with django_assert_max_num_queries(16):  # type: ignore[operator]  # a fixture without types
        assert _export(ExportForm.HOSTS, lists=("Danh sách",))[1].written == 3000
