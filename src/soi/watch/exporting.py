"""Write names for programs that block them: hosts, response policy zone, CSV and JSON.

In: what the desk confirmed and, where asked for, lists that others made. Out: bytes that are the
same whenever the records and the day are, each name with who says so and until when it counts. A
name that the register calls official, that stands above an official one, that many share, or that
belongs to the demonstration never leaves, whoever lists it.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, islice
from typing import BinaryIO

from django.db import connection
from django.db.models.functions import Collate
from django.utils import timezone

from soi.core.formats import HoldingKind, ScamKind
from soi.core.formats.hosts import public_address
from soi.core.lookalike import NameKind, is_shortener, parents, registrable
from soi.journal.queries import last_mark, seq_of
from soi.register import queries as register
from soi.register.queries import holdings_with_keys
from soi.watch import queries, rules, writing
from soi.watch.errors import ScamListUnknown
from soi.watch.models import Decision, ScamList, ScamName
from soi.watch.rules import Identity
from soi.watch.types import ExportForm, State
from soi.watch.writing import Blocked, Header, Word

_CHUNK = 1000
_HOST = NameKind.HOST.value


@dataclass(slots=True)
class Exported:
    """How many names were written, and why others were not."""

    written: int = 0
    official: int = 0
    """The register's own, or above them."""
    shared: int = 0
    """Open platforms and public suffixes: blocking one blocks thousands of strangers."""
    demo: int = 0
    unfit: int = 0
    """Kinds that the form has no room for: a hosts file knows no phone number."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is exported: the desk's confirmed scams, and what is added to them."""

    lookalikes: bool = False
    """Confirmed lookalikes too, which nobody called fraud."""
    lists: Collection[str] = field(default_factory=tuple)
    """Known-scam lists; that their licence allows it is for the caller to know."""


def export_names(
    stream: BinaryIO,
    form: ExportForm,
    *,
    selection: Selection | None = None,
    on: dt.date | None = None,
    progress: Callable[[int], object] | None = None,
) -> Exported:
    """Write the names that count on a day (today unless told) to `stream`, sorted, each once.

    Memory is flat. Raises `ScamListUnknown`; then nothing was written.
    """
    chosen, day = selection or Selection(), on or timezone.localdate()
    _check(chosen.lists)
    exported = Exported()
    header = Header(queries.desk_name(), day, serial_on(day))
    lines = writing.write(form, header, _blocked(form, chosen, day, exported))
    for number, line in enumerate(lines):
        stream.write(line.encode())
        if progress and number % _CHUNK == 0:
            progress(exported.written)
    return exported


def serial_on(day: dt.date) -> int:
    """A number that grows whenever an export could differ: with the day, and with each event about
    lists, names or the register (RFC 1982 needs serials of zones to grow)."""
    seqs = (seq_of(last_mark(each)) for each in ("scam_list", "lookalike", "organisation"))
    return (day.toordinal() + sum(seqs)) % 2**32


def _check(lists: Collection[str]) -> None:
    known = set(ScamList.objects.filter(name__in=lists).values_list("name", flat=True))
    for name in sorted(set(lists) - known):
        raise ScamListUnknown(f"There is no list {name!r}.", name=name)


def _blocked(
    form: ExportForm, chosen: Selection, day: dt.date, exported: Exported
) -> Iterator[Blocked]:
    """The names that may leave, sorted by name and kind."""
    states = (State.SCAM, State.LOOKALIKE) if chosen.lookalikes else (State.SCAM,)
    words = heapq.merge(_own(states, day), _listed(chosen.lists, day), key=_order)
    grouped = groupby(words, key=lambda word: word.identity)
    names = (Blocked(identity, tuple(some)) for identity, some in grouped)
    gate = _Gate(day, exported)
    while chunk := list(islice(names, _CHUNK)):
        for each in gate.passing(chunk):
            if writing.has_room(form, each.identity):
                exported.written += 1
                yield each
            else:
                exported.unfit += 1


def _order(word: Word) -> tuple[str, str, str, str]:
    return (*word.identity, word.source)


def _own(states: Collection[State], day: dt.date) -> Iterator[Word]:
    found = queries.standing(tuple(states), on=day).order_by(
        _plain("lookalike__key"), _plain("lookalike__kind"), _plain("lookalike__platform")
    )
    is_real = cache(_is_real)
    for decision in found.iterator(chunk_size=_CHUNK):
        yield _own_word(decision, is_demo=not is_real(decision.lookalike.organisation))


def _own_word(decision: Decision, *, is_demo: bool) -> Word:
    name = decision.lookalike
    return Word(
        identity=(name.key, name.kind, name.platform),
        verdict=State(decision.state).value,
        imitates=name.organisation,
        source=queries.desk_name(),
        licence=queries.OWN_LICENCE,
        since=timezone.localdate(decision.at),
        expires_on=decision.expires_on,
        is_demo=is_demo or name.is_demo,
    )


def _is_real(organisation: str) -> bool:
    found = register.organisation_with_slug(organisation)
    return found is not None and not found.is_demo


def _listed(lists: Collection[str], day: dt.date) -> Iterator[Word]:
    if not lists:
        return
    found = (
        ScamName.objects.filter(queries.in_force(day), scam_list__name__in=lists)
        .select_related("scam_list")
        .order_by(_plain("key"), _plain("kind"), _plain("scam_list__name"))
    )
    for row in found.iterator(chunk_size=_CHUNK):
        yield Word(
            identity=(row.key, row.kind, ""),
            verdict="listed",
            imitates="",
            source=row.scam_list.name,
            licence=row.scam_list.licence,
            since=row.listed_on,
            expires_on=row.expires_on,
            is_demo=row.scam_list.is_demo,
        )


def _plain(field_name: str) -> Collate:
    """Order by bytes, so that every database gives the same file."""
    return Collate(field_name, "C" if connection.vendor == "postgresql" else "BINARY")


class _Gate:
    """Holds back what must not leave, and counts it by reason."""

    def __init__(self, day: dt.date, exported: Exported) -> None:
        self._day, self._exported = day, exported
        self._above_official = {
            parent
            for brand in register.brands()
            for host in brand.hosts
            for parent in parents(host)
        }

    def passing(self, names: list[Blocked]) -> Iterator[Blocked]:
        owned = self._owned(names)
        for each in names:
            words = tuple(word for word in each.words if not word.is_demo)
            if not words:
                self._exported.demo += 1
            elif each.identity in owned or self._is_above(each.identity):
                self._exported.official += 1
            elif _is_shared(each.identity):
                self._exported.shared += 1
            else:
                yield Blocked(each.identity, words)

    def _is_above(self, identity: writing.Key) -> bool:
        return identity[1] == _HOST and identity[0] in self._above_official

    def _owned(self, names: Iterable[Blocked]) -> set[writing.Key]:
        keys = {each.identity: _holding_keys(each.identity) for each in names}
        found = holdings_with_keys({key for some in keys.values() for key in some})
        return {
            identity
            for identity, some in keys.items()
            if any(rules.is_owned(row, on=self._day) for key in some for row in found.get(key, []))
        }


def _holding_keys(identity: writing.Key) -> list[tuple[HoldingKind, str]]:
    key, kind, platform = identity
    if kind == NameKind.HANDLE:
        return rules.holding_keys_of(Identity(NameKind.HANDLE, platform, key))
    return rules.holding_keys(ScamKind(kind), key)


def _is_shared(identity: writing.Key) -> bool:
    """Whether a host is an open platform itself, or a suffix below which strangers register."""
    host, kind, _ = identity
    if kind != _HOST or public_address(host):
        return False
    return registrable(host) is None or is_shortener(host)
