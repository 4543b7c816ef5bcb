"""Why a tip is not taken, or not found, for a person."""

from soi.core.errors import SoiError


class TipUnknown(SoiError):
    """No tip has that number, or that status link."""

    code = "tip_unknown"
    http_status = 404


class TooManyTips(SoiError):
    """One source has sent as much as one source may; `seconds` says when to come back."""

    code = "tips_limited"
    http_status = 429
    exit_status = 4


class QueueFull(SoiError):
    """The desk holds as many waiting tips as it may. None is removed to make room."""

    code = "tips_full"
    http_status = 503
    exit_status = 4


class SentFromElsewhere(SoiError):
    """Another site's page made the reader's browser send the tip."""

    code = "sent_from_elsewhere"
    http_status = 403


class KeyInvalid(SoiError):
    """The idempotency key is too short to be nobody else's, too long, or no plain text."""

    code = "idempotency_key_invalid"
    http_status = 422


class KeyReused(SoiError):
    """The idempotency key stands for another message."""

    code = "idempotency_key_reused"
    http_status = 422


class ContactInvalid(SoiError):
    """The contact is too long for one, or holds nothing that can be read."""

    code = "contact_invalid"
    http_status = 422


class ContactUnreadable(SoiError):
    """A contact was sealed with another secret, or its bytes were changed."""

    code = "contact_unreadable"
    http_status = 500


class StateRefused(SoiError):
    """A tip can't go from where it stands to there."""

    code = "tip_state_refused"
    http_status = 409


class LinkInvalid(SoiError):
    """What a tip is to be answered with is no web address."""

    code = "tip_link_invalid"
    http_status = 422


class FormUnknown(SoiError):
    """There are no such forms of wording, or they do not stand where this could be done to them."""

    code = "form_unknown"
    http_status = 404


class MoveUnknown(SoiError):
    """There is no such move of forms, or it was taken back already."""

    code = "move_unknown"
    http_status = 404


class SuggestionUnknown(SoiError):
    """There is no such suggestion, or what it named is gone."""

    code = "suggestion_unknown"
    http_status = 404
