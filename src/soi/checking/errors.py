"""What can go wrong in the desk's work, for a person."""

from __future__ import annotations

from dataclasses import dataclass

from soi.core.errors import SoiError


class ClaimUnknown(SoiError):
    """No claim has that number."""

    code = "claim_unknown"
    http_status = 404


class ClaimStateRefused(SoiError):
    """The claim does not stand where this could be done to it."""

    code = "claim_state_refused"
    http_status = 409


class ClaimTaken(SoiError):
    """Somebody else is working on the claim."""

    code = "claim_taken"
    http_status = 409


class FieldInvalid(SoiError):
    """A field is too long, empty where it may not be, or holds no known word."""

    code = "field_invalid"
    http_status = 422

    def __init__(self, message: str, *, field: str, limit: int = 0) -> None:
        super().__init__(message, field=field, limit=limit)
        self.field = field
        """The name of the field."""
        self.limit = limit
        """Characters that it may hold, 0 when it is not its length."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that two people have changed since both read it."""

    field: str
    theirs: object
    """What it says now."""
    yours: object
    """What was to be saved."""


class DraftStale(SoiError):
    """Somebody changed the same field since it was read; both wordings are kept."""

    code = "draft_stale"
    http_status = 409

    def __init__(
        self, message: str, *, conflicts: tuple[Conflict, ...], version: int, by: int
    ) -> None:
        super().__init__(message, version=version)
        self.conflicts = conflicts
        self.version = version
        """The version that the draft has now."""
        self.by = by
        """Who changed it last."""


class EvidenceUnknown(SoiError):
    """The draft has no such piece of evidence."""

    code = "evidence_unknown"
    http_status = 404


class TooMuchEvidence(SoiError):
    """The check has as many sources as a check may have."""

    code = "evidence_limited"
    http_status = 422


class GatesOpen(SoiError):
    """The charter's gates are not all met."""

    code = "gates_open"
    http_status = 409

    def __init__(self, message: str, *, gates: tuple[str, ...]) -> None:
        super().__init__(message, gates=", ".join(gates))
        self.gates = gates
        """The gates that are open."""


class StaleDigest(SoiError):
    """What was to be approved or published is not what the draft says."""

    code = "digest_stale"
    http_status = 409


class SamePerson(SoiError):
    """The author and the last editor may not approve (charter rule C3)."""

    code = "same_person"
    http_status = 403


class Recused(SoiError):
    """Whoever has recused from a claim leaves it to others (charter rule C3)."""

    code = "recused"
    http_status = 403


class EditionUnknown(SoiError):
    """The check has no such edition."""

    code = "edition_unknown"
    http_status = 404


class VersionUnknown(SoiError):
    """The draft has no such version."""

    code = "version_unknown"
    http_status = 404


class ChallengeUnknown(SoiError):
    """There is no such challenge, or it is not shown."""

    code = "challenge_unknown"
    http_status = 404


class ChallengeDecided(SoiError):
    """A decided challenge keeps its answer."""

    code = "challenge_decided"
    http_status = 409


class ChallengeNotMet(SoiError):
    """A challenge is upheld once the check was corrected or withdrawn, not before."""

    code = "challenge_not_met"
    http_status = 409


class ChallengesLimited(SoiError):
    """So many challenges of a check wait for an answer that no more are taken for now."""

    code = "challenges_limited"
    http_status = 503
    exit_status = 4
