"""What can go wrong between a desk and the server of its index, as errors of an engine.

In: failures of the network, of the server and of its client. Out: `EngineError`s with the codes
that every engine shares, or `Refused` for the engine to find the reason of. Nothing else of the
client's own errors gets out.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from qdrant_client.common.client_exceptions import ResourceExhaustedResponse
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from soi.index.engine.errors import (
    EngineError,
    IndexDiskFull,
    IndexForbidden,
    IndexUnreachable,
)

_NOT_ALLOWED = frozenset({401, 403})
_NOT_NOW = frozenset({408, 429, 502, 503, 504})
_NOT_SO = frozenset({400, 404, 409, 422})
_NO_ROOM = "No space left"


class Refused(Exception):
    """The server lacks what was asked for, or holds something else by that name."""


@contextmanager
def server_errors() -> Iterator[None]:
    """Turn failures of the server and its client inside the block into `EngineError`s."""
    try:
        yield
    except EngineError:
        raise
    except ResponseHandlingException as error:
        raise _of_transport(error.source) from error
    except ResourceExhaustedResponse as error:
        raise IndexUnreachable(f"the index server takes no more requests now: {error}") from error
    except UnexpectedResponse as error:
        raise _of_status(error) from error
    except ValueError as error:
        # The client refuses so what it can tell by itself, and its local mode everything.
        raise Refused(str(error)) from error


def _of_transport(source: Exception) -> EngineError:
    """An answer that could not be read, or none: the client tells no third."""
    if isinstance(source, ValidationError):
        return EngineError(f"what answers is no index server: {source!r}"[:500])
    return IndexUnreachable(f"the index server does not answer: {source!r}")


def _of_status(error: UnexpectedResponse) -> Exception:
    message = str(error)
    if _NO_ROOM.encode() in error.content:
        return IndexDiskFull(message)
    if error.status_code in _NOT_ALLOWED:
        return IndexForbidden(message)
    if error.status_code in _NOT_NOW:
        return IndexUnreachable(message)
    if error.status_code in _NOT_SO:
        return Refused(message)
    return EngineError(message)
