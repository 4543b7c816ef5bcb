"""The desk's own checks as readers see them: what stands, what was corrected, what is proved."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
import zxingcpp
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import store_check
from PIL import Image

from soi.checking import actions as checking
from soi.checking import public
from soi.checking.models import Challenge
from soi.checking.types import ChallengeState, EditionKind
from soi.claims import queries as claims
from soi.core.formats import CheckRecord, read_claimreview
from soi.core.ledger import Trust, read_card_code, read_proof, verify_proof
from soi.publishing.log import actions as log
from soi.publishing.log import keys
from tests.checking_desk import CheckingDesk

pytestmark = pytest.mark.django_db
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\"'{{ x }}"
OBJECTION = "Ảnh là của năm nay, số của tôi là 0900 123 456."


@pytest.fixture
def desk(settings: Any) -> CheckingDesk:
    settings.SOI_BASE_URL = "https://desk.example"
    settings.SOI_DESK_NAME = "Bàn kiểm chứng Sông Xanh"
    settings.SOI_DESK_OWNER = "Hội người tiêu dùng Sông Xanh"
    return CheckingDesk()


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    assert not response.cookies
    return response.content.decode()


def visible(html: str) -> str:
    """The words that a reader sees."""
    body = re.sub(r"<(script|head).*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def test_the_page_says_what_was_claimed_what_was_found_and_who_checked(
    client: Client, desk: CheckingDesk
) -> None:
    claim = desk.published()
    words = public.edition(claim).row.words
    for prefix, verdict in (("", "Sai"), ("/en", "False")):
        html = page(client, f"{prefix}/claims/{claim}/")
        text = visible(html)
        for said in (words.wording, words.title, words.summary, words.selected_because, verdict):
            assert said in text
        assert "<strong>xác nhận</strong>" in html
        for name in (desk.an.name, desk.binh.name, "Cơ quan quản lý cầu.", "Báo địa phương."):
            assert name in text
        for source in public.edition(claim).sources:
            assert source.sha256 in text
            assert source.quote in text
            assert f'href="{source.url}"' in html


def test_what_programs_read_agrees_with_what_people_read(
    client: Client, desk: CheckingDesk
) -> None:
    claim = desk.published()
    desk.correct(claim)
    html = page(client, f"/claims/{claim}/")
    (written,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    data, text = json.loads(written), visible(html)

    assert data["@type"] == "ClaimReview"
    assert data["claimReviewed"] in text
    assert data["reviewRating"]["alternateName"] in text
    assert data["author"]["name"] in text
    assert f'rel="canonical" href="{data["url"]}"' in html
    for date in (
        data["datePublished"],
        data["dateModified"],
        data["itemReviewed"]["datePublished"],
    ):
        assert f'<time datetime="{date}">' in html
    (read,) = read_claimreview(data, position=0)
    assert isinstance(read, CheckRecord)
    assert (read.claim, str(read.verdict)) == (public.edition(claim).row.words.wording, "false")


def test_an_older_edition_stays_readable_and_says_that_there_is_a_newer_one(
    client: Client, desk: CheckingDesk
) -> None:
    claim = desk.published()
    desk.correct(claim, summary="Cầu vẫn hoạt động; ảnh chụp năm 2019.")
    old, new = page(client, f"/en/claims/{claim}/1/"), page(client, f"/en/claims/{claim}/2/")

    assert "This is edition 1 of" in visible(old)
    assert "Read edition 2" in visible(old)
    assert "năm 2019" not in old
    assert "ld+json" not in old
    assert "This is edition" not in visible(new)
    page(client, f"/claims/{claim}/3/", status=404)


def test_corrections_stand_on_top_with_kind_and_reason(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    desk.correct(claim, EditionKind.SUBSTANTIAL, "Bản trước ghi nhầm ngày.")
    text = visible(page(client, f"/en/claims/{claim}/"))
    assert text.index("Substantial correction") < text.index("What we found")
    assert "Bản trước ghi nhầm ngày." in text
    assert "Bản trước ghi nhầm ngày." in visible(page(client, "/corrections/"))
    assert "Bản trước ghi nhầm ngày." in page(client, "/corrections/?kind=substantial")
    assert "Bản trước ghi nhầm ngày." not in page(client, "/corrections/?kind=minor")


def test_the_history_shows_what_came_and_what_went(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    desk.correct(claim, summary="Cầu vẫn mở; ảnh được chụp ở nơi khác.")
    html = page(client, f"/en/claims/{claim}/history/")
    assert re.search(r"<ins><span[^>]*>\[added: </span>\s*mở<span", html)
    assert re.search(r"<del><span[^>]*>\[removed: </span>\s*hoạt động<span", html)
    assert html.count("Edition 1") == 1
    page(client, "/claims/999/history/", status=404)


def test_a_withdrawn_check_says_so_and_nothing_else(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    desk.withdraw(claim, "Nguồn chính đã rút lại.")
    html = page(client, f"/en/claims/{claim}/")
    text = visible(html)
    assert "This check was withdrawn" in text
    assert "Nguồn chính đã rút lại." in text
    assert public.edition(claim).row.words.summary not in text
    assert "ld+json" not in html
    assert public.edition(claim, 1).row.words.summary in page(client, f"/claims/{claim}/1/")
    assert client.get("/").status_code == 200


def test_a_check_that_concerns_the_owner_is_labelled(client: Client, desk: CheckingDesk) -> None:
    claim, other = desk.published(concerns_owner=True), desk.published("Cầu khác đã sập.")
    assert "This check concerns Hội người tiêu dùng Sông Xanh" in visible(
        page(client, f"/en/claims/{claim}/")
    )
    assert "This check concerns" not in page(client, f"/en/claims/{other}/")
    own = page(client, "/ownership/")
    assert f"/claims/{claim}/" in own
    assert f"/claims/{other}/" not in own


def test_a_stored_check_of_our_own_leads_to_its_page(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    assert f'href="/claims/{claim}/"' in page(client, "/checks/")
    (row,) = claims.own_checks()
    moved = client.get(f"/checks/{row.id}/")
    assert (moved.status_code, moved["Location"]) == (301, f"/claims/{claim}/")


def test_the_list_can_be_of_this_desk_alone_or_of_others(
    client: Client, desk: CheckingDesk
) -> None:
    desk.published()
    store_check("Giá điện tăng gấp đôi từ tháng sau.")
    for by, own, others in (("", True, True), ("desk", True, False), ("others", False, True)):
        html = page(client, f"/checks/?by={by}")
        assert ("Cầu Bến Sậy" in html, "Giá điện" in html) == (own, others)


def test_topics_list_their_checks(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published(topics=("disaster", "health"))
    other = desk.published("Giá điện tăng.", title='"health"', topics=("money",))
    for topic in ("disaster", "health"):
        html = page(client, f"/topics/{topic}/")
        assert f"/claims/{claim}/" in html
        assert f"/claims/{other}/" not in html
    assert 'href="/topics/money/"' in page(client, "/topics/disaster/")
    page(client, "/topics/nonsense/", status=404)


def test_the_edition_the_proof_and_the_card_prove_each_other(
    client: Client, desk: CheckingDesk
) -> None:
    claim = desk.published()
    assert "being written" in page(client, f"/en/claims/{claim}/")
    log.follow()
    html = page(client, f"/en/claims/{claim}/")
    address = re.findall(r'href="(/log/proof/\d+\.json)"', html)[0]
    picture = Image.open(io.BytesIO(client.get(f"/claims/{claim}/1/wide.png").content))
    code = read_card_code(zxingcpp.read_barcodes(picture)[0].text)
    report = verify_proof(
        read_proof(client.get(address).content),
        Trust(keys.verifier_keys()),
        content=client.get(f"/claims/{claim}/1/edition.json").content,
        code=code,
    )
    assert {"content", "card"} <= set(report.proved)


def test_the_code_of_an_old_card_answers_that_there_is_a_newer_edition(
    client: Client, desk: CheckingDesk
) -> None:
    claim = desk.published()
    picture = Image.open(io.BytesIO(client.get(f"/claims/{claim}/1/square.png").content))
    path = zxingcpp.read_barcodes(picture)[0].text.removeprefix("https://desk.example") + "/"
    assert "it is the newest" in page(client, f"/en{path}")
    desk.correct(claim)
    assert "There is a newer edition" in page(client, f"/en{path}")
    desk.withdraw(claim)
    assert "There is a newer edition" in page(client, f"/en{path}")
    forged = re.sub(r"/[\w-]{10}", "/AAAAAAAAAA", path)
    assert "This card is not ours" in page(client, f"/en{forged}", status=404)
    page(client, "/c/1.1/short/", status=404)


def test_a_card_says_its_words_in_the_language_of_its_address(
    client: Client, desk: CheckingDesk
) -> None:
    claim = desk.published()
    vietnamese, english = (
        client.get(f"{prefix}/claims/{claim}/1/wide.png") for prefix in ("", "/en")
    )
    assert vietnamese["Content-Type"] == "image/png"
    assert vietnamese.content != english.content
    page(client, f"/claims/{claim}/1/round.png", status=404)
    page(client, f"/claims/{claim}/9/wide.png", status=404)


def test_anybody_can_object_without_cookie_and_account(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    assert "<form" in page(client, f"/claims/{claim}/challenge/")
    sent = client.post(f"/en/claims/{claim}/challenge/", {"text": OBJECTION})
    assert sent.status_code == 302
    assert not sent.cookies
    assert sent["Cache-Control"] == "no-store"
    assert "The objection has come" in page(client, sent["Location"])

    assert OBJECTION not in page(client, f"/claims/{claim}/"), "it is shown with its answer"
    assert "1 waits for an answer." in page(client, f"/en/claims/{claim}/")
    row = Challenge.objects.get().pk
    checking.answer_challenge(
        row, state=ChallengeState.REJECTED, answer="Ảnh có từ **2019**.", by=desk.binh
    )
    for path in (f"/claims/{claim}/", "/challenges/"):
        html = page(client, path)
        assert "Ảnh là của năm nay" in html
        assert "0900 123 456" not in html
        assert "<strong>2019</strong>" in html
    log.follow()
    record = client.get(f"/challenges/{row}/record.json")
    assert json.loads(record.content)["answer"] == "Ảnh có từ **2019**."


@pytest.mark.parametrize(
    ("text", "headers", "status", "code"),
    [
        ("", {}, 422, "field_invalid"),
        ("x" * 10_001, {}, 422, "field_invalid"),
        ("x" * 1_000_000, {}, 413, "message_too_long"),
        (OBJECTION, {"sec-fetch-site": "cross-site"}, 403, "sent_from_elsewhere"),
        (OBJECTION, {"origin": "https://evil.example"}, 403, "sent_from_elsewhere"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_the_reason(
    client: Client,
    desk: CheckingDesk,
    text: str,
    headers: dict[str, str],
    status: int,
    code: str,
) -> None:
    claim = desk.published()
    response = client.post(f"/claims/{claim}/challenge/", {"text": text}, headers=headers)
    assert response.status_code == status
    assert code in response.content.decode()
    assert public.challenge_counts(claim).open == 0
    if len(text) < 1000:
        assert text in response.content.decode()


def test_a_challenge_of_what_was_never_published_is_not_found(
    client: Client, desk: CheckingDesk
) -> None:
    claim = desk.ready()
    for path in (f"/claims/{claim}/", f"/claims/{claim}/challenge/", f"/claims/{claim}/1/wide.png"):
        page(client, path, status=404)
    page(client, "/claims/99999999999999999999999/", status=404)


def test_hostile_words_run_nowhere(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published(
        HOSTILE,
        title=HOSTILE,
        summary=HOSTILE,
        explanation=f"{HOSTILE}\n\n[x](javascript:alert(3))",
    )
    desk.correct(claim, note=HOSTILE)
    paths = ["", "1/", "history/", "embed/", "challenge/"]
    for path in [f"/claims/{claim}/{each}" for each in paths] + ["/corrections/", "/checks/"]:
        html = page(client, path)
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert 'href="javascript:' not in html


def test_a_page_is_small_and_takes_few_queries(client: Client, desk: CheckingDesk) -> None:
    claim = desk.published()
    for number in range(5):
        desk.correct(claim, summary=f"Cầu vẫn hoạt động, lần {number}.")
    log.follow()
    paths = [f"/claims/{claim}/", f"/claims/{claim}/history/", "/corrections/", "/topics/disaster/"]
    for path in paths:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = client.get(path)
        assert len(queries) <= 15, path
        assert len(response.content) < 60_000


def test_a_page_says_when_it_was_changed_and_answers_304(
    client: Client, desk: CheckingDesk
) -> None:
    claim = desk.published()
    first = client.get(f"/claims/{claim}/")
    assert first["Last-Modified"]
    again = client.get(f"/claims/{claim}/", headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    desk.correct(claim)
    assert (
        client.get(f"/claims/{claim}/", headers={"if-none-match": first["ETag"]}).status_code == 200
    )
