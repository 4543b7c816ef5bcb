"""What the register publishes of an organisation, as data that can be hashed.

In: organisations. Out: for each a dict that `canonical_json` writes, which its page offers and the
public log holds the SHA-256 of. What the desk keeps to itself is not in it, nor what nobody has
confirmed, nor the days on which proofs were run: these pass daily.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from soi.core.formats import HoldingState
from soi.core.formats.register_json import FORM
from soi.core.ledger import digest
from soi.register.models import Holding, Organisation

Record = dict[str, Any]
_DATES = ("valid_from", "valid_to", "compromised_from", "doubted_from", "lapsed_from")
_BATCH = 500
_PARTS = ("holdings", "holdings__handed_to", "holdings__periods", "holdings__former_names")


def record_of(organisation: Organisation) -> Record:
    """The public record of an organisation with everything that is or was its own."""
    return {
        "form": FORM,
        **facts_of(organisation),
        "holdings": [
            _with_history(each)
            for each in sorted(
                filter(is_public, organisation.holdings.all()),
                key=lambda each: (each.kind, each.platform, each.key),
            )
        ],
    }


def digests(ids: Iterable[int]) -> dict[int, str]:
    """The SHA-256 in hex of the records of these organisations, by id; those that there are."""
    found: dict[int, str] = {}
    wanted = iter(ids)
    while some := list(islice(wanted, _BATCH)):
        rows = Organisation.objects.filter(pk__in=some).prefetch_related(*_PARTS)
        found |= {row.pk: digest(record_of(row)).hex() for row in rows}
    return found


def all_digests() -> Iterator[tuple[int, str]]:
    """The same for every organisation, the oldest first."""
    rows = Organisation.objects.order_by("pk").prefetch_related(*_PARTS)
    for row in rows.iterator(chunk_size=_BATCH):
        yield row.pk, digest(record_of(row)).hex()


def record_with_slug(slug: str) -> Record | None:
    """The record of one organisation, None when there is none."""
    found = Organisation.objects.filter(slug=slug).prefetch_related(*_PARTS).first()
    return record_of(found) if found else None


def is_public(holding: Holding) -> bool:
    """Whether a holding is in the directory: what is only proposed is not, unless it once was."""
    return holding.state != HoldingState.PROPOSED or holding.lapsed_from is not None


def facts_of(organisation: Organisation) -> Record:
    """What an organisation itself is called."""
    return {
        "organisation": organisation.slug,
        "name": organisation.name,
        "name_en": organisation.name_en,
        "aliases": list(organisation.aliases),
        "is_demo": organisation.is_demo,
    }


def holding_record(holding: Holding) -> Record:
    """What is public of one holding today."""
    return {
        "kind": str(holding.kind),
        "platform": str(holding.platform),
        "platform_id": holding.platform_id,
        "value": holding.value,
        "bank": holding.bank,
        "state": str(holding.state),
        "is_vouched": holding.is_vouched,
        "proved_by": list(holding.proved_by),
        "handed_to": holding.handed_to.slug if holding.handed_to else None,
        "note": holding.note,
        "is_demo": holding.is_demo,
        **{name: _iso(getattr(holding, name)) for name in _DATES},
    }


def _with_history(holding: Holding) -> Record:
    periods = sorted(holding.periods.all(), key=lambda each: (each.until, each.pk))
    names = sorted(holding.former_names.all(), key=lambda each: (each.until, each.pk))
    return {
        **holding_record(holding),
        "periods": [
            {"kind": each.kind, "since": _iso(each.since), "until": _iso(each.until)}
            for each in periods
        ],
        "former_names": [
            {"value": each.value, "since": _iso(each.since), "until": _iso(each.until)}
            for each in names
        ],
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
