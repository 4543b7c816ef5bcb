"""Desks to measure on: a folder of their own, the demonstration, and as many checks as wanted."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SEED = 20261123


@contextmanager
def scratch_desk(**settings: str) -> Iterator[Path]:
    """Django on an empty desk in a folder that is gone afterwards; once in a process."""
    with tempfile.TemporaryDirectory(prefix="soi-bench-") as folder:
        os.environ |= {
            "SOI_DATA_DIR": folder,
            "SOI_SECRET_KEY": "for-benchmarks-only",
            "DJANGO_SETTINGS_MODULE": "soi.config.settings",
            **settings,
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        yield Path(folder)


def made_claims(count: int) -> Iterator[str]:
    """Claims put together from the words of the demonstration's: other claims, alike in style."""
    import json

    from soi.demo.samples import CONTENT

    rows = (CONTENT / "checks.jsonl").read_text(encoding="utf-8").splitlines()
    words = [word for row in rows for word in json.loads(row)["claim"].split()]
    rng = random.Random(SEED)  # noqa: S311  # the same claims in every run, not a secret
    for number in range(count):
        yield f"{' '.join(rng.choices(words, k=rng.randint(9, 20)))} {number}"
