"""Notices in public: the emergency page that needs a code alone, and what all see at once."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.test import Client
from factories import declare

from soi.core.formats import HoldingKind
from soi.core.ledger import read_key
from soi.core.ledger.canonical import digest
from soi.core.ledger.notes import read_note
from soi.incidents import actions, codes, queries
from soi.incidents.actions import Kit
from soi.incidents.types import NoticeRow, NoticeState
from soi.journal.models import Event

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 12, 1, 8, 30, tzinfo=dt.UTC)
BANK = "hoamaibank"
EMERGENCY = "/en/notices/emergency/"


@pytest.fixture(autouse=True)
def desk(time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(codes, "COST", 2**4)  # slow on purpose; the tests are not about that
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")


@pytest.fixture
def kit() -> Kit:
    return actions.make_kit(BANK, by="test")


def about(kit: Kit, value: str = "hoamaibank") -> NoticeRow:
    return next(row for row in kit.notices if row.untrusted[0].value == value)


def page_of(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200
    return answer.content.decode()


class TestTheEmergencyPage:
    def test_with_the_code_alone_two_posts_publish_and_everything_says_so(self, kit: Kit) -> None:
        phone = Client()
        assert "Recovery code" in phone.get(EMERGENCY).content.decode()
        page = phone.post(EMERGENCY, {"code": kit.code}).content.decode()
        assert "Hoa Mai Bank" in page
        assert "Publish now" in page
        given = {"code": kit.code, "notice": about(kit).id, "since": "hour", "step": "publish"}
        answer = phone.post(EMERGENCY, given)
        assert answer["Location"] == f"/en/notices/{about(kit).id}/"
        assert not phone.cookies
        row = queries.notice_with_id(about(kit).id)
        assert row.since == NOW - dt.timedelta(hours=1)

        assert "Do not trust" in page_of(answer["Location"])
        organisation = page_of("/en/organisations/hoamaibank/")
        assert "Do not trust" in organisation
        assert "do not trust it since" in organisation
        assert "hoamaibank" in page_of("/en/notices/")
        record = json.loads(page_of("/organisations/hoamaibank/record.json"))
        assert [h["value"] for h in record["holdings"] if h["compromised_from"]] == ["hoamaibank"]
        (item,) = json.loads(page_of("/notices/feed.json"))["items"]
        assert item["_soi"]["in_force"] is True
        told = Client().post("/en/", {"message": "facebook.com/hoamaibank"}).content.decode()
        assert "They say themselves: do not trust it since" in told
        assert "Trust only hoamaibank.example" in told
        answer = Client().post(
            "/api/v1/answers",
            json.dumps({"message": "facebook.com/hoamaibank"}),
            content_type="application/json",
        )
        (finding,) = answer.json()["findings"]
        assert finding["state"] == "compromised"
        assert finding["notice"]["trust_only"] == [
            {"kind": "domain", "platform": "", "value": "hoamaibank.example"}
        ]

    def test_nothing_that_a_cache_kept_hides_it(self, kit: Kit) -> None:
        for address in (
            "/en/organisations/hoamaibank/",
            "/organisations/hoamaibank/record.json",
            "/en/notices/",
            "/notices/feed.json",
        ):
            before = Client().get(address)
            assert before["Cache-Control"] == "public, no-cache"
            asked = {"If-None-Match": before["ETag"]}
            assert Client().get(address, headers=asked).status_code == 304
        actions.publish_with_code(kit.code, about(kit).id, since=NOW)
        for address in ("/en/organisations/hoamaibank/", "/organisations/hoamaibank/record.json"):
            assert Client().get(address, headers=asked).status_code == 200

    def test_practising_publishes_nothing_and_says_how_long_it_took(
        self, kit: Kit, time_machine: Any
    ) -> None:
        phone = Client()
        opened = phone.get(EMERGENCY).context["opened"]
        time_machine.move_to(NOW + dt.timedelta(seconds=21), tick=False)
        given = {"code": kit.code, "notice": about(kit).id, "step": "drill", "opened": opened}
        page = phone.post(EMERGENCY, given).content.decode()
        assert "Practised: nothing was published" in page
        assert "It took 21 seconds." in page
        assert queries.notice_with_id(about(kit).id).state is NoticeState.PREPARED
        assert queries.drills_of(BANK)[0].seconds == 21
        assert "No notice is in force" in page_of("/en/notices/")

    def test_a_stamp_that_somebody_made_up_counts_for_nothing(self, kit: Kit) -> None:
        given = {"code": kit.code, "notice": about(kit).id, "step": "drill", "opened": "1:x:y"}
        Client().post(EMERGENCY, given)
        assert queries.drills_of(BANK)[0].seconds is None

    def test_it_is_taken_back_there_as_well(self, kit: Kit) -> None:
        actions.publish_with_code(kit.code, about(kit).id, since=NOW)
        page = Client().post(EMERGENCY, {"code": kit.code}).content.decode()
        assert "Take the notice back" in page
        given = {
            "code": kit.code,
            "notice": about(kit).id,
            "step": "end",
            "was_right": "0",
            "reason": "Báo nhầm",
        }
        answer = Client().post(EMERGENCY, given)
        assert "It was a false alarm" in page_of(answer["Location"])
        organisation = page_of("/en/organisations/hoamaibank/")
        assert "Do not trust" not in organisation
        assert "Báo nhầm" in organisation

    @pytest.mark.parametrize(
        ("code", "status", "why"),
        [
            ("", 422, "recovery_code_mistyped"),
            ("1234", 422, "recovery_code_mistyped"),
            (str(codes.RecoveryCode("123456", "0" * 20)), 403, "recovery_code_wrong"),
            ("x" * 100_000, 422, "recovery_code_mistyped"),
        ],
    )
    def test_a_code_that_opens_nothing_is_told_apart_and_tried_again(
        self, kit: Kit, code: str, status: int, why: str
    ) -> None:
        events = Event.objects.count()
        answer = Client().post(EMERGENCY, {"code": code})
        page = answer.content.decode()
        assert (answer.status_code, why in page) == (status, True)
        assert "Go on" in page
        assert Event.objects.count() == events

    @pytest.mark.parametrize(
        "given",
        [
            {"notice": "", "step": "publish"},
            {"notice": "999", "step": "publish"},
            {"notice": "9" * 40, "step": "publish"},
            {"since": "at", "moment": "", "step": "publish"},
            {"since": "at", "moment": "hôm qua", "step": "publish"},
            {"since": "at", "moment": "2027-01-01T00:00", "step": "publish"},
            {"since": "at", "moment": "2026-13-45T99:99", "step": "publish"},
            {"step": "end", "reason": ""},
        ],
    )
    def test_what_can_not_be_done_comes_back_with_the_code_still_there(
        self, kit: Kit, given: dict[str, str]
    ) -> None:
        whole = {"code": kit.code, "notice": str(about(kit).id)} | given
        answer = Client().post(EMERGENCY, whole)
        page = answer.content.decode()
        assert answer.status_code in (404, 409, 422)
        assert f'value="{kit.code}"' in page
        assert queries.notice_with_id(about(kit).id).state is NoticeState.PREPARED

    def test_a_moment_in_the_desks_own_time_is_taken(self, kit: Kit) -> None:
        given = {
            "code": kit.code,
            "notice": about(kit).id,
            "since": "at",
            "moment": "2026-12-01T09:00",
            "step": "publish",
        }
        assert Client().post(EMERGENCY, given).status_code == 302
        row = queries.notice_with_id(about(kit).id)
        assert row.since == dt.datetime(2026, 12, 1, 2, 0, tzinfo=dt.UTC)

    def test_an_unknown_step_only_shows_what_there_is(self, kit: Kit) -> None:
        given = {"code": kit.code, "notice": about(kit).id, "step": "erase"}
        assert Client().post(EMERGENCY, given).status_code == 200
        assert queries.notice_with_id(about(kit).id).state is NoticeState.PREPARED

    def test_guessing_is_slowed(self, kit: Kit, settings: Any) -> None:
        settings.SOI_ANSWERS_PER_MINUTE = 3
        statuses = [Client().post(EMERGENCY, {"code": "1"}).status_code for _ in range(5)]
        assert statuses == [422, 422, 422, 429, 429]

    def test_another_sites_page_can_not_send_it(self, kit: Kit) -> None:
        given = {"code": kit.code, "notice": about(kit).id, "step": "publish"}
        answer = Client().post(EMERGENCY, given, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403
        assert queries.notice_with_id(about(kit).id).state is NoticeState.PREPARED

    def test_the_code_stands_in_no_address_no_cache_and_no_referrer(self, kit: Kit) -> None:
        given = {"code": kit.code, "notice": about(kit).id, "step": "publish"}
        for answer in (
            Client().get(EMERGENCY),
            Client().post(EMERGENCY, {"code": kit.code}),
            Client().post(EMERGENCY, given),
        ):
            assert answer["Cache-Control"] == "no-store"
            assert answer["Referrer-Policy"] == "no-referrer"
            assert codes.read_code(kit.code).secret not in answer.get("Location", "")

    def test_a_signed_in_session_is_neither_needed_nor_used(self, kit: Kit) -> None:
        given = {"code": kit.code, "notice": about(kit).id, "step": "publish"}
        Client().post(EMERGENCY, given)
        last = Event.objects.filter(verb="notice.published").last()
        assert last
        assert last.actor == f"recovery:{kit.key.handle}"


class TestTheBadge:
    """Other sites' pages show it: it must say at once what the notice says."""

    @pytest.mark.parametrize(
        ("language", "official", "taken"),
        [
            ("/en", "Official today", "Do not trust it: in other hands"),
            ("", "Hôm nay là chính thức", "Đừng tin: đã bị chiếm"),
        ],
    )
    def test_it_switches_with_the_notice_and_back(
        self, kit: Kit, language: str, official: str, taken: str
    ) -> None:
        row = about(kit)
        at = f"{language}/organisations/hoamaibank/{row.untrusted[0].id}/badge.svg"
        before = Client().get(at)
        assert official in before.content.decode()
        assert "no-cache" in before["Cache-Control"]
        actions.publish_with_code(kit.code, row.id, since=NOW)
        asked_again = Client().get(at, headers={"If-None-Match": before["ETag"]})
        assert asked_again.status_code == 200
        assert taken in asked_again.content.decode()
        actions.end_with_code(kit.code, row.id, reason="Báo nhầm", was_right=False)
        assert official in Client().get(at).content.decode()


class TestWhatEverybodySees:
    @pytest.fixture
    def published(self, kit: Kit) -> NoticeRow:
        return actions.publish_with_code(kit.code, about(kit).id, since=NOW)

    def test_the_signed_note_can_be_verified_with_the_key_that_stands_there(
        self, published: NoticeRow
    ) -> None:
        content = Client().get(f"/notices/{published.id}/note").content
        note = read_note(content)
        assert note.signed_by([read_key(published.key)])
        assert published.key.replace("+", "&#x2B;") in page_of(f"/en/notices/{published.id}/") or (
            published.key in page_of(f"/en/notices/{published.id}/")
        )

    def test_the_record_is_what_the_public_log_hashes(self, published: NoticeRow) -> None:
        content = Client().get(f"/notices/{published.id}/record.json").content
        event = Event.objects.filter(subject="notice", subject_id=published.id).last()
        assert event
        assert digest(json.loads(content)).hex() == event.after

    @pytest.mark.parametrize("end", ["", "note", "record.json"])
    def test_what_was_never_published_is_not_found(self, kit: Kit, end: str) -> None:
        prefix = "" if end else "/en"
        assert Client().get(f"{prefix}/notices/{about(kit).id}/{end}").status_code == 404

    def test_nothing_in_force_is_said(self) -> None:
        assert "No notice is in force" in page_of("/en/notices/")

    def test_in_vietnamese_too(self, published: NoticeRow) -> None:
        assert "Đừng tin" in page_of("/notices/")
        assert "Đừng tin" in page_of("/organisations/hoamaibank/")
