"""Read settings from the environment, loudly.

Every setting is declared once by one of the readers below. A reader refuses a value that it cannot
read and names the variable, what it found and what it wanted; nothing falls back in silence.
`NAME_FILE` may hold the path of a file with the value, so that secrets need not be in the
environment. `DECLARED` lists what was declared, and a test holds docs/reference/settings.md to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from django.core.exceptions import ImproperlyConfigured

Value = TypeVar("Value")

DECLARED: dict[str, str] = {}
"""Name of each setting declared so far, with its default as a person would read it."""


def _raw(name: str) -> str | None:
    direct, path = os.environ.get(name), os.environ.get(f"{name}_FILE")
    if direct is not None and path is not None:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: set one of them.")
    if path is None:
        return direct
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names {path}, which can't be read: {error}"
        ) from error


def _read(name: str, default: Value, shown: str, parse: Callable[[str], Value]) -> Value:
    DECLARED[name] = shown
    raw = _raw(name)
    if raw is None:
        return default
    try:
        return parse(raw)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is {raw!r}: {error}") from error


def text(name: str, default: str, *, shown: str | None = None) -> str:
    """A piece of text; `shown` replaces the default in the documentation."""
    return _read(name, default, shown if shown is not None else default, str)


def choice(name: str, default: str, *, among: tuple[str, ...]) -> str:
    """One of a few words."""

    def parse(raw: str) -> str:
        if raw not in among:
            raise ValueError(f"it must be one of {', '.join(among)}.")
        return raw

    return _read(name, default, default, parse)


def flag(name: str, default: bool) -> bool:
    """Yes or no: 1, true, yes, on or 0, false, no, off."""
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}

    def parse(raw: str) -> bool:
        if raw.lower() not in words:
            raise ValueError("it must be true or false.")
        return words[raw.lower()]

    return _read(name, default, "true" if default else "false", parse)


def integer(name: str, default: int, *, least: int = 0) -> int:
    """A whole number, not below `least`."""

    def parse(raw: str) -> int:
        number = int(raw) if raw.strip().isdecimal() else None
        if number is None or number < least:
            raise ValueError(f"it must be a whole number of at least {least}.")
        return number

    return _read(name, default, str(default), parse)


def words(name: str, default: tuple[str, ...]) -> tuple[str, ...]:
    """A list with commas between."""

    def parse(raw: str) -> tuple[str, ...]:
        return tuple(word.strip() for word in raw.split(",") if word.strip())

    return _read(name, default, ",".join(default), parse)


def path(name: str, default: Path, *, shown: str) -> Path:
    """A path of a folder or file, made absolute."""

    def parse(raw: str) -> Path:
        if not raw.strip():
            raise ValueError("it must be a path.")
        try:
            return Path(raw).expanduser().absolute()
        except RuntimeError as error:
            raise ValueError(f"{error}") from error

    return _read(name, default.expanduser().absolute(), shown, parse)


def secret(name: str, kept_in: Path) -> str:
    """A secret: from the environment, else from the file that `soi init` makes, else "".

    There is no default: an empty answer is for start-up checks to refuse.
    """
    DECLARED[name] = "made by `soi init`"
    raw = _raw(name)
    if raw is not None:
        return raw
    try:
        return kept_in.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{kept_in} can't be read: {error}") from error
