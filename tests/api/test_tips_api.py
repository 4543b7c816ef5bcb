"""`POST /api/v1/tips` as a bot or another newsroom's page uses it."""

from __future__ import annotations

import json
import logging
from typing import Any

import jsonschema
import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client
from zeal import zeal_context

from soi.intake import actions, queries
from soi.intake.models import Tip
from soi.intake.types import State

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/tips"
CLAIM = "Từ ngày mai, cầu Bến Sậy đóng cửa 3 tháng để sửa chữa lớn."
KEY = "3f0c2f7e-0d0b-4a53-9a4e"


def post(client: Client, body: Any, **headers: str) -> Any:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(ADDRESS, data=data, content_type="application/json", headers=headers)


def test_a_tip_is_taken_and_its_link_says_where_it_stands(client: Client, settings: Any) -> None:
    settings.SOI_BASE_URL = "https://desk.example"
    response = post(client, {"message": CLAIM, "language": "en"})

    taken = response.json()
    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert taken["state"] == "received"
    assert taken["status_page"] == f"https://desk.example/en/tips/{taken['token']}/"
    assert client.get(f"/en/tips/{taken['token']}/").status_code == 200
    assert queries.standing_with_token(taken["token"]).state is State.RECEIVED


def test_every_reply_is_as_the_document_says(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    operation = document["paths"][ADDRESS]["post"]
    for status in (201, 200):
        schema = operation["responses"][str(status)]["content"]["application/json"]["schema"]
        response = post(client, {"message": CLAIM}, **{"idempotency-key": KEY})
        assert response.status_code == status
        jsonschema.validate(response.json(), {**schema, "components": document["components"]})
    assert [each["name"] for each in operation["parameters"]] == ["Idempotency-Key"]


def test_the_same_key_is_one_tip_and_the_same_message_too(client: Client) -> None:
    first = post(client, {"message": CLAIM}, **{"idempotency-key": KEY})
    again = post(client, {"message": CLAIM}, **{"idempotency-key": KEY})
    without = post(client, {"message": CLAIM.upper()})

    assert [each.status_code for each in (first, again, without)] == [201, 200, 201]
    assert [each.json()["is_replay"] for each in (first, again, without)] == [False, True, False]
    assert Tip.objects.count() == 1
    for each in (first, again, without):
        assert client.get(f"/tips/{each.json()['token']}/").status_code == 200


def test_a_contact_is_kept_sealed(client: Client) -> None:
    assert post(client, {"message": CLAIM, "contact": "a@b.example"}).status_code == 201

    tip_id = Tip.objects.get().pk
    assert actions.read_contacts(tip_id, by="an") == ["a@b.example"]


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        ("{", {}, 400, "request_unreadable"),
        (b"\xff", {}, 400, "request_unreadable"),
        ("[]", {}, 422, "request_invalid"),
        ({}, {}, 422, "request_invalid"),
        ({"message": 5}, {}, 422, "request_invalid"),
        ({"message": CLAIM, "contact": ["x"]}, {}, 422, "request_invalid"),
        ({"message": CLAIM, "contact": "x" * 300}, {}, 422, "contact_invalid"),
        ({"message": CLAIM, "language": "fr"}, {}, 422, "request_invalid"),
        ({"message": " \n"}, {}, 400, "message_empty"),
        ({"message": "\u202e\0"}, {}, 400, "message_empty"),
        (r'{"message": "tin \ud800 tin"}', {}, 422, "request_invalid"),
        ({"message": "a" * 50_001}, {}, 413, "message_too_long"),
        ({"message": "a" * 10_000_000}, {}, 413, "message_too_long"),
        ({"message": CLAIM}, {"idempotency-key": "1"}, 422, "idempotency_key_invalid"),
        ({"message": CLAIM}, {"idempotency-key": "é" * 20}, 422, "idempotency_key_invalid"),
    ],
)
def test_a_failure_has_a_code_says_what_to_do_and_stores_nothing(
    client: Client, body: Any, headers: dict[str, str], status: int, code: str
) -> None:
    response = post(client, body, **headers)

    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert response.json()["error"]["what"]
    assert not Tip.objects.exists()


def test_a_key_that_stands_for_another_message_is_a_conflict_that_is_named(client: Client) -> None:
    post(client, {"message": CLAIM}, **{"idempotency-key": KEY})
    response = post(client, {"message": f"{CLAIM} Không phải."}, **{"idempotency-key": KEY})

    assert response.status_code == 422
    assert response.json()["error"]["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("text", [r"tin \u0000 tin", r"\u202etin\u202c"])
def test_text_that_no_database_can_hold_is_taken_without_it(client: Client, text: str) -> None:
    assert post(client, f'{{"message": "{text}"}}').status_code == 201
    assert not set(Tip.objects.get().text) & {"\0", "\u202e", "\u202c"}


def test_one_client_is_slowed_and_told_when_to_come_back(client: Client, settings: Any) -> None:
    settings.SOI_ANSWERS_PER_MINUTE = 1
    last = [post(client, {"message": f"{CLAIM} {number}"}) for number in range(3)][-1]

    assert last.status_code == 429
    assert last.json()["error"]["code"] == "rate_limited"
    assert 0 < int(last["Retry-After"]) <= 60


def test_one_client_sends_so_much_in_a_day(client: Client, settings: Any) -> None:
    settings.SOI_TIPS_PER_DAY = 2
    answers = [post(client, {"message": f"{CLAIM} {number}"}) for number in range(5)]

    # A day may turn between the calls: then the count begins again.
    assert answers[-1].status_code == 429
    assert answers[-1].json()["error"]["code"] == "tips_limited"
    assert 0 < int(answers[-1]["Retry-After"]) <= 86_400


def test_a_full_queue_says_so_and_keeps_what_it_has(client: Client, settings: Any) -> None:
    settings.SOI_TIPS_WAITING = 1
    post(client, {"message": CLAIM})
    response = post(client, {"message": f"{CLAIM} 2"})

    assert (response.status_code, response.json()["error"]["code"]) == (503, "tips_full")
    assert Tip.objects.count() == 1


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options", "trace"])
def test_tips_are_sent_here_and_read_nowhere(client: Client, method: str) -> None:
    response = getattr(client, method)(ADDRESS)

    assert response.status_code == 405
    assert response["Allow"] == "POST"
    assert client.get(f"{ADDRESS}/1").status_code == 404


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [("database is locked", 503, "database_locked"), ("disk is full", 507, "disk_full")],
)
def test_what_could_not_be_stored_is_not_acknowledged(
    client: Client, monkeypatch: pytest.MonkeyPatch, said: str, status: int, code: str
) -> None:
    def fail(*given: object, **named: object) -> None:
        raise OperationalError(said)

    monkeypatch.setattr(actions, "append", fail)
    response = post(client, {"message": CLAIM})

    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert not Tip.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_reply_comes_after_the_commit(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    committed: list[bool] = []
    written = transaction.on_commit

    real = actions.append

    def append(*given: Any, **named: Any) -> None:
        real(*given, **named)
        written(lambda: committed.append(True))

    monkeypatch.setattr(actions, "append", append)
    response = post(client, {"message": CLAIM})

    assert response.status_code == 201
    assert committed == [True]
    assert not connection.in_atomic_block


def test_a_failure_is_said_in_the_language_that_the_header_asks_for(client: Client) -> None:
    said = {
        language: post(client, {"message": ""}, **{"accept-language": language}).json()["error"]
        for language in ("vi", "en")
    }

    assert said["en"]["what"] == "There is no message"
    assert said["vi"]["what"] != said["en"]["what"]


def test_no_log_holds_the_tip_or_the_contact(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for message in (CLAIM, "Lựu " * 20_000, ""):
        post(client, {"message": message, "contact": "luu@hopthu.example"})

    assert not [m for m in caplog.messages if "Lựu" in m or "luu" in m or "Bến" in m]


def test_a_tip_costs_a_bounded_number_of_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    post(client, {"message": f"{CLAIM} 0"})

    with django_assert_max_num_queries(15), zeal_context():
        post(client, {"message": CLAIM, "contact": ""}, **{"idempotency-key": KEY})
