"""What other desks have checked is named as theirs wherever it stands, and is never ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from checks import SITE, check_record
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone

from soi.answer.answering import answer
from soi.answer.types import StatementFinding
from soi.claims.actions import Origin, allow_publisher, store_checks
from soi.cli.check import check_command
from soi.index import actions as index
from tests.checking_desk import CheckingDesk

pytestmark = pytest.mark.django_db

URL = f"https://{SITE}/feed.json"
BROUGHT = check_record(7)
THEIRS = f"another publisher’s check, brought here from {SITE} on"
BASE = "https://desk.example"


@pytest.fixture
def claim(settings: Any) -> int:
    """The number of the desk's own check; another desk's stands beside it."""
    settings.SOI_BASE_URL = BASE
    own = CheckingDesk().published("Trạm bơm Bến Sậy đã ngừng chạy từ hôm qua.")
    allow_publisher(site=SITE, name="Soi Sáng", by="an")
    store_checks([BROUGHT], by="worker", origin=Origin(URL, timezone.now(), is_feed=True))
    index.follow()
    return own


def test_an_answer_says_whose_check_it_is_on_the_page_in_the_api_and_at_the_terminal(
    claim: int, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    (finding,) = answer(BROUGHT.claim).findings
    assert isinstance(finding, StatementFinding)
    assert finding.check is not None
    assert (finding.check.is_own, finding.check.origin) == (False, URL)
    assert THEIRS in client.post("/en/", {"message": BROUGHT.claim}).content.decode()
    said = client.post(
        "/api/v1/answers", json.dumps({"message": BROUGHT.claim}), content_type="application/json"
    ).json()
    (check,) = [each["check"] for each in said["findings"]]
    assert (check["is_own"], check["origin"]) == (False, URL)
    assert check["brought_on"] == timezone.localdate().isoformat()
    monkeypatch.setenv("LC_ALL", "en")
    from django.utils import translation

    with translation.override("en"):
        shown = CliRunner().invoke(check_command, [BROUGHT.claim]).output
    assert THEIRS in " ".join(shown.split())


def test_an_answer_by_the_desks_own_check_has_no_such_line(claim: int, client: Client) -> None:
    wording = "Trạm bơm Bến Sậy đã ngừng chạy từ hôm qua."
    (finding,) = answer(wording).findings
    assert isinstance(finding, StatementFinding)
    assert finding.check is not None
    assert finding.check.is_own
    page = client.post("/en/", {"message": wording}).content.decode()
    assert "another publisher’s check" not in page


@pytest.mark.parametrize(
    "path",
    [
        "/checks/?by=desk",
        "/corrections/",
        "/ownership/",
        "/feeds/all/checks.rss",
        "/feeds/all/checks.json",
        "/feeds/datafeed.json",
        "/data/checks.csv",
        "/data/checks.json",
        "/sitemap-1.xml",
    ],
)
def test_what_is_the_desks_own_holds_none_of_them(claim: int, client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode()
    assert BROUGHT.claim not in text
    assert BROUGHT.url not in text
    assert path not in ("/feeds/datafeed.json", "/data/checks.json") or "Trạm bơm" in text
