"""Start-up checks: a desk that is set up dangerously or half says so before it serves a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from soi.captures.errors import TimestampFailed
from soi.captures.timestamps import roots_in
from soi.core.ledger import LedgerError
from soi.publishing.log.errors import LogKeyMissing
from soi.publishing.log.keys import path, signers


@checks.register(checks.Tags.security)
def secret_key_is_made(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A desk needs a secret of its own; there is no default."""
    if settings.SOI_HAS_SECRET:
        return []
    return [
        checks.Error(
            "No secret key was found.",
            hint="Run `soi init`, or set SOI_SECRET_KEY or SOI_SECRET_KEY_FILE.",
            id="soi.E001",
        )
    ]


@checks.register
def rate_limit_is_shared(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Several web processes without Redis each count alone: the limit is looser than it says."""
    if settings.SOI_PROCESSES == 1 or settings.SOI_REDIS_URL:
        return []
    return [
        checks.Warning(
            f"SOI_ANSWERS_PER_MINUTE is counted in each of {settings.SOI_PROCESSES} processes.",
            hint="Set SOI_REDIS_URL to count together, or SOI_PROCESSES=1.",
            id="soi.W001",
        )
    ]


@checks.register
def owner_is_named(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Charter rule C9: who owns and who pays for the desk stands on every page."""
    if settings.SOI_DESK_OWNER and settings.SOI_DESK_FUNDING:
        return []
    return [
        checks.Warning(
            "The desk does not say who owns it and who pays for it (charter rule C9).",
            hint="Set SOI_DESK_OWNER and SOI_DESK_FUNDING; every page shows them.",
            id="soi.W002",
        )
    ]


@checks.register
def timestamps_can_be_verified(
    app_configs: Sequence[Any] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """A timestamp that nobody verifies proves nothing."""
    if not settings.SOI_TIMESTAMP_URL:
        return []
    try:
        roots_in(Path(settings.SOI_TIMESTAMP_ROOTS))
    except TimestampFailed as error:
        hint = "Set SOI_TIMESTAMP_ROOTS to a PEM file with the authority's root certificates."
        return [checks.Error(str(error), hint=hint, id="soi.E004")]
    return []


@checks.register(checks.Tags.security)
def log_key_is_made(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Charter rule C5: a desk that can't write its public log must not publish."""
    try:
        signers()
    except LogKeyMissing:
        hint = "Run `soi init`, or set SOI_LOG_KEY or SOI_LOG_KEY_FILE."
        return [checks.Error("No key of the public log was found.", hint=hint, id="soi.E002")]
    except (LedgerError, OSError) as error:
        hint = f"Mend it in {path()} or SOI_LOG_KEY: {error}"
        return [checks.Error("The key of the public log can't be read.", hint=hint, id="soi.E003")]
    return []
