"""Why an incident or a notice is not changed as somebody asked."""

from soi.core.errors import SoiError


class RecoveryCodeMistyped(SoiError):
    """The digits are too few or too many, or one of them is wrong."""

    code = "recovery_code_mistyped"
    http_status = 422


class RecoveryCodeWrong(SoiError):
    """No key of the desk is opened by the code, or the key was withdrawn."""

    code = "recovery_code_wrong"
    http_status = 403


class NoticeUnknown(SoiError):
    """No notice has that number."""

    code = "notice_unknown"
    http_status = 404


class NoticeAltered(SoiError):
    """A notice is not what was signed: its row was changed past the program."""

    code = "notice_altered"
    http_status = 500


class NoticeStateRefused(SoiError):
    """The notice can't go there from where it stands."""

    code = "notice_state_refused"
    http_status = 409


class NoticeInvalid(SoiError):
    """What a notice is to say can't be said."""

    code = "notice_invalid"
    http_status = 422


class IncidentUnknown(SoiError):
    """No incident has that number."""

    code = "incident_unknown"
    http_status = 404


class IncidentInvalid(SoiError):
    """An incident can't be like this, or a step, a note, a reason."""

    code = "incident_invalid"
    http_status = 422


class IncidentKnown(SoiError):
    """An incident of that kind about that is open already."""

    code = "incident_known"
    http_status = 409


class IncidentStateRefused(SoiError):
    """The incident is closed, or its step is not where it would have to be."""

    code = "incident_state_refused"
    http_status = 409


class OnlyForFraud(SoiError):
    """Charter rule C8: nothing is prepared for a platform but about fraud."""

    code = "only_for_fraud"
    http_status = 403


class NotConfirmedYet(SoiError):
    """Nobody of the desk has confirmed what the report would be against."""

    code = "not_confirmed_yet"
    http_status = 409


class BundleTooLarge(SoiError):
    """The captures of an incident are more than a bundle takes."""

    code = "bundle_too_large"
    http_status = 413
