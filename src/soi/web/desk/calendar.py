"""Write the days on which keepers are asked again as a calendar file (RFC 5545).

The desk sends no mail. A keeper takes the file into their own calendar, which reminds them. It
names the organisation and the desk's page, and no holding: calendars travel.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from soi.register.rules import CUSTODY_NOTICE_DAYS
from soi.register.types import OrganisationRow

_LINE = 75
"""Bytes of a line (RFC 5545, section 3.1)."""


def calendar_of(organisation: OrganisationRow, days: Iterable[dt.date]) -> bytes:
    """A calendar with one whole-day event for each of the days."""
    address = f"{settings.SOI_BASE_URL}{reverse('desk:organisation', args=[organisation.slug])}"
    title = gettext("Confirm who holds the keys: %(name)s") % {"name": organisation.name}
    stamp = timezone.now().astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Soi//register//EN"]
    for day in sorted(set(days)):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{organisation.slug}-{day.isoformat()}@soi",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"SUMMARY:{_escaped(title)}",
            f"URL:{address}",
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_escaped(title)}",
            f"TRIGGER:-P{CUSTODY_NOTICE_DAYS}D",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return b"".join(_folded(line) for line in lines)


def _escaped(text: str) -> str:
    """Text as RFC 5545, section 3.3.11, writes it."""
    plain = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(plain.split())


def _folded(line: str) -> bytes:
    """A line, taken apart at whole letters where it is too long."""
    pieces, current = [], b""
    for letter in line:
        encoded = letter.encode()
        if len(current) + len(encoded) > _LINE:
            pieces.append(current)
            current = b" "
        current += encoded
    return b"\r\n".join([*pieces, current]) + b"\r\n"
