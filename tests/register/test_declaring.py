"""Holdings come into the register from files, all or none of what was read, and stay in time."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace

import pytest
from django.db import Error, transaction

from soi.core.formats import FormatError, HoldingKind, HoldingRecord, Refusal, read_register_csv
from soi.journal.queries import event_count_after, last_mark, seq_of
from soi.register import queries
from soi.register.actions import (
    Declared,
    declare_again,
    declare_holdings,
    remove_demo_organisations,
)
from soi.register.models import Organisation
from soi.register.trusttxt import holdings_of_trusttxt
from tests.checks import holding_record

pytestmark = pytest.mark.django_db

DOMAIN = holding_record(HoldingKind.DOMAIN, "songxanh.example")
PHONE = holding_record(HoldingKind.PHONE, "+84900000001")

CSV = """organisation,name,name_en,kind,platform,value,bank,aliases,valid_from,valid_to,compromised_from,verified_on,note
song-xanh,Ngân hàng Sông Xanh,Song Xanh Bank,domain,,WWW.SongXanh.example.,,sxb|songxanh,2020-01-02,,,2026-11-01,Trang chính
song-xanh,Ngân hàng Sông Xanh,Song Xanh Bank,account,facebook,@SongXanh,,sxb|songxanh,,2025-06-30,,,
hoa-mai,Hãng xe Hoa Mai,,phone,,1900 0001,,,,,2026-02-03,,
"""


def _read(text: str) -> list[HoldingRecord | Refusal]:
    return list(read_register_csv(io.BytesIO(text.encode())))


def _records(text: str) -> list[HoldingRecord]:
    return [item for item in _read(text) if isinstance(item, HoldingRecord)]


def test_a_file_comes_in_with_all_that_it_says() -> None:
    assert declare_holdings(_records(CSV), by="an") == Declared(3, 0, 0)
    assert [row.slug for row in queries.organisations()[:]] == ["hoa-mai", "song-xanh"]
    account, domain = queries.holdings_of("song-xanh")
    assert (domain.key, domain.valid_from, domain.verified_on) == (
        "songxanh.example",
        dt.date(2020, 1, 2),
        dt.date(2026, 11, 1),
    )
    assert (account.platform, account.key, account.valid_to) == (
        "facebook",
        "songxanh",
        dt.date(2025, 6, 30),
    )
    assert account.value == "SongXanh"
    organisation = queries.organisation_with_slug("song-xanh")
    assert organisation is not None
    assert (organisation.aliases, organisation.holdings) == (("sxb", "songxanh"), 2)
    assert queries.organisation_with_slug("nobody") is None


def test_a_file_that_knows_no_dates_adds_and_leaves_what_is_known() -> None:
    ended = replace(DOMAIN, valid_to=dt.date(2025, 6, 30))
    declare_holdings([ended], by="an")
    renamed = [replace(record, name="Song Xanh") for record in (DOMAIN, PHONE)]
    assert declare_holdings(renamed, by="an", keep_known=True) == Declared(1, 0, 1)
    held = {holding.key: holding.valid_to for holding in queries.holdings_of(DOMAIN.organisation)}
    assert held == {"songxanh.example": dt.date(2025, 6, 30), PHONE.value: None}
    organisation = queries.organisation_with_slug(DOMAIN.organisation)
    assert organisation is not None
    assert organisation.name == DOMAIN.name
    assert declare_holdings([DOMAIN], by="an") == Declared(0, 1, 0)


def test_again_nothing_changes_and_nothing_is_said() -> None:
    declare_holdings(_records(CSV), by="an")
    mark, version = last_mark("organisation"), queries.version()
    assert declare_holdings(_records(CSV), by="an") == Declared(0, 0, 3)
    assert (last_mark("organisation"), queries.version()) == (mark, version)
    declare_holdings([replace(DOMAIN, value="khac.example")], by="an")
    assert queries.version() != version


def test_a_record_of_another_form_is_declared_anew_once() -> None:
    declare_holdings([DOMAIN], by="an")
    assert declare_again(by="init") == 0
    Organisation.objects.update(name_en="An older form wrote this otherwise")
    assert (declare_again(by="init"), declare_again(by="init")) == (1, 0)


def test_a_changed_row_changes_that_holding_only() -> None:
    declare_holdings([DOMAIN, PHONE], by="an")
    seq = seq_of(last_mark("organisation"))
    ended = replace(PHONE, valid_to=dt.date(2026, 10, 31))
    assert declare_holdings([DOMAIN, ended], by="an") == Declared(0, 1, 1)
    assert event_count_after(seq, subject="organisation") == 1
    assert {row.valid_to for row in queries.holdings_of("song-xanh")} == {
        None,
        dt.date(2026, 10, 31),
    }


def test_what_a_file_does_not_name_stays() -> None:
    declare_holdings([DOMAIN, PHONE], by="an")
    declare_holdings([DOMAIN], by="an")
    assert len(queries.holdings_of("song-xanh")) == 2


def test_a_file_of_which_one_row_cannot_be_stored_stores_none() -> None:
    backwards = replace(PHONE, valid_from=dt.date(2026, 2, 1), valid_to=dt.date(2026, 1, 1))
    with pytest.raises(Error), transaction.atomic():
        declare_holdings([DOMAIN, backwards], by="an")
    assert queries.organisation_count() == 0
    assert last_mark("organisation") == ""


def test_one_value_may_be_claimed_by_two_and_both_are_found() -> None:
    other = replace(DOMAIN, organisation="hoa-mai", name="Hãng xe Hoa Mai")
    declare_holdings([DOMAIN, other], by="an")
    key = (HoldingKind.DOMAIN, "songxanh.example")
    assert [row.organisation for row in queries.holdings_with_keys([key])[key]] == [
        "hoa-mai",
        "song-xanh",
    ]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("Song Xanh,Tên,,domain,,a.example,,,,,,,", "organisation_invalid"),
        ("song-xanh,,,domain,,a.example,,,,,,,", "organisation_name_missing"),
        ("song-xanh,Tên,,house,,a.example,,,,,,,", "kind_unknown"),
        ("song-xanh,Tên,,domain,,com.vn,,,,,,,", "public_suffix"),
        ("song-xanh,Tên,,account,,songxanh,,,,,,,", "platform_missing"),
        ("song-xanh,Tên,,phone,,12,,,,,,,", "phone_invalid"),
        ("song-xanh,Tên,,bank_account,,0123456789,,,,,,,", "bank_missing"),
        ("song-xanh,Tên,,domain,,a.example,,,2026-01-02,2026-01-01,,,", "dates_disordered"),
        ("song-xanh,Tên,,domain,,a.example,,,một hôm,,,,", "date_unreadable"),
        ("song-xanh,Tên,,domain,,a.example", "row_cells"),
    ],
)
def test_a_row_that_is_wrong_is_refused_by_its_code_and_the_others_are_read(
    row: str, code: str
) -> None:
    found = _read(f"{CSV}{row}\n")
    assert [item.code for item in found if isinstance(item, Refusal)] == [code]
    assert len(found) == 4


def test_a_file_with_the_wrong_columns_is_refused_whole() -> None:
    with pytest.raises(FormatError) as refused:
        _read("organisation,name,value\n")
    assert refused.value.code == "columns"
    assert "missing: kind" in str(refused.value)


def test_a_directory_is_searched_by_name_and_by_what_is_held() -> None:
    declare_holdings(_records(CSV), by="an")
    for text, slugs in (("Hoa Mai", ["hoa-mai"]), ("songxanh", ["song-xanh"]), ("khác", [])):
        assert [row.slug for row in queries.organisations(text=text)[:]] == slugs


def test_the_main_holding_is_a_domain_in_force_on_that_day() -> None:
    day = dt.date(2026, 11, 1)
    retired = replace(DOMAIN, value="sx.example", valid_to=dt.date(2026, 10, 31))
    taken = replace(DOMAIN, value="s.example", compromised_from=day)
    coming = replace(DOMAIN, value="x.example", valid_from=dt.date(2026, 11, 2))
    declare_holdings([DOMAIN, retired, taken, coming, PHONE], by="an")
    assert queries.main_holdings(on=day)["song-xanh"].key == "songxanh.example"
    assert queries.main_holdings(on=dt.date(2026, 10, 31))["song-xanh"].key == "s.example"
    assert queries.main_holdings(on=dt.date(2026, 11, 2))["song-xanh"].key == "x.example"


TRUST = b"""# trust.txt
control=https://the.songxanh.example/
social=https://www.facebook.com/SongXanhBank
social=https://songxanh.example/about
contact=mailto:HoTro@SongXanh.example
contact=tel:0900000001
nonsense
"""


def _trust(data: bytes = TRUST, **changes: str) -> list[HoldingRecord | Refusal]:
    about = {"organisation": "song-xanh", "name": "Sông Xanh", "domain": "www.songxanh.example"}
    return holdings_of_trusttxt(data, **(about | changes))


def test_a_trust_txt_declares_domains_accounts_addresses_and_numbers() -> None:
    records = [item for item in _trust() if isinstance(item, HoldingRecord)]
    declare_holdings(records, by="an", keep_known=True)
    assert [(row.kind, row.platform, row.key) for row in queries.holdings_of("song-xanh")] == [
        ("account", "facebook", "songxanhbank"),
        ("domain", "", "songxanh.example"),
        ("domain", "", "the.songxanh.example"),
        ("email", "", "hotro@songxanh.example"),
        ("phone", "", "+84900000001"),
    ]


def test_lines_of_a_trust_txt_that_say_nothing_are_reported() -> None:
    refused = [item for item in _trust() if isinstance(item, Refusal)]
    assert {(item.position, item.code) for item in refused} == {
        (7, "attribute_malformed"),
        (4, "platform_unknown"),
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"organisation": "Sông Xanh!"}, "organisation_invalid"),
        ({"domain": "không phải tên miền"}, "host_invalid"),
        ({"domain": "com.vn"}, "public_suffix"),
        ({"name": " "}, "organisation_name_missing"),
        ({"name": "x" * 300}, "text_too_long"),
    ],
)
def test_a_trust_txt_of_nobody_is_refused(changes: dict[str, str], code: str) -> None:
    with pytest.raises(FormatError) as refused:
        _trust(**changes)
    assert refused.value.code == code


def test_a_trust_txt_for_a_name_with_marks_is_kept_under_its_ascii_form() -> None:
    (record, *_) = _trust(b"", domain="sôngxanh.example")
    assert isinstance(record, HoldingRecord)
    assert record.value == "xn--sngxanh-t0a.example"


def test_a_trust_txt_makes_nothing_official_again() -> None:
    ended = replace(DOMAIN, valid_to=dt.date(2026, 1, 1), name="Tên riêng")
    declare_holdings([ended], by="an")
    records = [item for item in _trust() if isinstance(item, HoldingRecord)]
    declare_holdings(records, by="an", keep_known=True)
    key = (HoldingKind.DOMAIN, "songxanh.example")
    (row,) = queries.holdings_with_keys([key])[key]
    assert (row.valid_to, row.organisation_name) == (dt.date(2026, 1, 1), "Tên riêng")


class TestTheDemonstrationBesideRealHoldings:
    def test_a_real_holding_of_its_organisation_stays(self) -> None:
        declare_holdings([DOMAIN, PHONE], by="an", is_demo=True)
        declare_holdings([PHONE], by="an")
        assert remove_demo_organisations(by="an") == 0
        assert [row.key for row in queries.holdings_of("song-xanh")] == ["+84900000001"]
        assert not queries.organisations()[0].is_demo

    def test_a_real_organisation_is_not_renamed_by_it(self) -> None:
        declare_holdings([DOMAIN], by="an")
        declare_holdings([replace(DOMAIN, name="Khác", note="minh hoạ")], by="an", is_demo=True)
        (row,) = queries.holdings_of("song-xanh")
        assert (row.organisation_name, row.note, row.is_demo) == ("Ngân hàng Sông Xanh", "", False)

    def test_what_it_adds_to_a_real_organisation_goes_with_it(self) -> None:
        declare_holdings([DOMAIN], by="an")
        declare_holdings([PHONE], by="an", is_demo=True)
        before = queries.version()
        remove_demo_organisations(by="an")
        assert [row.key for row in queries.holdings_of("song-xanh")] == ["songxanh.example"]
        assert queries.version() != before
