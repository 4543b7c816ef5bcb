"""What the desk's feeds hold: newest checks, corrections, withdrawals, by language and topic.

In: which feed. Out: a `Feed` for the writers of `soi.core.formats.feeds`, in the active language,
the newest first, and the list of all feeds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import get_language, get_language_info, gettext

from soi.checking import public
from soi.checking.markdown import html_of
from soi.checking.public import EditionRow
from soi.checking.types import EditionKind, Topic
from soi.core.formats.feeds import Feed, FeedForm, FeedItem, Listed
from soi.core.rows import Rows
from soi.publishing import sheets, words
from soi.publishing.cards import Shape

MOST = 50
"""Items of a feed."""
EVERY_LANGUAGE = "all"
_NEVER = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""When a feed was last changed in which nothing has ever been."""


class News(StrEnum):
    """What a feed is about; the name of a topic is one, too."""

    CHECKS = "checks"
    """What each check says now."""
    CORRECTIONS = "corrections"
    """Every correction and withdrawal, an item for each."""
    WITHDRAWALS = "withdrawals"


SUBJECTS = (*(each.value for each in News), *(each.value for each in Topic))
LANGUAGES = (EVERY_LANGUAGE, *(code for code, _ in settings.LANGUAGES))


@dataclass(frozen=True, slots=True)
class Named:
    """A feed: checks in `language` ("all" for every one) about `subject`, which may be a topic."""

    language: str
    subject: str

    @property
    def is_known(self) -> bool:
        """False for what the desk has no feed of."""
        return self.language in LANGUAGES and self.subject in SUBJECTS

    @property
    def title(self) -> str:
        """Its title in the active language, the desk's name aside."""
        named = {
            News.CHECKS: gettext("Checks"),
            News.CORRECTIONS: gettext("Corrections"),
            News.WITHDRAWALS: gettext("Withdrawals"),
        }
        subject = (
            named[News(self.subject)] if self.subject in set(News) else words.topic(self.subject)
        )
        if self.language == EVERY_LANGUAGE:
            return subject
        language = get_language_info(self.language)["name_translated"]
        return f"{subject} ({language})"


def all_feeds() -> Iterator[Named]:
    """Every feed of the desk."""
    for language in LANGUAGES:
        for subject in SUBJECTS:
            yield Named(language, subject)


def feed(named: Named, form: FeedForm) -> Feed:
    """What a feed holds now."""
    is_event = named.subject in set(News) - {News.CHECKS}
    items = [_item(row, is_event=is_event) for row in rows(named)[:MOST]]
    return Feed(
        title=f"{sheets.desk_name()}: {named.title}",
        description=gettext("What was claimed, and what the evidence says."),
        home=settings.SOI_BASE_URL + reverse("public:checks"),
        address=address_of(named, form),
        publisher=sheets.desk_name(),
        language=get_language() or settings.LANGUAGE_CODE,
        updated=max((item.updated for item in items), default=_NEVER),
        items=items,
    )


def listed() -> list[Listed]:
    """Every feed, as a list of feeds names it."""
    home, language = settings.SOI_BASE_URL + reverse("public:checks"), get_language() or ""
    return [
        Listed(each.title, address_of(each, FeedForm.ATOM), home, language) for each in all_feeds()
    ]


def address_of(named: Named, form: FeedForm) -> str:
    """The address of a feed, its titles in the active language."""
    path = reverse("public:feed", args=[named.language, named.subject, form.value])
    return f"{settings.SOI_BASE_URL}{path}"


def rows(named: Named) -> Rows[EditionRow]:
    """The editions that a feed is made of, the newest first."""
    language = "" if named.language == EVERY_LANGUAGE else named.language
    match named.subject:
        case News.CHECKS:
            return public.newest_editions(with_withdrawn=True, language=language)
        case News.CORRECTIONS:
            return public.corrections(language=language)
        case News.WITHDRAWALS:
            return public.corrections([EditionKind.WITHDRAWAL], language=language)
        case topic:
            return public.newest_editions(with_withdrawn=True, topic=topic, language=language)


def _item(row: EditionRow, *, is_event: bool) -> FeedItem:
    """An edition as an item: of its check, which changes, or of what happened, which does not."""
    address = sheets.address_of(row)
    note = row.words.correction_note
    summary = note if is_event or row.is_withdrawn else row.words.summary
    with translation.override(sheets.page_language(row.words.language)):
        picture = reverse("public:card", args=[row.claim_id, row.number, Shape.WIDE.value])
    return FeedItem(
        id=_permanent(row.claim_id, row.number if is_event else None),
        url=sheets.address_of(row, number=row.number) if is_event else address,
        title=words.headline(row),
        summary=summary,
        html=_html(row, note),
        published=row.published_at if is_event else row.first_published_at,
        updated=row.published_at,
        language=row.words.language,
        tags=tuple(words.topic(topic) for topic in row.words.topics),
        image=settings.SOI_BASE_URL + picture,
    )


def _html(row: EditionRow, note: str) -> str:
    said = f"<p><b>{escape(words.edition_kind(row.kind))}:</b> {escape(note)}</p>" if note else ""
    if row.is_withdrawn:
        return said
    return f"{said}<p>{escape(row.words.summary)}</p>{html_of(row.words.explanation)}"


def _permanent(claim_id: int, number: int | None) -> str:
    """An id that stays in every language of the pages."""
    edition = f"/{number}" if number else ""
    return f"{settings.SOI_BASE_URL}/claims/{claim_id}{edition}/"
