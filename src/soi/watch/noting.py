"""Put names before the desk: judge them, keep what could be taken for another, once.

In: names of a stream or a tip. Out: rows of `Lookalike` and `Sighting`. The register's own names
are never put there. Nothing is called fraud here, and a sighting is no event of the journal: there
are too many of them, and nobody decided anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from soi.core import lookalike as engine
from soi.core.lookalike import NameKind, Register
from soi.core.lookalike.model import shipped_model
from soi.register import queries as register
from soi.watch import rules
from soi.watch.actions import Imitation, check_not_official, reopen_against, reopen_run_out
from soi.watch.errors import NameInvalid
from soi.watch.models import Lookalike, Sighting, Stream
from soi.watch.rules import Identity
from soi.watch.types import Name

_BATCH = 500

Found = tuple[engine.Lookalike, dt.date]
"""What the engine says of a name, and the day on which the name was seen."""


@dataclass(frozen=True, slots=True)
class Noted:
    """How many names were read, how many of them are before the desk now, and how many are new."""

    names: int
    found: int
    added: int


@dataclass(frozen=True, slots=True)
class Place:
    """How far a source has been read; `names` were read since the last place was kept."""

    source: str
    position: int
    names: int
    head: str = ""
    head_length: int = 0


def compiled() -> Register:
    """The register as the engine wants it, compiled again only when it has changed."""
    return register.compiled()


def note_names(
    names: Iterable[Name], *, source: str, by: str, seen_on: dt.date | None = None
) -> Noted:
    """Put those of `names` before the desk that could be taken for an organisation's own.

    The threshold is the engine's for a person's eyes, which is lower than the one for readers.
    Noting the same names again for the same day changes nothing. `source` says where they were
    seen, for instance `tip:12`, and `seen_on` when (today); what is masked is passed over.
    """
    given = list(names)
    owned, day = compiled(), seen_on or timezone.localdate()
    threshold = shipped_model().watch
    found: list[tuple[Identity, Found]] = []
    for name in given:
        if "\0" in name.value:
            continue  # no name has one, and PostgreSQL keeps none in what the engine says of it
        scored = engine.score(name.value, name.kind, owned)
        identity = rules.identity_of(name)
        if identity and scored and scored.lookalike.probability >= threshold:
            found.append((identity, (scored.lookalike, day)))
    added = keep(found, source=source, by=by)
    return Noted(len(given), len({identity for identity, _ in found}), added)


@transaction.atomic
def report(name: Name, *, organisation: str, source: str, by: str) -> int:
    """Put a name before the desk because a person says so; returns its number.

    The engine need not see anything in it: what does not look like `organisation` can imitate it
    all the same. A name that is there already is seen once more. Raises `NameInvalid`,
    `NameIsOfficial` and `OrganisationUnknown`.
    """
    identity = rules.identity_of(name)
    if identity is None:
        raise NameInvalid("That is no host, no mailbox and no account.", name=name.value[:100])
    known = register.known_organisation(organisation)
    check_not_official(identity)
    scored = engine.score(name.value, name.kind, compiled())
    day = timezone.localdate()
    if scored and scored.lookalike.brand == organisation:
        keep([(identity, (scored.lookalike, day))], source=source, by=by)
        return _known([identity])[identity]
    said = Imitation(organisation, known.is_demo)
    row, _ = Lookalike.objects.get_or_create(
        kind=identity.kind.value,
        platform=identity.platform,
        key=identity.key,
        defaults={
            **asdict(said),
            "campaign": rules.campaign_of(identity),
            "first_seen_on": day,
        },
    )
    reopen_run_out([row.pk], by=by)
    reopen_against({row.pk: said}, by=by)
    Sighting.objects.get_or_create(
        lookalike=row,
        source=source[: rules.SOURCE_LIMIT],
        seen_on=day,
        defaults={"noted_by": by},
    )
    return row.pk


@transaction.atomic
def keep(
    found: Sequence[tuple[Identity, Found]], *, source: str, by: str, place: Place | None = None
) -> int:
    """Store what was found and how far was read, both or neither; returns how many names are new.

    What is stored already stays as it is, decisions included. But a confirmed name whose days have
    run out waits again, since it may be in other hands, and so does one that was dismissed when it
    seemed to imitate somebody else. Two processes may store the same.
    """
    source = source[: rules.SOURCE_LIMIT]
    best = rules.strongest((identity, judged) for identity, (judged, _) in found)
    first = _first_days(found)
    known = _known(best)
    # In one order everywhere, so that two writers of the same names wait and do not deadlock.
    new = sorted(best.keys() - known.keys(), key=lambda each: (each.key, each.kind, each.platform))
    demo = _demo_organisations({judged.brand for judged in best.values()}) if best else {}
    said = {identity: _imitation(judged, demo) for identity, judged in best.items()}
    if new:
        rows = [_row(identity, said[identity], first[identity]) for identity in new]
        Lookalike.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
        known = _known(best)
    reopen_run_out(known.values(), by=by)
    against = {known[identity]: each for identity, each in said.items() if identity in known}
    reopen_against(against, by=by)
    seen = {(known[identity], day) for identity, (_, day) in found if identity in known}
    Sighting.objects.bulk_create(
        [
            Sighting(lookalike_id=pk, source=source, seen_on=day, noted_by=by)
            for pk, day in sorted(seen)
        ],
        batch_size=_BATCH,
        ignore_conflicts=True,
    )
    if place:
        _keep_place(place)
    return len(new)


def _first_days(found: Sequence[tuple[Identity, Found]]) -> dict[Identity, dt.date]:
    days: dict[Identity, dt.date] = {}
    for identity, (_, day) in found:
        days[identity] = min(days.get(identity, day), day)
    return days


def _known(wanted: Iterable[Identity]) -> dict[Identity, int]:
    keys = {identity.key for identity in wanted}
    found = Lookalike.objects.filter(key__in=keys).values_list("kind", "platform", "key", "pk")
    return {Identity(NameKind(kind), platform, key): pk for kind, platform, key, pk in found}


def _demo_organisations(slugs: set[str]) -> Mapping[str, bool]:
    rows = {slug: register.organisation_with_slug(slug) for slug in slugs}
    return {slug: row.is_demo if row else False for slug, row in rows.items()}


def _imitation(judged: engine.Lookalike, is_demo: Mapping[str, bool]) -> Imitation:
    return Imitation(
        organisation=judged.brand,
        is_demo=is_demo[judged.brand],
        imitation=judged.kind.value,
        probability=judged.probability,
        reasons=[reason.value for reason in judged.reasons],
        details=dict(judged.details),
    )


def _row(identity: Identity, said: Imitation, day: dt.date) -> Lookalike:
    return Lookalike(
        kind=identity.kind.value,
        platform=identity.platform,
        key=identity.key,
        campaign=rules.campaign_of(identity),
        first_seen_on=day,
        **asdict(said),
    )


def _keep_place(place: Place) -> None:
    kept = {
        "position": place.position,
        "head": place.head,
        "head_length": place.head_length,
        "read_at": timezone.now(),
    }
    stream, made = Stream.objects.get_or_create(
        source=place.source, defaults={**kept, "names": place.names}
    )
    if not made:
        Stream.objects.filter(pk=stream.pk).update(names=F("names") + place.names, **kept)
