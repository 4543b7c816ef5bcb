"""The register's words as template filters; see `soi.web.ui.register_words`."""

from __future__ import annotations

from django import template

from soi.register.keeping import ProofRow
from soi.register.types import HoldingRow, Standing, TwoFactor
from soi.web.ui import register_words as words
from soi.web.ui.register_words import Mark, Word

register = template.Library()


@register.filter
def state_mark(holding: HoldingRow) -> Mark:
    """The sign and word of a holding's state; a doubt goes before it."""
    return words.STATES["doubted" if holding.doubted_from else str(holding.state)]


@register.filter
def standing_mark(standing: Standing) -> Mark:
    """The sign and word of how a holding stood on a day."""
    return words.STANDINGS[str(standing)]


@register.filter
def one_kind(kind: str) -> Word:
    """What one holding of a kind is called."""
    return words.KINDS.get(str(kind), str(kind))


@register.filter
def proof_word(kind: str) -> Word:
    """What a way of proving is called."""
    return words.PROOFS.get(str(kind), str(kind))


@register.filter
def result_mark(proof: ProofRow) -> Mark:
    """The sign and word of what a proof's last test came to."""
    return words.RESULTS[str(proof.result or "")]


@register.filter
def problem_word(code: str) -> Word:
    """Why a proof did not hold."""
    return words.problem_words(code)


@register.filter
def role_word(role: str) -> Word:
    """What a post is called."""
    return words.ROLES.get(str(role), str(role))


@register.filter
def two_factor_mark(two_factor: TwoFactor) -> Mark:
    """The sign and word of the second step."""
    return words.TWO_FACTOR[str(two_factor)]


@register.filter
def change_word(verb: str) -> Word:
    """What was done, in the words of the history."""
    return words.CHANGES.get(verb, verb)


@register.filter
def mark_words(mark: Mark) -> str:
    """A mark's sign and word as plain text."""
    return f"{mark.sign} {mark.word}"


@register.filter
def field_word(name: str) -> Word:
    """What a field of a public record is called."""
    return words.FIELDS.get(name, name)


@register.filter
def field_value(value: object) -> Word:
    """A field's value as a person reads it."""
    if isinstance(value, bool):
        return words.YES if value else words.NO
    if isinstance(value, list):
        return ", ".join(str(each) for each in value) or "–"
    text = str(value or "")
    return words.STATES[text].word if text in words.STATES else text or "–"
