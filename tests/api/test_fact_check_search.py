"""A program that reads Google's Fact Check Tools API reads a desk, with another host and no key.

The client below is written from Google's description of `claims:search` alone, and reads no more
than that description promises.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from checking_desk import WORDING, CheckingDesk
from django.test import Client
from factories import store_check
from zeal import zeal_context

from soi.core.formats import Verdict
from soi.index import actions as index
from soi.index.engine import IndexBusy

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1alpha1/claims:search"
SITE = "soisang.example"


@dataclass(frozen=True)
class Review:
    """One fact check, as an existing client keeps it."""

    text: str
    claimed: dt.datetime | None
    publisher: str
    site: str
    url: str
    title: str
    reviewed: dt.datetime | None
    rating: str
    language: str


class FactCheckTools:
    """A client of `GET /v1alpha1/claims:search`."""

    def __init__(self, get: Callable[[str], Any], key: str = "AIza-not-needed") -> None:
        self._get, self._key = get, key

    def page(self, **asked: Any) -> dict[str, Any]:
        response = self._get(f"{ADDRESS}?{urlencode(asked | {'key': self._key, 'alt': 'json'})}")
        found: dict[str, Any] = response.json()
        if response.status_code != 200:
            error = found["error"]
            raise RuntimeError(f"{error['code']} {error['status']}: {error['message']}")
        assert response["Content-Type"] == "application/json; charset=UTF-8"
        return found

    def reviews(self, **asked: Any) -> Iterator[Review]:
        while True:
            found = self.page(**asked)
            for claim in found.get("claims", []):
                for review in claim["claimReview"]:
                    yield self._review(claim, review)
            if "nextPageToken" not in found:
                return
            asked["pageToken"] = found["nextPageToken"]

    def _review(self, claim: dict[str, Any], review: dict[str, Any]) -> Review:
        return Review(
            text=claim["text"],
            claimed=self._time(claim.get("claimDate")),
            publisher=review["publisher"]["name"],
            site=review["publisher"]["site"],
            url=review["url"],
            title=review.get("title", ""),
            reviewed=self._time(review.get("reviewDate")),
            rating=review["textualRating"],
            language=review["languageCode"],
        )

    def _time(self, text: str | None) -> dt.datetime | None:
        return dt.datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


@pytest.fixture
def tools(client: Client) -> FactCheckTools:
    return FactCheckTools(client.get)


@pytest.fixture
def several() -> None:
    with time_machine.travel("2026-11-30T03:00:00Z"):
        for number, (claim, day) in enumerate(
            [
                ("Uống nước chanh nóng chữa khỏi ung thư.", dt.date(2026, 11, 20)),
                ("Nước chanh nóng làm tan sỏi thận.", dt.date(2026, 6, 1)),
                ("Cầu Bến Sậy đã sập trong đêm qua.", dt.date(2025, 1, 1)),
            ]
        ):
            store_check(claim, published_on=day, title=f"Bài số {number}", verdict_words="Sai")
        store_check(
            "Hot lemon water cures cancer.", language="en", published_on=dt.date(2026, 11, 25),
            publisher_site="checks.example", publisher_name="Checks", verdict_words="False",
        )  # fmt: skip


@pytest.mark.usefixtures("several")
class TestFinding:
    def test_words_find_claims_the_likeliest_first(self, tools: FactCheckTools) -> None:
        found = list(tools.reviews(query="nước chanh chữa ung thư", languageCode="vi"))
        assert found[0].title == "Bài số 0"
        assert "Cầu Bến Sậy đã sập trong đêm qua." not in [each.text for each in found]
        first = found[0]
        assert (first.site, first.rating, first.language) == (SITE, "Sai", "vi")
        assert first.reviewed == dt.datetime(2026, 11, 20, tzinfo=dt.UTC)

    def test_words_without_marks_find_them_too(self, tools: FactCheckTools) -> None:
        found = list(tools.reviews(query="cau ben say da sap"))
        assert [each.text for each in found] == ["Cầu Bến Sậy đã sập trong đêm qua."]

    def test_what_nothing_is_about_is_an_empty_object(self, tools: FactCheckTools) -> None:
        assert tools.page(query="hoàn toàn không liên quan gì cả") == {}
        assert tools.page(query="?!") == {}

    def test_language_site_and_age_narrow_it_down(self, tools: FactCheckTools) -> None:
        english = list(tools.reviews(query="lemon water cancer", languageCode="en-US"))
        assert [each.site for each in english] == ["checks.example"]
        sites = tools.reviews(query="nước chanh", reviewPublisherSiteFilter="www.checks.example")
        assert {each.site for each in sites} <= {"checks.example"}
        with time_machine.travel("2026-11-30T03:00:00Z"):
            young = list(tools.reviews(query="nước chanh nóng", languageCode="vi", maxAgeDays=30))
            assert [each.title for each in young] == ["Bài số 0"]
            listed = tools.reviews(reviewPublisherSiteFilter=SITE, maxAgeDays=200)
            assert [each.title for each in listed] == ["Bài số 1", "Bài số 0"]

    def test_a_site_is_listed_to_its_end_while_checks_come_in(self, tools: FactCheckTools) -> None:
        read = []
        for review in tools.reviews(reviewPublisherSiteFilter=f"https://{SITE}/", pageSize=1):
            read.append(review.title)
            store_check(f"Tin mới thứ {len(read)} của hôm nay.")
        assert read == ["Bài số 2", "Bài số 1", "Bài số 0"]

    def test_an_offset_counts_without_a_token_alone(self, tools: FactCheckTools) -> None:
        asked = {"reviewPublisherSiteFilter": SITE, "pageSize": 1}
        first = tools.page(**asked, offset=1)
        assert first["claims"][0]["claimReview"][0]["title"] == "Bài số 1"
        then = tools.page(**asked, offset=1, pageToken=first["nextPageToken"])
        assert then["claims"][0]["claimReview"][0]["title"] == "Bài số 0"
        about: dict[str, Any] = {"query": "nước chanh nóng", "languageCode": "vi"}
        _, second = (each.title for each in tools.reviews(**about))
        searched = tools.page(**about, pageSize=1, offset=1)
        assert searched["claims"][0]["claimReview"][0]["title"] == second

    def test_searched_pages_are_read_to_their_end(self, tools: FactCheckTools) -> None:
        at_once = list(tools.reviews(query="nước chanh nóng", pageSize=100))
        assert list(tools.reviews(query="nước chanh nóng", pageSize=1)) == at_once
        assert len(at_once) >= 2

    @pytest.mark.parametrize(
        "asked",
        [{"query": "nước chanh nóng"}, {"reviewPublisherSiteFilter": SITE, "pageSize": 100}],
    )
    def test_it_asks_little_of_the_database(
        self, tools: FactCheckTools, asked: Any, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(15), zeal_context():
            assert tools.page(**asked)["claims"]


def test_the_desks_own_checks_come_while_they_stand(tools: FactCheckTools, settings: Any) -> None:
    settings.SOI_BASE_URL = "https://desk.example"
    desk = CheckingDesk()
    number = desk.published()
    desk.ready("Cầu Bến Sậy đã sập, bản nháp chưa ai duyệt.")
    index.follow()
    [found] = tools.reviews(query="cầu Bến Sậy đã sập")
    assert (found.text, found.rating) == (WORDING, "Sai")
    assert found.url == f"https://desk.example/claims/{number}/"
    assert found.claimed == dt.datetime(2026, 11, 28, tzinfo=dt.UTC)
    assert [each.text for each in tools.reviews(reviewPublisherSiteFilter="desk.example")] == [
        WORDING
    ]
    desk.withdraw(number)
    assert tools.page(query="cầu Bến Sậy đã sập") == {}
    assert tools.page(reviewPublisherSiteFilter="desk.example") == {}


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({}, "query"),
        ({"query": "  "}, "query"),
        ({"query": "\0"}, "query"),
        ({"query": "a" * 501}, "query"),
        ({"query": "a", "languageCode": "tiếng Việt"}, "languageCode"),
        ({"query": "a", "maxAgeDays": "-1"}, "maxAgeDays"),
        ({"query": "a", "maxAgeDays": "9" * 400}, "maxAgeDays"),
        ({"query": "a", "pageSize": "ten"}, "pageSize"),
        ({"query": "a", "pageSize": "٣"}, "pageSize"),
        ({"query": "a", "offset": "100001"}, "offset"),
        ({"query": "a", "pageToken": "x"}, "pageToken"),
        ({"query": "a", "pageToken": "W1tbW1tb" * 5000}, "pageToken"),
        ({"query": "a", "pageToken": "WyJhIiwgMV0="}, "pageToken"),
        ({"query": "a", "pageToken": "é"}, "pageToken"),
        ({"reviewPublisherSiteFilter": "a b"}, "reviewPublisherSiteFilter"),
        ({"reviewPublisherSiteFilter": "a\0b.example"}, "reviewPublisherSiteFilter"),
        ({"reviewPublisherSiteFilter": "x" * 300}, "reviewPublisherSiteFilter"),
    ],
)
def test_what_cannot_be_asked_is_refused_as_google_refuses_it(
    client: Client, asked: Any, named: str
) -> None:
    response = client.get(ADDRESS, asked)
    error = response.json()["error"]
    assert response.status_code == error["code"] == 400
    assert error["status"] == "INVALID_ARGUMENT"
    assert error["message"].startswith(f"{named}: ")
    assert error["details"][0]["reason"] == "request_invalid"


def test_a_token_is_of_one_search(client: Client, tools: FactCheckTools) -> None:
    for number in range(3):
        store_check(f"Điều số {number} về nước chanh.", Verdict.FALSE)
    token = tools.page(reviewPublisherSiteFilter=SITE, pageSize=1)["nextPageToken"]
    for other in ({"query": "nước"}, {"reviewPublisherSiteFilter": SITE, "maxAgeDays": 3}):
        assert client.get(ADDRESS, other | {"pageToken": token}).status_code == 400
    assert tools.page(reviewPublisherSiteFilter=SITE, pageSize=2, pageToken=token)["claims"]


def test_who_asks_too_often_is_told_when_to_come_back(client: Client, settings: Any) -> None:
    settings.SOI_ANSWERS_PER_MINUTE = 1
    asked = {"reviewPublisherSiteFilter": SITE}
    last = [client.get(ADDRESS, asked) for _ in range(3)][-1]
    assert last.status_code == 429
    assert last.json()["error"]["status"] == "RESOURCE_EXHAUSTED"
    assert 0 < int(last["Retry-After"]) <= 60


def test_a_desk_that_cannot_answer_says_so_in_the_same_shape(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*given: Any) -> None:
        raise IndexBusy("another process has it")

    monkeypatch.setattr("soi.answer.searching.candidates", busy)
    response = client.get(ADDRESS, {"query": "nước chanh"})
    error = response.json()["error"]
    assert (response.status_code, error["status"]) == (503, "UNAVAILABLE")
    assert error["details"][0]["reason"] == "index_busy"


def test_it_is_read_by_get_and_kept_by_no_cache(client: Client) -> None:
    refused = client.post(ADDRESS, {"query": "nước"})
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD")
    assert refused.json()["error"]["status"] == "UNIMPLEMENTED"
    assert "no-store" in client.get(ADDRESS, {"query": "nước chanh"})["Cache-Control"]
