"""Who may look after which organisation: the one way from a member to an organisation's register.

A keeper has the organisations that they were appointed to and no others; the desk's register people
have all. Custody is handed out here and nowhere else.
"""

from __future__ import annotations

from soi.people.access import require
from soi.people.rules import may
from soi.people.types import Member, Permission
from soi.register import custody, queries
from soi.register.custody import CustodyRow, Reminder
from soi.register.errors import NotTheirKeeper
from soi.register.models import Keeper
from soi.register.types import OrganisationRow


def is_desk(member: Member) -> bool:
    """Whether somebody is of the desk's register people: their word confirms a holding."""
    return may(member.role, Permission.MANAGE_REGISTER)


def kept_by(member: Member) -> list[str]:
    """The short names of the organisations that somebody keeps by appointment."""
    kept = Keeper.objects.filter(member=member.id, dismissed_at=None)
    return sorted(kept.values_list("organisation__slug", flat=True))


def organisation_for(member: Member, slug: str) -> OrganisationRow:
    """An organisation for somebody who may look after it.

    Raises `OrganisationUnknown`, `NotAllowed` for a role without the register, `NotTheirKeeper`.
    """
    require(member, Permission.KEEP_REGISTER)
    found = queries.known_organisation(slug)
    if not is_desk(member) and slug not in kept_by(member):
        raise NotTheirKeeper(f"Person {member.id} does not keep {slug}.", organisation=slug)
    return found


def custody_for(member: Member, slug: str) -> dict[int, CustodyRow]:
    """Who holds the keys of an organisation's holdings. Raises as `organisation_for`."""
    organisation_for(member, slug)
    return custody.custody_of(slug)


def reminders_for(member: Member) -> list[Reminder]:
    """What somebody is to confirm; for the desk's register people, what is overdue anywhere too."""
    require(member, Permission.KEEP_REGISTER)
    own = custody.reminders(slugs=kept_by(member))
    if not is_desk(member):
        return own
    everywhere = [each for each in custody.reminders() if each.is_overdue]
    known = {(each.organisation, each.holding_id) for each in own}
    return own + [e for e in everywhere if (e.organisation, e.holding_id) not in known]
