"""Keep what somebody has typed and not saved, so that no text is lost (autosave).

Seen by nobody else, and no part of the check: it has no revision and no event in the journal.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils import timezone

from soi.checking.access import claim_for
from soi.checking.errors import FieldInvalid
from soi.checking.models import Claim, Scratch
from soi.core.text import clean
from soi.people.types import Member, Permission

FIELDS: Final = 60
CHARACTERS: Final = 200_000
"""Of all fields together."""

_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,59}")


@dataclass(frozen=True, slots=True)
class ScratchRow:
    """What was typed, over which version of the draft, and when it was kept."""

    version: int
    fields: dict[str, object]
    at: dt.datetime


def keep_scratch(claim_id: int, *, version: int, fields: Mapping[str, object], by: Member) -> None:
    """Keep the fields of a form as they are typed, beside those kept before.

    A field is text, a list of words, yes, no or nothing; its name may be any of a form's. Raises
    `FieldInvalid`, `ClaimUnknown`, `Recused` and `NotAllowed`.
    """
    claim_for(by, claim_id, to=Permission.WRITE_CHECK)
    keep(claim_id, version=version, fields=fields, by=by)


@transaction.atomic
def drop_scratch(claim_id: int, *, by: Member) -> None:
    """Forget what somebody has typed on a claim and not saved."""
    claim_for(by, claim_id, to=Permission.READ_DESK)
    Scratch.objects.filter(claim=claim_id, by=by.id).delete()


def scratch_of(claim_id: int, member: Member) -> ScratchRow | None:
    """What somebody has typed on a claim and not saved."""
    found = Scratch.objects.filter(claim=claim_id, by=member.id).first()
    return ScratchRow(found.version, found.fields, found.at) if found else None


@transaction.atomic
def keep(claim_id: int, *, version: int, fields: Mapping[str, object], by: Member) -> None:
    """`keep_scratch` for those who have asked already whether they may."""
    if not 0 <= version < 2**31:
        raise FieldInvalid("There is no such version.", field="version")
    read = {_name(name): _plain(name, value) for name, value in fields.items()}
    # Two tabs of one person: the claim's row lets one of them wait.
    Claim.objects.select_for_update().get(pk=claim_id)
    known = Scratch.objects.filter(claim=claim_id, by=by.id).first()
    found = known or Scratch(claim_id=claim_id, by_id=by.id, fields={})
    found.version, found.at = version, timezone.now()
    found.fields = found.fields | read
    if len(found.fields) > FIELDS or _length(found.fields) > CHARACTERS:
        raise FieldInvalid(
            f"More than {CHARACTERS} characters are not kept.", field="scratch", limit=CHARACTERS
        )
    found.save()


def keep_refused(claim_id: int, *, version: int, fields: Mapping[str, object], by: Member) -> None:
    """Keep what could not be saved. Where there is no room left, the error still holds it."""
    with contextlib.suppress(FieldInvalid):
        keep(claim_id, version=version, fields=fields, by=by)


def forget(claim_id: int, names: Collection[str], *, by: Member) -> None:
    """Forget those fields, which have been saved."""
    found = Scratch.objects.filter(claim=claim_id, by=by.id).first()
    if found is None:
        return
    found.fields = {name: value for name, value in found.fields.items() if name not in names}
    if found.fields:
        found.save(update_fields=["fields"])
    else:
        found.delete()


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise FieldInvalid("There is no such field.", field="scratch")
    return name


def _plain(name: str, value: object) -> object:
    """A value as JSON keeps it."""
    if isinstance(value, str):
        if len(value) > CHARACTERS:
            raise FieldInvalid("The text is too long.", field=name, limit=CHARACTERS)
        return clean(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(name, each) for each in value[:FIELDS]]
    raise FieldInvalid("The field holds no text.", field=name)


def _length(fields: Mapping[str, object]) -> int:
    return sum(len(str(value)) for value in fields.values())
