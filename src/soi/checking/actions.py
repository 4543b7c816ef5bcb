"""All writes of the desk's own work, in one place to import from.

Each is keyword-only but for what it is about, atomic, and leaves its events in the journal. `by` is
the signed-in member; whether they may is decided in `soi.checking.access`.
"""

from soi.checking.approving import approve, publish, take_back_approval
from soi.checking.challenging import answer_challenge, send_challenge
from soi.checking.drafting import restore_version, save_draft, take_in_captures
from soi.checking.evidence import (
    add_evidence,
    change_evidence,
    check_can_cite,
    move_evidence,
    remove_evidence,
)
from soi.checking.handing import hand_out_again
from soi.checking.reminding import set_reminder, watch_sources
from soi.checking.removing import remove_demo_claims
from soi.checking.scratch import drop_scratch, keep_scratch
from soi.checking.triage import (
    Asked,
    add_note,
    close_claim,
    give_back,
    hand_over,
    merge,
    note_asked,
    open_claim,
    recuse,
    reopen,
    set_harm,
    set_weights,
    take,
    unmerge,
)

__all__ = [
    "Asked",
    "add_evidence",
    "add_note",
    "answer_challenge",
    "approve",
    "change_evidence",
    "check_can_cite",
    "close_claim",
    "drop_scratch",
    "give_back",
    "hand_out_again",
    "hand_over",
    "keep_scratch",
    "merge",
    "move_evidence",
    "note_asked",
    "open_claim",
    "publish",
    "recuse",
    "remove_demo_claims",
    "remove_evidence",
    "reopen",
    "restore_version",
    "save_draft",
    "send_challenge",
    "set_harm",
    "set_reminder",
    "set_weights",
    "take",
    "take_back_approval",
    "take_in_captures",
    "unmerge",
    "watch_sources",
]
