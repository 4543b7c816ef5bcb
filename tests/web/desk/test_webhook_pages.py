"""Webhooks at the desk: entered, tested, paused and removed by administrators alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from factories import declare
from zeal import zeal_context

from soi.core.formats import HoldingKind
from soi.people.types import Role
from soi.publishing.webhooks import delivering, queries
from soi.publishing.webhooks.models import Delivery
from soi.publishing.webhooks.types import WANTED, EndpointState, EventKind
from tests.members import member, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/en/desk/webhooks/"
GIVEN = {"url": "https://hook.example/x", "label": "Báo <b>", "kinds": ["edition.published"]}


@pytest.fixture
def chi() -> Client:
    return signed_in(member(Role.ADMINISTRATOR))


@pytest.fixture
def ref(chi: Client) -> int:
    chi.post(PAGE, GIVEN)
    return queries.endpoints()[0].id


def step(client: Client, ref: int, name: str, **given: Any) -> Any:
    return client.post(f"{PAGE}{ref}/{name}/", given)


def test_an_endpoint_is_entered_and_its_secret_shown_once(chi: Client) -> None:
    made = chi.post(PAGE, GIVEN).content.decode()
    secret = re.search(r'value="(whsec_[^"]+)"', made)
    assert secret
    [row] = queries.endpoints()
    assert (row.url, row.kinds) == ("https://hook.example/x", (EventKind.EDITION,))
    for path in (PAGE, f"{PAGE}{row.id}/"):
        page = chi.get(path).content.decode()
        assert "whsec_" not in page
        assert "Báo &lt;b&gt;" in page


@pytest.mark.parametrize(
    "wrong",
    [{"url": "http://hook.example/"}, {"url": "https://10.0.0.1/"}, {"label": " "}, {"kinds": []},
     {"kinds": ["nothing"]}, {"url": "https://hook.example/" + "x" * 600}],
)  # fmt: skip
def test_what_cannot_be_entered_comes_back_with_the_reason(
    chi: Client, wrong: dict[str, Any]
) -> None:
    answer = chi.post(PAGE, GIVEN | wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "webhook_invalid" in page
    assert "Báo &lt;b&gt;" in page or "label" in wrong
    assert queries.endpoints() == []


def test_it_is_paused_goes_on_gets_a_secret_and_is_removed(chi: Client, ref: int) -> None:
    step(chi, ref, "pause")
    assert queries.endpoint(ref).state is EndpointState.PAUSED
    assert "Somebody paused it." in chi.get(f"{PAGE}{ref}/").content.decode()
    refused = step(chi, ref, "test")
    assert (refused.status_code, b"webhook_state_refused" in refused.content) == (409, True)
    step(chi, ref, "resume")
    assert queries.endpoint(ref).state is EndpointState.ACTIVE
    rotated = step(chi, ref, "rotate").content.decode()
    assert "whsec_" in rotated
    assert "with the old one too until" in rotated
    assert step(chi, ref, "dance").status_code == 404
    assert step(chi, ref, "remove").status_code == 302
    assert queries.endpoints() == []
    assert chi.get(f"{PAGE}{ref}/").status_code == 404


def test_messages_are_listed_and_sent_again(chi: Client, ref: int) -> None:
    step(chi, ref, "test")
    [row] = queries.deliveries()[:5]
    Delivery.objects.update(state="dead", attempts=10, status=503, problem="fetch_server_failed")
    page = chi.get(f"{PAGE}{ref}/?state=dead").content.decode()
    assert row.message_id in page
    assert "fetch_server_failed" in page
    assert "10 tries" in page
    assert row.message_id not in chi.get(f"{PAGE}{ref}/?state=delivered").content.decode()
    step(chi, ref, "replay", delivery=str(row.id))
    assert queries.endpoint(ref).waiting == 1
    assert step(chi, ref, "replay", delivery=str(row.id)).status_code == 404
    assert step(chi, ref, "replay", delivery="x").status_code == 404
    Delivery.objects.update(state="dead")
    assert step(chi, ref, "replay").status_code == 302
    assert queries.endpoint(ref).waiting == 1


def test_full_pages_ask_little_of_the_database(
    chi: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(5):
        chi.post(PAGE, GIVEN | {"label": f"Báo {number}", "kinds": [e.value for e in WANTED]})
    for number in range(12):
        declare(HoldingKind.DOMAIN, f"hoamai{number}.example")
    assert delivering.follow() == 60
    for path in (PAGE, f"{PAGE}{queries.endpoints()[0].id}/"):
        with django_assert_max_num_queries(15), zeal_context():
            assert chi.get(path).status_code == 200


def test_the_way_there_is_shown_to_administrators_alone(chi: Client) -> None:
    assert PAGE in chi.get("/en/account/").content.decode()
    editor = signed_in(member(Role.EDITOR))
    assert PAGE not in editor.get("/en/account/").content.decode()
    assert editor.get(PAGE).status_code == 403
