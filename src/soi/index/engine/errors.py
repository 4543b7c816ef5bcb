"""What can go wrong with an engine, each with a code that stays the same.

In: failures of the operating system and of the search library. Out: `EngineError`s whose `code`
callers, the API and the docs share. An engine never shows a caller a bare `OSError`.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

from soi.core.errors import SoiError

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# tantivy wraps the operating system's errors in a ValueError; this is how Rust prints them.
_RUST_OS_ERROR = re.compile(r"\(os error (\d+)\)|\bcode: (\d+)\b")


class EngineError(SoiError):
    """Any failure of an engine; `code` is stable."""

    code = "index_failed"
    http_status = 503
    exit_status = 4


class IndexBusy(EngineError):
    """Another writer held the index for longer than the caller would wait; try again later."""

    code = "index_busy"


class IndexDamaged(EngineError):
    """The files are torn, foreign, or made with another recipe; `rebuild` mends it."""

    code = "index_damaged"


class IndexDiskFull(EngineError):
    """No room for the write. What was there before can still be read."""

    code = "disk_full"
    http_status = 507


class IndexForbidden(EngineError):
    """This user may not read or write the index: its directory, or its server's key is wrong."""

    code = "index_forbidden"


class IndexUnreachable(EngineError):
    """The server of the index does not answer, or not in time; try again later."""

    code = "index_unreachable"


class EntryRejected(EngineError, ValueError):
    """An id or a vector that no engine takes; nothing of the batch was written."""

    code = "index_entry_rejected"


def _of_errno(number: int | None, message: str) -> EngineError | None:
    if number in _NO_ROOM:
        return IndexDiskFull(message)
    if number in _NOT_ALLOWED:
        return IndexForbidden(message)
    return None


def _of_library(error: BaseException) -> EngineError | None:
    """The engine's error for one of tantivy's, None when it is not tantivy's.

    A panic in Rust arrives as a `BaseException` of a class that cannot be imported.
    """
    if not isinstance(error, ValueError) and type(error).__name__ != "PanicException":
        return None
    message = str(error)
    found = _RUST_OS_ERROR.search(message)
    number = int(found[1] or found[2]) if found else None
    return _of_errno(number, message) or IndexDamaged(message)


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn failures of the disk and of tantivy inside the block into `EngineError`s."""
    try:
        yield
    except EngineError:
        raise
    except OSError as error:
        raise _of_errno(error.errno, str(error)) or EngineError(str(error)) from error
    except BaseException as error:
        translated = _of_library(error)
        if translated is None:
            raise
        raise translated from error
