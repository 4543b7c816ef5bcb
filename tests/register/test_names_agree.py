"""A holding or scam as imported is found in a message, however either of them is written."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from soi.answer.names import findings
from soi.answer.types import NameFinding, NameState
from soi.core.formats import (
    HoldingRecord,
    Refusal,
    detect_scamlist,
    read_register_csv,
    read_scamlist,
)
from soi.core.text import split
from soi.register.actions import declare_holdings
from soi.watch.actions import ListDescription, import_scam_list

pytestmark = pytest.mark.django_db

HOSTS = (
    "songxanh.example",
    "https://songxanh.example/",
    "HTTPS://WWW.SONGXANH.EXAMPLE/vay?id=1#x",
    "www.songxanh.example",
    "songxanh[.]example",
    "hxxps://songxanh[.]example/vay",
    "the.songxanh.example",
    "songxanh.example.",
)
MARKED_HOSTS = (
    "https://sôngxanh.example",
    "sôngxanh.example/vay",
    "https://xn--sngxanh-t0a.example/",
    "http://WWW.SÔNGXANH.example",
)
PHONES = (
    "0900 000 001",
    "+84 900 000 001",
    "0900.000.001",
    "0900-000-001",
    "(0900) 000 001",
    "84900000001",
    "+84900000001",
    "0900000001",
)
HOTLINES = ("1900 0001", "19000001", "1900.0001", "1900-0001", "+84 1900 0001")
FACEBOOK = (
    "https://www.facebook.com/SongXanhBank",
    "facebook.com/songxanhbank/",
    "https://m.facebook.com/songxanhbank?ref=1",
    "fb.com/SongXanhBank",
    "@songxanhbank",
)
TIKTOK = ("https://www.tiktok.com/@SongXanhBank", "tiktok.com/@songxanhbank", "@SongXanhBank")
EMAILS = ("HOTRO@SONGXANH.EXAMPLE", "hotro@songxanh.example", "mailto:HoTro@songxanh.example")
VIETCOMBANK = (
    "STK 0123 456 789 012 Vietcombank",
    "VCB: 0123.456.789.012",
    "so tai khoan 0123456789012 ngan hang Vietcombank",
    "chuyển khoản 0123456789012",
    "Ngân hàng Ngoại thương, số tài khoản 0123-456-789-012",
)
OTHER_BANK = (
    "STK 0123 456 789 012 ngân hàng Sông Xanh",
    "số tài khoản 0123456789012 Ngân hàng Sông Xanh",
)

HOLDINGS = [
    *(
        ("domain", "", written, "", HOSTS)
        for written in ("songxanh.example", "WWW.SongXanh.example", "*.songxanh.example.")
    ),
    *(
        ("domain", "", written, "", MARKED_HOSTS)
        for written in ("sôngxanh.example", "SÔNGXANH.EXAMPLE", "xn--sngxanh-t0a.example")
    ),
    *(
        ("phone", "", written, "", PHONES)
        for written in ("0900 000 001", "+84 900 000 001", "0900.000.001", "tel:+84900000001")
    ),
    *(("phone", "", written, "", HOTLINES) for written in ("1900 0001", "+8419000001")),
    *(
        ("account", "facebook", written, "", FACEBOOK)
        for written in ("SongXanhBank", "@songxanhbank")
    ),
    ("account", "tiktok", "@SongXanhBank", "", TIKTOK),
    *(("email", "", written, "", EMAILS) for written in ("HoTro@SongXanh.example",)),
    *(
        ("bank_account", "", number, bank, VIETCOMBANK)
        for number, bank in (
            ("0123456789012", "Vietcombank"),
            ("0123 456 789 012", "VCB"),
            ("0123.456.789.012", "Ngân hàng Ngoại thương"),
            ("0123456789012", "vietcombank"),
        )
    ),
    *(
        ("bank_account", "", "0123456789012", bank, OTHER_BANK)
        for bank in ("Ngân hàng Sông Xanh", "SÔNG XANH", "songxanh")
    ),
]


def _only_finding(message: str) -> NameFinding:
    found = findings(split(message))
    assert len(found) == 1, (message, found)
    return found[0]


@pytest.mark.parametrize(("kind", "platform", "value", "bank", "spellings"), HOLDINGS)
def test_a_holding_is_found_in_every_spelling(
    kind: str, platform: str, value: str, bank: str, spellings: tuple[str, ...]
) -> None:
    columns = "organisation,name,kind,platform,value,bank"
    row = f"song-xanh,Sông Xanh,{kind},{platform},{value},{bank}"
    records = list(read_register_csv(io.BytesIO(f"{columns}\n{row}\n".encode())))
    assert not [item for item in records if isinstance(item, Refusal)]
    declare_holdings([item for item in records if isinstance(item, HoldingRecord)], by="an")
    for spelling in spellings:
        finding = _only_finding(spelling)
        assert finding.state is NameState.OFFICIAL, spelling
        assert finding.holding is not None
        assert finding.holding.organisation_ref == "song-xanh"


def test_the_same_number_at_another_bank_is_not_it() -> None:
    row = "song-xanh,Sông Xanh,bank_account,,0123456789012,VCB"
    header = "organisation,name,kind,platform,value,bank"
    records = list(read_register_csv(io.BytesIO(f"{header}\n{row}\n".encode())))
    declare_holdings([item for item in records if isinstance(item, HoldingRecord)], by="an")
    assert _only_finding("STK 0123456789012 BIDV").state is NameState.UNKNOWN


URLS = (
    "https://chung.example/nhan-qua",
    "http://chung.example/nhan-qua/",
    "chung.example/nhan-qua",
    "www.chung.example/nhan-qua",
    "hxxp://chung[.]example/nhan-qua",
)
PROFILES = (
    "https://www.facebook.com/songxanh.quatang",
    "facebook.com/songxanh.quatang",
    "https://facebook.com/songxanh.quatang/",
)
SCAMS = [
    *(("host", written, HOSTS) for written in ("songxanh.example", "0.0.0.0 songxanh.example")),
    ("host", "||songxanh.example^", HOSTS),
    ("host", "sôngxanh.example", MARKED_HOSTS),
    ("url", "hxxps://chung[.]example/nhan-qua", URLS),
    ("url", "chung.example/nhan-qua/", URLS),
    ("url", "https://facebook.com/songxanh.quatang", PROFILES),
    *(("phone", written, PHONES) for written in ("0900 000 001", "+84900000001")),
    ("phone", "1900 0001", HOTLINES),
    ("email", "HoTro@SongXanh.example", EMAILS),
    ("bank_account", "0123 456 789 012", (*VIETCOMBANK, *OTHER_BANK)),
]


@pytest.mark.parametrize(("kind", "written", "spellings"), SCAMS)
def test_a_listed_scam_is_found_in_every_spelling(
    kind: str, written: str, spellings: tuple[str, ...]
) -> None:
    # Only a table can say that bare digits are a bank account.
    text = f"{kind},date\n{written},\n" if kind == "bank_account" else f"{written}\n"
    data = text.encode()
    form = detect_scamlist(data)
    items = list(read_scamlist(io.BytesIO(data), form))
    description = ListDescription("Danh sách", "CC0", dt.date(2026, 11, 1))
    listed = import_scam_list(description, items, by="an")
    assert (listed.added, listed.refusals) == (1, ())
    for spelling in spellings:
        finding = _only_finding(spelling)
        assert finding.state is NameState.KNOWN_SCAM, spelling
        assert [scam.list_name for scam in finding.scams] == ["Danh sách"]


@pytest.mark.parametrize(
    "other", ["https://chung.example/khac", "chung.example", "https://facebook.com/songxanh"]
)
def test_a_listed_page_says_nothing_of_its_neighbours(other: str) -> None:
    data = b"https://chung.example/nhan-qua\nhttps://facebook.com/songxanh.quatang\n"
    items = list(read_scamlist(io.BytesIO(data), detect_scamlist(data)))
    import_scam_list(ListDescription("Danh sách", "CC0", dt.date(2026, 11, 1)), items, by="an")
    assert _only_finding(other).state is NameState.UNKNOWN
