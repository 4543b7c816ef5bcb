"""Say a check of the desk's own in a page: signs, words, explanations, what changed."""

from __future__ import annotations

from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from soi.answer.types import CheckCard
from soi.checking.differences import FieldChange
from soi.checking.markdown import html_of
from soi.checking.public import EditionRow
from soi.checking.types import Stance
from soi.core.formats import Verdict
from soi.publishing import sheets, words
from soi.web.ui.templatetags.soi_ui import OWN_WORDS, VERDICT_SIGNS, Sign

register = template.Library()

WITHDRAWN: Final = Sign("–", "unproven")
_STANCES: Final = {
    Stance.SUPPORTS: Sign("+", "true"),
    Stance.REFUTES: Sign("−", "false"),
    Stance.CONTEXT: Sign("·", "unproven"),
}

register.filter("topic_word", words.topic)
register.filter("source_kind_word", words.source_kind)
register.filter("edition_kind_word", words.edition_kind)
register.filter("challenge_state_word", words.challenge_state)
register.filter("field_word", words.field)


@register.filter
def check_address(check: CheckCard) -> str:
    """Where a stored check can be read here."""
    return sheets.check_path(check.ref, check.url)


@register.filter
def edition_sign(row: EditionRow) -> Sign:
    """The verdict of an edition as a sign and a word."""
    if row.is_withdrawn:
        found = WITHDRAWN
    else:
        found = VERDICT_SIGNS[Verdict(row.words.verdict)] if row.words.verdict else OWN_WORDS
    return Sign(found.sign, found.tone, words.verdict(row))


@register.filter
def stance_sign(stance: str) -> Sign:
    """What a source says of the claim, as a sign and a word."""
    found = _STANCES.get(Stance(stance)) if stance in set(Stance) else None
    found = found or Sign("·", "unproven")
    return Sign(found.sign, found.tone, words.stance(stance))


@register.filter
def explained(markdown: str) -> SafeString:
    """An explanation as HTML of a few plain elements."""
    return mark_safe(html_of(markdown))  # noqa: S308  # `html_of` lets only safe elements through


@register.simple_tag
def compared(change: FieldChange) -> SafeString:
    """What a field said and says, with what came and what went; said in words for who can't see."""
    said = {"added": ("ins", gettext("added")), "removed": ("del", gettext("removed"))}
    shown = []
    for each in change.pieces:
        if each.change in said:
            tag, word = said[each.change]
            text = '<{0}><span class="sr-only">[{1}: </span>{2}<span class="sr-only">]</span></{0}>'
            shown.append(format_html(text, SafeString(tag), word, each.text))
        else:
            shown.append(format_html("{}", each.text))
    return format_html("<bdi>{}</bdi>", format_html_join("", "{}", ((one,) for one in shown)))
