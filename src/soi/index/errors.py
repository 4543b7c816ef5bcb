"""What can go wrong with the index, for a person."""

from soi.core.errors import SoiError


class IndexBusy(SoiError):
    """Another process is writing the index; what was asked can be asked again shortly."""

    code = "index_busy"
    http_status = 503
    exit_status = 4
