"""How long the desk's queue takes to open when it is full.

    python -m benchmarks.queue --tips 100000 --claims 10000

Milliseconds of the server for a page, rendered whole for somebody who is signed in, and the number
of its queries. Rows are made directly: what they are like matters, not how they came. DATABASE_URL
names the database to measure on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import random
import statistics
import time
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.desks import SEED, made_claims, scratch_desk

ROUNDS = 12
PAGES = {
    "the queue": "/en/desk/",
    "its last page": "/en/desk/?page=333",
    "by words": "/en/desk/?q=H%E1%BB%93ng",
    "waiting for approval": "/en/desk/?show=approval",
    "its counts alone": "/en/desk/counts/",
    "wordings of the largest claim": "/en/desk/claims/1/wordings/",
    "tips": "/en/desk/tips/",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill a desk, open its pages, and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tips", type=int, default=100_000)
    parser.add_argument("--claims", type=int, default=10_000)
    chosen = parser.parse_args(arguments)
    with scratch_desk(SOI_DESK_NAME="Bench"):
        _fill(chosen.tips, chosen.claims)
        _measure(chosen.tips, chosen.claims)


def _measure(tips: int, claims: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = _signed_in()
    table = Table("page", "p50 ms", "max ms", "queries")
    for name, address in PAGES.items():
        spent, queries = [], 0
        for _ in range(ROUNDS):
            with CaptureQueriesContext(connection) as context:
                started = time.perf_counter()
                answer = client.get(address)
                spent.append(1000 * (time.perf_counter() - started))
                queries = len(context)
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answered {answer.status_code}")
        p50, most = statistics.median(spent[2:]), max(spent[2:])
        table.add_row(name, f"{p50:.0f}", f"{most:.0f}", str(queries))
    Console().print(f"{tips:,} tips, {claims:,} open claims, {connection.vendor}", table)


def _signed_in() -> Any:
    from allauth.mfa.totp.internal.auth import TOTP
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client
    from django.utils import timezone

    settings.ALLOWED_HOSTS = ["testserver"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    person = get_user_model()._default_manager.create(
        name="Bình", email="binh@desk.example", role="editor", joined_at=timezone.now()
    )
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    client = Client()
    client.force_login(person)
    return client


def _fill(tips: int, claims: int) -> None:
    """Claims of every weight; half of all tips stand under the first."""
    from django.utils import timezone

    from soi.checking import ordering
    from soi.checking.models import Claim
    from soi.checking.types import Harm
    from soi.intake.models import AskedOn, Form, Receipt, Saying, Suggestion, Tip

    rng = random.Random(SEED)  # noqa: S311  # the same desk in every run, not a secret
    now = timezone.now()
    texts = list(made_claims(claims))

    def claim(text: str) -> Claim:
        asked = now - dt.timedelta(hours=rng.expovariate(1 / 100))
        reach, harm, checkability = int(rng.paretovariate(1)), Harm(rng.randint(0, 3)), rng.random()
        return Claim(
            wording=text, language="vi", asked=reach, asked_at=asked, reach=reach, harm=harm,
            checkability=checkability, opened_at=asked, last_asked_at=asked,
            priority=ordering.priority(
                reach=reach, harm=harm, checkability=checkability, last_asked_at=asked,
                weights=ordering.Weights(),
            ),
        )  # fmt: skip

    rows = Claim.objects.bulk_create([claim(text) for text in texts], batch_size=1000)
    forms = Form.objects.bulk_create(
        [
            Form(digest=f"{n:064x}", text=texts[n % claims], language="vi", claim=rows[n % claims])
            for n in range(2 * claims)
        ],
        batch_size=1000,
    )
    made = Tip.objects.bulk_create(
        [
            Tip(
                digest=f"{n:064x}", text=f"{texts[n % claims]} ({n})", language="vi",
                channel="page", received_at=now - dt.timedelta(minutes=n),
                last_received_at=now, is_grouped=True,
            )
            for n in range(tips)
        ],
        batch_size=1000,
    )  # fmt: skip
    Receipt.objects.bulk_create(
        [
            Receipt(
                tip=tip, token_digest=f"{n:064x}", channel="page",
                received_at=tip.received_at, is_noted=True,
            )
            for n, tip in enumerate(made)
        ],
        batch_size=1000,
    )  # fmt: skip
    # Half of all tips hold the first claim, as when one forward goes round.
    Saying.objects.bulk_create(
        [
            Saying(tip=tip, form=forms[0 if n % 2 else n % len(forms)], place=0)
            for n, tip in enumerate(made)
        ],
        batch_size=1000,
    )
    days = [now.date() - dt.timedelta(days=back) for back in range(14)]
    AskedOn.objects.bulk_create(
        [
            AskedOn(claim=row, day=day, times=rng.randint(1, 9))
            for row in rows
            for day in rng.sample(days, 3)
        ],
        batch_size=1000,
    )
    Suggestion.objects.bulk_create(
        [
            Suggestion(claim=row, other=rng.choice(rows[:100]), relation="near", probability=0.3)
            for row in rows[100::3]
        ],
        batch_size=1000,
    )


if __name__ == "__main__":
    main()
