"""Splitting a whole message: places, limits, and what hostile messages cost."""

import dataclasses
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from soi.core.text import Language, Limits, Part, Parts, Platform, split

MESSAGE = """🚨🚨 KHẨN! Ngân hàng Sông Xanh bị tấn công. Ai có tiền rút gấp nha mn
Xem thông báo: hxxps://songxanh-xacthuc[.]example/tin?id=3 hoặc gọi 0900 000 321.
Phí: STK 0123 4567 890 ngân hàng Sông Xanh, zalo: 0900 000 321, kênh Telegram @songxanh_hotro
"""
FRAGMENTS = [
    "a.example", "http://", "hxxp", "[.]", "@", "ten", "bank", "STK ", "0912345678",
    "1900 1234", " ", "\n", ". ", "...", "đ", "ệ", "\u200b", "🚨", "(", ")", "zalo: ",
    "facebook.com/", "tiktok.com/@", "xn--", "%41", "ｅ", "\ud800", "\x00", "Anh", "gọi ", "113",
    "2.000.000đ", ":", "/",
]  # fmt: skip


def parts_of(parts: Parts) -> list[Part]:
    return list(
        chain(
            parts.statements,
            parts.links,
            parts.emails,
            parts.handles,
            parts.phones,
            parts.bank_accounts,
        )
    )


def test_a_scam_message_comes_apart() -> None:
    parts = split(MESSAGE)
    assert [statement.text for statement in parts.statements] == [
        "KHẨN! Ngân hàng Sông Xanh bị tấn công.",
        "Ai có tiền rút gấp nha mn",
        "Xem thông báo: hxxps://songxanh-xacthuc[.]example/tin?id=3 hoặc gọi 0900 000 321.",
        "Phí: STK 0123 4567 890 ngân hàng Sông Xanh, zalo: 0900 000 321,"
        " kênh Telegram @songxanh_hotro",
    ]
    assert {statement.language for statement in parts.statements} == {Language.VI}
    assert [link.host for link in parts.links] == ["songxanh-xacthuc.example"]
    assert [phone.number for phone in parts.phones] == ["+84900000321"] * 2
    assert [(a.number, a.bank) for a in parts.bank_accounts] == [("01234567890", "songxanh")]
    assert [(h.platform, h.name) for h in parts.handles] == [
        (Platform.ZALO, "0900000321"),
        (Platform.TELEGRAM, "songxanh_hotro"),
    ]
    assert not parts.truncated


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join) | st.text(st.characters()))
@example(MESSAGE)
def test_every_part_is_the_exact_slice_of_its_span(message: str) -> None:
    for part in parts_of(split(message)):
        assert message[part.span.start : part.span.end] == part.text
        assert part.text


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=30).map("".join))
def test_parts_stand_in_order_and_statements_apart(message: str) -> None:
    parts = split(message)
    for kind in (parts.links, parts.emails, parts.phones, parts.bank_accounts, parts.handles):
        places = [(part.span.start, part.span.end) for part in kind]
        assert places == sorted(places)
    ends = [statement.span.end for statement in parts.statements]
    starts = [statement.span.start for statement in parts.statements]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


@pytest.mark.parametrize("number", [link.name for link in dataclasses.fields(Limits)])
def test_each_limit_cuts_and_is_reported(number: str) -> None:
    message = (
        "Một điều.\nHai điều.\nhttp://a.example http://b.example a@a.example b@b.example @ten_a"
        " @ten_b 0900 000 321 0900 000 322 STK 0123456789 STK 0123456780"
    )
    parts = split(message, dataclasses.replace(Limits(), **{number: 1}))
    assert parts.truncated
    assert parts.message == message
    assert number == "characters" or len(getattr(parts, number)) == 1
    assert not split(message).truncated


@pytest.mark.parametrize(
    "hostile",
    [
        "a" * 1_000_000,
        "a." * 500_000,
        "a-" * 500_000,
        "(" * 1_000_000,
        "http://a.example/" + ")" * 1_000_000,
        "http://" * 150_000,
        "http://" + "%25" * 300_000,
        "http://a [.] " * 80_000,
        "a@" * 500_000,
        "a@b." * 250_000,
        "x.y@x.y " * 100_000,
        "1" * 100_000,
        "0 " * 500_000,
        "+1 " * 300_000,
        "stk " * 250_000,
        "gọi 11 " * 100_000,
        "Bank " * 200_000,
        ". " * 500_000,
        "A 🚨 " * 200_000,
        "\u200b" * 1_000_000,
        "e\u0302\u0323" * 300_000,
        "\ud800\0" * 500_000,
        "СОс " * 250_000,
        "http://" + "ệ" * 1_000_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_a_hostile_megabyte_is_split_and_cut(hostile: str) -> None:
    parts = split(hostile)
    assert parts.truncated
    for part in parts_of(parts):
        assert hostile[part.span.start : part.span.end] == part.text


def test_ten_thousand_links_are_cut_at_the_limit() -> None:
    parts = split("http://a.example/x " * 10_000)
    assert len(parts.links) == Limits().links
    assert parts.truncated


def test_an_empty_message_has_no_parts() -> None:
    assert parts_of(split("")) == []
