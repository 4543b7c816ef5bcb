"""`POST /api/v1/answers`: a message in, an answer out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Router

from soi.answer.answering import answer
from soi.answer.as_data import answer_data
from soi.answer.rate import admit
from soi.api.v1.errors import MethodNotAllowed
from soi.api.v1.schemas import Answer, Failure, Message

router = Router()


@router.post(
    "answers",
    response={200: Answer, 400: Failure, 413: Failure, 422: Failure, 429: Failure, 503: Failure},
    summary="Answer a message",
    operation_id="answer_message",
)
def answer_message(request: HttpRequest, body: Message, response: HttpResponse) -> dict[str, Any]:
    """Say what is known of each part of the message. Nothing is stored."""
    admit(request)
    response["Cache-Control"] = "no-store"
    with translation.override(body.language or reader_language(request)):
        return answer_data(answer(body.message))


@router.api_operation(
    ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT", "TRACE"],
    "answers",
    include_in_schema=False,
    operation_id="other_methods",
)
def refuse_other_methods(request: HttpRequest) -> None:
    """A message goes in the body of a POST: it must not stand in an address, which logs keep."""
    raise MethodNotAllowed("A message is sent by POST.")


def reader_language(request: HttpRequest) -> str:
    """The language that Accept-Language asks for, Vietnamese when it asks for none we have."""
    return translation.get_language_from_request(request)
