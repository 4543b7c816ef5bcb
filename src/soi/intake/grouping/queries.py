"""All reads of grouping: what stands under a claim, what a tip stands under, what was suggested."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils import timezone

from soi.checking.access import ClaimRow
from soi.claims.queries import CheckRow, checks_by_id
from soi.core.matching import Relation
from soi.core.rows import Rows
from soi.intake.grouping.wholes import families_of, wholes_of
from soi.intake.models import AskedOn, Form, Move, Saying, Suggestion, Tip
from soi.intake.queries import TipRow, tip_row

NEWEST = 10
"""So many of a claim's tips are shown beside its wordings."""

DAYS = 14
"""Days of which a claim's counts are shown."""


@dataclass(frozen=True, slots=True)
class FormRow:
    """One way of wording a claim."""

    id: int
    text: str
    language: str
    checkability: float
    claim: int | None
    """Where it was put: the claim itself, or a part of it."""
    tips: int
    """How many tips hold it."""
    times: int
    """How often these came."""


@dataclass(frozen=True, slots=True)
class Trend:
    """How often the tips of a claim came, day by day up to today."""

    days: tuple[tuple[dt.date, int], ...]

    @property
    def today(self) -> int:
        """Times that they came today."""
        return self.days[-1][1]

    @property
    def most(self) -> int:
        """Times on the day on which they came most often."""
        return max(times for _, times in self.days)

    @property
    def is_rising(self) -> bool:
        """True when they came more often in the last two days than in all days before these."""
        times = [each for _, each in self.days]
        return sum(times[-2:]) > max(2, sum(times[:-2]))


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """What a claim may be the same as; nobody has decided yet."""

    id: int
    claim: int
    other: ClaimRow | None
    check: CheckRow | None
    relation: Relation
    probability: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the queue shows of a claim beside its factors."""

    trend: Trend
    forms: int
    """How many wordings stand under it."""
    suggestions: list[SuggestionRow]


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move of forms that can be taken back."""

    id: int
    source: int
    target: int
    forms: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a tip that stands somewhere, or could."""

    form: int
    text: str
    language: str
    claim: ClaimRow | None
    link: str
    """The published check that says the same, where no claim was needed."""


@dataclass(frozen=True, slots=True)
class Under:
    """What stands under a claim and its parts."""

    forms: Rows[FormRow]
    """The wordings, the most frequent first."""
    newest_tips: list[TipRow]
    trend: Trend


def under(claim_id: int) -> Under:
    """What stands under a claim; its parts are asked for once."""
    family = families_of([claim_id])
    return Under(_forms(family), _newest_tips(family), _trends([claim_id], family)[claim_id])


def forms_of(claim_id: int) -> Rows[FormRow]:
    """The wordings that stand under a claim and its parts, the most frequent first."""
    return _forms(families_of([claim_id]))


def _forms(family: Collection[int]) -> Rows[FormRow]:
    found = Form.objects.filter(claim__in=family)
    counted = found.annotate(
        tips=Count("sayings"), times=Sum("sayings__tip__reach", default=0)
    ).order_by("-times", "pk")
    rows = counted.values("pk", "text", "language", "checkability", "claim", "tips", "times")
    return Rows(found.count, lambda start, stop: [_form(**each) for each in rows[start:stop]])


def _newest_tips(family: Collection[int]) -> list[TipRow]:
    """The newest tips by number. One may hold several wordings, so a few more rows are read."""
    sayings = Saying.objects.filter(form__claim__in=family).order_by("-tip")
    newest = dict.fromkeys(sayings.values_list("tip", flat=True)[: 3 * NEWEST])
    found = Tip.objects.filter(pk__in=list(newest)[:NEWEST]).order_by("-pk")
    return [tip_row(tip) for tip in found]


def statements_of(tip_id: int) -> list[Statement]:
    """What of a tip stands under a claim or a check, or could, in the order of the message."""
    sayings = list(Saying.objects.filter(tip=tip_id).select_related("form").order_by("place"))
    wholes = wholes_of({each.form.claim_id for each in sayings if each.form.claim_id})
    return [
        Statement(
            form=each.form.pk,
            text=each.form.text,
            language=each.form.language,
            claim=wholes.get(each.form.claim_id or 0),
            link=each.form.link,
        )
        for each in sayings
    ]


def sheets_of(claims: Mapping[int, bool]) -> dict[int, Sheet]:
    """What the queue shows of claims, each with whether it has parts. Six queries at most."""
    family = {claim: claim for claim in claims}
    family |= families_of([claim for claim, has_parts in claims.items() if has_parts], depth=1)
    trends, forms = _trends(claims, family), _form_counts(family)
    suggestions = suggestions_for(claims)
    return {
        claim: Sheet(trends[claim], forms.get(claim, 0), suggestions.get(claim, []))
        for claim in claims
    }


def trends_of(claim_ids: Collection[int]) -> dict[int, Trend]:
    """How often the tips of each claim and its parts came on each of the last `DAYS` days."""
    return _trends(claim_ids, families_of(claim_ids))


def form_counts(claim_ids: Collection[int]) -> dict[int, int]:
    """How many wordings stand under each claim and its parts; those without one are left out."""
    return _form_counts(families_of(claim_ids))


def _trends(claim_ids: Iterable[int], family: Mapping[int, int]) -> dict[int, Trend]:
    today = timezone.localdate()
    days = [today - dt.timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    times: dict[tuple[int, dt.date], int] = {}
    found = AskedOn.objects.filter(claim__in=family, day__gte=days[0])
    for claim, day, count in found.values_list("claim", "day", "times"):
        times[family[claim], day] = times.get((family[claim], day), 0) + count
    return {
        claim: Trend(tuple((day, times.get((claim, day), 0)) for day in days))
        for claim in claim_ids
    }


def _form_counts(family: Mapping[int, int]) -> dict[int, int]:
    found = Form.objects.filter(claim__in=family).values_list("claim").annotate(Count("pk"))
    counts: dict[int, int] = {}
    for claim, count in found.order_by():
        counts[family[claim]] = counts.get(family[claim], 0) + count
    return counts


def suggestions_for(claim_ids: Iterable[int]) -> dict[int, list[SuggestionRow]]:
    """What each claim may be the same as and nobody has decided, the likeliest first."""
    found = list(
        Suggestion.objects.filter(claim__in=list(claim_ids), decision="").order_by(
            "-probability", "pk"
        )
    )
    others = wholes_of({each.other_id for each in found if each.other_id})
    wanted = {each.check_ref for each in found if each.check_ref}
    checks = checks_by_id(wanted) if wanted else {}
    rows: dict[int, list[SuggestionRow]] = {}
    for each in found:
        other, check = others.get(each.other_id or 0), checks.get(each.check_ref or 0)
        # What was merged meanwhile may be the claim itself; a check may have been removed.
        if (other and other.id != each.claim_id) or check:
            rows.setdefault(each.claim_id, []).append(_suggestion(each, other, check))
    return rows


def moves_of(claim_id: int) -> list[MoveRow]:
    """The moves of forms from or to a claim that can be taken back, the newest first."""
    found = Move.objects.filter(Q(source=claim_id) | Q(target=claim_id), undone_at__isnull=True)
    return [
        MoveRow(each.pk, each.source_id, each.target_id, len(each.forms), each.at)
        for each in found.order_by("-pk")[:20]
    ]


def waiting_to_be_grouped() -> int:
    """How many tips the worker has not looked at yet."""
    return Tip.objects.filter(is_grouped=False).count()


def claims_of_tips(tip_ids: Iterable[int]) -> dict[int, list[ClaimRow]]:
    """The claims that each tip stands under, each once, in the order of its message."""
    sayings = list(
        Saying.objects.filter(tip__in=list(tip_ids), form__claim__isnull=False)
        .order_by("tip", "place")
        .values_list("tip", "form__claim")
    )
    wholes = wholes_of({claim for _, claim in sayings})
    found: dict[int, dict[int, ClaimRow]] = {}
    for tip, claim in sayings:
        whole = wholes[claim]
        found.setdefault(tip, {})[whole.id] = whole
    return {tip: list(claims.values()) for tip, claims in found.items()}


def _form(*, pk: int, **row: Any) -> FormRow:
    return FormRow(id=pk, **row)


def _suggestion(found: Suggestion, other: ClaimRow | None, check: CheckRow | None) -> SuggestionRow:
    return SuggestionRow(
        id=found.pk,
        claim=found.claim_id,
        other=other,
        check=check,
        relation=Relation(found.relation),
        probability=found.probability,
    )
