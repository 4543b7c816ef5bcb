"""All reads of known-scam lists and of names before the desk. Rows leave as frozen values."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import islice
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils import timezone

from soi.core.formats import ScamKind
from soi.core.lookalike import LookalikeKind, LookalikeReason, NameKind
from soi.core.lookalike.model import shipped_model
from soi.core.rows import Rows
from soi.journal.queries import last_mark
from soi.register.probes import holds_any
from soi.register.queries import HoldingRow, holdings_with_keys
from soi.watch import rules
from soi.watch.errors import LookalikeUnknown, ScamListUnknown
from soi.watch.models import Decision, ListImport, Lookalike, ScamList, ScamName, Sighting, Stream
from soi.watch.rules import Identity
from soi.watch.types import (
    CampaignRow,
    ConflictRow,
    DecidedRow,
    DecisionRow,
    ImportRow,
    LookalikeRow,
    ScamListRow,
    SightingRow,
    State,
    StreamRow,
)

_CHUNK = 1000
OWN_LICENCE = ""
"""The desk lists what it decided itself; no licence comes with it."""


@dataclass(frozen=True, slots=True)
class ScamRow:
    """One listed name with its list."""

    kind: ScamKind
    key: str
    listed_on: dt.date | None
    list_name: str
    list_url: str
    licence: str
    fetched_on: dt.date
    is_demo: bool
    expires_on: dt.date | None = None
    """The last day on which it counts, None for no end."""


def in_force(on: dt.date) -> Q:
    """Rows with an `expires_on` that count on that day."""
    return Q(expires_on=None) | Q(expires_on__gte=on)


def scams_with_keys(
    keys: Collection[tuple[ScamKind, str]],
) -> dict[tuple[ScamKind, str], list[ScamRow]]:
    """By kind and key, every listing of any of `keys` that still counts, the earliest first.

    The desk's own confirmed scams are one more list, under the desk's name. Two queries that find
    out whether there are any, and two more at most. Undated listings come last.
    """
    by_kind: defaultdict[ScamKind, set[str]] = defaultdict(set)
    for kind, key in keys:
        by_kind[kind].add(key)
    if not by_kind:
        return {}
    rows: list[ScamRow] = []
    if holds_any(ScamName, by_kind):
        rows += _listed(by_kind)
    hosts, mailboxes = by_kind[ScamKind.HOST], by_kind[ScamKind.EMAIL]
    if holds_any(Lookalike, {NameKind.HOST: hosts, NameKind.EMAIL: mailboxes}, platform=""):
        rows += _confirmed(hosts, mailboxes)
    rows.sort(key=lambda row: (row.listed_on or dt.date.max, row.list_name, row.key))
    found: dict[tuple[ScamKind, str], list[ScamRow]] = {}
    for row in rows:
        found.setdefault((row.kind, row.key), []).append(row)
    return found


def _listed(by_kind: Mapping[ScamKind, Collection[str]]) -> list[ScamRow]:
    today = timezone.localdate()
    asked = reduce(or_, (Q(kind=kind, key__in=some) for kind, some in by_kind.items()))
    listed = ScamName.objects.select_related("scam_list").filter(asked).filter(in_force(today))
    return [_row(name) for name in listed]


def _confirmed(hosts: Collection[str], mailboxes: Collection[str]) -> list[ScamRow]:
    own = Q(lookalike__kind=NameKind.HOST, lookalike__key__in=hosts) | Q(
        lookalike__kind=NameKind.EMAIL, lookalike__key__in=mailboxes
    )
    confirmed = standing((State.SCAM,), on=timezone.localdate())
    return [_own_row(each) for each in confirmed.filter(own)]


def _row(name: ScamName) -> ScamRow:
    return ScamRow(
        kind=ScamKind(name.kind),
        key=name.key,
        listed_on=name.listed_on,
        list_name=name.scam_list.name,
        list_url=name.scam_list.url,
        licence=name.scam_list.licence,
        fetched_on=name.scam_list.fetched_on,
        is_demo=name.scam_list.is_demo,
        expires_on=name.expires_on,
    )


def standing(states: Sequence[State], *, on: dt.date) -> QuerySet[Decision]:
    """Decisions for one of `states` that are not undone and count on that day; for exports."""
    found = Decision.objects.filter(undone_at=None, state__in=states, expires_on__gte=on)
    return found.select_related("lookalike")


def _own_row(decision: Decision) -> ScamRow:
    decided_on = timezone.localdate(decision.at)
    return ScamRow(
        kind=ScamKind(decision.lookalike.kind),
        key=decision.lookalike.key,
        listed_on=decided_on,
        list_name=desk_name(),
        list_url=settings.SOI_BASE_URL,
        licence=OWN_LICENCE,
        fetched_on=decided_on,
        is_demo=decision.lookalike.is_demo,
        expires_on=decision.expires_on,
    )


def desk_name() -> str:
    """The name under which the desk's own decisions are cited."""
    return settings.SOI_DESK_NAME or "Soi"


def scam_lists() -> list[ScamListRow]:
    """Every list, by name."""
    gone = Q(names__expires_on__lt=timezone.localdate())
    counted = ScamList.objects.annotate(
        listed=Count("names"), gone=Count("names", filter=gone)
    ).order_by("name")
    return [
        ScamListRow(
            name=each.name,
            url=each.url,
            licence=each.licence,
            fetched_on=each.fetched_on,
            names=each.listed,
            expired=each.gone,
            keep_days=each.keep_days,
            path=each.path,
            every_hours=each.every_hours,
            due_at=each.due_at,
            digest=each.digest,
            failure=each.failure,
            is_demo=each.is_demo,
        )
        for each in counted
    ]


def scam_name_count() -> int:
    """How many names all lists hold together that still count."""
    return _scam_name_count(last_mark("scam_list"), timezone.localdate())


@lru_cache(maxsize=1)
def _scam_name_count(mark: str, today: dt.date) -> int:
    """Counted again when a list has changed: a million rows are not counted for every answer."""
    return ScamName.objects.filter(in_force(today)).count()


def imports_of(name: str) -> list[ImportRow]:
    """Every import of a list, the newest first. Raises `ScamListUnknown`."""
    found = ListImport.objects.filter(scam_list__name=name).order_by("-at", "-pk")
    if not found and not ScamList.objects.filter(name=name).exists():
        raise ScamListUnknown(f"There is no list {name!r}.", name=name)
    return [_import(each) for each in found.select_related("scam_list")]


def last_imports() -> dict[str, ImportRow]:
    """By list, its last import."""
    newest = ListImport.objects.values("scam_list").annotate(newest=Max("pk")).values("newest")
    found = ListImport.objects.filter(pk__in=newest).select_related("scam_list")
    return {each.scam_list.name: _import(each) for each in found}


def _import(each: ListImport) -> ImportRow:
    return ImportRow(
        at=each.at,
        by=each.imported_by,
        fetched_on=each.fetched_on,
        digest=each.digest,
        added=each.added,
        updated=each.updated,
        unchanged=each.unchanged,
        refused=each.refused,
        official=each.official,
        conflicts=tuple(
            ConflictRow(each.scam_list.name, ScamKind(kind), key, owner, "")
            for kind, key, owner in each.conflicts
        ),
    )


def conflicts(*, list_name: str = "") -> Iterator[ConflictRow]:
    """What lists name, although the register calls it official today; of one list or of all.

    Streamed: memory stays flat whatever the length of the lists.
    """
    today = timezone.localdate()
    listed = ScamName.objects.filter(in_force(today)).select_related("scam_list").order_by("pk")
    if list_name:
        listed = listed.filter(scam_list__name=list_name)
    stream = listed.iterator(chunk_size=_CHUNK)
    while chunk := list(islice(stream, _CHUNK)):
        named = [(ScamKind(each.kind), each.key) for each in chunk]
        owners = owners_of(named, on=today)
        for each in chunk:
            if holding := owners.get((ScamKind(each.kind), each.key)):
                yield ConflictRow(
                    each.scam_list.name,
                    ScamKind(each.kind),
                    each.key,
                    holding.organisation,
                    holding.organisation_name,
                )


def owners_of(
    names: Iterable[tuple[ScamKind, str]], *, on: dt.date
) -> dict[tuple[ScamKind, str], HoldingRow]:
    """Of listed names, those that somebody registered as theirs and had not ended on that day."""
    keys = {name: rules.holding_keys(*name) for name in names}
    owned = holdings_with_keys({key for some in keys.values() for key in some})
    found: dict[tuple[ScamKind, str], HoldingRow] = {}
    for name, some in keys.items():
        holdings = [row for key in some for row in owned.get(key, []) if rules.is_owned(row, on=on)]
        if holdings:
            found[name] = holdings[0]
    return found


def lookalikes(
    *, states: Sequence[State] = (State.WAITING,), organisation: str = "", campaign: str = "",
    text: str = "", is_clear: bool = False, up_to: int | None = None,
) -> Rows[LookalikeRow]:  # fmt: skip
    """Names before the desk, what people put there first, then the most probable, page by page.

    The queue, unless other states are asked for; `is_clear` leaves out what a reader is not told,
    `up_to` what has a higher number.
    """
    found = _narrowed(organisation, campaign, text).filter(state__in=states)
    if is_clear:
        found = found.filter(Q(probability=None) | Q(probability__gte=shipped_model().reader))
    if up_to is not None:
        found = found.filter(pk__lte=up_to)
    ordered = found.order_by(F("probability").desc(nulls_first=True), "pk")
    return Rows(found.count, lambda start, stop: [_lookalike(each) for each in ordered[start:stop]])


def _narrowed(organisation: str, campaign: str = "", text: str = "") -> QuerySet[Lookalike]:
    found = Lookalike.objects.all()
    if organisation:
        found = found.filter(organisation=organisation)
    if campaign:
        found = found.filter(campaign=campaign)
    return found.filter(key__icontains=text) if text else found


def lookalike_with_id(lookalike_id: int) -> LookalikeRow:
    """One name. Raises `LookalikeUnknown`."""
    known = 0 < lookalike_id < 2**63
    found = Lookalike.objects.filter(pk=lookalike_id).first() if known else None
    if found is None:
        raise LookalikeUnknown(f"There is no name {lookalike_id}.", lookalike=lookalike_id)
    return _lookalike(found)


def lookalikes_with_ids(lookalike_ids: Collection[int]) -> list[LookalikeRow]:
    """Those of the names that there are, by number; one query."""
    known = [each for each in lookalike_ids if 0 < each < 2**63]
    return [_lookalike(each) for each in Lookalike.objects.filter(pk__in=known).order_by("pk")]


def confirmed_names(*, limit: int, on: dt.date) -> list[LookalikeRow]:
    """Hosts and accounts that people confirmed to imitate and that count on that day; the newest.

    Only those in which the engine saw the imitation as well: there is a reason to show, and a
    name that somebody put here by hand could be a person's. One query.
    """
    found = Lookalike.objects.filter(
        state__in=[State.LOOKALIKE, State.SCAM],
        expires_on__gte=on,
        kind__in=[NameKind.HOST, NameKind.HANDLE],
    ).exclude(imitation="")
    return [_lookalike(each) for each in found.order_by("-pk")[:limit]]


def newest_id() -> int:
    """The highest number that a name before the desk has, 0 when there is none."""
    return Lookalike.objects.aggregate(newest=Max("pk"))["newest"] or 0


def organisations_imitated() -> list[str]:
    """The short names of organisations that a name before the desk could be taken for."""
    found = Lookalike.objects.order_by("organisation").values_list("organisation", flat=True)
    return list(found.distinct())


def owners_of_names(rows: Iterable[LookalikeRow]) -> dict[int, HoldingRow]:
    """Of names before the desk, by number, those that somebody has registered as theirs since."""
    today = timezone.localdate()
    keys = {
        row.id: rules.holding_keys_of(Identity(row.kind, row.platform, row.key)) for row in rows
    }
    places = {row.id: row.platform for row in rows}
    owned = holdings_with_keys({key for some in keys.values() for key in some})
    found: dict[int, HoldingRow] = {}
    for number, some in keys.items():
        for holding in (row for key in some for row in owned.get(key, [])):
            here = places[number] in ("", holding.platform)
            if here and rules.is_owned(holding, on=today):
                found.setdefault(number, holding)
    return found


def campaigns(*, organisation: str = "") -> Rows[CampaignRow]:
    """Campaigns with a name that waits, the largest first, to be read page by page."""
    found = (
        _narrowed(organisation)
        .values("organisation", "campaign")
        .annotate(
            names=Count("pk", distinct=True),
            waiting=Count("pk", distinct=True, filter=Q(state=State.WAITING)),
            first_seen_on=Min("first_seen_on"),
            last_seen_on=Max("sightings__seen_on"),
            highest=Max("probability"),
        )
        .filter(waiting__gt=0)
        .order_by("-waiting", "-highest", "organisation", "campaign")
    )
    return Rows(found.count, lambda start, stop: [_campaign(each) for each in found[start:stop]])


def _campaign(each: Mapping[str, Any]) -> CampaignRow:
    return CampaignRow(
        organisation=each["organisation"],
        campaign=each["campaign"],
        names=each["names"],
        waiting=each["waiting"],
        first_seen_on=each["first_seen_on"],
        last_seen_on=each["last_seen_on"],
        probability=each["highest"],
    )


def sightings_of(lookalike_id: int) -> Rows[SightingRow]:
    """Where a name was seen, the latest first."""
    found = Sighting.objects.filter(lookalike=lookalike_id).order_by("-seen_on", "source")
    return Rows(
        found.count,
        lambda start, stop: [
            SightingRow(each.source, each.seen_on, each.noted_by) for each in found[start:stop]
        ],
    )


def decisions_on(lookalike_id: int) -> list[DecisionRow]:
    """What was decided on a name, the newest first, what was undone included."""
    return [
        DecisionRow(
            State(each.state), each.reason, each.at, each.decided_by, each.expires_on,
            each.undone_at, each.undone_by,
        )
        for each in Decision.objects.filter(lookalike=lookalike_id).order_by("-pk")
    ]  # fmt: skip


def waiting_count() -> int:
    """How many names wait for a decision."""
    return Lookalike.objects.filter(state=State.WAITING).count()


def decided_with_keys(
    keys: Collection[tuple[NameKind, str]],
) -> dict[tuple[NameKind, str], list[DecidedRow]]:
    """By kind and key, in the form of `rules.identity_of`, what the desk says of names today.

    Dismissed names are among them; what waits or has run out is not. One query, two when
    there are any.
    """
    by_kind: defaultdict[NameKind, set[str]] = defaultdict(set)
    for kind, key in keys:
        by_kind[kind].add(key)
    if not by_kind:
        return {}
    if NameKind.HANDLE not in by_kind and not holds_any(Lookalike, by_kind, platform=""):
        return {}
    asked = reduce(
        or_, (Q(lookalike__kind=kind, lookalike__key__in=some) for kind, some in by_kind.items())
    )
    standing_today = Decision.objects.filter(undone_at=None).filter(in_force(timezone.localdate()))
    found: defaultdict[tuple[NameKind, str], list[DecidedRow]] = defaultdict(list)
    for each in standing_today.filter(asked).select_related("lookalike").order_by("pk"):
        row = _decided(each)
        found[row.kind, row.key].append(row)
    return dict(found)


def _decided(decision: Decision) -> DecidedRow:
    name = decision.lookalike
    return DecidedRow(
        kind=NameKind(name.kind),
        platform=name.platform,
        key=name.key,
        organisation=name.organisation,
        state=State(decision.state),
        since=timezone.localdate(decision.at),
        is_demo=name.is_demo,
    )


def position_of(source: str) -> int:
    """How far a source has been read, 0 for one that has not been."""
    return next(iter(Stream.objects.filter(source=source).values_list("position", flat=True)), 0)


def streams() -> list[StreamRow]:
    """Every source that has been read, by name."""
    found = Stream.objects.order_by("source")
    return [StreamRow(each.source, each.position, each.names, each.read_at) for each in found]


def _lookalike(each: Lookalike) -> LookalikeRow:
    return LookalikeRow(
        id=each.pk,
        kind=NameKind(each.kind),
        platform=each.platform,
        key=each.key,
        organisation=each.organisation,
        imitation=LookalikeKind(each.imitation) if each.imitation else None,
        probability=each.probability,
        is_clear=each.probability is None or each.probability >= shipped_model().reader,
        reasons=tuple(LookalikeReason(reason) for reason in each.reasons),
        details=dict(each.details),
        campaign=each.campaign,
        first_seen_on=each.first_seen_on,
        state=State(each.state),
        expires_on=each.expires_on,
        is_demo=each.is_demo,
    )
