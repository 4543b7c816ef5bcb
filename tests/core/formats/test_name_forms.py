"""trust.txt, registers and scam lists: names in the form in which they are compared."""

import contextlib
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.formats import (
    Attribute,
    Code,
    FormatError,
    HoldingKind,
    HoldingRecord,
    Refusal,
    ScamKind,
    ScamListFormat,
    ScamRecord,
    detect_scamlist,
    read_register_csv,
    read_scamlist,
    read_trusttxt,
    write_register_csv,
    write_trusttxt,
)
from tests.core.formats.strategies import TODAY, texts

TRUST = """\ufeff# Bàn A
member=https://www.Example.org/\r
belongto = association.example\rcontrol=https://Kiểmchứng.vn/

social=https://www.facebook.com/bana
contact=Editor@Example.org
contact=tel:+84 24 3825 3525
contact=https://example.org/contact
disclosure=https://example.org/ethics
datatrainingallowed=No
colour=red
"""


def test_a_trust_file_is_read_with_its_lines() -> None:
    trust = read_trusttxt(TRUST.encode())
    assert trust.values(Attribute.MEMBER) == ("www.example.org",)
    assert trust.values(Attribute.CONTROL) == ("xn--kimchng-2u4c7m.vn",)
    assert trust.values(Attribute.CONTACT) == (
        "mailto:editor@example.org", "tel:+842438253525", "https://example.org/contact",
    )  # fmt: skip
    assert trust.values(Attribute.DATATRAININGALLOWED) == ("no",)
    assert [(one.attribute, one.value, one.line) for one in trust.unknown] == [
        ("colour", "red", 12)
    ]
    assert trust.entries[1].line == 3
    assert trust.refusals == ()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("member", Code.ATTRIBUTE_MALFORMED),
        ("mem ber=x.org", Code.ATTRIBUTE_MALFORMED),
        ("<b>=x", Code.ATTRIBUTE_MALFORMED),
        ("member=", Code.VALUE_MISSING),
        ("member=com.vn", Code.PUBLIC_SUFFIX),
        ("member=not a host", Code.HOST_INVALID),
        ("member=javascript://x.org", Code.URL_SCHEME),
        ("social=javascript:alert(1)", Code.URL_SCHEME),
        ("social=facebook", Code.URL_SCHEME),
        ("contact=call me", Code.CONTACT_INVALID),
        ("datatrainingallowed=maybe", Code.TRAINING_INVALID),
        ("datatrainingallowed=no\ndatatrainingallowed=yes", Code.TRAINING_REPEATED),
        ("social=https://x.org/" + "a" * 3_000, Code.TEXT_TOO_LONG),
        ("\n" * 20_001 + "member=x.org", Code.TOO_MANY_LINES),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_with_its_number(line: str, code: Code) -> None:
    trust = read_trusttxt(f"member=a.org\n{line}".encode())
    assert trust.values(Attribute.MEMBER) == ("a.org",)
    (refusal,) = trust.refusals
    assert refusal.code == code
    assert refusal.line == 1 + len(line.splitlines())


def test_a_trust_file_that_is_too_large_or_not_utf8_is_refused() -> None:
    for data, code in ((b"#" * 1_000_001, Code.FILE_TOO_LARGE), (b"a=\xff", Code.NOT_UTF8)):
        with pytest.raises(FormatError) as caught:
            read_trusttxt(data)
        assert caught.value.code == code
    assert read_trusttxt(b"").entries == ()


@given(st.lists(st.sampled_from(TRUST.splitlines()) | texts).map("\n".join))
def test_what_is_read_of_a_trust_file_is_written_and_read_again(text: str) -> None:
    trust = read_trusttxt(b"# x\n" + text.encode("utf-8", "replace"))
    again = read_trusttxt(write_trusttxt(trust))
    for attribute in Attribute:
        assert again.values(attribute) == trust.values(attribute)
    assert [(one.attribute, one.value) for one in again.unknown] == [
        (one.attribute, one.value) for one in trust.unknown
    ]
    assert again.refusals == ()


HEADER = "organisation,name,kind,platform,value,bank,aliases,valid_from,valid_to,compromised_from"


def register(*rows: str, header: str = HEADER) -> list[HoldingRecord | Refusal]:
    return list(read_register_csv(io.BytesIO("\n".join([header, *rows]).encode())))


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("vcb,Ngân hàng A,domain,,WWW.Example.com.vn.,,,,,", "www.example.com.vn"),
        ("vcb,Ngân hàng A,account,facebook,@Bank.A,,,,,", "Bank.A"),
        ("vcb,Ngân hàng A,phone,,024 3825 3525,,,,,", "+842438253525"),
        ("vcb,Ngân hàng A,phone,,1900 545413,,,,,", "1900545413"),
        ("vcb,Ngân hàng A,phone,,156,,,,,", "156"),
        ("vcb,Ngân hàng A,email,,Help@Example.COM,,,,,", "help@example.com"),
        ("vcb,Ngân hàng A,bank_account,,0011 0012 3456,Vietcombank,,,,", "001100123456"),
        ("vcb,Ngân hàng A,app,android,com.example.bank,,,,,", "com.example.bank"),
    ],
)
def test_a_holding_is_read_in_the_form_in_which_names_are_compared(row: str, value: str) -> None:
    (found,) = register(row)
    assert isinstance(found, HoldingRecord), found
    assert found.value == value


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("V C B,A,domain,,a.vn,,,,,", Code.ORGANISATION_INVALID),
        ("vcb,,domain,,a.vn,,,,,", Code.ORGANISATION_NAME_MISSING),
        ("vcb,A,website,,a.vn,,,,,", Code.KIND_UNKNOWN),
        ("vcb,A,domain,,,,,,,", Code.VALUE_MISSING),
        ("vcb,A,domain,,com.vn,,,,,", Code.PUBLIC_SUFFIX),
        ("vcb,A,domain,,a b,,,,,", Code.HOST_INVALID),
        ("vcb,A,account,,bank,,,,,", Code.PLATFORM_MISSING),
        ("vcb,A,account,myspace,bank,,,,,", Code.PLATFORM_UNKNOWN),
        ("vcb,A,account,zalo,a b,,,,,", Code.HANDLE_INVALID),
        ("vcb,A,phone,,12345678901234567,,,,,", Code.PHONE_INVALID),
        ("vcb,A,email,,nobody,,,,,", Code.EMAIL_INVALID),
        ("vcb,A,bank_account,,123,x,,,,", Code.BANK_ACCOUNT_INVALID),
        ("vcb,A,bank_account,,123456789,,,,,", Code.BANK_MISSING),
        ("vcb,A,domain,,a.vn,x,,,,", Code.BANK_UNEXPECTED),
        ("vcb,A,app,ios,a b,,,,,", Code.APP_INVALID),
        ("vcb,A,domain,,a.vn,,,soon,,", Code.DATE_UNREADABLE),
        ("vcb,A,domain,,a.vn,,,2026-01-02,2026-01-01,", Code.DATES_DISORDERED),
        ("vcb,A,domain,,a.vn,,,2026-01-02,,2026-01-01", Code.DATES_DISORDERED),
        ("vcb," + "A" * 300 + ",domain,,a.vn,,,,,", Code.TEXT_TOO_LONG),
        ("vcb,A,domain", Code.ROW_CELLS),
    ],
)
def test_a_holding_that_cannot_be_right_is_refused(row: str, code: Code) -> None:
    good = "vcb,A,domain,,a.vn,,vcb|Bank A,2026-01-01,,"
    first, refused, last = register(good, row, good)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.position) == (code, 1)
    assert isinstance(first, HoldingRecord)
    assert isinstance(last, HoldingRecord)
    assert (first.aliases, first.valid_from) == (("vcb", "Bank A"), dt.date(2026, 1, 1))


def test_a_register_with_a_wrong_header_is_refused() -> None:
    with pytest.raises(FormatError) as caught:
        register(header="organisation,name,kind")
    assert caught.value.code == Code.COLUMNS
    assert "missing: value" in caught.value.message


names = st.sampled_from(["Ngân hàng A", "=A1", "-B", "'@c", "Quỹ, “D”", 'E "x"'])
holdings = st.builds(
    HoldingRecord,
    organisation=st.sampled_from(["vcb", "bo-cong-an-2"]),
    name=names,
    name_en=names | st.just(""),
    kind=st.just(HoldingKind.PHONE),
    platform=st.just(""),
    value=st.sampled_from(["+842438253525", "1900545413", "156"]),
    bank=st.just(""),
    aliases=st.lists(names, max_size=3, unique=True).map(tuple),
    valid_from=st.none() | st.just(dt.date(1955, 1, 1)),
    valid_to=st.none() | st.dates(dt.date(1956, 1, 1)),
    compromised_from=st.none() | st.dates(dt.date(1956, 1, 1)),
    verified_on=st.none() | st.dates(dt.date(1956, 1, 1)),
    note=names | st.just(""),
)


@given(st.lists(holdings, max_size=3))
def test_a_register_is_written_and_read_back_equal(found: list[HoldingRecord]) -> None:
    stream = io.BytesIO()
    write_register_csv(found, stream)
    assert list(read_register_csv(io.BytesIO(stream.getvalue()))) == found


def scams(text: str, form: ScamListFormat | None = None) -> list[ScamRecord | Refusal]:
    data = text.encode()
    return list(read_scamlist(io.BytesIO(data), form or detect_scamlist(data), today=TODAY))


def values(text: str, form: ScamListFormat) -> list[tuple[str, str]]:
    assert detect_scamlist(text.encode()) is form
    found = scams(text)
    assert not [one for one in found if isinstance(one, Refusal)]
    return [(one.kind.value, one.value) for one in found if isinstance(one, ScamRecord)]


def test_a_plain_list_is_read() -> None:
    text = (
        "# một danh sách\n! chú thích\n// chú thích\n\nEvil.TOP.\n*.evil.vn # ghi chú\nhttp://a.top/\n"
        "hxxps://sites.google.com/view/evil?a=1#b\nb[.]top/login\nx@evil.top\nĐồng.vn\n8.8.8.8\n"
        "0912 345 678\nc.top:8080\n"
    )
    assert values(text, ScamListFormat.PLAIN) == [
        ("host", "evil.top"),
        ("host", "evil.vn"),
        ("host", "a.top"),
        ("url", "https://sites.google.com/view/evil?a=1#b"),
        ("url", "http://b.top/login"),
        ("email", "x@evil.top"),
        ("host", "xn--ng-pma6851a.vn"),
        ("host", "8.8.8.8"),
        ("phone", "+84912345678"),
        ("host", "c.top"),
    ]


def test_a_hosts_file_is_read() -> None:
    text = (
        "127.0.0.1 localhost\n::1 localhost ip6-localhost\n0.0.0.0 0.0.0.0\n"
        "0.0.0.0 a.top B.top # x\n127.0.0.1\tc.top\n:: d.top\n"
    )
    hosts = ["a.top", "b.top", "c.top", "d.top"]
    assert values(text, ScamListFormat.HOSTS) == [("host", host) for host in hosts]


def test_an_adblock_list_is_read() -> None:
    text = "[Adblock Plus 2.0]\n! Title: x\n||a.top^\n||b.top^$third-party,all\n||*.c.top^\n"
    found = scams(text)
    assert detect_scamlist(text.encode()) is ScamListFormat.ADBLOCK
    assert [one.value for one in found if isinstance(one, ScamRecord)] == ["a.top", "b.top"]


@pytest.mark.parametrize(
    "text",
    ["a.top,2023-08-12\nb.top,\n", "host,first seen\na.top,2023-08-12\nb.top,x\n", "Date;URL\n12/08/2023;http://a.top/\n;b.top\n"],
)  # fmt: skip
def test_a_csv_list_is_read_with_its_dates(text: str) -> None:
    assert detect_scamlist(text.encode()) is ScamListFormat.CSV
    assert scams(text) == [
        ScamRecord(ScamKind.HOST, "a.top", dt.date(2023, 8, 12)),
        ScamRecord(ScamKind.HOST, "b.top", None),
    ]


def test_a_csv_of_numbers_is_read_by_its_header() -> None:
    text = "phone,bank_account,date\n0912345678,,2026-01-01\n,0011001234567,\n"
    assert [(one.kind, one.value) for one in scams(text) if isinstance(one, ScamRecord)] == [
        (ScamKind.PHONE, "+84912345678"),
        (ScamKind.BANK_ACCOUNT, "0011001234567"),
    ]


@pytest.mark.parametrize(
    ("line", "form", "code"),
    [
        ("com.vn", ScamListFormat.PLAIN, Code.PUBLIC_SUFFIX),
        ("github.io", ScamListFormat.PLAIN, Code.PUBLIC_SUFFIX),
        ("127.0.0.1", ScamListFormat.PLAIN, Code.ADDRESS_NOT_PUBLIC),
        ("0.0.0.0/", ScamListFormat.PLAIN, Code.ADDRESS_NOT_PUBLIC),
        ("http://192.168.1.1/x", ScamListFormat.PLAIN, Code.ADDRESS_NOT_PUBLIC),
        ("two words", ScamListFormat.PLAIN, Code.HOST_INVALID),
        ("<script>", ScamListFormat.PLAIN, Code.HOST_INVALID),
        ("https://a@b.top/x", ScamListFormat.PLAIN, Code.URL_MALFORMED),
        ("@@||a.top^", ScamListFormat.ADBLOCK, Code.RULE_NOT_A_NAME),
        ("||a.top/ads^", ScamListFormat.ADBLOCK, Code.RULE_NOT_A_NAME),
        ("8.8.8.8 a.top", ScamListFormat.HOSTS, Code.RULE_NOT_A_NAME),
        ("a" * 1_200_000, ScamListFormat.PLAIN, Code.ROW_TOO_LONG),
    ],
)
def test_what_is_no_name_is_refused_and_the_rest_is_read(
    line: str, form: ScamListFormat, code: Code
) -> None:
    first, last = ("||a.top^", "||b.top^") if form is ScamListFormat.ADBLOCK else ("a.top", "b.top")
    _, refused, after = scams(f"{first}\n{line}\n{last}\n", form)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.position) == (code, 1)
    assert isinstance(after, ScamRecord)
    assert after.value == "b.top"


def test_what_is_no_list_of_names_is_said() -> None:
    for head, code in (
        (b"", Code.EMPTY_FILE), (b"# only\n", Code.EMPTY_FILE), (b"\xff\xfea", Code.NOT_UTF8),
        (b"<!doctype html>\n<html>\n", Code.UNKNOWN_FORMAT),
    ):  # fmt: skip
        with pytest.raises(FormatError) as caught:
            detect_scamlist(head)
        assert caught.value.code == code


@given(texts, st.sampled_from(ScamListFormat))
def test_no_text_makes_a_list_reader_raise_anything_else(text: str, form: ScamListFormat) -> None:
    data = text.encode("utf-8", "replace")
    with contextlib.suppress(FormatError):
        detect_scamlist(data)
    kept: list[ScamRecord | Refusal] = []
    with contextlib.suppress(FormatError):
        kept.extend(read_scamlist(io.BytesIO(data), form, today=TODAY))
    for found in kept:
        if isinstance(found, ScamRecord):
            assert found.value.isascii()
            assert not set("<>\"' \x00\u202e") & set(found.value) or found.kind is ScamKind.EMAIL


@pytest.mark.parametrize("piece", ["||", "@", "http://", ".", "#", " #", "0.0.0.0 ", "a.", "[.]"])
def test_a_line_of_one_megabyte_is_read_in_bounded_time(piece: str) -> None:
    line = piece * (900_000 // len(piece))
    for form in ScamListFormat:
        assert len(scams(line, form)) <= 101
