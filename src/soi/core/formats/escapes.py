r"""Repair one fault of JSON text that would otherwise end the reading of a whole feed.

In: the bytes of a JSON file in pieces. Out: the same bytes, except that an escape of half a
surrogate pair (`\ud83d` without its `\ude00`, or `\ude00` alone) becomes `\ufffd`. The stream
parser fails for good on such an escape, so that one hostile record could hide all after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_HIGH = rb"\\u[dD][89aAbB][0-9a-fA-F]{2}"
_LOW = rb"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
# Escaped backslashes are matched first: what follows them is text, not an escape.
_HALF = re.compile(rb"\\\\|" + _HIGH + _LOW + rb"|(" + _HIGH + rb"|" + _LOW + rb")")
_BEGUN = rb"\\(?:u[0-9a-fA-F]{0,3})?"
_UNFINISHED = re.compile(
    rb"(?<!\\)(?:\\\\)*((?:" + _HIGH + rb")(?:" + _BEGUN + rb")?|" + _BEGUN + rb")\Z"
)


def without_half_pairs(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces repaired; an escape that a border cuts moves to the next piece."""
    held = b""
    for piece in pieces:
        data = held + piece
        unfinished = _UNFINISHED.search(data)
        end = unfinished.start(1) if unfinished else len(data)
        held = data[end:]
        if end:
            yield _repaired(data[:end])
    if held:
        yield _repaired(held)


def _repaired(data: bytes) -> bytes:
    if b"\\u" not in data:
        return data
    return _HALF.sub(lambda match: rb"\ufffd" if match[1] else match[0], data)
