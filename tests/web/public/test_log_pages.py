"""The public log by request: a page about it, and files that other programs verify."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from factories import declare

from soi.core.formats import HoldingKind
from soi.core.ledger import Trust, read_key, read_proof, verify_handover, verify_log, verify_proof
from soi.publishing.log import actions, keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def logged() -> None:
    """A log of three leaves."""
    for number in range(3):
        declare(HoldingKind.DOMAIN, f"hoamai{number}.example")
    actions.follow()


def fetched_by(client: Client) -> Callable[[str, int], bytes]:
    """Fetch the log's files as a verifier does that knows its address."""

    def fetch(path: str, most: int) -> bytes:
        response = client.get(f"/log/{path}")
        if response.status_code == 404:
            raise FileNotFoundError(path)
        assert response.status_code == 200
        return bytes(response.content[:most])

    return fetch


@pytest.mark.usefixtures("logged")
def test_the_whole_log_is_verified_through_its_addresses(client: Client) -> None:
    trust = Trust((read_key(client.get("/log/key").content.decode().strip()),))
    report = verify_log(fetched_by(client), trust)
    assert report.signed.tree.size == 3
    assert report.kinds == {"register_change": 3}


@pytest.mark.usefixtures("logged")
def test_a_tile_may_be_kept_for_ever_and_the_checkpoint_for_seconds(client: Client) -> None:
    tile, checkpoint = client.get("/log/tile/0/000.p/3"), client.get("/log/checkpoint")
    assert "immutable" in tile["Cache-Control"]
    assert checkpoint["Cache-Control"] == "public, max-age=5"
    for response in (tile, checkpoint):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies
        again = client.get(
            response.request["PATH_INFO"], headers={"if-none-match": response["ETag"]}
        )
        assert (again.status_code, again.content) == (304, b"")


@pytest.mark.usefixtures("logged")
@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000",
        "tile/0/000.p/4",
        "tile/0/001",
        "tile/1/000",
        "tile/0/../../log.key",
        "tile/9/000",
        "tile/entries/x",
        "proof/3.json",
        "handover/1",
        "handover/0",
    ],
)
def test_what_the_log_does_not_have_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/log/{path}").status_code == 404


@pytest.mark.usefixtures("logged")
def test_a_proof_with_the_published_record_is_verified(client: Client) -> None:
    proof = read_proof(client.get("/log/proof/2.json").content)
    record = client.get("/organisations/hoamaibank/record.json").content
    report = verify_proof(proof, Trust(keys.verifier_keys()), content=record)
    assert "content" in report.proved
    assert json.loads(record)["holdings"][2]["value"] == "hoamai2.example"
    assert client.get("/organisations/nobody/record.json").status_code == 404


@pytest.mark.usefixtures("logged")
def test_the_page_says_where_the_log_stands_in_both_languages(client: Client) -> None:
    for path, words in (("/log/", "thay đổi danh bạ"), ("/en/log/", "change of the register")):
        page = client.get(path).content.decode()
        assert words in page
        assert str(keys.verifier_keys()[0]) in page
        assert actions.opened().checkpoint().tree.root.hex() in page
        assert "/log/proof/2.json" in page


def test_an_event_that_is_not_written_yet_is_said_to_wait(client: Client) -> None:
    declare(HoldingKind.DOMAIN, "hoamai.example")
    page = client.get("/en/log/").content.decode()
    assert "1 more is being written" in page


def test_a_new_key_is_published_with_the_statement_of_the_old_one(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    settings.SOI_LOG_KEY, settings.SOI_DATA_DIR = "", tmp_path
    keys.make()
    actions.follow()
    old = keys.verifier_keys()[0]
    actions.new_key()
    statement = client.get("/log/handover/1").content
    handover = verify_handover(statement, "localhost:8000/log", (old,))
    assert [str(old), str(handover.new)] == client.get("/log/key").content.decode().split()
    assert "/log/handover/1" in client.get("/log/").content.decode()


def test_a_desk_without_a_key_says_what_to_do(client: Client, settings: Any, tmp_path: Any) -> None:
    settings.SOI_LOG_KEY, settings.SOI_DATA_DIR = "", tmp_path
    response = client.get("/en/log/")
    assert response.status_code == 503
    assert "log_key_missing" in response.content.decode()
