"""The words of incidents as template filters; see `soi.web.ui.incident_words`."""

from __future__ import annotations

from django import template

from soi.incidents.types import StepRow
from soi.web.ui import incident_words as words
from soi.web.ui.register_words import Mark, Word

register = template.Library()


@register.filter
def incident_mark(kind: str) -> Mark:
    """The sign and word of what happened."""
    return words.KINDS[str(kind)]


@register.filter
def incident_explained(kind: str) -> Word:
    """What a kind means."""
    return words.EXPLAINED[str(kind)]


@register.filter
def incident_state(state: str) -> Mark:
    """The sign and word of whether an incident is open."""
    return words.STATES[str(state)]


@register.filter
def step_word(step: str) -> Word:
    """What is to be done."""
    return words.STEPS.get(str(step), str(step))


@register.filter
def step_hint(step: str) -> Word:
    """How it is done."""
    return words.HINTS.get(str(step), "")


@register.filter
def step_mark(step: StepRow) -> Mark:
    """The sign and word of where a step stands; that it is late goes before all."""
    return words.STEP_STATES["overdue" if step.is_overdue else str(step.state)]


@register.filter
def happened_word(what: str) -> Word:
    """What a line of the timeline says was done."""
    return words.HAPPENED.get(str(what), str(what))


@register.filter
def form_word(form: str) -> Word:
    """What was prepared for a platform."""
    return words.FORMS.get(str(form), str(form))


@register.filter
def asked_of_platform(kind: str) -> Word:
    """What a platform is asked to do; nothing for what is no fraud (charter rule C8)."""
    return words.ASKED.get(str(kind), "")
