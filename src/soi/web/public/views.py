"""The public pages. Each view is a call or two and a template."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from soi import demo
from soi.answer.answering import LIMITS, answer
from soi.answer.complaints import Complaint, complaint
from soi.answer.rate import WINDOW, admit
from soi.answer.statements import check_card
from soi.answer.types import Answer
from soi.checking.types import Topic
from soi.claims import queries as claims
from soi.core.formats import Verdict, claimreview_of, script_json
from soi.publishing import sheets
from soi.web.public.caching import MINUTE, kept
from soi.web.ui import specimens

PAGE = 20


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer_page(request: HttpRequest) -> HttpResponse:
    """The box, and the answer to what was pasted. Works whole without JavaScript.

    No session and no CSRF token: the post changes nothing, and the desk sets no cookie.
    """
    if request.method != "POST":
        chosen = [s.text for s in _samples() if s.id == request.GET.get("sample")]
        return _answer_response(request, message="".join(chosen))
    message = ""
    try:
        message = request.POST.get("message", "")
        admit(request)
        return _answer_response(request, message=message, answer=answer(message))
    except Exception as error:
        told = complaint(error)
        if told is None:
            raise
        return _answer_response(request, message=message[: LIMITS.characters], error=told)


def _answer_response(
    request: HttpRequest,
    *,
    message: str,
    answer: Answer | None = None,
    error: Complaint | None = None,
) -> HttpResponse:
    """The whole page, or for htmx the answer alone."""
    context: dict[str, Any] = {"answer": answer, "error": error}
    template = "public/_answer.html"
    if not getattr(request, "htmx", False):
        template = "public/answer.html"
        context |= {"message": message, "limit": LIMITS.characters, "samples": _samples()}
    response = render(request, template, context, status=error.http_status if error else 200)
    response["Vary"] = "HX-Request"
    response["Cache-Control"] = "no-store" if request.method == "POST" else "public, max-age=60"
    if error and error.code == "rate_limited":
        response["Retry-After"] = str(WINDOW)
    return response


def _samples() -> list[demo.Sample]:
    """Messages to try, while the demonstration is loaded."""
    return demo.samples(get_language() or "vi") if claims.has_demo() else []


@require_safe
@kept(MINUTE)
def checks(request: HttpRequest) -> HttpResponse:
    """Published checks, newest first, with filters."""
    asked = {name: request.GET.get(name, "")[:200] for name in ("q", "verdict", "language", "by")}
    verdict = asked["verdict"] if asked["verdict"] in set(Verdict) else ""
    found = claims.newest_checks(
        text=asked["q"].replace("\0", ""),
        verdict=verdict,
        language=asked["language"],
        is_own=_BY.get(asked["by"]),
    )
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "checks": [check_card(row) for row in page.object_list],
        "query": asked["q"],
        "verdict": verdict,
        "language": asked["language"],
        "by": asked["by"] if asked["by"] in _BY else "",
        "topics": list(Topic),
        "languages": claims.languages(),
    }
    return render(request, "public/checks.html", context)


_BY = {"desk": True, "others": False}


@require_safe
@kept(MINUTE)
def check(request: HttpRequest, ref: int) -> HttpResponse:
    """One published check, with the publisher's own words and address."""
    row = claims.check_with_id(ref)
    if row is None:
        raise Http404
    if own := sheets.claim_of(row):
        return redirect("public:claim", claim_id=own, permanent=True)
    context = {
        "check": check_card(row),
        # `script_json` escapes what could end the block; HTML's own escaping would break the JSON.
        "claimreview_json": mark_safe(script_json(claimreview_of(row.record))),  # noqa: S308
    }
    return render(request, "public/check.html", context)


@require_safe
@kept(MINUTE)
def how_we_work(request: HttpRequest) -> HttpResponse:
    """The charter in plain words, the scale, and what Soi will not do."""
    return render(request, "public/how_we_work.html")


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with invented content."""
    return render(request, "public/styleguide.html", specimens.styleguide())


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Say that the desk can read its records; for monitors, never cached."""
    claims.has_demo()
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
