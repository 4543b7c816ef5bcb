"""Answers are counted by network and minute, under a name that names nobody."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from soi.answer import rate
from soi.answer.errors import TooManyRequests


@pytest.fixture(autouse=True)
def one_a_minute(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SOI_ANSWERS_PER_MINUTE = 1
    monkeypatch.setattr(rate.time, "time", lambda: 1_800_000_030.0)


def ask(address: str, **headers: str) -> None:
    rate.admit(RequestFactory().post("/", REMOTE_ADDR=address, headers=headers))


def is_refused(address: str, **headers: str) -> bool:
    try:
        ask(address, **headers)
    except TooManyRequests:
        return True
    return False


def test_a_second_answer_in_the_minute_is_refused_with_the_seconds_left() -> None:
    ask("192.0.2.1")

    with pytest.raises(TooManyRequests) as refused:
        ask("192.0.2.1")
    assert 0 < refused.value.params["seconds"] <= rate.WINDOW


def test_another_address_is_counted_for_itself() -> None:
    ask("192.0.2.1")

    assert not is_refused("192.0.2.2")


def test_the_next_minute_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    ask("192.0.2.1")
    monkeypatch.setattr(rate.time, "time", lambda: 1_800_000_090.0)

    assert not is_refused("192.0.2.1")


def test_one_household_of_ipv6_is_one_client() -> None:
    ask("2001:db8:1:2::1")

    assert is_refused("2001:db8:1:2:ffff::9")
    assert not is_refused("2001:db8:1:3::1")


def test_a_client_cannot_name_its_own_address() -> None:
    ask("192.0.2.1", **{"x-forwarded-for": "203.0.113.1"})

    assert is_refused("192.0.2.1", **{"x-forwarded-for": "203.0.113.2"})


def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_saw(settings: Any) -> None:
    settings.SOI_TRUSTED_PROXIES = 1
    ask("192.0.2.1", **{"x-forwarded-for": "forged, 203.0.113.1"})

    assert is_refused("192.0.2.1", **{"x-forwarded-for": "other, 203.0.113.1"})
    assert not is_refused("192.0.2.1", **{"x-forwarded-for": "forged, 203.0.113.2"})


@pytest.mark.parametrize("address", ["", "unix:", "not an address"])
def test_an_unreadable_address_is_counted_too(address: str) -> None:
    ask(address)

    assert is_refused(address)


def test_nothing_that_is_kept_names_the_client() -> None:
    ask("192.0.2.1")

    assert cache._cache  # type: ignore[attr-defined]  # the only place that knows its keys
    assert not [key for key in cache._cache if "192.0.2" in key]  # type: ignore[attr-defined]
