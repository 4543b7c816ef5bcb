"""What the ledger raises: one error for what was handed in, one for the desk's own log."""

from __future__ import annotations

from soi.core.errors import SoiError
from soi.core.ledger.codes import Code


class LedgerError(SoiError):
    """A leaf, key, note, checkpoint or proof that is refused.

    `code` is one of `Code` and stable, `message` says in English what was found, and `index` is the
    number of the leaf that it is about (from 0), None where there is none.
    """

    code: Code

    def __init__(self, code: Code, message: str, index: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.index = index


class LogFault(LedgerError):
    """The desk's own log can't be read or written as it stands; nothing was changed."""

    http_status = 503
    exit_status = 4
