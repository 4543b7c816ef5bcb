"""Why a request gets no answer before its message is even looked at."""

from soi.core.errors import SoiError


class RequestInvalid(SoiError):
    """The body is JSON, but not what the schema says."""

    code = "request_invalid"
    http_status = 422


class RequestUnreadable(SoiError):
    """The body is not JSON."""

    code = "request_unreadable"


class AddressUnknown(SoiError):
    """Nothing stands at that address of the API."""

    code = "address_unknown"
    http_status = 404


class MethodNotAllowed(SoiError):
    """The address takes another method."""

    code = "method_not_allowed"
    http_status = 405

    def __init__(self, message: str, *, allowed: str = "POST") -> None:
        super().__init__(message, allowed=allowed)


class CursorInvalid(SoiError):
    """A cursor is none of ours, or was given for another list or other filters."""

    code = "cursor_invalid"
    http_status = 422


class CheckUnknown(SoiError):
    """No check has that number."""

    code = "check_unknown"
    http_status = 404
