"""Pure decisions about holdings."""

from __future__ import annotations

import dataclasses

from soi.core.formats import HoldingRecord
from soi.core.text import bank_code


def key_of(record: HoldingRecord) -> str:
    """The value as it is looked up; readers have normalised it, only case and `www.` are left.

    Account names are compared without case: every platform of the list does so.
    """
    key = record.value
    if record.kind == "domain":
        return key.lower().removeprefix("www.")
    return key.lower() if record.kind in ("account", "email") else key


def with_known_bank(record: HoldingRecord) -> HoldingRecord:
    """The record with its bank as messages are read: "VCB" and "Ngân hàng Ngoại thương" are one."""
    return dataclasses.replace(record, bank=bank_code(record.bank) or record.bank)
