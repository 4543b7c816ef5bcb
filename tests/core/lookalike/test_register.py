"""Whose a host is, and what a register makes of odd entries."""

import pytest

from soi.core.lookalike import Brand, NameKind, Register, compile_register, score


@pytest.mark.parametrize(
    ("host", "brand"),
    [
        ("songxanhbank.example", "songxanhbank"),
        ("a.b.songxanhbank.example", "songxanhbank"),
        ("https://an:mat@SONGXANHBANK.example:8443/x", "songxanhbank"),
        ("songxanhbank.github.io", "songxanhbank"),
        ("s\u00adongxanhbank.example", "songxanhbank"),
        ("kqv.example", "kqv"),
    ],
)
def test_an_owned_host_and_all_below_it_are_official(
    host: str, brand: str, register: Register
) -> None:
    found = register.official(host)
    assert found is not None
    assert found.id == brand


@pytest.mark.parametrize(
    "host",
    [
        "example",
        "xsongxanhbank.example",
        "songxanhbank.example.top",
        "github.io",
        "other.github.io",
        "appspot.com",
        "evil.appspot.com",
        "sôngxanhbank.example",
        "xn--songxanhbank-.example",
        "songxanhbank\u202e.example",
        "songxanhbank.example@evil.top",
        "",
        "192.0.2.1",
    ],
)
def test_what_is_not_owned_is_not_official(host: str, register: Register) -> None:
    assert register.official(host) is None


def test_an_open_platform_is_not_official_and_not_a_lookalike_of_its_owner() -> None:
    owner = Brand(id="g", display="G", tokens=("google",), hosts=("google.com",))
    register = compile_register([owner])
    assert register.official("sites.google.com") is None
    assert register.official("mail.google.com") == owner
    assert score("sites.google.com", NameKind.HOST, register) is None


def test_two_brands_with_one_id_are_refused() -> None:
    brand = Brand(id="x", display="X", tokens=("xanhlam",))
    with pytest.raises(ValueError, match="share an id"):
        compile_register([brand, brand])


def test_an_empty_register_finds_nothing() -> None:
    assert score("songxanhbank.top", NameKind.HOST, compile_register([])) is None


@pytest.mark.parametrize("token", ["", "ab", "123", "...", "\ud800", "\x00"])
def test_a_token_too_thin_to_mean_anything_is_left_out(token: str) -> None:
    register = compile_register([Brand(id="x", display="X", tokens=(token,))])
    assert score("ab123.com", NameKind.HOST, register) is None


def test_tokens_may_be_written_with_marks_and_spaces() -> None:
    brand = Brand(id="x", display="Hoa Đào", tokens=("Hoa Đào Việt",))
    scored = score("hoadaoviet.top", NameKind.HOST, compile_register([brand]))
    assert scored is not None
    assert scored.lookalike.brand == "x"


def test_a_host_listed_twice_belongs_to_the_first_brand() -> None:
    first = Brand(id="a", display="A", tokens=("xanhlam",), hosts=("chung.example",))
    second = Brand(id="b", display="B", tokens=("dotuoi",), hosts=("chung.example",))
    assert compile_register([first, second]).official("chung.example") == first
