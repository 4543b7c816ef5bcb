"""What can go wrong with claims, for a person."""

from soi.core.errors import SoiError


class UnknownPublisher(SoiError):
    """No publisher is known by that site."""

    code = "publisher_unknown"
    http_status = 404


class PublisherIsOwn(SoiError):
    """The site is the desk's own: what it publishes goes through two people, not through a file."""

    code = "publisher_is_own"
    http_status = 409
