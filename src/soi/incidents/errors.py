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
