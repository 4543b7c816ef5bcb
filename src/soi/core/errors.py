"""The errors that a person meets: a stable code, what happened, and what to do.

The code is shared by the page, the API, the command's exit status and docs/reference/errors.md.
Sentences for the screen are in `soi.answer.complaints`; `str(error)` is English, for logs.
"""

from __future__ import annotations

from typing import ClassVar


class SoiError(Exception):
    """Something a person can act on. Subclasses fix `code` and the HTTP and exit statuses.

    `params` are the figures and names that the sentence needs; they never hold message text.
    """

    code: str
    http_status: ClassVar[int] = 400
    exit_status: ClassVar[int] = 2

    def __init__(self, message: str, **params: str | int) -> None:
        super().__init__(message)
        self.params = params
