"""Why nothing was captured, as stable codes.

Those that begin with `fetch_` say why nothing came; those with `page_` that what came is no source.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Problem(StrEnum):
    """One reason. The sentences are in `soi.answer.complaints`."""

    URL_INVALID = "fetch_url_invalid"
    PORT_REFUSED = "fetch_port_refused"
    ADDRESS_REFUSED = "fetch_address_refused"
    HOST_UNKNOWN = "fetch_host_unknown"
    HOST_UNRESOLVED = "fetch_host_unresolved"
    UNREACHABLE = "fetch_unreachable"
    TLS_FAILED = "fetch_tls_failed"
    TOO_SLOW = "fetch_too_slow"
    TOO_LARGE = "fetch_too_large"
    TOO_MANY_REDIRECTS = "fetch_too_many_redirects"
    REPLY_BROKEN = "fetch_reply_broken"
    ENCODING_REFUSED = "fetch_encoding_refused"
    TYPE_REFUSED = "fetch_type_refused"
    NOT_FOUND = "fetch_not_found"
    FORBIDDEN = "fetch_forbidden"
    BUSY = "fetch_busy"
    SERVER_FAILED = "fetch_server_failed"
    STATUS_REFUSED = "fetch_status_refused"
    REDIRECTED_ELSEWHERE = "fetch_redirected_elsewhere"

    EMPTY = "page_empty"
    SIGN_IN = "page_sign_in"
    GONE = "page_gone"
    CONSENT = "page_consent"
    CHALLENGE = "page_challenge"
    UNREADABLE = "page_unreadable"
    LOCKED = "page_locked"

    INTERRUPTED = "fetch_interrupted"


PASSING: Final = frozenset(
    {
        Problem.HOST_UNRESOLVED,
        Problem.UNREACHABLE,
        Problem.TOO_SLOW,
        Problem.REPLY_BROKEN,
        Problem.BUSY,
        Problem.SERVER_FAILED,
    }
)
"""What may be over in an hour: worth another try."""


def problem_of_status(status: int) -> Problem | None:
    """Why an HTTP status is no success, None for one that is (RFC 9110, section 15)."""
    if status in (200, 203):
        return None
    if status in (404, 410):
        return Problem.NOT_FOUND
    if status in (401, 402, 403, 407, 451):
        return Problem.FORBIDDEN
    if status in (429, 503):
        return Problem.BUSY
    return Problem.SERVER_FAILED if 500 <= status <= 599 else Problem.STATUS_REFUSED
