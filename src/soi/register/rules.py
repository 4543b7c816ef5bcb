"""Pure decisions about holdings."""

from __future__ import annotations

from soi.core.formats import HoldingRecord


def key_of(record: HoldingRecord) -> str:
    """The value as it is looked up; readers have normalised it, only case and `www.` are left.

    Account names are compared without case: every platform of the list does so.
    """
    key = record.value
    if record.kind == "domain":
        return key.lower().removeprefix("www.")
    return key.lower() if record.kind in ("account", "email") else key
