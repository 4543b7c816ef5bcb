"""How fast a feed is read: a first import, and the same feed again when nothing has changed."""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.desks import made_claims, scratch_desk

SITE = "bench.example"


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a feed, import it twice, and print items a second and the memory used."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=50_000)
    chosen = parser.parse_args(arguments)
    with scratch_desk() as folder:
        feed = folder / "feed.json"
        _write_feed(feed, chosen.items)
        _measure(feed, chosen.items)


def _measure(feed: Path, items: int) -> None:
    from soi.claims.actions import allow_publisher
    from soi.index import actions
    from soi.publishing.importing import import_checks

    allow_publisher(site=SITE, name="Bench", by="bench")
    table = Table("import", "seconds", "items/s", "added", "unchanged", "refused")
    for label in ("first, found by words on the way", "again, nothing changed"):
        started = time.perf_counter()
        done = import_checks(feed, by="bench", on_batch=lambda: actions.follow_words(wait=True))
        seconds = time.perf_counter() - started
        figures = (done.added, done.unchanged, done.refused)
        table.add_row(label, f"{seconds:.1f}", f"{items / seconds:.0f}", *map(str, figures))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    console = Console()
    size = feed.stat().st_size / 1e6
    console.print(f"Importing a DataFeed of {items} items ({size:.0f} MB)", table)
    console.print(f"peak memory of the process: {peak:.0f} MB")


def _write_feed(path: Path, items: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write('{"@context":"https://schema.org","@type":"DataFeed","dataFeedElement":[')
        for number, claim in enumerate(made_claims(items)):
            review = {
                "@type": "ClaimReview",
                "url": f"https://{SITE}/{number}",
                "claimReviewed": claim,
                "author": {"@type": "Organization", "name": "Bench", "url": f"https://{SITE}"},
                "reviewRating": {"@type": "Rating", "alternateName": "False"},
                "datePublished": "2026-11-01",
            }
            element = {"@type": "DataFeedItem", "dateCreated": "2026-11-01", "item": [review]}
            stream.write(("," if number else "") + json.dumps(element, ensure_ascii=False))
        stream.write("]}")


if __name__ == "__main__":
    main()
