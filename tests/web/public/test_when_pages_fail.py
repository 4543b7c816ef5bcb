"""What cannot be shown is said: with a page, a code, and nothing of the inside."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from soi.claims import queries

pytestmark = pytest.mark.django_db


def fail_with(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def fail(*given: object, **named: object) -> None:
        raise failure

    monkeypatch.setattr(queries, "newest_checks", fail)


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ("database is locked", 503, "database_locked"),
        ("no such table: claims_check", 503, "database_not_migrated"),
        ("disk I/O error", 507, "disk_full"),
        ("server closed the connection unexpectedly", 503, "database_unavailable"),
    ],
)
def test_a_foreseen_failure_has_its_page(
    client: Client, monkeypatch: pytest.MonkeyPatch, said: str, status: int, code: str
) -> None:
    fail_with(monkeypatch, OperationalError(said))

    response = client.get("/en/checks/")

    page = response.content.decode()
    assert response.status_code == status
    assert code in page
    assert '<html lang="en"' in page
    assert said not in page


def test_a_fault_of_ours_is_a_page_that_tells_nothing_of_the_inside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fail_with(monkeypatch, RuntimeError("secret detail"))

    response = Client(raise_request_exception=False).get("/checks/")

    assert response.status_code == 500
    assert b"secret detail" not in response.content
    assert b"Traceback" not in response.content
    assert b"</html>" in response.content


def test_an_error_page_needs_no_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise OperationalError("connection refused")

    monkeypatch.setattr("soi.web.ui.context.has_demo", fail)

    assert client.get("/nowhere/").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize(
    "path", ["/nowhere/", "/checks/999999/", "/checks/0/", "/organisations/no-such/", "/%00/"]
)
def test_what_is_not_there_is_a_page_in_the_language_of_its_address(
    client: Client, prefix: str, path: str
) -> None:
    response = client.get(prefix + path)

    assert response.status_code == 404
    assert f'<html lang="{"en" if prefix else "vi"}"' in response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]


def test_a_number_too_large_for_any_database_is_not_there(client: Client) -> None:
    assert client.get(f"/checks/{10**30}/").status_code == 404


def test_a_strange_host_is_refused(client: Client) -> None:
    response = client.get("/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert b"evil.example" not in response.content


@pytest.mark.parametrize("path", ["/checks/", "/log/", "/how-we-work/", "/healthz"])
def test_a_page_that_is_read_takes_nothing(client: Client, path: str) -> None:
    for method in ("post", "put", "delete"):
        assert getattr(client, method)(path).status_code in (404, 405)


def test_the_health_address_says_when_the_records_cannot_be_read(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> bool:
        raise OperationalError("database is locked")

    monkeypatch.setattr(queries, "has_demo", fail)

    assert client.get("/healthz").status_code == 503


def test_only_https_is_promised_where_it_is_set_up(client: Client, settings: Any) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers

    settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    assert Client().get("/").status_code == 301
    assert "Strict-Transport-Security" in Client().get("/", secure=True).headers


def test_a_failure_is_never_rendered_from_the_message() -> None:
    from soi.web.public.middleware import ComplaintMiddleware

    request = RequestFactory().post("/", {"message": "bí mật"})
    middleware = ComplaintMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]

    assert middleware.process_exception(request, RuntimeError("bí mật")) is None
