"""Who holds the keys of an organisation's holdings, and that they were asked again in time.

In: people of the desk by number, posts by their word, whether a second step is on. Out: a custody
row for each holding, a reminder when its confirmation is old, journal events with digests. It is
about keys, never a file on people: nobody else's name has room here (charter rule C4), and none of
it is public.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from soi.core.formats import HoldingKind, HoldingState
from soi.core.ledger.canonical import digest
from soi.journal.actions import Entry, append
from soi.people.queries import names_of
from soi.register import rules
from soi.register.errors import HoldingInvalid, HoldingUnknown
from soi.register.models import Custody, Holding
from soi.register.types import RoleWord, TwoFactor

_ENDED = (HoldingState.RETIRED.value,)


@dataclass(frozen=True, slots=True)
class CustodyRow:
    """Who holds the keys of one holding; `people` are numbers with names, `roles` are posts."""

    holding_id: int
    people: tuple[tuple[int, str], ...]
    roles: tuple[RoleWord, ...]
    two_factor: TwoFactor
    confirmed_at: dt.datetime
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class Reminder:
    """That a holding's custody is to be confirmed, or was never said."""

    organisation: str
    organisation_name: str
    organisation_name_en: str
    holding_id: int
    kind: HoldingKind
    platform: str
    value: str
    due_on: dt.date
    is_overdue: bool
    was_said: bool


@transaction.atomic
def set_custody(
    slug: str,
    holding_id: int,
    *,
    members: Collection[int],
    roles: Collection[str],
    two_factor: TwoFactor,
    by: str,
) -> None:
    """Say who holds the keys of a holding and whether a second step guards them.

    Raises `HoldingUnknown`, and `HoldingInvalid` for somebody who is not of the desk.
    """
    holding = Holding.objects.filter(pk=holding_id, organisation__slug=slug).first()
    if holding is None:
        raise HoldingUnknown(f"{slug} has no holding {holding_id}.", holding=holding_id)
    if set(names_of(members)) != set(members):
        raise HoldingInvalid("Somebody is not of the desk.", reason="not_of_the_desk")
    holders = rules.checked_holders(members, roles)
    found = Custody.objects.select_for_update().filter(holding=holding).first()
    before = _digest(found)
    found = found or Custody(holding=holding)
    found.holders, found.two_factor = holders, two_factor.value
    found.confirmed_at, found.confirmed_by = timezone.now(), by
    found.save()
    append([Entry("custody.set", "holding", holding.pk, before, _digest(found))], by=by)


@transaction.atomic
def confirm_custody(slug: str, holding_ids: Iterable[int], *, by: str) -> int:
    """Say that the custody of these holdings is still as it was said; returns of how many."""
    found = Custody.objects.select_for_update().filter(
        holding__organisation__slug=slug, holding__in=[i for i in holding_ids if 0 < i < 2**63]
    )
    entries = []
    for custody in found.order_by("holding_id"):
        custody.confirmed_at, custody.confirmed_by = timezone.now(), by
        custody.save(update_fields=["confirmed_at", "confirmed_by"])
        same = _digest(custody)
        entries.append(Entry("custody.confirmed", "holding", custody.holding_id, same, same))
    append(entries, by=by)
    return len(entries)


def custody_of(slug: str) -> dict[int, CustodyRow]:
    """The custody of an organisation's holdings by their numbers. For `access` to hand out."""
    found = list(Custody.objects.filter(holding__organisation__slug=slug))
    names = names_of(number for each in found for number in _members(each))
    return {each.holding_id: _row(each, names) for each in found}


def reminders(
    *, slugs: Collection[str] | None = None, today: dt.date | None = None
) -> list[Reminder]:
    """What is to be confirmed by now or soon, the oldest first; of all organisations for None."""
    today = today or timezone.localdate()
    horizon = today + dt.timedelta(days=rules.CUSTODY_NOTICE_DAYS - rules.CUSTODY_DAYS)
    latest = timezone.make_aware(dt.datetime.combine(horizon, dt.time.max))
    found = Holding.objects.filter(
        Q(custody=None) | Q(custody__confirmed_at__lte=latest), is_demo=False
    ).exclude(state__in=_ENDED)
    if slugs is not None:
        found = found.filter(organisation__slug__in=slugs)
    rows = [_reminder(each, today) for each in found.select_related("organisation", "custody")]
    return sorted(rows, key=lambda each: (each.due_on, each.organisation, each.holding_id))


def _reminder(holding: Holding, today: dt.date) -> Reminder:
    custody = getattr(holding, "custody", None)
    due_on = _due_on(custody) if custody else today
    return Reminder(
        organisation=holding.organisation.slug,
        organisation_name=holding.organisation.name,
        organisation_name_en=holding.organisation.name_en,
        holding_id=holding.pk,
        kind=HoldingKind(holding.kind),
        platform=holding.platform,
        value=holding.value,
        due_on=due_on,
        is_overdue=due_on < today,
        was_said=custody is not None,
    )


def _due_on(custody: Custody) -> dt.date:
    confirmed = timezone.localtime(custody.confirmed_at).date()
    return confirmed + dt.timedelta(days=rules.CUSTODY_DAYS)


def _row(custody: Custody, names: dict[int, str]) -> CustodyRow:
    posts = [each.removeprefix("role:") for each in custody.holders if each.startswith("role:")]
    return CustodyRow(
        holding_id=custody.holding_id,
        people=tuple((number, names.get(number, "")) for number in _members(custody)),
        roles=tuple(RoleWord(each) for each in posts),
        two_factor=TwoFactor(custody.two_factor),
        confirmed_at=custody.confirmed_at,
        due_on=_due_on(custody),
    )


def _members(custody: Custody) -> list[int]:
    found = (each.removeprefix("person:") for each in custody.holders if "person:" in each)
    return [int(each) for each in found]


def _digest(custody: Custody | None) -> str:
    if custody is None:
        return ""
    return digest({"holders": list(custody.holders), "two_factor": custody.two_factor}).hex()
