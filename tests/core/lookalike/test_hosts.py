"""Hosts read out of links, and the ground they stand on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.lookalike import is_shared_host, is_shortener, normalise_host, registrable


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Example.COM", "example.com"),
        ("https://an:mat@example.com:8443/a?b#c", "example.com"),
        ("//example.com/a", "example.com"),
        (r"https:\\example.com\a", "example.com"),
        ("https://that.example@evil.top/", "evil.top"),
        ("https://that.example%2f@evil.top/", "evil.top"),
        ("ex%61mple.com", "example.com"),
        ("example。com", "example.com"),
        ("ｅxample.com.", "example.com"),
        ("exam\u00adple\u200b.com", "example.com"),
        ("xn--mnchen-3ya.example", "münchen.example"),
        ("việt.vn", "việt.vn"),
        ("xn--example-.com", "xn--example-.com"),
        ("a..b", ""),
        ("a b", "a"),
        ("", ""),
        ("exam%00ple.com", ""),
        ("x" * 300, ""),
        ("x" * 1_000_000, ""),
    ],
)
def test_the_host_is_read_as_a_browser_reads_it(text: str, host: str) -> None:
    assert normalise_host(text) == host


@given(st.text(max_size=400))
def test_reading_a_host_never_fails_and_is_stable(text: str) -> None:
    host = normalise_host(text)
    assert "/" not in host
    assert "@" not in host
    registrable(host)
    is_shared_host(host)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("a.b.example.com.vn", "example.com.vn"),
        ("com.vn", None),
        ("vneid.gov.vn", "vneid.gov.vn"),
        ("an.github.io", "an.github.io"),
        ("github.io", None),
        ("bank.test", "bank.test"),
        ("192.0.2.1", None),
        ("", None),
    ],
)
def test_the_registrable_part_knows_public_suffixes(host: str, expected: str | None) -> None:
    assert registrable(host) == expected


@pytest.mark.parametrize("host", ["an.github.io", "github.io", "x.y.pages.dev"])
def test_a_platforms_customers_share_a_host(host: str) -> None:
    assert is_shared_host(host)


@pytest.mark.parametrize("host", ["example.com", "example.com.vn", "com.vn", "", "192.0.2.1"])
def test_an_ordinary_host_is_not_shared(host: str) -> None:
    assert not is_shared_host(host)


def test_shorteners_and_open_platforms_are_known_with_their_subdomains() -> None:
    assert is_shortener("bit.ly")
    assert is_shortener("www.linktr.ee")
    assert is_shortener("sites.google.com")
    assert not is_shortener("google.com")
    assert not is_shortener("notbit.ly")
    assert not is_shortener("")
