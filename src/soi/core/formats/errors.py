"""The one error that a reader raises: the file as a whole cannot be read on."""

from __future__ import annotations

from soi.core.errors import SoiError
from soi.core.formats.codes import Code


class FormatError(SoiError):
    """The file is not what it should be, or ends in the middle.

    `code` is one of `Code` and stable, `message` says in English what was found, and `position`
    is the number of the record at which reading stopped (from 0), None before the first. A single
    bad record never raises this: it becomes a `Refusal`.
    """

    def __init__(self, code: Code, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.position = position
