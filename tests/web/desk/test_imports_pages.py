"""The desk's pages of other desks: add a source, see how it stands, decide on what waits."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from soi.claims.actions import Origin, allow_publisher, store_checks
from soi.claims.queries import check_count, check_with_id
from soi.core.formats import Refusal
from soi.journal.queries import Asked, events
from soi.people.types import Role
from soi.publishing.importing import Refused
from soi.publishing.sources import actions, queries
from soi.publishing.sources.quarantine import hold
from tests.checks import SITE, check_record
from tests.members import member, signed_in

pytestmark = pytest.mark.django_db

IMPORTS, URL = "/en/desk/imports/", f"https://{SITE}/feed.json"


@pytest.fixture
def binh() -> Client:
    allow_publisher(site=SITE, name="Soi Sáng", by="an")
    return signed_in(member(Role.EDITOR))


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_source_is_added_and_shown(binh: Client) -> None:
    assert "No source is here" in body(binh, IMPORTS)
    answer = binh.post(f"{IMPORTS}add/", {"url": URL, "sites": "", "every": "6"})
    (row,) = queries.sources()
    assert (answer.status_code, answer["Location"]) == (302, f"{IMPORTS}{row.id}/")
    assert (row.sites, row.every_hours) == ((SITE,), 6)
    assert URL in body(binh, IMPORTS)
    assert "waits for its first look" in body(binh, f"{IMPORTS}{row.id}/")
    (added,) = events(Asked(subject="source"))[:5]
    assert added.actor.startswith("person:")


@pytest.mark.parametrize(
    "typed",
    [
        {"url": "https://elsewhere.example/x", "every": "6"},
        {"url": URL, "sites": "a.example, b.example", "every": "6"},
        {"url": URL, "every": "often"},
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(binh: Client, typed: dict[str, str]) -> None:
    answer = binh.post(f"{IMPORTS}add/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "source_invalid" in page
    assert typed["url"] in page
    assert not queries.sources()


def test_how_it_stands_is_said_by_sign_and_word(binh: Client) -> None:
    source = actions.add_source(url=URL, by="an")
    actions.failed(source, "fetch_not_found")
    page = body(binh, f"{IMPORTS}{source}/")
    assert "failed 1 time" in page
    assert "fetch_not_found" in page
    actions.failed(source, "feed_truncated")
    assert "cut off or broken" in body(binh, f"{IMPORTS}{source}/")
    for step, shown in (("pause", "paused"), ("resume", "failed 2 times")):
        assert binh.post(f"{IMPORTS}{source}/{step}/").status_code == 302
        assert shown in body(binh, f"{IMPORTS}{source}/")
    assert binh.post(f"{IMPORTS}{source}/explode/").status_code == 404
    binh.post(f"{IMPORTS}{source}/remove/")
    assert not queries.sources()


def test_look_now_is_left_to_the_worker(binh: Client) -> None:
    source = actions.add_source(url=URL, by="an")
    actions.failed(source, "fetch_busy")
    assert not queries.due_sources()
    binh.post(f"{IMPORTS}{source}/look/")
    assert queries.due_sources() == [source]


def test_what_waits_is_shown_as_text_and_decided_on(binh: Client) -> None:
    source = actions.add_source(url=URL, by="an")
    hostile = Refusal(3, "publisher_not_named", "other", "<script>alert(1)</script>")
    hold(source, [Refused(hostile, check_record(1)), Refused(Refusal(4, "nul", "", ""))])
    page = body(binh, f"{IMPORTS}{source}/")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    unreadable, item = sorted(queries.quarantine(source)[:5], key=lambda each: each.can_be_let_in)
    address = f"{IMPORTS}{source}/items"
    assert binh.post(f"{address}/{item.id}/let-in/").status_code == 302
    assert check_count() == 1
    assert binh.post(f"{address}/{item.id}/dismiss/").status_code == 409
    assert binh.post(f"{address}/{unreadable.id}/let-in/").status_code == 409
    assert binh.post(f"{address}/{unreadable.id}/dismiss/").status_code == 302
    assert "Nothing is here" in body(binh, f"{IMPORTS}{source}/")
    assert "publisher_not_named" in body(binh, f"{IMPORTS}{source}/?state=let_in")


def test_pages_and_lists_say_whose_check_it_is(binh: Client) -> None:
    origin = Origin(URL, timezone.now(), is_feed=True)
    store_checks([check_record(1)], by="worker", origin=origin)
    number = next(n for n in range(1, 10_000) if check_with_id(n))
    for address in (f"/en/checks/{number}/", "/en/checks/"):
        page = body(Client(), address)
        assert f"another publisher’s check, brought here from {SITE} on" in page
    assert URL in body(Client(), f"/en/checks/{number}/")
    assert "soi-" not in body(Client(), "/en/checks/?by=desk")
    assert check_record(1).claim not in body(Client(), "/en/checks/?by=desk")
