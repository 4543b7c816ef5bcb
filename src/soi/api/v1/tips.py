"""`POST /api/v1/tips`: a message in, kept for the desk; a private status link out."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from ninja import Field, HeaderEx, P, Router, Schema, Status

from soi.answer.answering import LIMITS
from soi.answer.rate import admit
from soi.api.v1.answers import reader_language
from soi.api.v1.errors import MethodNotAllowed
from soi.api.v1.schemas import Failure
from soi.intake import floods, rules
from soi.intake.actions import Acknowledgement, receive
from soi.intake.types import Channel

router = Router()
Key = HeaderEx[
    str,
    P(
        alias="Idempotency-Key",
        description="16 to 255 visible ASCII characters, random: the same call again is one tip.",
    ),
]
REFUSED = dict.fromkeys((400, 413, 422, 429, 503, 507), Failure)


class Tip(Schema):
    """A message for the desk. It says nothing of who sends it."""

    message: str = Field(
        max_length=4 * LIMITS.characters,
        description=f"Its text, at most {LIMITS.characters} characters, as it reached you.",
        examples=["Uong nuoc chanh nong moi sang chua khoi ung thu. songxanhbank-vn.test"],
    )
    contact: str = Field(
        "",
        max_length=4 * rules.CONTACT_LIMIT,
        description="Optional: how the desk may ask back. Kept encrypted, erased on schedule.",
    )
    language: Literal["vi", "en"] | None = Field(
        None, description="Of the status page; else Accept-Language decides."
    )


class Taken(Schema):
    """A tip that is stored. Who has the token, or the page's address, sees where it stands."""

    token: str
    status_page: str
    state: Literal["received", "checking", "published", "not_checkable"]
    received_at: dt.datetime
    is_replay: bool
    """True when the idempotency key was known and nothing was counted again."""


@router.post(
    "tips",
    response={200: Taken, 201: Taken, **REFUSED},
    summary="Send a tip to the desk",
    operation_id="send_tip",
)
def send_tip(
    request: HttpRequest,
    body: Tip,
    response: HttpResponse,
    idempotency_key: Key = "",
) -> Status[Taken]:
    """Store a tip. The reply is sent when it is committed, and never before.

    201: it was taken. 200: the idempotency key was known, and it had been taken before.
    """
    admit(request)
    response["Cache-Control"] = "no-store"
    taken = receive(
        body.message,
        channel=Channel.API,
        by=Channel.API.value,
        source=floods.source_of(request),
        key=idempotency_key,
        contact=body.contact,
    )
    with translation.override(body.language or reader_language(request)):
        return Status(200 if taken.is_replay else 201, _as_data(taken))


def _as_data(taken: Acknowledgement) -> Taken:
    page = reverse("tips:status", args=[taken.token])
    return Taken(
        token=taken.token,
        status_page=f"{settings.SOI_BASE_URL}{page}",
        state=taken.state.value,
        received_at=taken.received_at,
        is_replay=taken.is_replay,
    )


@router.api_operation(
    ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT", "TRACE"],
    "tips",
    include_in_schema=False,
    operation_id="other_methods_of_tips",
)
def refuse_other_methods(request: HttpRequest) -> None:
    """Tips are sent here and read nowhere: the desk's queue is not public."""
    raise MethodNotAllowed("A tip is sent by POST.")
