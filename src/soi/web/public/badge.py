"""Draw how a holding stands today as a small picture that other sites can embed.

In: a holding and its standing. Out: SVG without script, style or link. It shows the holding's own
name large: whoever sees it on another page can compare, and a stolen badge names the wrong site.
The picture proves nothing by itself, which the page that hands it out says.
"""

from __future__ import annotations

from django.conf import settings
from django.utils.html import escape
from django.utils.translation import get_language, gettext, pgettext

from soi.answer.wording import PLATFORM_NAMES
from soi.core.formats import HoldingState
from soi.register.types import HoldingRow, Standing

_NAME_SHOWN = 44
_MONO, _SANS = 7.9, 7.3
"""Pixels of a letter at the two sizes, measured wide: what is longer is cut, never squeezed."""
_COLOURS = {
    Standing.OFFICIAL: ("#1c6638", "#e6f3ea"),
    Standing.COMPROMISED: ("#a1301c", "#fbeae6"),
    Standing.DOUBTED: ("#a1301c", "#fbeae6"),
}
_OTHER = ("#8a5200", "#fdf1de")


def badge_of(row: HoldingRow, standing: Standing) -> bytes:
    """The picture, in the active language."""
    name = _cut(row.value + _platform(row))
    sign, words = _state(row, standing)
    desk = settings.SOI_DESK_NAME or "Soi"
    below = gettext("Registered at %(desk)s") % {"desk": desk}
    said = f"{sign} {words}"
    width = round(28 + max(len(name) * _MONO, len(said) * _SANS, len(below) * 6.4))
    ink, ground = _COLOURS.get(standing, _OTHER)
    label = escape(f"{name}: {words}. {below}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="76" '
        f'viewBox="0 0 {width} 76" role="img" aria-label="{label}" '
        f'lang="{escape(get_language() or "vi")}"><title>{label}</title>'
        f'<rect x=".5" y=".5" width="{width - 1}" height="75" rx="8" fill="{ground}" '
        f'stroke="{ink}"/>'
        f'<text x="14" y="26" font-family="ui-monospace,DejaVu Sans Mono,monospace" '
        f'font-size="13" font-weight="bold" fill="#1c1b19">{escape(name)}</text>'
        f'<text x="14" y="46" font-family="system-ui,sans-serif" font-size="13" '
        f'font-weight="bold" fill="{ink}">{escape(said)}</text>'
        f'<text x="14" y="64" font-family="system-ui,sans-serif" font-size="11" '
        f'fill="#4d4a45">{escape(below)}</text></svg>'
    ).encode()


def _platform(row: HoldingRow) -> str:
    known = PLATFORM_NAMES.get(row.platform, "")
    return f" · {known}" if known else ""


def _state(row: HoldingRow, standing: Standing) -> tuple[str, str]:
    if standing is Standing.OFFICIAL:
        if row.state is HoldingState.DORMANT:
            return "◐", pgettext("badge", "Official, not in use")
        return "✓", pgettext("badge", "Official today")
    words = {
        Standing.COMPROMISED: ("✕", pgettext("badge", "Do not trust it: in other hands")),
        Standing.DOUBTED: ("?", pgettext("badge", "In doubt: do not trust it")),
        Standing.ENDED: ("◐", pgettext("badge", "No longer official")),
        Standing.COMING: ("◐", pgettext("badge", "Not yet official")),
    }
    return words.get(standing, ("○", pgettext("badge", "Not confirmed")))


def _cut(name: str) -> str:
    """A name that fits, cut in the middle: its beginning and its end tell names apart."""
    if len(name) <= _NAME_SHOWN:
        return name
    half = _NAME_SHOWN // 2
    return f"{name[:half]}…{name[-half + 1 :]}"
