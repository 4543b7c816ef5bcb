"""The public log: a page about it, and its files at the addresses that verifiers know.

The files are those of C2SP tlog-tiles below `/log/`. A tile never changes, so caches may keep it
for ever; the checkpoint does, so they may keep it for seconds. Anybody's page may read them.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from soi.core.ledger import LeafKind, LedgerError, fetch_from
from soi.core.ledger.tiles import read_path, tile_at
from soi.publishing.log import keys, queries
from soi.publishing.log.actions import opened
from soi.publishing.log.queries import LeafRow
from soi.register import queries as register
from soi.web.public.caching import FOR_EVER, conditional, for_programs, kept

PAGE = 50
SECONDS = 5
"""A checkpoint is asked for to see what is new."""
FOR_SECONDS = f"public, max-age={SECONDS}"
NEVER_OLD = "public, no-cache"
FOR_MINUTES = "public, max-age=300"
_TEXT, _BYTES = "text/plain; charset=utf-8", "application/octet-stream"


@require_safe
@kept(SECONDS)
def about(request: HttpRequest) -> HttpResponse:
    """What the log is, where it stands, its newest leaves, and how to verify it."""
    page = Paginator(queries.leaves(), PAGE).get_page(request.GET.get("page"))
    context = {
        "standing": queries.standing(),
        "page": page,
        "leaves": _with_places(list(page.object_list)),
        "handovers": range(1, len(keys.handovers()) + 1),
        "address": f"{settings.SOI_BASE_URL}/log",
    }
    return render(request, "public/log.html", context)


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint."""
    return _file(request, bytes(opened().checkpoint().note), _TEXT, FOR_SECONDS)


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile or a bundle of entries that the newest checkpoint covers; 404 for every other one."""
    try:
        asked = read_path(f"tile/{path}")
        there = tile_at(asked.level, asked.index, opened().checkpoint().tree.size)
        if asked.width > there.width:
            raise Http404
        content = fetch_from(Path(settings.SOI_LOG_DIR))(asked.path, asked.largest)
    except (LedgerError, FileNotFoundError) as error:
        raise Http404 from error
    return _file(request, content, _BYTES, FOR_EVER)


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The verifier keys that sign now, one a line."""
    lines = "".join(f"{each}\n" for each in keys.verifier_keys())
    return _file(request, lines.encode(), _TEXT, FOR_MINUTES)


@require_safe
def handover(request: HttpRequest, number: int) -> HttpResponse:
    """The statement in which a key named its successor."""
    found = keys.handovers()
    if not 1 <= number <= len(found):
        raise Http404
    return _file(request, found[number - 1].encode(), _TEXT, FOR_MINUTES)


@require_safe
def proof(request: HttpRequest, index: int) -> HttpResponse:
    """The proof file of one leaf, which `soi verify` checks offline."""
    try:
        content = queries.proof(index).as_json()
    except LedgerError as error:
        raise Http404 from error
    response = _file(request, content, "application/json", FOR_SECONDS)
    response["Content-Disposition"] = f'attachment; filename="proof-{index}.json"'
    return response


def _file(request: HttpRequest, content: bytes, kind: str, cached: str) -> HttpResponse:
    """Bytes that anybody's program may read, with an ETag of their own."""
    response = HttpResponse(content, content_type=kind, headers={"Cache-Control": cached})
    return for_programs(conditional(request, response))


def _with_places(leaves: list[LeafRow]) -> list[tuple[LeafRow, str]]:
    """Each leaf with the slug of the organisation that it is about, "" for none."""
    about = [int(each.id) for each in leaves if each.kind is LeafKind.REGISTER_CHANGE]
    slugs = register.slugs_of(about)
    return [
        (each, slugs.get(int(each.id), "") if each.kind is LeafKind.REGISTER_CHANGE else "")
        for each in leaves
    ]
