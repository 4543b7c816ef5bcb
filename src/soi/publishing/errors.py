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


class SourceInvalid(SoiError):
    """A source can't be set up like that."""

    code = "source_invalid"
    http_status = 422


class SourceKnown(SoiError):
    """That address is a source already."""

    code = "source_known"
    http_status = 409


class SourceUnknown(SoiError):
    """There is no source with that number."""

    code = "source_unknown"
    http_status = 404


class SourceBusy(SoiError):
    """Somebody is looking at the source at this moment."""

    code = "source_busy"
    http_status = 409
    exit_status = 4


class QuarantinedUnknown(SoiError):
    """There is no such item in the quarantine."""

    code = "quarantined_unknown"
    http_status = 404


class QuarantinedDecided(SoiError):
    """Somebody has decided on the item already."""

    code = "quarantined_decided"
    http_status = 409


class QuarantinedUnreadable(SoiError):
    """What waits can't be let in, as it can't be read as a check."""

    code = "quarantined_unreadable"
    http_status = 409


class StillNotAllowed(SoiError):
    """The publisher of what waits is not on the allow list."""

    code = "publisher_still_not_allowed"
    http_status = 409
