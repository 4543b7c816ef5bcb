"""What can go wrong with the register, for a person."""

from soi.core.errors import SoiError


class OrganisationUnknown(SoiError):
    """No organisation has that short name."""

    code = "organisation_unknown"
    http_status = 404


class HoldingUnknown(SoiError):
    """No holding of that organisation has that number."""

    code = "holding_unknown"
    http_status = 404


class OrganisationTaken(SoiError):
    """An organisation has that short name already."""

    code = "organisation_taken"
    http_status = 409


class HoldingKnown(SoiError):
    """The organisation has that holding already."""

    code = "holding_known"
    http_status = 409


class HoldingElsewhere(SoiError):
    """Another organisation's holding is confirmed under the same name."""

    code = "holding_elsewhere"
    http_status = 409


class HoldingInvalid(SoiError):
    """What was said of a holding can't be kept; `reason` is a `Code` of the readers, or a word."""

    code = "holding_invalid"
    http_status = 422


class StateRefused(SoiError):
    """The holding can't go there from where it stands."""

    code = "holding_state_refused"
    http_status = 409


class NotTheirKeeper(SoiError):
    """The member keeps another organisation, or none."""

    code = "not_their_keeper"
    http_status = 403


class HandoverUnknown(SoiError):
    """There is no open handover with that number."""

    code = "handover_unknown"
    http_status = 404


class ProofUnknown(SoiError):
    """The organisation has no proof of that number."""

    code = "proof_unknown"
    http_status = 404
