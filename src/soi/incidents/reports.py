"""What a platform is told of an incident, as values for a page (charter rule C8: of fraud alone).

In: an incident that may be reported. Out: who asks, for which official accounts and by which
proofs, against what, since when, and the hashes of the evidence. It says what an account does, and
nothing of whoever runs it.
"""

from __future__ import annotations

from dataclasses import dataclass

from soi.captures.types import Capture, CaptureState
from soi.incidents import following, handling
from soi.incidents.evidence import bundle_of, official_holdings
from soi.incidents.types import PUBLIC, Form, IncidentRow, NoticeRow, PreparedRow
from soi.register import keeping
from soi.register.keeping import ProofRow
from soi.register.types import HoldingRow, OrganisationRow
from soi.watch.queries import sightings_of
from soi.watch.types import LookalikeRow


@dataclass(frozen=True, slots=True)
class PlatformReport:
    """Everything that the printed page says."""

    made: PreparedRow
    incident: IncidentRow
    organisation: OrganisationRow
    official: tuple[tuple[HoldingRow, tuple[ProofRow, ...]], ...]
    """The official holdings concerned, each with the proofs that count."""
    lookalike: LookalikeRow | None
    sightings: int
    captures: tuple[Capture, ...]
    """What was captured; what failed shows nothing."""
    notices: tuple[NoticeRow, ...]


def prepare_report(number: int, *, by: str) -> PreparedRow:
    """Prepare the report of an incident: from now on its page can be opened and printed.

    It names the bundle of the same moment by its hash. Raises as `evidence.bundle_of`.
    """
    return handling.note_prepared(number, Form.REPORT, bundle_of(number).digest, by=by)


def report_of(row: IncidentRow, organisation: OrganisationRow, made: int) -> PlatformReport:
    """A report that was prepared. Raises `IncidentUnknown`, `OnlyForFraud`, `NotConfirmedYet`."""
    held, lookalike = handling.check_may_prepare(row)
    prepared = following.prepared_with_id(row.id, made, Form.REPORT)
    proofs = keeping.proofs_of(row.organisation)
    captures = following.captures_of(row.id)
    seen = sightings_of(row.lookalike_id) if row.lookalike_id else ()
    return PlatformReport(
        made=prepared,
        incident=row,
        organisation=organisation,
        official=tuple(
            (each, tuple(proof for proof in proofs.get(each.id, []) if proof.counts))
            for each in official_holdings(row, held)
        ),
        lookalike=lookalike,
        sightings=len(seen),
        captures=tuple(each for each in captures if each.state is CaptureState.CAPTURED),
        notices=tuple(each for each in following.notices_in(row) if each.state in PUBLIC),
    )
