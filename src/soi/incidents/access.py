"""Who may open which incident: the one way from a member to incidents.

A keeper has the incidents of the organisations that they keep and no others; the desk's register
people have all.
"""

from __future__ import annotations

from soi.core.rows import Rows
from soi.incidents import following
from soi.incidents.following import Asked
from soi.incidents.types import IncidentRow
from soi.people.access import require
from soi.people.types import Member, Permission
from soi.register import access as register
from soi.register.types import OrganisationRow


def incident_for(member: Member, number: int) -> tuple[IncidentRow, OrganisationRow]:
    """An incident for somebody who may look after it, with its organisation.

    Raises `IncidentUnknown`, `NotAllowed` for a role without the register, `NotTheirKeeper`.
    """
    require(member, Permission.KEEP_REGISTER)
    row = following.incident_with_id(number)
    return row, register.organisation_for(member, row.organisation)


def incidents_for(member: Member, asked: Asked) -> Rows[IncidentRow]:
    """The incidents that somebody may look after. Raises `NotAllowed`."""
    require(member, Permission.KEEP_REGISTER)
    kept = None if register.is_desk(member) else register.kept_by(member)
    return following.incidents(asked, organisations=kept)
