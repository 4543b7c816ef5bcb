"""The keys of the public log: where they are kept, and how one takes the place of another.

The private keys stand in `log.key` in the data folder, one a line, which only the desk's user can
read, or in the setting SOI_LOG_KEY; never in the database. All lines sign; there is more than one
only while a key is replaced. The name in the key is the name of the log and stays for ever.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from soi.core.files import replacing
from soi.core.ledger import Log, Signer, VerifierKey, read_signer, sign_handover
from soi.core.remembering import remembered
from soi.publishing.log.errors import LogKeyKept, LogKeyMissing

HANDOVERS = "handover"
"""The folder of the log with the statements of new keys, numbered from 1."""


def path() -> Path:
    """The file of the private keys."""
    return Path(settings.SOI_DATA_DIR) / "log.key"


@remembered
def signers() -> tuple[Signer, ...]:
    """The keys that sign. Raises `LogKeyMissing`, and `LedgerError` for a malformed one."""
    lines = _kept().split()
    if not lines:
        raise LogKeyMissing("The desk has no key of the public log.")
    return tuple(read_signer(line) for line in lines)


def verifier_keys() -> tuple[VerifierKey, ...]:
    """What readers verify the log with."""
    return tuple(signer.key for signer in signers())


def make() -> bool:
    """Make the first key unless there is one; says whether it did.

    The log is named for the desk's address, without its scheme, and `/log`. Two at once: the first
    one's key stays.
    """
    if _kept().strip():
        return False
    with suppress(FileExistsError):
        descriptor = os.open(path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(f"{Signer.generate(_name()).secret()}\n")
            stream.flush()
            os.fsync(stream.fileno())
        return True
    return False


def add(log: Log) -> VerifierKey:
    """Put a new key beside the present one and publish the statement that names it.

    From then on both sign. What was begun and not finished is finished. Raises `LogKeyKept` if the
    keys are in a setting: there whoever keeps them adds a line.
    """
    old, *more = signers()
    if settings.SOI_LOG_KEY:
        raise LogKeyKept("The keys stand in SOI_LOG_KEY, where this command can't write.")
    # The new key is on the disk before anything names it.
    new = more[0] if more else Signer.generate(old.key.name)
    if not more:
        _keep(old, new)
    folder = Path(settings.SOI_LOG_DIR) / HANDOVERS
    folder.mkdir(parents=True, exist_ok=True)
    if not any(str(new.key) in text.splitlines() for text in handovers()):
        note = bytes(sign_handover(log.checkpoint().checkpoint, old, new))
        with replacing(folder / str(len(handovers()) + 1)) as stream:
            stream.write(note)
    return new.key


def drop_old() -> VerifierKey:
    """Sign with the new key alone from now on; the old one is removed from the file.

    Raises `LogKeyKept` if there is no new one, or the keys are in a setting.
    """
    first, *others = signers()
    if settings.SOI_LOG_KEY or not others:
        raise LogKeyKept("There is no other key in the file to sign with.")
    _keep(*others)
    return first.key


@remembered
def handovers() -> list[str]:
    """The statements in which keys named their successors, the oldest first."""
    folder = Path(settings.SOI_LOG_DIR) / HANDOVERS
    found: list[str] = []
    with suppress(FileNotFoundError):
        while True:
            found.append((folder / str(len(found) + 1)).read_text(encoding="utf-8"))
    return found


def _kept() -> str:
    if settings.SOI_LOG_KEY:
        return str(settings.SOI_LOG_KEY)
    try:
        return path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _keep(*keys: Signer) -> None:
    """Replace the file of the private keys; it is never readable for others, not for a moment."""
    fresh = path().with_name(".log.key.new")
    with suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write("".join(f"{key.secret()}\n" for key in keys))
        stream.flush()
        os.fsync(stream.fileno())
    fresh.replace(path())


def _name() -> str:
    parts = urlsplit(settings.SOI_BASE_URL)
    return f"{parts.netloc}{parts.path.rstrip('/')}/log"
