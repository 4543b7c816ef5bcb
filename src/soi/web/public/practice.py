"""The practice page: "Which of these is really theirs?", one question at a time.

Everything stands in the address: the question, what was chosen, the score so far. No cookie, no
script, nothing stored. Names of scams are text and never links.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from soi.answer import practice
from soi.answer.complaints import Complaint, complaint
from soi.answer.errors import QuestionGone
from soi.answer.practice import Choice, Question
from soi.web.public.caching import AT_ONCE, kept

MOST = 9999
"""Questions that are counted."""


@require_safe
@kept(AT_ONCE)
def page(request: HttpRequest) -> HttpResponse:
    """A question; with `q` and `choice` its answer with the reasons, and the way to the next."""
    number, right = _score(request)
    question: Question | None = None
    chosen: Choice | None = None
    error: Complaint | None = None
    if "q" in request.GET:
        try:
            question = practice.question_again(request.GET["q"])
        except QuestionGone as gone:
            error = complaint(gone)
        else:
            place = _number(request, "choice", len(question.choices))
            chosen = question.choices[place - 1] if place else None
    if question is None:
        question = practice.question(number, on=timezone.localdate())
    if chosen is not None and chosen.is_official:
        right += 1
    context = {
        "question": question,
        "chosen": chosen,
        "is_unanswered": "q" in request.GET and chosen is None and error is None,
        "number": number,
        "total": practice.question_count(),
        "right": right,
        "answered": number if chosen else number - 1,
        "next": number + 1,
        "error": error,
    }
    return render(request, "public/practice.html", context)


def _score(request: HttpRequest) -> tuple[int, int]:
    """Which question it is, from 1, and how many before it were right: no more than there were."""
    number = _number(request, "n", MOST) or 1
    return number, min(_number(request, "right", MOST), number - 1)


def _number(request: HttpRequest, name: str, most: int) -> int:
    """A number from 1 to `most`, 0 for everything else."""
    text = request.GET.get(name, "")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
    return number if number <= most else 0
