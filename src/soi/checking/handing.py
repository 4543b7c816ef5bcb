"""Hand published editions to `soi.claims`, where answers find them beside other desks' checks.

In: an edition. Out: one stored check of the desk's own site for each claim, as its last edition
says; none while it is withdrawn. Editions themselves stay here, and public pages show them.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext

from soi.checking.content import Words, read, words_of
from soi.checking.models import Edition
from soi.checking.types import ClaimState
from soi.claims import actions as claims
from soi.claims.rules import site_of
from soi.core.formats import CheckRecord, Verdict

PRODUCT: Final = "Soi"
"""What a desk is called that has no name of its own."""


def address_of(claim_id: int, number: int | None = None) -> str:
    """The public address of a check, or of one of its editions."""
    edition = f"{number}/" if number else ""
    return f"{settings.SOI_BASE_URL}/claims/{claim_id}/{edition}"


def hand_out(edition: Edition, words: Words, *, is_demo: bool, by: str) -> None:
    """Let answers find what an edition says, in the caller's transaction."""
    first = Edition.objects.filter(claim=edition.claim_id, number=1).get
    at = edition.published_at if edition.number == 1 else first().published_at
    record = _record(edition, words, at)
    claims.store_own_checks([record], by=by, is_demo=is_demo)


@transaction.atomic
def hand_out_again(*, by: str) -> int:
    """Store again what is published, as the desk is called and found now; says what changed.

    For whoever sets a desk up: after its name or address was changed nothing leads to the old one.
    """
    last = Edition.objects.filter(claim=OuterRef("claim")).order_by("-number").values("number")
    first = Edition.objects.filter(claim=OuterRef("claim"), number=1)
    found = (
        Edition.objects.filter(number=Subquery(last[:1]), claim__state=ClaimState.PUBLISHED.value)
        .annotate(first_published_at=Subquery(first.values("published_at")))
        .order_by("claim")
    )
    changed = 0
    for is_demo in (False, True):
        records = [
            _record(each, words_of(read(each.content)), each.first_published_at)
            for each in found.filter(claim__is_demo=is_demo)
        ]
        stored = claims.store_own_checks(records, by=by, is_demo=is_demo)
        changed += stored.added + stored.updated
    return changed


def take_away(claim_id: int, *, by: str) -> None:
    """Let answers find the check of a claim no more, in the caller's transaction."""
    claims.remove_own_checks([_key(claim_id)], by=by)


def verdict_words(verdict: Verdict, language: str) -> str:
    """The verdict in one or two words of the check's own language, English where we lack it."""
    known = {code for code, _ in settings.LANGUAGES}
    with translation.override(language if language in known else "en"):
        return {
            Verdict.TRUE: gettext("True"),
            Verdict.MOSTLY_TRUE: gettext("Mostly true"),
            Verdict.MISSING_CONTEXT: gettext("Missing context"),
            Verdict.FALSE: gettext("False"),
            Verdict.UNPROVEN: gettext("Unproven"),
        }[verdict]


def _record(edition: Edition, words: Words, first: dt.datetime) -> CheckRecord:
    verdict = Verdict(words.verdict)
    return CheckRecord(
        key=_key(edition.claim_id),
        url=address_of(edition.claim_id),
        publisher_name=settings.SOI_DESK_NAME or PRODUCT,
        publisher_site=site_of(settings.SOI_BASE_URL),
        claim=words.wording,
        title=words.title,
        summary=words.summary,
        verdict=verdict,
        verdict_words=verdict_words(verdict, words.language),
        language=words.language,
        claimed_on=words.claimed_on,
        published_on=timezone.localdate(first),
        modified_on=timezone.localdate(edition.published_at) if edition.number > 1 else None,
        licence="",
    )


def _key(claim_id: int) -> str:
    return f"{claims.OWN_KEY}{claim_id}"
