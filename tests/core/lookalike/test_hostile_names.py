"""Names made to deceive the judge or to hold it up: bounded, and never believed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.lookalike import (
    Brand,
    LookalikeReason,
    NameKind,
    Register,
    compile_register,
    judge,
    normalise_host,
    scan,
    score,
)
from soi.core.lookalike.candidates import MAX_CANDIDATES
from soi.core.lookalike.judge import score_all
from soi.core.lookalike.model import shipped_model

HOST = NameKind.HOST
BANK = Brand(id="b", display="B", tokens=("songxanh",), hosts=("songxanh.example",))
SHORT = Brand(id="k", display="K", tokens=("kqv",), hosts=("kqv.example",))
REGISTER = compile_register([BANK, SHORT])


@pytest.mark.parametrize(
    "link",
    [
        "https://songxanhbank.example@xau.test/",
        "https://songxanhbank.example:dangnhap@xau.test/",
        "https://www.songxanhbank.example%2fdangnhap@xau.test/",
        "https://songxanhbank.example/@xau.test@xau.test/".replace("/@", "%2F@"),
    ],
)
def test_a_name_before_the_at_sign_is_where_a_reader_looks_first(
    link: str, register: Register
) -> None:
    found = judge(link, HOST, register)
    assert found is not None
    assert found.brand == "songxanhbank"
    assert LookalikeReason.BRAND_IN_OTHER_DOMAIN in found.reasons
    assert found.details["domain"] == "xau.test"


@pytest.mark.parametrize(
    "link",
    [
        "https://xau.test/@songxanhbank.example",
        "https://xau.test?songxanhbank.example@",
        "https://xau.test#@songxanhbank.example",
        r"https://xau.test\@songxanhbank.example",
        "https://lan:mat-khau@xau.test/",
        "https://songxanhbank.example:mat@songxanhbank.example/",
    ],
)
def test_what_stands_behind_the_host_or_before_an_official_one_is_not_judged(
    link: str, register: Register
) -> None:
    assert score(link, HOST, register) is None


@pytest.mark.parametrize(
    "host", ["кqv.top", "ｋｑｖ.vn", "kqv\u200b.top", "ḳqv.top", "xn--qv-1lc.com"]
)
def test_a_short_brand_in_other_letters_is_told(host: str, register: Register) -> None:
    found = judge(host, HOST, register)
    assert found is not None
    assert found.brand == "kqv"


@pytest.mark.parametrize(
    "host",
    [
        "xn--.com",
        "xn---.com",
        "xn--a.com",
        "xn--songxanh-.com",
        "xn--" + "9" * 250 + ".com",
        "xn--" + "a" * 59 + ".songxanh.top",
        "XN--SONGXANH-\ud800.com",
        "xn--xn--songxanh-.com",
        "xn--\u0301.com",
    ],
)
def test_malformed_punycode_is_never_official_and_never_fails(host: str) -> None:
    assert REGISTER.official(host) is None
    assert REGISTER.owner(host) is None
    score(host, HOST, REGISTER)


@pytest.mark.parametrize("label", ["songxanh", "kqv", "a", "xn--sngxanh-o1a"])
def test_ten_thousand_labels_are_refused_before_they_are_read(label: str) -> None:
    host = f"{label}." * 10_000 + "songxanh.example"
    assert normalise_host(host) == ""
    assert REGISTER.owner(host) is None
    assert score(host, HOST, REGISTER) is None
    assert list(scan([host] * 50, REGISTER)) == [None] * 50


def test_a_name_full_of_brands_is_weighed_a_bounded_number_of_times() -> None:
    host = ".".join(["songxanhkqv-kqvsongxanh"] * 10) + ".top"
    found = list(score_all(host, HOST, REGISTER, model=shipped_model()))
    assert 0 < len(found) <= MAX_CANDIDATES


@pytest.mark.parametrize("mark", ["\u202e", "\u202d", "\u2067", "\u200f", "\u061c"])
def test_text_that_turns_its_direction_is_never_official(mark: str) -> None:
    for host in (f"{mark}songxanh.example", f"songxanh{mark}.example", f"songxanh.example{mark}"):
        assert REGISTER.official(host) is None
        score(host, HOST, REGISTER)


_PIECES = st.sampled_from(
    [
        *"songxahkqv0159-._@:/%?# \\",
        *("xn--", "songxanh", "kqv", ".example", ".top", "%2e", "%40", "%ff", "%E1%BA", "@", "://"),
        *("ô", "о", "к", "\u200b", "\u202e", "。", "．", "\ud800", "\x00", "\u0301", "٣", "Ⅷ", "ß"),
    ]
)


@given(parts=st.lists(_PIECES, max_size=60), kind=st.sampled_from(NameKind))
def test_no_name_makes_the_judge_fail_or_point_outside(parts: list[str], kind: NameKind) -> None:
    name = "".join(parts)
    found = score(name, kind, REGISTER)
    if found is not None:
        span = found.lookalike.span
        assert 0 <= span.start < span.end <= len(name)
        assert 0.0 < found.lookalike.probability < 1.0
    if kind is HOST:
        assert next(iter(scan([name], REGISTER))) == found


@given(parts=st.lists(_PIECES, max_size=40))
def test_what_is_official_is_never_a_lookalike(parts: list[str]) -> None:
    name = "".join(parts)
    if REGISTER.official(name):
        assert score(name, HOST, REGISTER) is None


@given(
    parts=st.lists(_PIECES, max_size=30), owned=st.sampled_from(["songxanh.example", "kqv.example"])
)
def test_whatever_stands_left_of_an_owned_host_or_behind_it_is_its_owners(
    parts: list[str], owned: str
) -> None:
    left = "".join(c for c in "".join(parts) if c.isalnum() and c.isascii())[:60]
    assert score(f"{left or 'a'}.{owned}", HOST, REGISTER) is None
    assert score(f"https://{owned}/{''.join(parts)}", HOST, REGISTER) is None
