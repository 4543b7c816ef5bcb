"""Another desk's record is read strictly, whatever it holds."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.formats import FormatError, HoldingRecord, HoldingState, Refusal
from soi.core.formats.register_json import (
    FORM,
    SignedRecord,
    read_register_json,
    read_register_lines,
)


def record(*holdings: object, **changes: object) -> bytes:
    value: dict[str, Any] = {
        "form": FORM,
        "organisation": "song-xanh",
        "name": "Ngân hàng Sông Xanh",
        "name_en": "",
        "aliases": ["sxb", "sx"],
        "is_demo": False,
        "holdings": list(holdings),
    }
    return json.dumps(value | changes).encode()


def holding(**changes: object) -> dict[str, Any]:
    value: dict[str, Any] = {
        "kind": "domain",
        "value": "songxanh.example",
        "state": "verified",
        "valid_from": "2020-01-02",
        "valid_to": None,
        "unheard_of": {"x": 1},
    }
    return value | changes


def codes(data: bytes) -> list[str]:
    return [each.code for each in read_register_json(data) if isinstance(each, Refusal)]


def test_a_record_is_read_with_what_it_says() -> None:
    (found,) = read_register_json(record(holding()))
    assert isinstance(found, HoldingRecord)
    assert (found.organisation, found.aliases, found.state) == (
        "song-xanh",
        ("sxb", "sx"),
        HoldingState.VERIFIED,
    )
    assert str(found.valid_from) == "2020-01-02"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "house"}, "kind_unknown"),
        ({"kind": None}, "kind_unknown"),
        ({"value": 5}, "value_missing"),
        ({"value": "com.vn"}, "public_suffix"),
        ({"value": "a.example\0"}, "nul"),
        ({"state": "fine"}, "state_unknown"),
        ({"state": "retired"}, "state_without_day"),
        ({"valid_from": "yesterday"}, "date_unreadable"),
        ({"valid_from": "2021-01-01", "valid_to": "2020-01-01"}, "dates_disordered"),
    ],
)
def test_a_holding_that_is_wrong_is_refused_and_the_others_are_read(
    changes: dict[str, object], code: str
) -> None:
    data = record(holding(), holding(**changes), "x", holding(value="b.example"))
    assert codes(data) == [code, "field_type"]
    assert len(list(read_register_json(data))) == 4


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "broken_json"),
        (b"[" * 200_000, "broken_json"),
        (b"\xff\xfe", "not_utf8"),
        (b"[]", "unknown_format"),
        (b'"x"', "unknown_format"),
        (record(form="soi organisation 2"), "unknown_format"),
        (record(holdings={"a": 1}), "unknown_format"),
        (b" " * 16_000_001, "file_too_large"),
    ],
)
def test_what_is_no_record_is_refused_whole(data: bytes, code: str) -> None:
    with pytest.raises(FormatError) as refused:
        list(read_register_json(data))
    assert refused.value.code == code


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_no_value_breaks_it(value: object) -> None:
    fields = ("kind", "value", "state", "note", "valid_to", "platform_id", "handed_to")
    data = record(*(holding(**{field: value}) for field in fields), aliases=value, name=value)
    for found in read_register_json(data):
        assert isinstance(found, HoldingRecord | Refusal)


def test_lines_are_read_one_by_one_and_broken_ones_refused() -> None:
    good = json.dumps({"record": record().decode(), "signature": "x\n"}).encode()
    lines = [good, b"", b"{", b'{"record": 5, "signature": "x"}', good]
    found = list(read_register_lines(io.BytesIO(b"\n".join(lines))))
    assert [each.code if isinstance(each, Refusal) else "" for each in found] == [
        "",
        "broken_json",
        "field_type",
        "",
    ]
    assert isinstance(found[0], SignedRecord)
    assert found[0].record == record()
