"""Write data as the one text that every program agrees on, so that its hash can be compared.

In: dicts with text keys, lists, tuples, text, whole numbers, True, False, None. Out: the JSON of
RFC 8785 (JSON Canonicalization Scheme) as UTF-8 bytes. Fractions are refused, because languages
disagree on how to write them; so are whole numbers that a browser would round.

The exact form: no white space; the members of an object in the order of their names as UTF-16 code
units; in text only `"`, `\\` and the characters below U+0020 are escaped, as `\\b \\t \\n \\f \\r`
or `\\u00xx` in lower case, all others stand as they are; text is neither composed nor decomposed:
whoever writes it gives it in NFC.
"""

from __future__ import annotations

import hashlib
import json

from soi.core.ledger.codes import Code
from soi.core.ledger.errors import LedgerError

LARGEST_NUMBER = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 8785, section 3.2.2.3)."""
DEEPEST = 64
"""Objects and lists within one another; more is a mistake or an attack."""


def canonical_json(value: object) -> bytes:
    """The canonical JSON of `value`.

    Raises `LedgerError` (`log_not_canonical`) for fractions, whole numbers beyond
    `LARGEST_NUMBER`, half surrogate pairs, names that are not text, other types, and data deeper
    than `DEEPEST`.
    """
    try:
        return json.dumps(
            _ordered(value, 0), ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode()
    except UnicodeEncodeError as error:
        raise _refused("text with half a surrogate pair") from error


def digest(value: object) -> bytes:
    """SHA-256 of the canonical JSON of `value`: 32 bytes. Raises as `canonical_json` does."""
    return hashlib.sha256(canonical_json(value)).digest()


def read_json(content: bytes) -> object:
    """The data that a JSON text writes, if `canonical_json` can write it too.

    Raises `LedgerError` (`log_not_canonical`) for what is not JSON in UTF-8, writes a name twice in
    one object (readers differ in which value they take) or holds a fraction or NaN. How it is
    spaced and ordered does not matter.
    """
    try:
        return json.loads(
            content.decode(),
            object_pairs_hook=_once_each,
            parse_float=_no_fraction,
            parse_constant=_no_fraction,
        )
    except (ValueError, RecursionError) as error:
        raise _refused("what is not JSON, or too deep") from error


def _once_each(members: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(members)
    if len(found) != len(members):
        raise _refused("an object that has a name twice")
    return found


def _no_fraction(written: str) -> object:
    raise _refused(f"the number {written[:40]}")


def _ordered(value: object, depth: int) -> object:
    if depth > DEEPEST:
        raise _refused(f"data deeper than {DEEPEST}")
    # `type` and not `isinstance`: an IntEnum or a str subclass may write itself otherwise.
    if value is None or type(value) in (bool, str):
        return value
    if type(value) is int:
        if abs(value) > LARGEST_NUMBER:
            raise _refused("a whole number beyond 2**53 - 1")
        return value
    if isinstance(value, list | tuple):
        return [_ordered(each, depth + 1) for each in value]
    if isinstance(value, dict):
        return {name: _ordered(value[name], depth + 1) for name in _names(value)}
    raise _refused(f"a value of type {type(value).__name__}")


def _names(members: dict[object, object]) -> list[str]:
    names = [name for name in members if type(name) is str]
    if len(names) != len(members):
        raise _refused("a name that is not text")
    return sorted(names, key=lambda name: name.encode("utf-16-be"))


def _refused(what: str) -> LedgerError:
    return LedgerError(Code.NOT_CANONICAL, f"canonical JSON does not take {what}")
