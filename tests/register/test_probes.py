"""The quick question whether a table holds any of some keys."""

from __future__ import annotations

import pytest
from factories import declare

from soi.core.formats import HoldingKind
from soi.register.models import Holding
from soi.register.probes import holds_any
from soi.register.queries import holdings_with_keys

pytestmark = pytest.mark.django_db

DOMAIN, PHONE = HoldingKind.DOMAIN, HoldingKind.PHONE


@pytest.fixture(autouse=True)
def bank() -> None:
    declare(DOMAIN, "hoamaibank.example")


def test_a_key_of_the_right_kind_is_held() -> None:
    assert holds_any(Holding, {PHONE: ["19000009"], DOMAIN: ["x.example", "hoamaibank.example"]})


@pytest.mark.parametrize(
    "keys",
    [
        {},
        {DOMAIN: []},
        {PHONE: ["hoamaibank.example"]},
        {DOMAIN: ["hoamaibank", "%", "' OR 1=1 --", "hoamaibank.example "]},
    ],
)
def test_other_keys_are_not(keys: dict[HoldingKind, list[str]]) -> None:
    assert not holds_any(Holding, keys)


def test_another_column_must_say_the_same() -> None:
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")
    keys = {HoldingKind.ACCOUNT: ["hoamaibank"]}
    assert holds_any(Holding, keys, platform="facebook")
    assert not holds_any(Holding, keys, platform="")


def test_many_keys_are_asked_at_once() -> None:
    keys = [f"ten-mien-{i}.example" for i in range(5000)]
    assert not holds_any(Holding, {DOMAIN: keys})
    assert holds_any(Holding, {DOMAIN: [*keys, "hoamaibank.example"]})


def test_the_look_up_finds_what_the_probe_finds() -> None:
    keys = {(DOMAIN, "hoamaibank.example"), (DOMAIN, "x.example")}
    assert list(holdings_with_keys(keys)) == [(DOMAIN, "hoamaibank.example")]
    assert holdings_with_keys({(DOMAIN, "x.example")}) == {}
