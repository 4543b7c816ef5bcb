"""Canonical JSON and leaves: one way to write each, and no room for words."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from enum import IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_samples import leaf

from soi.core.ledger import Leaf, LeafKind, LedgerError, canonical_json, digest, read_leaf
from soi.core.ledger.canonical import DEEPEST, LARGEST_NUMBER, read_json

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
SCALARS = st.none() | st.booleans() | st.integers(-LARGEST_NUMBER, LARGEST_NUMBER) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


class Number(IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, False, None]}, '{"a":[true,false,null],"b":1}'),
        ('\u20ac$\u000f\nA\'\u0042"\\"/\x7f', '"€$\\u000f\\nA\'B\\"\\\\\\"/\x7f"'),
        ((1, -2, 0), "[1,-2,0]"),
        ({}, "{}"),
        ("Bàn kiểm chứng", '"Bàn kiểm chứng"'),
        # RFC 8785, section 3.2.3: the order of names is that of UTF-16 code units.
        (
            {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\u00f6": 7},
            '{"\\r":2,"1":4,"\x80":6,"ö":7,"€":1,"\U0001f600":5,"\ufb33":3}',
        ),
    ],
)
def test_there_is_one_way_to_write_it(value: object, written: str) -> None:
    assert canonical_json(value) == written.encode()
    assert digest(value) == hashlib.sha256(written.encode()).digest()


@given(VALUES)
def test_what_is_written_is_read_back_and_written_the_same(value: Any) -> None:
    written = canonical_json(value)
    assert json.loads(written) == value
    assert canonical_json(read_json(written)) == written


@given(st.dictionaries(st.text(), SCALARS))
def test_the_order_in_which_it_was_put_together_does_not_matter(value: dict[str, Any]) -> None:
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        float("nan"),
        2**53,
        -(2**53),
        "\ud800",
        {"\udc00": 1},
        {1: 2},
        b"bytes",
        {"a": {1, 2}},
        Number.ONE,
        {"a": NOON},
        nested(DEEPEST + 1),
        nested(100_000),
    ],
)
def test_what_languages_write_differently_is_refused(value: object) -> None:
    with pytest.raises(LedgerError) as refused:
        canonical_json(value)
    assert refused.value.code == "log_not_canonical"


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a":1,"a":2}',
        b"1.0",
        b"1e3",
        b"NaN",
        b"-Infinity",
        b"[" * 1_000_000,
        b"9" * 10_000,
        b"\xef\xbb\xbf{}",
    ],
)
def test_json_that_readers_take_differently_is_refused(text: bytes) -> None:
    with pytest.raises(LedgerError) as refused:
        canonical_json(read_json(text))
    assert refused.value.code == "log_not_canonical"


def test_a_leaf_is_the_canonical_json_of_four_texts() -> None:
    written = bytes(leaf(16))
    assert written == canonical_json(json.loads(written))
    assert sorted(json.loads(written)) == ["at", "id", "sha256", "type"]
    assert bytes(Leaf(LeafKind.EDITION, "17.2", NOON, b"\x00" * 32)) == (
        b'{"at":"2026-03-01T12:00:00Z","id":"17.2","sha256":"' + b"0" * 64 + b'","type":"edition"}'
    )


@given(
    st.sampled_from(LeafKind),
    st.from_regex(r"[1-9][0-9]{0,11}(\.[1-9][0-9]{0,11}){0,2}", fullmatch=True)
    | st.uuids().map(str),
    st.integers(0, 253402300799),
    st.binary(min_size=32, max_size=32),
)
def test_every_leaf_is_read_back(kind: LeafKind, id_: str, at: int, sha: bytes) -> None:
    made = Leaf(kind, id_, dt.datetime.fromtimestamp(at, dt.UTC), sha)
    assert read_leaf(bytes(made)) == made


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "edition"},
        {"id": "An Nguyễn"},
        {"id": "17.2 "},
        {"id": "0"},
        {"id": "17.2\n"},
        {"id": "1.2.3.4"},
        {"id": "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"},
        {"at": NOON.replace(tzinfo=None)},
        {"at": NOON.replace(microsecond=1)},
        {"at": NOON.replace(tzinfo=dt.timezone(dt.timedelta(hours=7)))},
        {"at": NOON.replace(year=1969)},
        {"sha256": b"\x00" * 31},
        {"sha256": "0" * 32},
    ],
)
def test_a_leaf_has_no_room_for_anything_else(changed: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "kind": LeafKind.EDITION,
        "id": "17.2",
        "at": NOON,
        "sha256": b"\x00" * 32,
    }
    Leaf(**right)
    with pytest.raises(LedgerError) as refused:
        Leaf(**(right | changed))
    assert refused.value.code == "log_leaf_invalid"


WRITTEN = bytes(leaf(15))


@pytest.mark.parametrize(
    "entry",
    [
        b"",
        WRITTEN + b"\n",
        WRITTEN.replace(b":", b": ", 1),
        WRITTEN.replace(b"2026-03", b"2026-13"),
        WRITTEN.replace(b"16.1", b"016.1"),
        WRITTEN.replace(b"challenge_answer", b"opinion"),
        WRITTEN.replace(b"}", b',"who":"An"}'),
        WRITTEN.replace(b"16.1", "１６".encode()),
        b"\xff" * 100,
        WRITTEN * 1000,
    ],
)
def test_bytes_that_no_leaf_writes_are_refused(entry: bytes) -> None:
    assert entry != WRITTEN
    with pytest.raises(LedgerError) as refused:
        read_leaf(entry)
    assert refused.value.code == "log_leaf_invalid"
