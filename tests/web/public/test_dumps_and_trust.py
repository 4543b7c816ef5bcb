"""All checks as one file with a schema, read by other readers; and the desk's own trust.txt."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from typing import Any

import jsonschema
import pytest
from django.test import Client
from factories import declare, store_check

from soi.checking import public
from soi.core.formats import HoldingKind
from soi.publishing import dumps
from tests.checking_desk import CheckingDesk

pytestmark = pytest.mark.django_db
BASE = "https://desk.example"


@pytest.fixture
def desk(settings: Any) -> CheckingDesk:
    settings.SOI_BASE_URL = BASE
    settings.SOI_LICENCE = "CC-BY-4.0"
    return CheckingDesk()


def body(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    return b"".join(response.streaming_content) if response.streaming else response.content


def whole(client: Client) -> dict[str, Any]:
    """The JSON file, once the schema that it names has been held against it."""
    found = json.loads(body(client, "/data/checks.json"))
    schema = json.loads(body(client, found["schema"].removeprefix(BASE)))
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.validate(found, schema, format_checker=checker)
    return found  # type: ignore[no-any-return]


def table(client: Client) -> list[dict[str, str]]:
    text = body(client, "/data/checks.csv").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_an_empty_desk_has_whole_files(client: Client, desk: CheckingDesk) -> None:
    assert whole(client)["checks"] == []
    assert table(client) == []
    assert body(client, "/data/checks.csv").decode().strip().split(",") == list(dumps.FIELDS)


def test_each_row_is_the_newest_edition_and_its_digest_is_of_the_bytes_it_names(
    client: Client, desk: CheckingDesk
) -> None:
    one = desk.published()
    two = desk.published("Giá điện tăng gấp đôi.")
    desk.correct(two)
    rows = whole(client)["checks"]
    assert [(row["claim"], row["edition"]) for row in rows] == [(one, 1), (two, 2)]
    for row in rows:
        record = body(client, row["record"].removeprefix(BASE))
        assert hashlib.sha256(record).hexdigest() == row["digest"]
        assert (row["licence"], row["is_withdrawn"]) == ("CC-BY-4.0", False)
        assert client.get(row["url"].removeprefix(BASE)).status_code == 200
    assert [each["digest"] for each in table(client)] == [row["digest"] for row in rows]
    assert [each["wording"] for each in table(client)] == [row["wording"] for row in rows]


def test_what_is_withdrawn_stays_and_says_so(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    desk.withdraw(claim)
    (row,) = whole(client)["checks"]
    assert (row["is_withdrawn"], row["verdict"], row["kind"]) == (True, None, "withdrawal")
    assert [each["is_withdrawn"] for each in table(client)] == ["true"]


def test_checks_of_others_are_not_in_it(client: Client, desk: CheckingDesk) -> None:
    store_check("Bài của nơi khác.")
    desk.published()
    assert len(whole(client)["checks"]) == len(table(client)) == 1


def test_a_cell_that_a_spreadsheet_would_run_is_guarded(client: Client, desk: CheckingDesk) -> None:
    desk.published(title="=HYPERLINK(1)")
    (row,) = table(client)
    assert row["title"] == "'=HYPERLINK(1)"
    assert whole(client)["checks"][0]["title"] == "=HYPERLINK(1)"


@pytest.mark.parametrize("field", dumps.FIELDS)
def test_the_schema_wants_every_field(client: Client, desk: CheckingDesk, field: str) -> None:
    desk.published()
    found = whole(client)
    schema = json.loads(body(client, "/data/checks.schema.json"))
    wrong = [found["checks"][0] | {field: {"no": "such"}}, dict(found["checks"][0])]
    del wrong[1][field]
    for each in wrong:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(found | {"checks": [each]}, schema)


def test_it_is_read_in_slices_and_each_check_once(
    client: Client, desk: CheckingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public, "SLICE", 2)
    claims = [desk.published(f"Cầu số {n} đã sập.") for n in range(5)]
    assert [row["claim"] for row in whole(client)["checks"]] == claims


def test_a_reader_finds_them_and_unknown_ones_are_not_there(
    client: Client, desk: CheckingDesk
) -> None:
    page = client.get("/en/feeds/").content.decode()
    for name in ("checks.csv", "checks.json", "checks.schema.json"):
        assert f"/data/{name}" in page
    assert client.get("/data/checks.xml").status_code == 404


LINE = re.compile(r"(?:#.*|([a-z]+)=(\S+))?")
"""What another reader takes for a line of trust.txt."""


def trust(client: Client, path: str) -> list[tuple[str, str]]:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "text/plain; charset=utf-8")
    lines = [LINE.fullmatch(line) for line in response.content.decode("ascii").splitlines()]
    assert all(lines)
    return [(found[1], found[2]) for found in lines if found and found[1]]


def test_the_desks_own_trust_txt_says_what_the_register_has_of_it(
    client: Client, desk: CheckingDesk
) -> None:
    disclosure = ("disclosure", f"{BASE}/ownership/")
    assert trust(client, "/trust.txt") == [disclosure]
    declare(HoldingKind.DOMAIN, "desk.example")
    declare(HoldingKind.DOMAIN, "tin.desk.example")
    declare(HoldingKind.ACCOUNT, "bankiemchung", platform="facebook")
    found = trust(client, "/.well-known/trust.txt")
    assert found == trust(client, "/trust.txt")
    assert ("control", "https://tin.desk.example/") in found
    assert any(name == "social" and "bankiemchung" in value for name, value in found)
    assert disclosure in found
    assert not [value for name, value in found if value == "https://desk.example/"]
