"""Ask the witnesses of the public log over the network, each after every new checkpoint.

In: the witnesses that the settings name with an address. Out: their cosignatures, verified and
kept, and what each of them came to. A witness that does not answer is asked again, later each time.
One that knows a larger log, or another one, is never believed and never silenced: it is kept,
logged and shown, because either the log was rolled back or two histories of it exist.

The protocol is C2SP tlog-witness (`soi.core.ledger.witnesses`); nothing is remembered elsewhere
(ADR 0008): the row of a witness and the newest checkpoint say whether it is to be asked.
"""

from __future__ import annotations

import datetime as dt
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from soi.captures.errors import FetchFailed
from soi.captures.posting import Posted, post
from soi.core.ledger import (
    LedgerError,
    LogReader,
    SignedCheckpoint,
    VerifierKey,
    WitnessAtOtherSize,
    read_reply,
    submission,
)
from soi.core.ledger.checkpoints import cosigned_at
from soi.core.ledger.codes import Code
from soi.core.ledger.notes import LARGEST_NOTE, Signature
from soi.publishing.log.actions import opened
from soi.publishing.log.witnesses import Witness, keys_of_witnesses, witnesses
from soi.publishing.models import LogWitness

CLOCK: Final = dt.timedelta(hours=1)
"""How far the clock of a witness may be from the desk's."""
FIRST_PAUSE: Final = dt.timedelta(seconds=10)
LONGEST_PAUSE: Final = dt.timedelta(hours=1)
_TRIES: Final = 2
"""A witness says once which size it knows; the second request starts there."""

Ask = Callable[[str, bytes], Posted]
log = logging.getLogger(__name__)


def ask(url: str, body: bytes) -> Posted:
    """Send a request to a witness. Raises `FetchFailed`."""
    return post(f"{url.rstrip('/')}/add-checkpoint", body, limit=LARGEST_NOTE)


@dataclass(frozen=True, slots=True)
class Submitted:
    """What one witness came to: the size that it signed, or the code of what kept it from that."""

    name: str
    size: int | None
    problem: str = ""


def is_something_due() -> bool:
    """Whether a witness is to be asked now. Raises `LogKeyMissing`, `LedgerError`."""
    return bool(witnesses()) and bool(_due())


def submit_due(*, send: Ask | None = None) -> list[Submitted]:
    """Ask each witness whose time has come, once."""
    return [_submit(witness, send or ask) for witness in _due()]


def submit(*, name: str = "", send: Ask | None = None) -> list[Submitted]:
    """Ask every witness that has an address, or the one of that name, due or not."""
    wanted = [each for each in witnesses() if each.url and name in ("", each.key.name)]
    return [_submit(witness, send or ask) for witness in wanted]


def _due() -> list[Witness]:
    with_address = [each for each in witnesses() if each.url]
    if not with_address:
        return []
    rows = {row.key: row for row in LogWitness.objects.all()}
    tree, now = opened().checkpoint().tree, timezone.now()
    return [
        each
        for each in with_address
        if tree.size and _is_due(rows.get(str(each.key)), tree.root.hex(), now)
    ]


def _is_due(row: LogWitness | None, root: str, now: dt.datetime) -> bool:
    return row is None or (row.root != root and row.due_at <= now)


def _submit(witness: Witness, send: Ask) -> Submitted:
    row, _ = LogWitness.objects.get_or_create(
        key=str(witness.key), defaults={"due_at": timezone.now()}
    )
    signed, reader = _standing()
    try:
        at = _cosigned(witness, signed, reader, row.size, send)
    except (FetchFailed, LedgerError) as error:
        return _put_off(row, witness.key, str(error.code))
    row.size, row.root, row.signed_at = signed.tree.size, signed.tree.root.hex(), at
    row.failures, row.failure, row.due_at = 0, "", timezone.now()
    row.save()
    return Submitted(witness.key.name, signed.tree.size)


def _standing() -> tuple[SignedCheckpoint, LogReader]:
    """The newest checkpoint and a reader of that very tree; the log may grow at any moment."""
    while True:
        signed, reader = opened().checkpoint(), opened().reader()
        if reader.tree == signed.tree:
            return signed, reader


def _cosigned(
    witness: Witness, signed: SignedCheckpoint, reader: LogReader, known: int, send: Ask
) -> dt.datetime:
    """Get the witness's cosignature of a checkpoint, keep it, and say when it was made."""
    old = known if known <= signed.tree.size else 0
    for _ in range(_TRIES):
        proof = reader.consistency_proof(reader.tree_of(old)) if old else ()
        posted = send(witness.url, submission(old, proof, signed.note))
        if posted.status == 422:  # a true proof that fits not: it has signed another history
            raise LedgerError(Code.WITNESS_CONFLICT, "the witness has seen another history")
        try:
            signatures = read_reply(posted.status, posted.content, signed.note, [witness.key])
        except WitnessAtOtherSize as other:
            if other.size > signed.tree.size:
                raise LedgerError(
                    Code.WITNESS_AHEAD,
                    f"the witness knows {other.size} leaves, the log has {signed.tree.size}",
                ) from other
            if other.size == old:
                raise LedgerError(
                    Code.WITNESS_CONFLICT, "the witness knows another root"
                ) from other
            old = other.size
            continue
        at = dt.datetime.fromtimestamp(cosigned_at(signatures[0]), dt.UTC)
        if abs(at - timezone.now()) > CLOCK:
            raise LedgerError(Code.WITNESS_CLOCK, f"the witness signed at {at.isoformat()}")
        _keep(signed, signatures)
        return at
    raise LedgerError(Code.WITNESS_REFUSED, "the witness names one size after the other")


def _keep(signed: SignedCheckpoint, signatures: Sequence[Signature]) -> None:
    """Put the cosignature under the checkpoint, unless the log has grown meanwhile."""
    newest = opened()
    if newest.checkpoint().tree == signed.tree:
        try:
            newest.add_cosignatures(signatures, keys_of_witnesses())
        except LedgerError as error:
            if error.code != Code.SIGNATURE_WRONG:
                raise  # else it grew at this very moment: the next checkpoint is asked for anew


def _put_off(row: LogWitness, key: VerifierKey, code: str) -> Submitted:
    row.failures += 1
    row.failure = code[:50]
    row.due_at = timezone.now() + pause(row.failures, chance=random.random())  # noqa: S311
    row.save()
    is_alarm = code in (Code.WITNESS_AHEAD, Code.WITNESS_CONFLICT)
    level = logging.ERROR if is_alarm else logging.WARNING
    log.log(level, "witness %s did not sign: %s", key.name, code)
    return Submitted(key.name, None, code)


def pause(failures: int, *, chance: float) -> dt.timedelta:
    """How long to wait after so many failures; `chance`, from 0 to 1, spreads many desks."""
    doubled: dt.timedelta = FIRST_PAUSE * 2 ** min(failures - 1, 12)
    return min(doubled, LONGEST_PAUSE) * (0.5 + chance)
