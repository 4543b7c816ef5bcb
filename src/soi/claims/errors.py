"""What can go wrong with claims, for a person."""

from soi.core.errors import SoiError


class UnknownPublisher(SoiError):
    """No publisher is known by that site."""

    code = "publisher_unknown"
    http_status = 404
