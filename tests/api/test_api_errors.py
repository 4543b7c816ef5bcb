"""Below `/api/` every failure is JSON with a stable code, in the language that was asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from soi.claims import queries
from soi.index.engine import IndexDamaged

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/answers"


def error_of(response: Any) -> dict[str, str]:
    assert response["Content-Type"].startswith("application/json")
    error: dict[str, str] = json.loads(response.content)["error"]
    assert set(error) == {"code", "what", "why", "next"}
    return error


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options", "trace"])
def test_another_method_is_named_as_the_reason(client: Client, method: str) -> None:
    response = getattr(client, method)(ADDRESS)

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert error_of(response)["code"] == "method_not_allowed"


@pytest.mark.parametrize("path", ["/api/", "/api/v1/", "/api/v1/nothing", "/api/v2/answers"])
def test_an_unknown_address_is_said_in_json(client: Client, path: str) -> None:
    for response in (client.get(path), client.post(path, {"message": "tin"})):
        assert response.status_code == 404
        assert error_of(response)["code"] == "address_unknown"


def test_a_refusal_is_said_in_the_language_that_the_header_asks_for(client: Client) -> None:
    said = {
        language: error_of(client.get(ADDRESS, headers={"accept-language": language}))["what"]
        for language in ("vi", "en")
    }

    assert said["en"] == "This address takes another method"
    assert said["vi"] != said["en"]


def test_what_does_not_fit_is_named(client: Client) -> None:
    response = client.post(
        ADDRESS, {"message": "tin", "language": "fr"}, content_type="application/json"
    )

    assert error_of(response)["why"].startswith("language: ")


@pytest.mark.parametrize("text", [r"\ud800", r"a\udfff.test", r"\u0000"])
def test_text_that_no_file_can_hold_is_refused_or_answered(client: Client, text: str) -> None:
    response = client.post(ADDRESS, f'{{"message": "{text}"}}', content_type="application/json")

    assert response.status_code in (200, 400, 422)


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (OperationalError("database is locked"), 503, "database_locked"),
        (OperationalError("no such table: claims_check"), 503, "database_not_migrated"),
        (OperationalError("database or disk is full"), 507, "disk_full"),
        (IndexDamaged("torn"), 503, "index_damaged"),
    ],
)
def test_a_desk_that_cannot_answer_says_why(
    client: Client, monkeypatch: pytest.MonkeyPatch, failure: Exception, status: int, code: str
) -> None:
    def fail(*given: object) -> None:
        raise failure

    monkeypatch.setattr(queries, "checks_by_id", fail)
    response = client.post(
        ADDRESS, {"message": "Một câu có đủ chữ để tra."}, content_type="application/json"
    )

    assert response.status_code == status
    assert error_of(response)["code"] == code


def test_a_fault_of_ours_is_not_dressed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*given: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(queries, "checks_by_id", fail)
    response = Client(raise_request_exception=False).post(
        ADDRESS, {"message": "Một câu có đủ chữ để tra."}, content_type="application/json"
    )

    assert response.status_code == 500
    assert b"secret detail" not in response.content


def test_no_token_and_no_session_is_needed_from_another_site() -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(
        ADDRESS,
        {"message": "tin"},
        content_type="application/json",
        headers={"origin": "https://elsewhere.example"},
    )

    assert response.status_code == 200
