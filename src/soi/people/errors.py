"""What can go wrong with people, for a person."""

from soi.core.errors import SoiError


class NotAllowed(SoiError):
    """The member's role does not include this."""

    code = "not_allowed"
    http_status = 403


class PersonUnknown(SoiError):
    """Nobody has that number, or that address."""

    code = "person_unknown"
    http_status = 404


class InvitationUnknown(SoiError):
    """The link is wrong, or the invitation was used, withdrawn or is too old."""

    code = "invitation_unknown"
    http_status = 404


class ResetLinkUnknown(SoiError):
    """The link for a new password is wrong, was used, or is too old."""

    code = "reset_link_unknown"
    http_status = 404


class LastAdministrator(SoiError):
    """Nobody would be left to look after people."""

    code = "last_administrator"
    http_status = 409


class EmailTaken(SoiError):
    """Somebody at the desk has that address already."""

    code = "email_taken"
    http_status = 409


class PersonInvalid(SoiError):
    """A name, an address or a language can't be one."""

    code = "person_invalid"
    http_status = 422


class SecondFactorUnreadable(SoiError):
    """A code's secret was sealed with another secret key of the desk, or its bytes were changed."""

    code = "second_factor_unreadable"
    http_status = 500


class FormStale(SoiError):
    """A form was sent from a page that is too old, or from another site."""

    code = "form_stale"
    http_status = 403
