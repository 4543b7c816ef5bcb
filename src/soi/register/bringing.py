"""Take in an organisation's own file: its keepers declare, retire, warn and hand over by CSV.

In: the records of a CSV file and whose keeper brought it. Out: for each row one of the steps that
the keeper could take by hand, with the same checks, or a refusal; a row that says nothing new does
nothing. A file never makes anything official that a form would not, never changes another
organisation, and a row that fails hinders no other one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import transaction

from soi.core.errors import SoiError
from soi.core.formats import Code, HoldingRecord, HoldingState, Refusal
from soi.core.formats.register_csv import cells_of
from soi.register import lifecycle, rules
from soi.register.actions import locked_organisation
from soi.register.errors import HoldingInvalid, StateRefused
from soi.register.models import Holding


class Done(StrEnum):
    """What a row came to."""

    DECLARED = "declared"
    CHANGED = "changed"
    RETIRED = "retired"
    COMPROMISED = "compromised"
    OFFERED = "offered"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file came to: how many rows of each kind, and what was refused."""

    done: dict[Done, int]
    refusals: tuple[Refusal, ...]


def bring(
    slug: str, items: Iterable[HoldingRecord | Refusal], *, by: str, vouched: bool = False
) -> Brought:
    """Take the steps that the rows ask for; with `vouched` the desk stands for what is new."""
    done = dict.fromkeys(Done, 0)
    refusals: list[Refusal] = []
    for item in items:
        if isinstance(item, Refusal):
            refusals.append(item)
            continue
        try:
            with transaction.atomic():
                done[_row(slug, item, by=by, vouched=vouched)] += 1
        except SoiError as error:
            refusals.append(_refusal(item, error))
    return Brought(done, tuple(refusals))


def _refusal(record: HoldingRecord, error: SoiError) -> Refusal:
    code = str(error.params.get("reason", error.code))
    return Refusal(record.position, code, str(error), record.value[:200])


def _row(slug: str, record: HoldingRecord, *, by: str, vouched: bool) -> Done:
    if record.organisation != slug:
        why = f"The row is of {record.organisation}."
        raise HoldingInvalid(why, reason=Code.ORGANISATION_INVALID.value)
    record = rules.with_known_bank(record)
    known = Holding.objects.filter(
        organisation=locked_organisation(slug),
        kind=record.kind.value,
        platform=record.platform,
        key=rules.key_of(record),
    ).first()
    if known is None or (known.state == HoldingState.RETIRED and not record.valid_to):
        if record.valid_to and not vouched:
            raise StateRefused("That it was theirs can only be entered by the desk.")
        # Days on which it ended, or was verified, are not part of a declaration.
        plain = replace(record, valid_to=None, compromised_from=None, state=None, handed_to="")
        number = lifecycle.propose(slug, cells_of(plain), by=by, vouched=vouched)
        done = _ended(slug, number, record, by=by)
        return Done.DECLARED if done is Done.UNCHANGED else done
    return _known(slug, known, record, by=by)


def _known(slug: str, known: Holding, record: HoldingRecord, *, by: str) -> Done:
    """What a row says of a holding that the register has."""
    if known.state == HoldingState.RETIRED:
        return Done.UNCHANGED
    described = (record.note, record.platform_id or known.platform_id)
    is_described = described != (known.note, known.platform_id)
    if is_described:
        lifecycle.describe(slug, known.pk, note=record.note, platform_id=record.platform_id, by=by)
    done = _ended(slug, known.pk, record, by=by)
    return Done.CHANGED if is_described and done is Done.UNCHANGED else done


def _ended(slug: str, number: int, record: HoldingRecord, *, by: str) -> Done:
    """What a row says of a holding's end: taken by somebody, handed over, or given up."""
    holding = lifecycle.locked(slug, number)
    if record.compromised_from and holding.compromised_from is None:
        lifecycle.report_compromised(slug, number, since=record.compromised_from, by=by)
        return Done.COMPROMISED
    if record.valid_to is None or record.valid_to == holding.valid_to:
        return Done.UNCHANGED
    if record.handed_to:
        lifecycle.offer(slug, number, to=record.handed_to, day=record.valid_to, by=by)
        return Done.OFFERED
    lifecycle.retire(slug, number, day=record.valid_to, by=by)
    return Done.RETIRED
