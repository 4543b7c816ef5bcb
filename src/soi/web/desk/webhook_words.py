"""Webhooks in words: kinds of events, where endpoints and messages stand."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from soi.publishing.webhooks.types import DeliveryState, EventKind, Pause

KIND_WORDS: Final[dict[EventKind, Promise]] = {
    EventKind.EDITION: _("A check is published"),
    EventKind.CORRECTION: _("A check is corrected"),
    EventKind.WITHDRAWAL: _("A check is withdrawn"),
    EventKind.CHALLENGE: _("A challenge is answered"),
    EventKind.NOTICE: _("A notice is published or ends"),
    EventKind.REGISTER: _("An organisation's register changes"),
    EventKind.TEST: _("A test"),
}
PAUSE_WORDS: Final[dict[Pause, Promise]] = {
    Pause.BY_HAND: _("Somebody paused it."),
    Pause.GONE: _("It answered that it is gone (410)."),
    Pause.FAILING: _("A message could not be brought to it for three days."),
    Pause.SECRET: _("Its secret can't be opened: the desk's secret key was changed."),
}
STATE_WORDS: Final[dict[DeliveryState, Promise]] = {
    DeliveryState.WAITING: pgettext_lazy("message", "waiting"),
    DeliveryState.DELIVERED: pgettext_lazy("message", "delivered"),
    DeliveryState.DEAD: pgettext_lazy("message", "given up"),
}
STATE_SIGNS: Final = {
    DeliveryState.WAITING: "○",
    DeliveryState.DELIVERED: "✓",
    DeliveryState.DEAD: "✕",
}
