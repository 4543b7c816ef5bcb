"""Feeds, the list of feeds, the DataFeed, oEmbed, a card for other sites' pages, the sitemap."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from soi.checking import public
from soi.checking.errors import EditionUnknown
from soi.claims import queries as claims
from soi.core.formats import write_datafeed
from soi.core.formats.feeds import MEDIA_TYPES, FeedForm, write_feed, write_opml
from soi.core.formats.sitemap import write_sitemap, write_sitemap_index
from soi.publishing import dumps, mapping, news, sheets, words
from soi.publishing.news import Named
from soi.web.public.caching import MINUTE, for_programs, kept, last_modified

HOUR = 3600
EMBED_WIDTH, EMBED_HEIGHT = 480, 300


@require_safe
@kept(5 * MINUTE)
def feed(request: HttpRequest, language: str, subject: str, form: str) -> HttpResponse:
    """One feed in one form."""
    named = Named(language, subject)
    if not named.is_known or form not in set(FeedForm):
        raise Http404
    found = news.feed(named, FeedForm(form))
    response = HttpResponse(
        write_feed(found, FeedForm(form)), content_type=MEDIA_TYPES[FeedForm(form)]
    )
    return for_programs(last_modified(response, found.updated))


@require_safe
@kept(HOUR)
def feeds(request: HttpRequest) -> HttpResponse:
    """The feeds of the desk, to be subscribed to."""
    context = {
        "feeds": [
            (each.title, [(form.name, news.address_of(each, form)) for form in FeedForm])
            for each in news.all_feeds()
        ]
    }
    return render(request, "public/feeds.html", context)


@require_safe
@kept(HOUR)
def opml(request: HttpRequest) -> HttpResponse:
    """All feeds as one list, which feed readers take in one step."""
    day = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    written = write_opml(sheets.desk_name(), news.listed(), at=day)
    return for_programs(HttpResponse(written, content_type="text/x-opml; charset=utf-8"))


@require_safe
@kept(5 * MINUTE)
def datafeed(request: HttpRequest) -> HttpResponse:
    """Every check of the desk's own as ClaimReview, in a schema.org DataFeed."""
    stream = io.BytesIO()
    write_datafeed((row.record for row in claims.own_checks()), stream)
    return for_programs(HttpResponse(stream.getvalue(), content_type="application/ld+json"))


@require_safe
@kept(5 * MINUTE)
def checks_schema(request: HttpRequest) -> HttpResponse:
    """The JSON Schema of the file of all checks."""
    return for_programs(HttpResponse(dumps.schema(), content_type="application/schema+json"))


@require_safe
def checks_data(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """Every check of the desk's own as one file, however many they are: CSV or JSON."""
    if form not in dumps.WRITERS:
        raise Http404
    kinds = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
    response = StreamingHttpResponse(dumps.WRITERS[form](), content_type=kinds[form])
    response["Cache-Control"] = f"public, max-age=0, s-maxage={5 * MINUTE}, must-revalidate"
    response["Content-Disposition"] = f'inline; filename="checks.{form}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@require_safe
@kept(5 * MINUTE)
def embed(request: HttpRequest, claim_id: int) -> HttpResponse:
    """A card of a check for other sites' pages: no script, no cookie, no third party."""
    found = public.edition(claim_id)
    return render(request, "claims/embed.html", {"row": found.row, "edition": found})


@require_safe
@kept(5 * MINUTE)
def oembed(request: HttpRequest) -> HttpResponse:
    """How to embed the page at `url` (oembed.com): the card above in a frame."""
    if request.GET.get("format", "json") != "json":
        return HttpResponse(status=501)
    found, language = _asked(request.GET.get("url", ""))
    with translation.override(language):
        address = settings.SOI_BASE_URL + reverse("public:embed", args=[found.row.claim_id])
        title = words.headline(found.row)
    width = _at_most(request.GET.get("maxwidth", ""), EMBED_WIDTH)
    height = _at_most(request.GET.get("maxheight", ""), EMBED_HEIGHT)
    frame = format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" '
        'sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>',
        address, title, width, height,
    )  # fmt: skip
    content = {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": sheets.desk_name(),
        "provider_url": settings.SOI_BASE_URL,
        "cache_age": HOUR,
        "html": frame,
        "width": width,
        "height": height,
    }
    return for_programs(JsonResponse(content))


def _asked(url: str) -> tuple[public.EditionSheet, str]:
    """The check whose page has this address, and the page's language. Raises `Http404`."""
    if not url.startswith(f"{settings.SOI_BASE_URL}/"):
        raise Http404
    path = urlsplit(url.removeprefix(settings.SOI_BASE_URL)).path
    language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
    try:
        with translation.override(language):
            match = resolve(path)
        if match.view_name not in ("public:claim", "public:claim-edition"):
            raise Http404
        return public.edition(match.kwargs["claim_id"]), language
    except (Resolver404, EditionUnknown) as error:
        raise Http404 from error


def _at_most(asked: str, usual: int) -> int:
    number = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else usual
    return max(1, min(number, usual))


@require_safe
@kept(HOUR)
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The list of the files that list the pages."""
    files = [
        settings.SOI_BASE_URL + reverse("sitemap", args=[part])
        for part in range(1, mapping.part_count() + 1)
    ]
    return HttpResponse(write_sitemap_index(files), content_type="application/xml")


@require_safe
@kept(HOUR)
def sitemap(request: HttpRequest, part: int) -> HttpResponse:
    """One file of pages."""
    if not 1 <= part <= mapping.part_count():
        raise Http404
    return HttpResponse(write_sitemap(mapping.pages(part)), content_type="application/xml")
