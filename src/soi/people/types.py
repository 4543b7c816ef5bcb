"""The words of people: roles, permissions, and the member that acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is at the desk. Each has one."""

    CHECKER = "checker"
    """Works on claims and writes checks."""
    EDITOR = "editor"
    """The same, and approves, publishes and corrects what others wrote."""
    KEEPER = "keeper"
    """Keeps an organisation's accounts; takes no part in checks."""
    ADMINISTRATOR = "administrator"
    """The same as an editor, and looks after people and webhooks."""


class Permission(StrEnum):
    """One thing that a role may do. `rules.may` says which role may do which."""

    READ_DESK = "read_desk"
    """Open the queue, claims, tips without their contacts, and captures."""
    TRIAGE = "triage"
    """Take claims, hand them over, group tips, close as not checkable."""
    WRITE_CHECK = "write_check"
    """Word a claim, add evidence, write the draft, recuse."""
    APPROVE = "approve"
    """Approve what somebody else wrote."""
    PUBLISH = "publish"
    """Publish, correct and withdraw what was approved."""
    ANSWER_CHALLENGE = "answer_challenge"
    """Answer a reader's objection in public."""
    ORDER_QUEUE = "order_queue"
    """Change how much each factor counts in the order of the queue."""
    READ_CONTACT = "read_contact"
    """Open what a tip's sender left to be asked back; the journal writes it down."""
    READ_JOURNAL = "read_journal"
    """Read and export the journal."""
    KEEP_REGISTER = "keep_register"
    """Look after an organisation's holdings; for keepers of those that they were appointed to."""
    MANAGE_REGISTER = "manage_register"
    """Enter organisations, appoint their keepers, confirm holdings on the desk's word."""
    IMPORT_CHECKS = "import_checks"
    """Say from which addresses checks of other desks are brought, decide on what waits outside."""
    MANAGE_PEOPLE = "manage_people"
    """Invite people, change their roles, switch them off and on."""
    MANAGE_WEBHOOKS = "manage_webhooks"
    """Enter whose programs are told of what is published."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who is signed in and may act."""

    id: int
    name: str
    role: Role
    language: str

    @property
    def actor(self) -> str:
        """How the journal names them: by number, never by name."""
        return f"person:{self.id}"
