"""The public directory: "is this theirs, and was it on that day?", history, files, badges."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from soi.core.formats import HoldingKind, HoldingRecord, read_trusttxt
from soi.core.formats.register_csv import read_register_csv
from soi.core.formats.register_json import read_register_json, read_register_lines
from soi.core.ledger import LedgerError
from soi.core.ledger.keys import Signer
from soi.core.ledger.statements import read_statement
from soi.journal.models import Event
from soi.publishing.log import keys
from soi.register import lifecycle, queries
from soi.register.actions import describe_organisation, open_organisation
from soi.register.types import ReuseEnd

pytestmark = pytest.mark.django_db

BY = "test"
BANK, POWER = "song-xanh", "dien-luc"
TODAY = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)
ROOT = Path(__file__).resolve().parents[3]
HOSTILE = "<script>alert(1)</script>\"'&"


@pytest.fixture(autouse=True)
def two_organisations() -> Iterator[None]:
    with time_machine.travel("2026-11-20T05:00:00Z", tick=False):
        open_organisation(BANK, name="Ngân hàng Sông Xanh", name_en="Song Xanh Bank", by=BY)
        open_organisation(POWER, name="Điện lực", by=BY)
        yield


def own(kind: str, value: str, slug: str = BANK, *, vouched: bool = True, **cells: str) -> int:
    return lifecycle.propose(slug, {"kind": kind, "value": value} | cells, by=BY, vouched=vouched)


def ask(client: Client, name: str, on: str = "", slug: str = BANK) -> Any:
    path = f"/en/organisations/{slug}/" if slug else "/en/organisations/"
    return client.post(path, {"name": name, "on": on})


def told(client: Client, name: str, on: str = "", slug: str = BANK) -> list[tuple[str, str, bool]]:
    """Owner, standing then and whether it is the one that was asked about."""
    found = ask(client, name, on, slug).context["whose"]
    return [(each.holding.organisation, str(each.then), each.is_asked_of) for each in found]


class TestIsThisTheirs:
    @pytest.mark.parametrize(
        ("kind", "value", "cells", "written"),
        [
            ("domain", "songxanh.example", {}, "https://the.songxanh.example/vay"),
            ("domain", "songxanh.example", {}, "hxxps://WWW.songxanh[.]example"),
            ("subdomain", "sx.nentang.example", {}, "sx.nentang.example/abc"),
            ("account", "songxanh", {"platform": "facebook"}, "facebook.com/SongXanh"),
            ("account", "songxanh", {"platform": "facebook"}, "@songxanh"),
            ("account", "songxanh", {"platform": "facebook"}, "songxanh"),
            ("phone", "19000001", {}, "1900 0001"),
            ("phone", "+84900000001", {}, "0900 000 001"),
            ("sms_sender", "SongXanh", {}, "SONG XANH"),
            ("email", "hotro@songxanh.example", {}, "mailto:HoTro@songxanh.example"),
            ("email_domain", "thu.songxanh.example", {}, "bao@thu.songxanh.example"),
            ("bank_account", "0123456789012", {"bank": "VCB"}, "STK 0123 456 789 012 VCB"),
            ("bank_account", "0123456789012", {"bank": "VCB"}, "0123456789012"),
            ("app", "example.sx.app", {"platform": "android"}, "example.sx.app"),
            ("address", "Số 12, đường Lê Lợi", {}, "so 12 duong le loi"),
        ],
    )
    def test_a_name_of_every_kind_is_found_as_people_write_it(
        self, client: Client, kind: str, value: str, cells: dict[str, str], written: str
    ) -> None:
        own(kind, value, **cells)
        assert told(client, written) == [(BANK, "official", True)]
        assert "Yes: on" in ask(client, written).content.decode()

    @pytest.mark.parametrize(
        ("kind", "value", "cells", "written"),
        [
            ("account", "songxanh", {"platform": "facebook"}, "tiktok.com/@songxanh"),
            ("bank_account", "0123456789012", {"bank": "VCB"}, "STK 0123456789012 BIDV"),
            ("email_domain", "thu.songxanh.example", {}, "https://thu.songxanh.example"),
            ("domain", "songxanh.example", {}, "songxanh.example.evil.example"),
            ("domain", "songxanh.example", {}, "https://songxanh.example@evil.example"),
        ],
    )
    def test_what_is_said_of_another_platform_bank_or_host_is_not_it(
        self, client: Client, kind: str, value: str, cells: dict[str, str], written: str
    ) -> None:
        own(kind, value, **cells)
        assert told(client, written) == []
        page = ask(client, written).content.decode()
        assert "it does not make it safe" in page

    def test_the_day_decides(self, client: Client) -> None:
        number = own("domain", "songxanh.example", valid_from="2020-01-01")
        lifecycle.report_compromised(BANK, number, since=dt.date(2024, 3, 1), by=BY)
        lifecycle.recover(BANK, number, day=dt.date(2024, 4, 1), by=BY)
        lifecycle.retire(BANK, number, day=dt.date(2025, 12, 31), by=BY)
        expected = {
            "2019-12-31": "coming",
            "2020-01-01": "official",
            "2024-03-15": "compromised",
            "2024-04-01": "official",
            "2025-12-31": "official",
            "2026-01-01": "ended",
            "": "ended",
        }
        for day, standing in expected.items():
            assert told(client, "songxanh.example", day) == [(BANK, standing, True)], day

    def test_a_name_goes_from_one_to_the_other_on_its_day(self, client: Client) -> None:
        number = own("domain", "chung.example", valid_from="2020-01-01")
        offer = lifecycle.offer(BANK, number, to=POWER, day=dt.date(2026, 6, 30), by=BY)
        lifecycle.take_over(POWER, offer, by=BY)
        assert told(client, "chung.example", "2026-06-30")[0] == (BANK, "official", True)
        assert told(client, "chung.example", "2026-07-01")[0] == (BANK, "ended", True)
        assert (POWER, "official", False) in told(client, "chung.example", "2026-07-01")
        page = ask(client, "chung.example", "2026-07-01").content.decode()
        assert "not by this organisation" in page

    def test_an_old_name_was_theirs_and_is_doubted_when_somebody_else_has_it(
        self, client: Client
    ) -> None:
        number = own(
            "account", "songxanh", platform="facebook", valid_from="2020-01-01", platform_id="1"
        )
        lifecycle.note_platform_id("facebook", "songxanh", "2", day=TODAY - DAY, by=BY)
        assert told(client, "facebook.com/songxanh")[0][1] == "doubted"
        assert told(client, "facebook.com/songxanh", "2025-01-01")[0][1] == "official"
        lifecycle.settle_reuse(BANK, number, ReuseEnd.TAKEN, by=BY)
        assert told(client, "facebook.com/songxanh")[0][1] == "ended"

    def test_what_is_only_proposed_is_nobodys(self, client: Client) -> None:
        own("domain", "songxanh.example", vouched=False)
        assert told(client, "songxanh.example") == []
        assert "songxanh.example" not in client.get(f"/organisations/{BANK}/").content.decode()

    def test_without_an_organisation_it_says_whose_it_is(self, client: Client) -> None:
        own("phone", "19000001", POWER)
        assert told(client, "19000001", slug="") == [(POWER, "official", True)]

    @pytest.mark.parametrize(
        ("name", "status"), [("", 400), ("…", 400), ("x" * 501, 413), ("\u202e", 400)]
    )
    def test_what_is_no_name_is_refused_with_a_sentence(
        self, client: Client, name: str, status: int
    ) -> None:
        assert ask(client, name).status_code == status

    @pytest.mark.parametrize("name", [HOSTILE, "a\0b", "%00", "@" * 400, "1" * 500, "a." * 250])
    def test_no_name_breaks_it(self, client: Client, name: str) -> None:
        answer = ask(client, name)
        assert answer.status_code in (200, 400)
        assert b"<script>alert" not in answer.content

    @pytest.mark.parametrize("on", ["x", "2026-13-01", "0000-00-00", "9999-12-31", "0001-01-01"])
    def test_no_day_breaks_it(self, client: Client, on: str) -> None:
        own("phone", "19000001")
        assert ask(client, "19000001", on).status_code == 200

    def test_it_is_kept_nowhere(self, client: Client) -> None:
        own("phone", "19000001")
        events = Event.objects.count()
        answer = ask(client, "19000001")
        assert answer["Cache-Control"] == "no-store"
        assert Event.objects.count() == events
        assert not client.cookies
        assert not Session.objects.exists()

    def test_too_many_are_slowed(self, client: Client, settings: Any) -> None:
        settings.SOI_ANSWERS_PER_MINUTE = 2
        answers = [ask(client, "19000001").status_code for _ in range(3)]
        assert answers == [200, 200, 429]


class TestHistory:
    def test_every_change_stands_there_with_what_differs(self, client: Client) -> None:
        number = own("domain", "songxanh.example", note="trang chính")
        lifecycle.describe(BANK, number, note="trang phụ", platform_id="", by=BY)
        describe_organisation(BANK, name="Sông Xanh", name_en="Song Xanh", by=BY)
        page = client.get(f"/en/organisations/{BANK}/history/").content.decode()
        text = " ".join(re.sub(r"<[^>]+>", " ", page).split())
        assert "note: trang chính → trang phụ" in text
        assert "name: Ngân hàng Sông Xanh → Sông Xanh" in text
        assert re.findall(r'<li value="(\d+)"', page) == ["4", "3", "2", "1"]

    def test_what_was_only_proposed_is_not_there(self, client: Client) -> None:
        lifecycle.withdraw(BANK, own("domain", "sx.example", vouched=False), by=BY)
        assert "sx.example" not in client.get(f"/organisations/{BANK}/history/").content.decode()

    @pytest.mark.parametrize("query", ["page=0", "page=x", "page=9999"])
    def test_no_address_breaks_it(self, client: Client, query: str) -> None:
        assert client.get(f"/organisations/{BANK}/history/?{query}").status_code == 200
        assert client.get(f"/organisations/nobody/history/?{query}").status_code == 404

    def test_markup_in_it_stays_text(self, client: Client) -> None:
        number = own("domain", "songxanh.example")
        lifecycle.describe(BANK, number, note=HOSTILE, platform_id="", by=BY)
        assert b"<script>alert" not in client.get(f"/organisations/{BANK}/history/").content


def everything() -> None:
    """A register with all that a record can hold."""
    number = own("account", "songxanh", platform="facebook", valid_from="2020-01-01")
    lifecycle.rename_account(BANK, number, "sx", day=dt.date(2025, 1, 1), by=BY, vouched=True)
    lifecycle.report_compromised(BANK, number, since=dt.date(2026, 1, 1), by=BY)
    lifecycle.recover(BANK, number, day=dt.date(2026, 1, 9), by=BY)
    own("domain", "songxanh.example")
    own("domain", "songxanh-hai.example")
    own("phone", "19000001")
    own("email", "hotro@songxanh.example")
    own("bank_account", "0123456789012", bank="VCB")
    own("address", "12 Lê Lợi")
    own("app", "example.sx", platform="android")
    given = own("domain", "chung.example")
    offer = lifecycle.offer(BANK, given, to=POWER, day=TODAY - DAY, by=BY)
    lifecycle.take_over(POWER, offer, by=BY)
    own("domain", "chua-ai-xac-nhan.example", vouched=False)


class TestFiles:
    def test_the_record_follows_its_schema(self, client: Client) -> None:
        everything()
        record = json.loads(client.get(f"/organisations/{BANK}/record.json").content)
        schema = ROOT / "docs/reference/register-record.schema.json"
        jsonschema.validate(record, json.loads(schema.read_text(encoding="utf-8")))
        assert "chua-ai-xac-nhan" not in json.dumps(record)
        assert len(record["holdings"]) == 9

    def test_the_schema_refuses_what_is_no_record(self, client: Client) -> None:
        everything()
        schema = json.loads(
            (ROOT / "docs/reference/register-record.schema.json").read_text("utf-8")
        )
        record = json.loads(client.get(f"/organisations/{BANK}/record.json").content)
        for field, wrong in (("form", "soi organisation 2"), ("organisation", "Sông Xanh")):
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(record | {field: wrong}, schema)
        record["holdings"][0]["state"] = "fine"
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(record, schema)

    def test_its_signature_is_of_these_bytes_and_of_now(self, client: Client) -> None:
        everything()
        record = client.get(f"/organisations/{BANK}/record.json").content
        note = client.get(f"/organisations/{BANK}/record.sig").content
        trusted = keys.verifier_keys()
        found = read_statement(note, record, trusted)
        assert (found.about, found.at.date()) == (BANK, TODAY)
        for forged in (record + b" ", record.replace(b"songxanh", b"songxonh")):
            with pytest.raises(LedgerError):
                read_statement(note, forged, trusted)
        with pytest.raises(LedgerError):
            read_statement(note.replace(BANK.encode(), POWER.encode()), record, trusted)
        with pytest.raises(LedgerError):
            read_statement(note, record, [Signer.generate("other.example/log").key])

    def test_a_record_is_read_back_as_it_was(self, client: Client) -> None:
        everything()
        content = client.get(f"/organisations/{BANK}/record.json").content
        found = list(read_register_json(content))
        wanted = {(r.kind, r.value, r.state, r.valid_to) for r in queries.records_of(BANK)}
        assert {
            (r.kind, r.value, r.state, r.valid_to) for r in found if isinstance(r, HoldingRecord)
        } == wanted
        assert len(found) == len(wanted)

    def test_all_of_them_come_one_a_line_and_signed(self, client: Client) -> None:
        everything()
        answer: Any = client.get("/organisations/register.jsonl")
        lines = list(read_register_lines(io.BytesIO(b"".join(answer.streaming_content))))
        about = [
            read_statement(each.signature.encode(), each.record, keys.verifier_keys()).about
            for each in lines
            if not hasattr(each, "code")
        ]
        assert about == [POWER, BANK]

    def test_all_of_them_come_as_csv_and_are_read_back(self, client: Client) -> None:
        everything()
        answer: Any = client.get("/organisations/register.csv")
        content = b"".join(answer.streaming_content)
        assert len(list(csv.DictReader(io.StringIO(content.decode())))) == 10
        for data in (content, client.get(f"/organisations/{BANK}/holdings.csv").content):
            found = list(read_register_csv(io.BytesIO(data)))
            assert all(isinstance(each, HoldingRecord) for each in found)

    def test_the_trust_txt_names_what_is_official_today(self, client: Client) -> None:
        everything()
        lifecycle.retire(BANK, own("domain", "cu.example"), day=TODAY - DAY, by=BY)
        found = read_trusttxt(client.get(f"/organisations/{BANK}/trust.txt").content)
        assert [(e.attribute, e.value) for e in found.entries] == [
            ("control", "songxanh-hai.example"),
            ("social", "https://www.facebook.com/sx"),
            ("contact", "mailto:hotro@songxanh.example"),
            ("contact", "tel:19000001"),
        ]
        assert client.get("/organisations/nobody/trust.txt").status_code == 404

    @pytest.mark.parametrize("file", ["record.json", "record.sig", "holdings.csv", "trust.txt"])
    def test_anybodys_program_may_read_them_and_nobody_is_nobody(
        self, client: Client, file: str
    ) -> None:
        everything()
        answer = client.get(f"/organisations/{BANK}/{file}")
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert client.get(f"/organisations/nobody/{file}").status_code == 404
        assert client.post(f"/organisations/{BANK}/{file}").status_code == 405


class TestBadge:
    def badge(self, client: Client, number: int, language: str = "/en") -> Any:
        return client.get(f"{language}/organisations/{BANK}/{number}/badge.svg")

    def test_it_shows_the_name_and_how_it_stands_today(self, client: Client) -> None:
        number = own("domain", "songxanh.example")
        assert "Official today" in self.badge(client, number).content.decode()
        lifecycle.report_compromised(BANK, number, since=TODAY, by=BY)
        answer = self.badge(client, number)
        assert "Do not trust it" in answer.content.decode()
        assert "songxanh.example" in answer.content.decode()
        assert "Đừng tin" in self.badge(client, number, "").content.decode()

    def test_it_is_asked_for_anew_each_time_and_may_stand_on_any_site(self, client: Client) -> None:
        number = own("domain", "songxanh.example")
        answer = self.badge(client, number)
        assert (answer["Cache-Control"], answer["Cross-Origin-Resource-Policy"]) == (
            "no-cache",
            "cross-origin",
        )
        again = client.get(
            f"/en/organisations/{BANK}/{number}/badge.svg",
            headers={"If-None-Match": answer["ETag"]},
        )
        assert again.status_code in (200, 304)

    @pytest.mark.parametrize("value", [f"Số 1 {HOSTILE}", "A" * 300, "ﷺ đường Lê Lợi"])
    def test_it_is_well_formed_and_runs_nothing_whatever_the_name(
        self, client: Client, value: str
    ) -> None:
        answer = self.badge(client, own("address", value))
        root = ElementTree.fromstring(answer.content)  # noqa: S314  # our own picture
        names = {each.tag.rpartition("}")[2] for each in root.iter()}
        assert names == {"svg", "title", "rect", "text"}
        assert int(root.attrib["width"]) < 450
        assert answer["Content-Security-Policy"] == "default-src 'none'"

    def test_what_is_not_public_has_none(self, client: Client) -> None:
        proposed = own("domain", "songxanh.example", vouched=False)
        assert self.badge(client, proposed).status_code == 404
        assert self.badge(client, 99999).status_code == 404
        other = own("domain", "dienluc.example", POWER)
        assert self.badge(client, other).status_code == 404


def test_the_kinds_stand_in_the_order_in_which_people_look(client: Client) -> None:
    everything()
    kinds = [row.kind for row in client.get(f"/organisations/{BANK}/").context["holdings"]]
    assert kinds == sorted(kinds, key=list(HoldingKind).index)
    page = client.get(f"/en/organisations/{BANK}/").content.decode()
    assert "until 31 Dec 2024 called songxanh" in re.sub(r"<[^>]+>", "", page)
