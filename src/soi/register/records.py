"""What the register publishes of an organisation, as data that can be hashed.

In: organisations. Out: for each a dict that `canonical_json` writes, which its page offers and the
public log holds the SHA-256 of. What the desk keeps to itself is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from soi.core.ledger import digest
from soi.register.models import Holding, Organisation

FORM = "soi organisation 1"
"""Names the form of the record; another number when a field changes its meaning."""

Record = dict[str, Any]
_DATES = ("valid_from", "valid_to", "compromised_from", "verified_on")
_BATCH = 500


def record_of(organisation: Organisation) -> Record:
    """The public record of an organisation with everything that is or was its own."""
    return {
        "form": FORM,
        "organisation": organisation.slug,
        "name": organisation.name,
        "name_en": organisation.name_en,
        "aliases": list(organisation.aliases),
        "is_demo": organisation.is_demo,
        "holdings": [
            _holding(each)
            for each in sorted(
                organisation.holdings.all(), key=lambda each: (each.kind, each.platform, each.key)
            )
        ],
    }


def digests(ids: Iterable[int]) -> dict[int, str]:
    """The SHA-256 in hex of the records of these organisations, by id; those that there are."""
    found: dict[int, str] = {}
    wanted = iter(ids)
    while some := list(islice(wanted, _BATCH)):
        rows = Organisation.objects.filter(pk__in=some).prefetch_related("holdings")
        found |= {row.pk: digest(record_of(row)).hex() for row in rows}
    return found


def all_digests() -> Iterator[tuple[int, str]]:
    """The same for every organisation, the oldest first."""
    rows = Organisation.objects.order_by("pk").prefetch_related("holdings")
    for row in rows.iterator(chunk_size=_BATCH):
        yield row.pk, digest(record_of(row)).hex()


def _holding(holding: Holding) -> Record:
    dates = {name: getattr(holding, name) for name in _DATES}
    return {
        "kind": holding.kind,
        "platform": holding.platform,
        "value": holding.value,
        "bank": holding.bank,
        "note": holding.note,
        "is_demo": holding.is_demo,
        **{name: date.isoformat() if date else None for name, date in dates.items()},
    }
