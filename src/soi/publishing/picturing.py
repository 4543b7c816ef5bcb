"""Make the share card of an edition: its words in the active language, its sign, its code."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext, pgettext

from soi.checking.public import EditionRow
from soi.core.formats import Verdict
from soi.publishing import sheets, words
from soi.publishing.cards import Card, Mark, Shape, Tone, drawn

_SIGNS = {
    Verdict.TRUE: (Mark.TICK, Tone.TRUE),
    Verdict.MOSTLY_TRUE: (Mark.ALMOST, Tone.TRUE),
    Verdict.MISSING_CONTEXT: (Mark.HALF, Tone.PARTLY),
    Verdict.FALSE: (Mark.CROSS, Tone.FALSE),
    Verdict.UNPROVEN: (Mark.QUESTION, Tone.UNPROVEN),
}


def card(row: EditionRow, shape: Shape) -> bytes:
    """The card of an edition as a PNG."""
    return drawn(_card(row), shape)


def alternative(row: EditionRow) -> str:
    """What the card shows, for who can't see it."""
    return gettext("%(desk)s, edition %(number)s: %(headline)s") % {
        "desk": sheets.desk_name(),
        "number": row.number,
        "headline": words.headline(row),
    }


def _card(row: EditionRow) -> Card:
    withdrawn = (Mark.STRUCK, Tone.UNPROVEN)
    mark, tone = withdrawn if row.is_withdrawn else _SIGNS[Verdict(row.words.verdict)]
    day = format_date(timezone.localtime(row.published_at), pgettext("date format", "j M Y"))
    line = gettext("Edition %(number)s · %(day)s · %(site)s") % {
        "number": row.number,
        "day": day,
        "site": urlsplit(settings.SOI_BASE_URL).netloc,
    }
    return Card(
        mark=mark,
        tone=tone,
        verdict=words.verdict(row),
        claim=row.words.wording,
        desk=sheets.desk_name(),
        line=line,
        caption=gettext("Scan to read the check and to verify the card"),
        code=str(sheets.card_code(row)),
    )
