"""What can go wrong with this desk's log beside what its files do (`soi.core.ledger`)."""

from __future__ import annotations

from soi.core.errors import SoiError


class LogKeyMissing(SoiError):
    """The desk has no key to sign its public log with."""

    code = "log_key_missing"
    http_status = 503


class LogKeyKept(SoiError):
    """The key can't be changed here: it is given by a setting, or there is no other one."""

    code = "log_key_kept"
    http_status = 409


class LogDiffers(SoiError):
    """The log, the journal and what is published do not fit together."""

    code = "log_differs"
    http_status = 503
    exit_status = 3


class WitnessUnknown(SoiError):
    """No witness of that name is set."""

    code = "log_witness_unknown"
    http_status = 404
