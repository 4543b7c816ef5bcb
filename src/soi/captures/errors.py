"""What can go wrong with captures, for a person."""

from soi.captures.problems import Problem
from soi.core.errors import SoiError


class CaptureUnknown(SoiError):
    """No capture has that number."""

    code = "capture_unknown"
    http_status = 404


class AddressInvalid(SoiError):
    """What is to be captured is no address of the public web."""

    code = "capture_url_invalid"
    http_status = 422


class FileMissing(SoiError):
    """A file of a capture is not in the folder, though the database says that it was kept."""

    code = "capture_file_missing"
    http_status = 500
    exit_status = 4


class FileAltered(SoiError):
    """A file of a capture no longer has the hash under which it was kept."""

    code = "capture_file_altered"
    http_status = 500
    exit_status = 4


class FetchFailed(SoiError):
    """Nothing was fetched; the code is `problem`'s."""

    http_status = 502

    def __init__(self, problem: Problem, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.problem = problem
        self.code = problem.value
        self.status = status
        """What the server answered, None when it did not come to that."""


class FileEmpty(SoiError):
    """The file that somebody brought holds no byte."""

    code = "capture_file_empty"
    http_status = 422


class FileTooLarge(SoiError):
    """The file that somebody brought is larger than is taken."""

    code = "capture_file_too_large"
    http_status = 413


class FileKindRefused(SoiError):
    """The file that somebody brought is no page, PDF, text or picture, whatever it is called."""

    code = "capture_file_kind_refused"
    http_status = 415


class FileUnreadable(SoiError):
    """The file is broken, wants a password, or would take too much time or memory to read."""

    code = "capture_file_unreadable"
    http_status = 422


class CaptureStateRefused(SoiError):
    """That can't be done with a capture in its state."""

    code = "capture_state_refused"
    http_status = 409


class TimestampFailed(SoiError):
    """No timestamp came, or it does not hold against the roots that the desk trusts."""

    code = "timestamp_failed"
    http_status = 502
    exit_status = 4


class ScreenshotUnavailable(SoiError):
    """The machine has no Chromium, or the desk lacks the package that drives it."""

    code = "screenshot_unavailable"
    http_status = 501


class ScreenshotFailed(SoiError):
    """No picture of a page could be taken; the capture is whole without it."""

    code = "screenshot_failed"
    http_status = 502
    exit_status = 4
