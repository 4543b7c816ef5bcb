"""The desk's pages of notices: for an organisation's keepers and the desk's register people."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from factories import declare

from soi.core.formats import HoldingKind
from soi.incidents import actions, codes, queries
from soi.incidents.types import NoticeState
from soi.journal.models import Event
from soi.people.types import Role
from soi.register.actions import appoint_keeper
from soi.register.queries import holdings_of
from soi.web.desk import urls
from tests.members import member, signed_in

pytestmark = pytest.mark.django_db

BANK = "hoamaibank"
ROUTES = [str(p.name) for p in urls.urlpatterns if str(p.pattern).startswith("notices/")]
POSTS = ("notices-kit", "notices-withdraw", "notice-move")


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "COST", 2**4)  # slow on purpose; the tests are not about that
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")


def keeper() -> Client:
    dung = member(Role.KEEPER)
    appoint_keeper(BANK, dung.id, by="test")
    return signed_in(dung)


def address(name: str, ref: int = 1, step: str = "publish") -> str:
    wanted: list[object] = [BANK]
    if name == "notices":
        wanted = []
    elif name == "notice-move":
        wanted = [ref, step]
    # The language of the last request may still be active.
    return reverse(f"desk:{name}", args=wanted).removeprefix("/en")


def opened(client: Client, name: str, ref: int) -> Any:
    at = address(name, ref)
    return client.post(at, {"since": "now"}) if name in POSTS else client.get(at)


def prepared(value: str = "hoamaibank") -> int:
    kit = actions.make_kit(BANK, by="test")
    return next(row.id for row in kit.notices if row.untrusted[0].value == value)


def test_every_route_of_notices_is_gone_through() -> None:
    assert len(ROUTES) == 6


@pytest.mark.parametrize("name", ROUTES)
class TestEveryPage:
    @pytest.mark.parametrize("role", list(Role))
    def test_opens_for_its_roles_and_for_no_other(self, name: str, role: Role) -> None:
        ref = prepared()
        answer = opened(signed_in(member(role)), name, ref)
        may = role in (Role.EDITOR, Role.ADMINISTRATOR) or (
            role is Role.KEEPER and name == "notices"
        )
        assert (answer.status_code in (200, 302)) is may
        assert answer.status_code in (200, 302, 403)
        assert answer.status_code == 403 or answer["Cache-Control"] == "no-store"

    def test_opens_for_the_organisations_keeper(self, name: str) -> None:
        assert opened(keeper(), name, prepared()).status_code in (200, 302)

    def test_is_shut_to_another_organisations_keeper(self, name: str) -> None:
        declare(HoldingKind.DOMAIN, "thuvien.example", organisation="thuvien", name="Thư viện")
        other = member(Role.KEEPER)
        appoint_keeper("thuvien", other.id, by="test")
        ref, events = prepared(), Event.objects.count()
        answer = opened(signed_in(other), name, ref)
        assert answer.status_code == (200 if name == "notices" else 403)
        assert BANK not in answer.content.decode() or answer.status_code == 403
        assert Event.objects.count() == events

    def test_sends_a_stranger_to_sign_in_and_does_nothing(self, name: str) -> None:
        ref, events = prepared(), Event.objects.count()
        answer = opened(Client(), name, ref)
        assert (answer.status_code, "/account/login/" in answer["Location"]) == (302, True)
        assert Event.objects.count() == events

    def test_is_shut_to_a_keeper_without_a_second_step(self, name: str) -> None:
        answer = opened(signed_in(member(Role.KEEPER, second_step=False)), name, prepared())
        assert (answer.status_code, "/account/secure/" in answer["Location"]) == (302, True)


class TestTheKit:
    def test_the_code_is_shown_once_with_a_square_and_opens_the_emergency_page(self) -> None:
        dung = keeper()
        page = dung.post(f"/en{address('notices-kit')}").content.decode()
        assert "shown once and kept nowhere" in page
        assert "<svg" in page
        (code,) = re.findall(r"<code>((?:\d{4} ){6}\d{4})</code>", page)
        assert actions.kit_behind(code)[0].organisation == BANK
        again = dung.get(f"/en{address('notices-of')}").content.decode()
        assert code not in again
        assert "hoamaibank.example" in again

    def test_it_is_withdrawn(self) -> None:
        prepared()
        keeper().post(address("notices-withdraw"))
        assert queries.key_of(BANK) is None

    def test_without_anything_confirmed_there_is_none_and_it_is_said(self) -> None:
        declare(HoldingKind.ADDRESS, "1 Bến Sậy", organisation="moi", name="Mới")
        answer = signed_in(member(Role.EDITOR)).post(reverse("desk:notices-kit", args=["moi"]))
        assert (answer.status_code, "notice_invalid" in answer.content.decode()) == (422, True)


class TestSteps:
    def test_somebody_who_is_signed_in_publishes_and_ends(self) -> None:
        dung, ref = keeper(), prepared()
        assert dung.post(address("notice-move", ref), {"since": "hour"}).status_code == 302
        assert queries.notice_with_id(ref).state is NoticeState.PUBLISHED
        assert [row.value for row in holdings_of(BANK) if row.compromised_from] == ["hoamaibank"]
        given = {"reason": "Đã lấy lại được"}
        assert dung.post(address("notice-move", ref, "end"), given).status_code == 302
        assert queries.notice_with_id(ref).state is NoticeState.ENDED

    def test_a_false_alarm_is_retracted(self) -> None:
        dung, ref = keeper(), prepared()
        dung.post(address("notice-move", ref))
        dung.post(address("notice-move", ref, "retract"), {"reason": "Báo nhầm"})
        assert queries.notice_with_id(ref).state is NoticeState.RETRACTED
        assert not [row for row in holdings_of(BANK) if row.compromised_from]

    def test_without_a_reason_it_comes_back(self) -> None:
        dung, ref = keeper(), prepared()
        dung.post(address("notice-move", ref))
        answer = dung.post(address("notice-move", ref, "retract"), {"reason": ""})
        assert answer.status_code == 422
        assert queries.notice_with_id(ref).state is NoticeState.PUBLISHED

    def test_a_prepared_one_is_given_up(self) -> None:
        dung, ref = keeper(), prepared()
        dung.post(address("notice-move", ref, "discard"))
        assert queries.notice_with_id(ref).state is NoticeState.DISCARDED
        assert dung.post(address("notice-move", ref, "publish")).status_code == 409

    def test_an_unknown_step_and_an_unknown_notice_are_not_found(self) -> None:
        dung, ref = keeper(), prepared()
        assert dung.post(address("notice-move", ref, "erase")).status_code == 404
        assert dung.post(address("notice-move", 999)).status_code == 404


class TestPreparing:
    def test_one_of_several_accounts_with_words_is_signed_with_the_code(self) -> None:
        dung = keeper()
        kit = actions.make_kit(BANK, by="test")
        site, account = sorted(holdings_of(BANK), key=lambda row: row.kind != "domain")
        given = {
            "code": kit.code,
            "untrusted": [account.id],
            "trusted": [site.id],
            "words": "Chúng tôi không bao giờ hỏi mã OTP.",
        }
        assert dung.post(address("notice-prepare"), given).status_code == 302
        assert [row.words for row in queries.notices_of(BANK)][-1] == given["words"]

    def test_what_can_not_be_comes_back_with_what_was_chosen_and_without_the_code(self) -> None:
        dung = keeper()
        kit = actions.make_kit(BANK, by="test")
        given = {"code": kit.code, "untrusted": [], "words": "Xin chờ"}
        answer = dung.post(address("notice-prepare"), given)
        page = answer.content.decode()
        assert (answer.status_code, "notice_invalid" in page) == (422, True)
        assert 'value="Xin chờ"' in page
        assert kit.code not in page

    def test_another_organisations_code_prepares_nothing_here(self) -> None:
        declare(HoldingKind.DOMAIN, "thuvien.example", organisation="thuvien", name="Thư viện")
        theirs = actions.make_kit("thuvien", by="test")
        given = {"code": theirs.code, "untrusted": [holdings_of("thuvien")[0].id]}
        assert keeper().post(address("notice-prepare"), given).status_code == 403
        assert len(queries.notices_of("thuvien")) == 1
