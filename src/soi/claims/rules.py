"""Pure decisions about checks."""

from __future__ import annotations

import dataclasses
import hashlib
import json

from soi.core.formats import CheckRecord


def digest_of(record: CheckRecord) -> str:
    """SHA-256 in hex of the record's canonical JSON (sorted keys, no spaces, UTF-8).

    The publisher's name is left out, because feeds spell it in several ways for one and the same
    site, and so is the record's place in its file.
    """
    fields = dataclasses.asdict(record)
    del fields["publisher_name"], fields["position"]
    plain = json.dumps(
        fields,
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
        default=str,
    )
    return hashlib.sha256(plain.encode()).hexdigest()
