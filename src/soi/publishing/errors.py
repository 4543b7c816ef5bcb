"""What can go wrong with imports and exports, for a person."""

from soi.core.errors import SoiError


class FileUnreadable(SoiError):
    """The file can't be opened or read."""

    code = "file_unreadable"


class FileUnwritable(SoiError):
    """The file can't be made or replaced; room is not what is missing."""

    code = "file_unwritable"


class PageFailed(SoiError):
    """A page of the site can't be made."""

    code = "page_failed"
    http_status = 500


class RunUnknown(SoiError):
    """There is no import run with that number."""

    code = "run_unknown"
    http_status = 404
