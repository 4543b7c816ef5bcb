"""The message that a command is given: on its line, by standard input, or in a file."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from soi.answer.answering import LIMITS
from soi.answer.errors import MessageTooLong, MessageUnreadable
from soi.publishing.errors import FileUnreadable

READ_AT_MOST = 4 * LIMITS.characters
"""Bytes of the longest message: UTF-8 takes at most four a character."""


def message_given(text: str | None, file: Path | None) -> str:
    """The message of TEXT, of standard input for "-", or of a file.

    Raises `click.UsageError` unless one of both is given, and `FileUnreadable`, `MessageTooLong`
    and `MessageUnreadable`.
    """
    if (text is None) == (file is None):
        raise click.UsageError("Give TEXT (or - for standard input), or --file, and not both.")
    if file is not None:
        try:
            with file.open("rb") as stream:
                raw = stream.read(READ_AT_MOST + 1)
        except OSError as error:
            raise FileUnreadable(f"{file}: {error}") from error
    elif text == "-":
        raw = sys.stdin.buffer.read(READ_AT_MOST + 1)
    else:
        # Bytes of the command line that are no UTF-8 arrive as lone surrogates.
        raw = (text or "").encode("utf-8", "surrogateescape")
    if len(raw) > READ_AT_MOST:
        raise MessageTooLong(f"More than {READ_AT_MOST} bytes were given.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MessageUnreadable(f"The message is not UTF-8: {error.reason}") from error
