"""The box: paste, answer, and nothing left behind."""

from __future__ import annotations

import html
import logging
import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from factories import list_scam, store_check

from soi import demo
from soi.answer.answering import LIMITS
from soi.core.formats import ScamKind

pytestmark = pytest.mark.django_db

SECRET = "Cô Lựu ở ngõ 7 nợ tiền, gọi 0900 000 099 hoặc vào luu-ngo7.test"


def box_of(page: str) -> str:
    """What stands in the box, as a browser reads it."""
    [inside] = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    return html.unescape(inside)


def test_the_box_posts_without_script_and_without_a_token(client: Client) -> None:
    page = client.get("/").content.decode()

    [form] = re.findall(r'<form class="ask"[^>]*>', page)
    assert 'method="post"' in form
    assert 'action="/"' in form
    assert "csrf" not in page
    assert Client(enforce_csrf_checks=True).post("/", {"message": "tin"}).status_code == 200


@pytest.mark.parametrize("headers", [{}, {"hx-request": "true"}])
def test_an_answer_is_kept_in_no_cache_and_sets_no_cookie(
    client: Client, headers: dict[str, str]
) -> None:
    response = client.post("/", {"message": "tin"}, headers=headers)

    assert response["Cache-Control"] == "no-store"
    assert "HX-Request" in response["Vary"]
    assert not response.cookies


def test_the_message_comes_back_in_the_box_as_it_was(client: Client) -> None:
    message = "  Dòng đầu <b>\n\nDòng “hai” & \"ba\" 'bốn'  "

    assert box_of(client.post("/", {"message": message}).content.decode()) == message


@pytest.mark.parametrize("message", ["<html><p>tin", "a" * (LIMITS.characters + 5)])
def test_a_refused_message_comes_back_too_as_far_as_it_may_be_long(
    client: Client, message: str
) -> None:
    response = client.post("/", {"message": message})

    assert response.status_code in (400, 413)
    assert box_of(response.content.decode()) == message[: LIMITS.characters]


def test_too_large_a_body_is_said_as_a_page_and_in_place(client: Client) -> None:
    message = {"message": "a" * (django_settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}

    for headers in ({}, {"hx-request": "true"}):
        response = client.post("/en/", message, headers=headers)
        assert response.status_code == 413
        assert "message_too_long" in response.content.decode()


def test_too_many_answers_are_said_with_the_time_to_wait(client: Client, settings: Any) -> None:
    settings.SOI_ANSWERS_PER_MINUTE = 1
    response = [client.post("/en/", {"message": "tin"}) for _ in range(3)][-1]

    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    page = response.content.decode()
    assert "rate_limited" in page
    assert box_of(page) == "tin"


def test_a_post_without_a_message_is_an_empty_one(client: Client) -> None:
    for body in ({}, {"other": "x"}):
        assert "message_empty" in client.post("/", body).content.decode()


@pytest.mark.parametrize("body", ["message=%FF%FE", "message=%00", "message=%ED%A0%80", "%", "&&="])
def test_a_body_that_is_hardly_a_form_is_answered_or_refused(client: Client, body: str) -> None:
    response = client.post("/", body, content_type="application/x-www-form-urlencoded")

    assert response.status_code in (200, 400)


@pytest.mark.parametrize("sample", demo.samples("vi"), ids=lambda sample: sample.id)
def test_a_sample_fills_the_box(demo_desk: None, client: Client, sample: demo.Sample) -> None:
    assert box_of(client.get(f"/?sample={sample.id}").content.decode()) == sample.text


def test_an_unknown_sample_leaves_the_box_empty(client: Client) -> None:
    assert box_of(client.get("/?sample=<script>").content.decode()) == ""


def test_without_the_demonstration_there_are_no_samples(client: Client) -> None:
    assert box_of(client.get("/?sample=bank-lock").content.decode()) == ""


@pytest.mark.parametrize("path", ["/", "/api/v1/answers"])
def test_no_log_holds_what_was_asked(
    client: Client, caplog: pytest.LogCaptureFixture, path: str
) -> None:
    store_check("Cây cầu ở Bến Sậy đã sập trong đêm qua.")
    caplog.set_level(logging.INFO)  # the level at which a desk runs

    json = {"content_type": "application/json"} if path != "/" else {}
    for message in (SECRET, SECRET * 2000, f"<html>{SECRET}"):
        client.post(path, {"message": message}, **json)

    assert not [
        each for each in caplog.messages if "Lựu" in each or "luu" in each or "0900" in each
    ]


def test_no_link_of_a_message_can_be_clicked(client: Client) -> None:
    list_scam(ScamKind.HOST, "xau.test")

    page = client.post("/", {"message": "Vào https://xau.test/a và javascript:alert(1)"})

    assert not re.search(r'href="[^"]*(xau\.test|javascript)', page.content.decode())


def test_the_page_and_the_part_say_the_same(client: Client) -> None:
    list_scam(ScamKind.HOST, "xau.test")
    whole = client.post("/", {"message": "xau.test"}).content.decode()
    part = client.post("/", {"message": "xau.test"}, headers={"hx-request": "true"})

    [said] = re.findall(r"<article.*?</article>", part.content.decode(), re.DOTALL)
    assert said in whole
