"""The pages of the desk's own checks: what was claimed, what the evidence says, what was corrected.

Each view is a call or two and a template. Nothing of a draft is ever read here.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import mark_safe
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from soi.answer.complaints import Complaint, complaint
from soi.answer.rate import WINDOW, admit
from soi.checking import actions, public
from soi.checking.content import read
from soi.checking.errors import EditionUnknown
from soi.checking.rules import LIMITS
from soi.checking.types import EditionKind, Topic
from soi.core.formats import script_json
from soi.core.ledger import LedgerError, canonical_json, read_card_code
from soi.intake import floods
from soi.publishing import picturing, sheets
from soi.publishing.cards import Shape
from soi.web.public.caching import FOR_EVER, MINUTE, conditional, for_programs, kept, last_modified
from soi.web.public.origins import private, refuse_other_sites

PAGE = 20
DAY = 86_400


@require_safe
@kept(MINUTE)
def claim(request: HttpRequest, claim_id: int, number: int | None = None) -> HttpResponse:
    """One check: the edition that stands now, or an older one, which says so."""
    found = sheets.sheet(claim_id, number)
    review = sheets.claimreview(found.edition) if number is None else None
    context = {
        "sheet": found,
        "row": found.row,
        "words": found.row.words,
        "edition": found.edition,
        "oembed": oembed_address(sheets.address_of(found.row)),
        "cards": card_paths(found.row),
        "picture": settings.SOI_BASE_URL + card_paths(found.row)[Shape.WIDE.value],
        "alternative": picturing.alternative(found.row),
        # `script_json` escapes what could end the block; HTML's own escaping would break the JSON.
        "record_json": mark_safe(script_json(read(found.edition.content))),  # noqa: S308
        "claimreview_json": mark_safe(script_json(review)) if review else "",  # noqa: S308
    }
    response = render(request, "claims/claim.html", context)
    if found.is_newest:
        last_modified(response, found.row.published_at)
    return response


@require_safe
@kept(MINUTE)
def history(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Every edition of a check, and what each changed."""
    steps = sheets.history(claim_id)
    if not steps:
        raise EditionUnknown(f"Check {claim_id} was never published.", claim=claim_id)
    return render(request, "claims/history.html", {"steps": steps, "row": steps[0].row})


@require_safe
@kept(MINUTE)
def corrections(request: HttpRequest) -> HttpResponse:
    """Everything that was corrected or withdrawn, the newest first."""
    asked = request.GET.get("kind", "")
    kinds = [EditionKind(asked)] if asked in set(EditionKind) - {EditionKind.FIRST} else []
    page = Paginator(public.corrections(kinds), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "kind": kinds[0].value if kinds else "",
        "kinds": [kind for kind in EditionKind if kind is not EditionKind.FIRST],
    }
    return render(request, "claims/corrections.html", context)


@require_safe
@kept(MINUTE)
def challenges(request: HttpRequest) -> HttpResponse:
    """Readers' objections with the desk's answers, the newest answer first."""
    page = Paginator(public.newest_challenges(), PAGE).get_page(request.GET.get("page"))
    return render(request, "claims/challenges.html", {"page": page})


@require_safe
@kept(MINUTE)
def topic(request: HttpRequest, topic: str) -> HttpResponse:
    """The desk's own checks on one topic, the newest first."""
    if topic not in set(Topic):
        raise Http404
    found = public.newest_editions(topic=topic)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(
        request, "claims/topic.html", {"page": page, "topic": topic, "topics": list(Topic)}
    )


@require_safe
@kept(MINUTE)
def ownership(request: HttpRequest) -> HttpResponse:
    """Who owns the desk, who pays for it, and which checks concern them (charter rule C9)."""
    own = Paginator(public.newest_editions(concerns_owner=True), PAGE)
    return render(request, "claims/ownership.html", {"page": own.get_page(request.GET.get("page"))})


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def challenge(request: HttpRequest, claim_id: int) -> HttpResponse:
    """The form by which anybody objects to a check (charter rule C6). It sets no cookie.

    What can't be taken comes back in the form with the reason: nothing that was typed is lost.
    """
    found = public.edition(claim_id)
    if request.method != "POST":
        return _challenge_form(request, found, "")
    text = ""
    try:
        text = request.POST.get("text", "")
        refuse_other_sites(request)
        admit(request)
        floods.admit(floods.source_of(request))
        actions.send_challenge(claim_id, found.row.number, text=text, by="page")
    except Exception as error:
        told = complaint(error)
        if told is None:
            raise
        return _challenge_form(request, found, text, told)
    return private(redirect("public:challenge-sent", claim_id=claim_id))


@require_safe
def challenge_sent(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Thanks, and what happens now."""
    found = public.edition(claim_id)
    return private(render(request, "claims/challenge_sent.html", {"row": found.row}))


@require_safe
@kept(MINUTE)
def code(request: HttpRequest, name: str, digest: str) -> HttpResponse:
    """Where the square code of a share card leads: is it of an edition, and of the newest one?"""
    try:
        asked = read_card_code(f"{settings.SOI_BASE_URL}/c/{name}/{digest}")
    except LedgerError as error:
        raise Http404 from error
    claim_id, number = (int(part) for part in asked.id.split("."))
    try:
        found = public.edition(claim_id, number)
    except EditionUnknown:
        found = None
    if found and sheets.card_code(found.row).sha256 != asked.sha256:
        found = None
    context = {
        "edition": found,
        "row": found.row if found else None,
        "is_newest": bool(found and found.row.number == found.last_number),
        "name": name,
    }
    return render(request, "claims/code.html", context, status=200 if found else 404)


@require_safe
def card(request: HttpRequest, claim_id: int, number: int, shape: str) -> HttpResponse:
    """The share card of an edition. Its words are those of the address's language."""
    if shape not in set(Shape):
        raise Http404
    found = public.edition(claim_id, number)
    content = picturing.card(found.row, Shape(shape))
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = f"public, max-age={DAY}"
    return for_programs(conditional(request, response))


@require_safe
def edition_record(request: HttpRequest, claim_id: int, number: int) -> HttpResponse:
    """The very bytes of an edition that were approved, and whose hash is in the public log."""
    found = public.edition(claim_id, number)
    return _record(request, found.content.encode(), FOR_EVER)


@require_safe
def challenge_record(request: HttpRequest, challenge_id: int) -> HttpResponse:
    """A decided challenge with its answer: the bytes whose hash is in the public log."""
    found = public.challenge_record(challenge_id)
    if found is None:
        raise Http404
    return _record(request, canonical_json(found), FOR_EVER)


def oembed_address(page: str) -> str:
    """Where programs learn how a page is embedded."""
    return f"{settings.SOI_BASE_URL}{reverse('oembed')}?{urlencode({'url': page})}"


def card_paths(row: public.EditionRow) -> dict[str, str]:
    """The addresses of an edition's cards, in the language in which it is written."""
    with translation.override(sheets.page_language(row.words.language)):
        return {
            shape.value: reverse("public:card", args=[row.claim_id, row.number, shape.value])
            for shape in Shape
        }


def _record(request: HttpRequest, content: bytes, cached: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/json")
    response["Cache-Control"] = cached
    return for_programs(conditional(request, response))


def _challenge_form(
    request: HttpRequest, found: public.EditionSheet, text: str, error: Complaint | None = None
) -> HttpResponse:
    context = {
        "row": found.row,
        "text": text[: LIMITS["challenge"]],
        "limit": LIMITS["challenge"],
        "error": error,
    }
    status = error.http_status if error else 200
    response = render(request, "claims/challenge.html", context, status=status)
    if error and error.http_status == 429:
        response["Retry-After"] = str(WINDOW)
    return private(response)
