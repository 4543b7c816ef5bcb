"""Why the watch does not do what a person asked for."""

from soi.core.errors import SoiError


class LookalikeUnknown(SoiError):
    """No name before the desk has that number."""

    code = "lookalike_unknown"
    http_status = 404


class DecisionRefused(SoiError):
    """The name is not waiting: somebody has decided already. Undo that first."""

    code = "lookalike_decided"
    http_status = 409


class NothingChosen(SoiError):
    """A decision was sent without a name, or without what it is."""

    code = "nothing_chosen"
    http_status = 422


class NothingToUndo(SoiError):
    """Nobody has decided on the name, or it was undone already."""

    code = "lookalike_not_decided"
    http_status = 409


class NameIsOfficial(SoiError):
    """The register says that the name is the organisation's own."""

    code = "lookalike_is_official"
    http_status = 409


class NameInvalid(SoiError):
    """What was typed is no host, no mailbox and no account."""

    code = "name_invalid"
    http_status = 422


class ReasonInvalid(SoiError):
    """A decision needs a reason in words, of at most 500 characters."""

    code = "decision_reason_invalid"
    http_status = 422


class StreamAddressInvalid(SoiError):
    """A stream is followed at an address that begins with `wss://` or `ws://`."""

    code = "stream_address_invalid"
    http_status = 422


class ScamListUnknown(SoiError):
    """No known-scam list has that name."""

    code = "scam_list_unknown"
    http_status = 404


class ScamListInvalid(SoiError):
    """What is said of a list beside its rows can't be kept."""

    code = "scam_list_invalid"
    http_status = 422
