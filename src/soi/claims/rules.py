"""Pure decisions about checks."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from urllib.parse import urlsplit

from soi.core.formats import CheckRecord
from soi.core.formats.hosts import same_owner, without_www


def site_of(url: str) -> str:
    """The host of a site as publishers are known by: lower case, without `www.`."""
    return without_www(urlsplit(url).hostname or "localhost")


def is_by_publisher(origin: str, site: str) -> bool:
    """True if what came from `origin` came from the site of the publisher itself."""
    return same_owner(urlsplit(origin).hostname or "", site)


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
