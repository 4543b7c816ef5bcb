"""`POST /api/v1/answers` as another site, bot or newsroom uses it."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from django.test import Client

from soi import demo

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/answers"


def _post(client: Client, body: Any, **headers: str) -> Any:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(ADDRESS, data=data, content_type="application/json", headers=headers)


@pytest.fixture
def schema(client: Client) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    answers = document["paths"]["/api/v1/answers"]["post"]["responses"]["200"]
    return {
        **answers["content"]["application/json"]["schema"],
        "components": document["components"],
    }


@pytest.mark.usefixtures("demo_desk")
@pytest.mark.parametrize("sample", demo.samples("en"), ids=lambda s: s.id)
def test_every_answer_is_as_the_document_says(client: Client, schema: Any, sample: demo.Sample):
    response = _post(client, {"message": sample.text})
    assert response.status_code == 200
    jsonschema.validate(response.json(), schema)
    assert response.json()["findings"]


@pytest.mark.usefixtures("demo_desk")
def test_spans_point_into_the_message_as_it_was_sent(client: Client):
    message = "Coi \u200bnè: songxanhbank-vn.test 🙏 gọi 0900 000 000"
    for finding in _post(client, {"message": message}).json()["findings"]:
        start, end = finding["span"]
        assert message[start:end] == finding["text"]


@pytest.mark.usefixtures("demo_desk")
@pytest.mark.parametrize(
    ("language", "headers", "advice"),
    [
        ("en", {}, "Don't open it"),
        ("vi", {}, "Đừng mở"),
        (None, {"accept-language": "en-GB,en;q=0.8"}, "Don't open it"),
        (None, {}, "Đừng mở"),
    ],
)
def test_the_sentences_are_in_the_language_asked_for(
    client: Client, language: str | None, headers: dict[str, str], advice: str
):
    body = {"message": "songxanhbank-vn.test", "language": language}
    [finding] = _post(client, body, **headers).json()["findings"]
    assert finding["advice"].startswith(advice)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "request_unreadable"),
        (b"\xff", 400, "request_unreadable"),
        ("[]", 422, "request_invalid"),
        ({}, 422, "request_invalid"),
        ({"message": 5}, 422, "request_invalid"),
        ({"message": "x", "language": "fr"}, 422, "request_invalid"),
        ({"message": "  "}, 400, "message_empty"),
        ({"message": "a" * 50_001}, 413, "message_too_long"),
        ({"message": "a" * 1_000_000}, 413, "message_too_long"),
        ({"message": "<!doctype html><p>x"}, 400, "message_unreadable"),
    ],
)
def test_a_failure_has_a_code_and_says_what_to_do(
    client: Client, body: Any, status: int, code: str
):
    response = _post(client, body)
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert response.json()["error"]["what"]


def test_one_client_is_slowed_and_told_when_to_come_back(client: Client, settings: Any):
    settings.SOI_ANSWERS_PER_MINUTE = 2
    statuses = [_post(client, {"message": "tin"}).status_code for _ in range(2)]
    # A minute may turn between the calls: then the count begins again, and a fourth call is due.
    last = [_post(client, {"message": "tin"}) for _ in range(3)][-1]
    assert statuses == [200, 200]
    assert last.status_code == 429
    assert last.json()["error"]["code"] == "rate_limited"
    assert 0 < int(last["Retry-After"]) <= 60


def test_the_page_and_the_api_count_together(client: Client, settings: Any):
    settings.SOI_ANSWERS_PER_MINUTE = 1
    for _ in range(3):
        client.post("/", {"message": "tin"})
    assert _post(client, {"message": "tin"}).status_code == 429


def test_no_answer_is_cached_and_no_cookie_is_set(client: Client):
    response = _post(client, {"message": "tin"})
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


def test_another_method_is_refused(client: Client):
    assert client.get(ADDRESS).status_code == 405
