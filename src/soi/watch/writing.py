"""Write names in the forms that blockers read. Pure: nothing here asks the database or the clock.

In: names that may leave, sorted, with who says so. Out: lines of text. Names come from strangers'
lists: a line never holds more than one, no control character leaves, a cell is no formula, and only
hosts of letters, digits and hyphens stand in zones and hosts files.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from soi.core.formats.table import guarded
from soi.core.lookalike import registrable
from soi.core.text import clean
from soi.watch.types import ExportForm

COLUMNS = (
    "name", "kind", "platform", "verdict", "imitates", "source", "licence", "since", "expires_on",
)  # fmt: skip
ZONE_LIMIT = 190
"""Characters of a name in a zone, so that `*.`, the name and the zone's own stay below 253."""
TTL = 300

_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")

Key = tuple[str, str, str]
"""Name, kind and platform: what makes two names one, and how they are sorted."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one list, or the desk, says of a name: the provenance that is written with it."""

    identity: Key
    verdict: str
    """`scam`, `lookalike`, or `listed` when somebody else's list names it."""
    imitates: str
    source: str
    licence: str
    since: dt.date | None
    expires_on: dt.date | None
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Blocked:
    """A name with everything that is said of it, at least one word."""

    identity: Key
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """Whose export it is, of which day, and a number that grows with every change."""

    desk: str
    on: dt.date
    serial: int


def has_room(form: ExportForm, identity: Key) -> bool:
    """Whether a form can hold a name: hosts files and zones hold hosts only."""
    if form in (ExportForm.CSV, ExportForm.JSON):
        return True
    name, kind, _ = identity
    fits = form is ExportForm.HOSTS or len(name) <= ZONE_LIMIT
    last = name.rpartition(".")[2]
    return kind == "host" and fits and not last.isdecimal() and bool(_HOST.fullmatch(name))


def write(form: ExportForm, header: Header, names: Iterable[Blocked]) -> Iterator[str]:
    """Yield the export line by line, each with its line feed. `names` are sorted and distinct."""
    return _WRITERS[form](header, names)


def _hosts(header: Header, names: Iterable[Blocked]) -> Iterator[str]:
    yield from (f"# {line}\n" for line in _title(header))
    for name in names:
        yield f"# {_said(name)}\n"
        host = name.identity[0]
        yield f"0.0.0.0 {host}\n"
        if registrable(host) == host:
            yield f"0.0.0.0 www.{host}\n"  # a hosts file knows no wildcard


def _rpz(header: Header, names: Iterable[Blocked]) -> Iterator[str]:
    """A zone after draft-vixie-dnsop-dns-rpz: `CNAME .` answers that the name does not exist."""
    yield from (f"; {line}\n" for line in _title(header))
    yield f"$TTL {TTL}\n"
    yield f"@ IN SOA localhost. root.localhost. ({header.serial} 3600 600 604800 {TTL})\n"
    yield "@ IN NS localhost.\n"
    for name in names:
        yield f"; {_said(name)}\n"
        yield f"{name.identity[0]} IN CNAME .\n"
        yield f"*.{name.identity[0]} IN CNAME .\n"


def _csv(header: Header, names: Iterable[Blocked]) -> Iterator[str]:
    yield _row(COLUMNS)
    for name in names:
        for word in name.words:
            yield _row([guarded(_line(cell)) for cell in _cells(word)])


def _json(header: Header, names: Iterable[Blocked]) -> Iterator[str]:
    about = {"desk": _line(header.desk), "on": header.on.isoformat(), "serial": header.serial}
    yield json.dumps(about, ensure_ascii=False)[:-1] + ', "names": ['
    between = "\n"
    for name in names:
        key, kind, platform = (_line(each) for each in name.identity)
        said = [dict(zip(COLUMNS[3:], map(_line, _cells(word)[3:]), strict=True)) for word in
                name.words]  # fmt: skip
        whole = {"name": key, "kind": kind, "platform": platform, "said": said}
        yield between + json.dumps(whole, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


_WRITERS: dict[ExportForm, Callable[[Header, Iterable[Blocked]], Iterator[str]]] = {
    ExportForm.HOSTS: _hosts,
    ExportForm.RPZ: _rpz,
    ExportForm.CSV: _csv,
    ExportForm.JSON: _json,
}


def _title(header: Header) -> list[str]:
    return [
        f"Names confirmed or listed as of {header.on.isoformat()}, by {_line(header.desk)}",
        f"Serial {header.serial}. A name counts until the day that stands above it.",
    ]


def _said(name: Blocked) -> str:
    return "; ".join(_sentence(word) for word in name.words)


def _sentence(word: Word) -> str:
    parts = [f"{word.verdict} by {word.source}"]
    if word.imitates:
        parts.append(f"imitates {word.imitates}")
    if word.licence:
        parts.append(f"licence {word.licence}")
    if word.since:
        parts.append(f"since {word.since.isoformat()}")
    if word.expires_on:
        parts.append(f"until {word.expires_on.isoformat()}")
    return _line(", ".join(parts))


def _cells(word: Word) -> list[str]:
    since, until = word.since, word.expires_on
    return [
        *word.identity,
        word.verdict,
        word.imitates,
        word.source,
        word.licence,
        since.isoformat() if since else "",
        until.isoformat() if until else "",
    ]


def _row(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def _line(text: str) -> str:
    """Text of strangers on one line, without anything that could end a comment or a record."""
    return "".join(c if c.isprintable() else " " for c in clean(text))
