"""Write out the short spellings of Vietnamese chat: "mn k bt" is "mọi người không biết".

In: a statement. Out: the statement with the spellings of the lexicon written out, on request with
the origin of each character. Only a Vietnamese statement is touched, and in it neither links,
handles and tags nor amounts ("15k"); guards in the lexicon keep short forms from being read
where they mean something else ("vitamin k", "MS"). Nothing here corrects spelling or adds marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from soi.core.text.fold import base_letters, squeeze
from soi.core.text.language import language_of
from soi.core.text.lexicon import rows
from soi.core.text.links import find_bare_links, find_links_with_scheme
from soi.core.text.normalise import clean
from soi.core.text.parts import Language
from soi.core.text.reading import overlaps, read

_TOKEN = re.compile(r"[^\W_]+")
_KEPT = re.compile(r"[@#]\w+|(?<!\S)\S*@\S*")
_AFTER_NUMBER = re.compile(r"\d[.,]?\d* ?$")
_LABEL = re.compile(
    r"\b(?:vitamin|gan|loai|lop|khoi|doi|bang|nhom|size|co|cap|hang|khu|nha|phim|cum|diem|mau|hop"
    r"|day|benh|vien|toa|lo|cong|ga|ben|cau|muc|nhanh|phuong an|viem gan|so|truong hop|giai|san"
    r"|block) $"
)
_QUANTITY_BEFORE = re.compile(
    r"\b(?:gia|het|mat|la|duoc|dc|co|ton|tang|giam|khoang|phat|dong|nop) $"
)
_QUANTITY_AFTER = re.compile(
    r" (?:tien|tuoi|gio|cai|nguoi|ng|ngay|thang|lan|mot|1|v|vay|z|ta|kg|lit|k|do|phan tram|%|\?)"
)
_END = re.compile(r"\s*(?:$|[.!?,;\n])")
_NEAR = 14


class _Reading(NamedTuple):
    expansion: str
    guards: frozenset[str]


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, tuple[_Reading, ...]]:
    lexicon: dict[str, tuple[_Reading, ...]] = {}
    for form, expansion, *guards in rows("teencode"):
        names = frozenset(guards[0].split(",")) if guards else frozenset()
        lexicon[form] = (*lexicon.get(form, ()), _Reading(expansion, names))
    return lexicon


def expand_teencode(text: str) -> str:
    """Return `text` with chat spellings written out, normalised; other languages come unchanged."""
    if not _is_vietnamese(text):
        return text
    plain = clean(text)
    pieces: list[str] = []
    done = 0
    for start, end, expansion in _expansions(plain):
        pieces += plain[done:start], expansion
        done = end
    return "".join([*pieces, plain[done:]])


def expand_teencode_aligned(text: str) -> tuple[str, tuple[int, ...]]:
    """Return `expand_teencode(text)` and for each of its characters an index in `text`: for the
    letters of an expansion, where the short spelling begins."""
    if not _is_vietnamese(text):
        return text, tuple(range(len(text)))
    seen = read(text).seen
    pieces: list[str] = []
    origin: list[int] = []
    done = 0
    for start, end, expansion in _expansions(seen.text):
        pieces += seen.text[done:start], expansion
        origin.extend(seen.origin[done:start])
        origin.extend([seen.origin[start]] * len(expansion))
        done = end
    origin.extend(seen.origin[done:])
    return "".join([*pieces, seen.text[done:]]), tuple(origin)


def _is_vietnamese(text: str) -> bool:
    return language_of(text) is Language.VI


def _expansions(text: str) -> Iterator[tuple[int, int, str]]:
    base = base_letters(text)
    kept = _kept(text)
    for token in _TOKEN.finditer(text):
        if overlaps(*token.span(), kept):
            continue
        for reading in _lexicon().get(squeeze(token[0].lower()), ()):
            if _allowed(reading.guards, token, base):
                yield *token.span(), reading.expansion
                break


def _kept(text: str) -> list[tuple[int, int]]:
    """The ranges of links, addresses, handles and tags, sorted and apart."""
    reading = read(text)
    schemed = [(link.start, link.end) for link in find_links_with_scheme(reading)]
    bare = [(link.start, link.end) for link in find_bare_links(reading, schemed)]
    links = sorted(schemed + bare)
    names = [match.span() for match in _KEPT.finditer(text)]
    return sorted(links + [span for span in names if not overlaps(*span, links)])


def _allowed(guards: frozenset[str], token: re.Match[str], base: str) -> bool:
    before = base[max(0, token.start() - _NEAR) : token.start()]
    after = base[token.end() : token.end() + _NEAR]
    if "lower" in guards and token[0] != token[0].lower():
        return False
    if "unit" in guards and _AFTER_NUMBER.search(before):
        return False
    if "label" in guards and _LABEL.search(before):
        return False
    if "end" in guards and not _END.match(base, token.end()):
        return False
    if "amount" in guards:
        return bool(_QUANTITY_BEFORE.search(before) or _QUANTITY_AFTER.match(after))
    return True
