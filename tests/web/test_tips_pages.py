"""A reader sends a tip from the answer, and comes back by a link that only they have."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client
from zeal import zeal_context

from soi.intake import actions
from soi.intake.models import Receipt, Tip
from soi.intake.types import Reason

pytestmark = pytest.mark.django_db

CLAIM = "Từ ngày mai, cầu Bến Sậy đóng cửa 3 tháng để sửa chữa lớn."
HOSTILE = "</textarea><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\"'{{ x }}"


def send(client: Client, message: str = CLAIM, prefix: str = "", **fields: str) -> Any:
    return client.post(f"{prefix}/tips/", {"message": message, **fields})


def body_of(response: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def fields_of(page: str, action: str) -> dict[str, str]:
    """What a browser without scripts would send from the form that goes to `action`."""
    [form] = re.findall(rf'<form[^>]*action="{action}".*?</form>', page, re.DOTALL)
    found = re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', form, re.DOTALL)
    found += re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL)
    return {name: html.unescape(value) for name, value in found}


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
def test_the_button_below_an_answer_leads_to_a_private_page(
    client: Client, prefix: str, headers: dict[str, str]
) -> None:
    message = f"{CLAIM}\n“Hai” & 'ba' <b>"
    page = client.post(f"{prefix}/", {"message": message}, headers=headers).content.decode()
    fields = fields_of(page, f"{prefix}/tips/")
    assert fields == {"message": message}

    sent = client.post(f"{prefix}/tips/", fields)

    assert sent.status_code == 302
    assert re.fullmatch(rf"{prefix}/tips/[\w-]{{32}}/", sent["Location"])
    shown = client.get(sent["Location"])
    assert shown.status_code == 200
    assert f'<html lang="{"en" if prefix else "vi"}"' in shown.content.decode()
    assert Tip.objects.get().text == message


def test_an_answer_alone_stores_nothing(client: Client) -> None:
    client.post("/", {"message": CLAIM})
    client.get("/tips/")

    assert not Tip.objects.exists()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_private_page_stays_out_of_caches_searches_and_referrers(
    client: Client, prefix: str
) -> None:
    sent = send(client, prefix=prefix)
    for response in (sent, client.get(sent["Location"]), client.get(f"{prefix}/tips/")):
        assert response["Cache-Control"] == "no-store"
        assert "noindex" in response["X-Robots-Tag"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert not response.cookies
        assert "unsafe" not in response["Content-Security-Policy"]
    assert '<meta name="robots" content="noindex' in client.get(sent["Location"]).content.decode()


def test_the_private_page_shows_nothing_of_the_tip(client: Client, settings: Any) -> None:
    settings.SOI_BASE_URL = "https://desk.example"
    sent = send(client, contact="lan@hopthu.example")
    page = body_of(client.get(sent["Location"]))

    assert "Bến Sậy" not in page
    assert "hopthu" not in page
    assert f"https://desk.example{sent['Location']}" in page


def test_the_page_says_each_state_in_both_languages(client: Client) -> None:
    address = send(client, prefix="/en")["Location"]
    tip_id = Tip.objects.get().pk
    said = [body_of(client.get(address))]
    actions.begin_checking(tip_id, by="an")
    said.append(body_of(client.get(address)))
    actions.close(tip_id, Reason.OPINION, by="an")
    said.append(body_of(client.get(address)))
    actions.begin_checking(tip_id, by="an")
    actions.answer_with(tip_id, "https://desk.example/checks/7/", by="an")
    said.append(body_of(client.get(address)))

    for page, words in zip(
        said, ("Thank you", "being checked", "It is an opinion.", "has been checked"), strict=True
    ):
        assert words in page
    assert 'href="https://desk.example/checks/7/"' in client.get(address).content.decode()
    assert '<html lang="vi"' in client.get(address.removeprefix("/en")).content.decode()


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_of_its_own(client: Client, reason: Reason) -> None:
    address = send(client, prefix="/en")["Location"]
    others = {}
    for each in (reason, *(other for other in Reason if other is not reason)):
        actions.close(Tip.objects.get().pk, each, by="an")
        others[each] = body_of(client.get(address))
        actions.begin_checking(Tip.objects.get().pk, by="an")

    assert len(set(others.values())) == len(Reason)


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("token", ["x", "a" * 32, "%00", "%F0%9F", "..", "<script>", "a" * 2000])
def test_a_wrong_link_is_a_page_that_says_so(client: Client, prefix: str, token: str) -> None:
    response = client.get(f"{prefix}/tips/{token}/")

    assert response.status_code == 404
    assert f'<html lang="{"en" if prefix else "vi"}"' in response.content.decode()
    assert "<script>alert" not in response.content.decode()


def test_an_old_link_is_a_wrong_one(client: Client, time_machine: Any) -> None:
    time_machine.move_to("2025-11-01T08:00:00Z", tick=False)
    address = send(client)["Location"]
    time_machine.move_to("2026-11-24T08:00:00Z", tick=False)

    response = client.get(address)
    assert response.status_code == 404
    assert response["Cache-Control"] == "no-store"
    assert "tip_unknown" in response.content.decode()


def test_a_second_press_is_the_same_tip(client: Client) -> None:
    fields = fields_of(client.get("/tips/").content.decode(), "/tips/") | {"message": CLAIM}
    answers = [client.post("/tips/", fields) for _ in range(3)]

    assert {each.status_code for each in answers} == {302}
    assert Tip.objects.get().reach == 1
    assert Receipt.objects.filter(key_digest=None).count() == 2


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({}, 400, "message_empty"),
        ({"message": " \u202e"}, 400, "message_empty"),
        ({"message": "a" * 50_001}, 413, "message_too_long"),
        ({"message": CLAIM, "contact": "x" * 300}, 422, "contact_invalid"),
        ({"message": CLAIM, "key": "x"}, 422, "idempotency_key_invalid"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_the_reason(
    client: Client, fields: dict[str, str], status: int, code: str
) -> None:
    response = client.post("/en/tips/", fields)

    page = response.content.decode()
    assert response.status_code == status
    assert code in page
    back = fields_of(page, "/en/tips/")
    assert back["message"] == fields.get("message", "")[:50_000]
    assert not Tip.objects.exists()


def test_ten_megabytes_are_said_as_a_page(client: Client) -> None:
    response = send(client, "a" * 10_000_000, prefix="/en")

    assert response.status_code == 413
    assert "message_too_long" in response.content.decode()


@pytest.mark.parametrize("body", ["message=%FF%FE", "message=%00", "message=%ED%A0%80", "%", "&&="])
def test_a_body_that_is_hardly_a_form_is_taken_or_refused(client: Client, body: str) -> None:
    response = client.post("/tips/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code in (302, 400)


def test_a_file_in_the_place_of_a_message_is_no_message(client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    response = client.post("/en/tips/", {"message": SimpleUploadedFile("x.exe", b"MZ\0\xff")})

    assert response.status_code == 400
    assert "message_empty" in response.content.decode()


def test_hostile_text_comes_back_as_text(client: Client) -> None:
    page = send(client, HOSTILE, contact="x" * 300, prefix="/en").content.decode()

    assert "<script>alert" not in page
    assert "<img" not in page
    assert fields_of(page, "/en/tips/")["message"] == HOSTILE


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "null"},
        {"origin": "https://elsewhere.example"},
        {"origin": "http://["},
    ],
)
def test_another_sites_page_sends_nothing(client: Client, headers: dict[str, str]) -> None:
    response = client.post("/en/tips/", {"message": CLAIM}, headers=headers)

    assert response.status_code == 403
    assert "sent_from_elsewhere" in response.content.decode()
    assert not Tip.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"origin": "null"},
        {"origin": "http://testserver"},
    ],
)
def test_our_own_form_needs_no_token_and_no_cookie(headers: dict[str, str]) -> None:
    strict = Client(enforce_csrf_checks=True)

    assert strict.post("/tips/", {"message": CLAIM}, headers=headers).status_code == 302


def test_too_many_are_told_when_to_come_back(client: Client, settings: Any) -> None:
    settings.SOI_ANSWERS_PER_MINUTE = 1
    response = [send(client, f"{CLAIM} {number}", "/en") for number in range(3)][-1]

    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert fields_of(response.content.decode(), "/en/tips/")["message"] == f"{CLAIM} 2"


@pytest.mark.parametrize("path", ["/tips/", "/tips/x/"])
def test_other_methods_are_refused(client: Client, path: str) -> None:
    for method in ("put", "delete", "patch"):
        assert getattr(client, method)(path).status_code == 405


def test_the_private_page_asks_the_database_little(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    address = send(client)["Location"]

    with django_assert_max_num_queries(3), zeal_context():
        client.get(address)
