"""What the practice page shows of a choice; names that imitate are text and never links."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from soi.answer import wording
from soi.answer.practice import Choice
from soi.web.ui.templatetags.soi_ui import marked

register = template.Library()


@register.simple_tag
def shown_choice(choice: Choice) -> SafeString:
    """The name, with what stands for the real one marked."""
    return marked(choice.text, [choice.span])


@register.simple_tag
def imitation_reasons(choice: Choice) -> list[wording.Line]:
    """Why a name imitates, line by line; nothing for the real one."""
    if choice.lookalike is None:
        return []
    return wording.imitation_lines(choice.reasons, choice.lookalike.details)
