"""What an organisation owns is never called a lookalike, however much it looks like one.

Organisations register misspellings of their own names, and names with lures, so that nobody else
can. Thousands of such domains are owned here by two brands that resemble each other.
"""

from __future__ import annotations

import itertools

import pytest

from soi.core.lookalike import Brand, NameKind, Register, compile_register, judge, scan, score
from soi.core.lookalike.finder import misspellings

_LURES = ("login", "secure", "xacthuc", "dangnhap", "vay", "hotro", "cskh", "the", "the-tin-dung")
_SUFFIXES = ("top", "xyz", "com", "vn", "com.vn", "info", "online", "co")


def _defensive(token: str) -> list[str]:
    labels = [spelled for spelled, _ in misspellings(token)]
    labels += [f"{token}{j}{lure}" for lure in _LURES for j in ("", "-")]
    labels += [f"{lure}{j}{token}" for lure in _LURES for j in ("", "-")]
    labels += [token[:i] + "-" + token[i:] for i in range(1, len(token))]
    labels += ["xn--sngxanhbank-2eb", "s\u00f4ngxanhbank"]
    named = [f"{label}.{suffix}" for suffix, label in itertools.product(_SUFFIXES, labels)]
    return named[:: len(named) // 2100]


OWNED = {
    "songxanhbank": _defensive("songxanhbank"),
    "songxanhpay": _defensive("songxanhpay"),
}


@pytest.fixture(scope="module")
def owners() -> Register:
    return compile_register(
        Brand(id=token, display=token, tokens=(token,), aliases=("songxanh",), hosts=tuple(hosts))
        for token, hosts in OWNED.items()
    )


def test_thousands_of_owned_domains_are_official_and_no_lookalikes(owners: Register) -> None:
    hosts = [host for owned in OWNED.values() for host in owned]
    assert len(set(hosts)) >= 4000
    assert [h for h in hosts if score(h, NameKind.HOST, owners)] == []
    assert [s for s in scan(hosts, owners) if s] == []
    assert all(owners.official(host) for host in hosts)


def test_every_spelling_of_an_owned_domain_and_all_below_it_are_official(owners: Register) -> None:
    hosts = [host for owned in OWNED.values() for host in owned[::40]]
    for host in hosts:
        for written in (
            host.upper(),
            f"{host}.",
            f"www.dang-nhap.{host}",
            f"https://{host}:8443/x",
        ):
            assert score(written, NameKind.HOST, owners) is None, written


def test_an_address_at_an_owned_domain_is_no_lookalike(owners: Register) -> None:
    for host in OWNED["songxanhpay"][::100]:
        assert score(f"songxanhbank.hotro@{host}", NameKind.EMAIL, owners) is None


def test_the_same_domains_are_lookalikes_for_whoever_does_not_own_them(owners: Register) -> None:
    others = compile_register(
        [Brand(id="s", display="S", tokens=("songxanhbank",), hosts=("songxanhbank.example",))]
    )
    hosts = OWNED["songxanhbank"][::50]
    told = [host for host in hosts if judge(host, NameKind.HOST, others)]
    assert len(told) > len(hosts) * 0.8
    above = [judge(f"{host}.evil-login.top", NameKind.HOST, owners) for host in hosts]
    assert sum(found is not None for found in above) > len(hosts) * 0.8
