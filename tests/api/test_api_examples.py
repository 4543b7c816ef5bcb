"""Every example of the OpenAPI document and of its reference page is asked for, and answered."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from checking_desk import CheckingDesk
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo_desk")]
REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "api.md"


@pytest.fixture
def document(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/api/v1/openapi.json").json()
    return found


def answered(response: Any, schema: dict[str, Any], document: dict[str, Any]) -> None:
    assert response.status_code in (200, 201), response.content
    jsonschema.validate(response.json(), {**schema, "components": document["components"]})


def schema_of(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = operation["responses"]["200"]["content"]["application/json"]["schema"]
    return found


def test_each_parameter_with_an_example_is_answered_with_it(
    client: Client, document: dict[str, Any]
) -> None:
    tried = 0
    for path, methods in document["paths"].items():
        if "get" not in methods:
            continue
        operation = methods["get"]
        parameters = operation.get("parameters", [])
        given = {each["name"]: each["example"] for each in parameters if "example" in each}
        inside = re.findall(r"\{(\w+)\}", path)
        if set(inside) - set(given):
            continue  # a number that only this desk's own lists give: see below
        for name in inside:
            path = path.replace(f"{{{name}}}", given.pop(name))
        for asked in ({}, given, *({name: value} for name, value in given.items())):
            answered(client.get(path, asked), schema_of(operation), document)
            tried += 1
    assert tried > 10


def test_each_number_that_a_list_gives_is_answered(
    client: Client, document: dict[str, Any]
) -> None:
    claim = CheckingDesk().published()
    [own] = client.get("/api/v1/checks?by=desk").json()["items"]
    assert own["claim_number"] == claim
    for path, address in (
        ("/api/v1/checks/{ref}", f"/api/v1/checks/{own['ref']}"),
        ("/api/v1/editions/{claim}", f"/api/v1/editions/{claim}"),
        ("/api/v1/editions/{claim}/{number}", f"/api/v1/editions/{claim}/1"),
    ):
        answered(client.get(address), schema_of(document["paths"][path]["get"]), document)


def test_each_body_with_an_example_is_answered(client: Client, document: dict[str, Any]) -> None:
    tried = 0
    for path, methods in document["paths"].items():
        for operation in (methods["post"],) if "post" in methods else ():
            body = operation["requestBody"]["content"]["application/json"]["schema"]
            fields = document["components"]["schemas"][body["$ref"].rpartition("/")[2]]
            given = {
                n: f["examples"][0] for n, f in fields["properties"].items() if "examples" in f
            }
            assert set(fields["required"]) <= set(given)
            response = client.post(path, given, content_type="application/json")
            answered(response, schema_of(operation), document)
            tried += 1
    assert tried == 2


def test_each_command_of_the_reference_is_answered(client: Client) -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    commands = re.findall(r"^curl (?:.*\\\n)*.*", page, re.MULTILINE)
    assert len(commands) > 6
    for command in commands:
        words = shlex.split(command.replace("\\\n", " "))
        address = next(word for word in words if word.startswith("http://localhost:8000"))
        path = address.removeprefix("http://localhost:8000")
        if "-d" in words:
            body = json.loads(words[words.index("-d") + 1])
            response = client.post(path, body, content_type="application/json")
        else:
            response = client.get(path)
        assert response.status_code in (200, 201), command
