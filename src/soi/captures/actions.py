"""All writes of captures: ask for one, keep what came, watch its source."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from soi.captures.errors import AddressInvalid
from soi.captures.models import Capture
from soi.core.formats.hosts import UnusableUrlError, web_url
from soi.journal.actions import Entry, append


@transaction.atomic
def request(url: str, *, by: str) -> int:
    """Ask for the source at `url`; the worker fetches it. Returns the capture's number.

    Asking again gives another capture: sources change. Raises `AddressInvalid`.
    """
    try:
        address = web_url(url).url
    except UnusableUrlError as error:
        raise AddressInvalid("That is no address of the public web.", reason=error.code) from error
    now = timezone.now()
    capture = Capture.objects.create(requested_url=address, requested_at=now, due_at=now)
    append([Entry("capture.requested", "capture", capture.pk)], by=by)
    return capture.pk
