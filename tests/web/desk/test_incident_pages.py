"""The desk's pages of incidents: who opens which, the steps, and rule C8 by every address."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from factories import declare

from soi.core.formats import HoldingKind
from soi.core.lookalike import NameKind
from soi.incidents import actions, codes, following, handling, reports
from soi.incidents.following import Asked
from soi.incidents.types import FRAUD, IncidentKind, IncidentState, StepState
from soi.journal.models import Event
from soi.people.types import Role
from soi.register.actions import appoint_keeper
from soi.register.queries import all_holdings_of
from soi.watch.actions import confirm
from soi.watch.noting import note_names
from soi.watch.queries import lookalike_with_id, newest_id
from soi.watch.types import Name, State
from soi.web.desk import urls
from tests.members import member, signed_in

pytestmark = pytest.mark.django_db

BANK = "hoamaibank"
ROUTES = [str(p.name) for p in urls.urlpatterns if str(p.pattern).startswith("incidents/")]
POSTS: dict[str, dict[str, str]] = {
    "incident-act": {"words": "Một ghi chú."},
    "incident-bundle": {},
    "incident-prepare": {},
}
OPEN = "/en/desk/incidents/open/"


@pytest.fixture(autouse=True)
def desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "COST", 2**4)  # slow on purpose; the tests are not about that
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")


def holding(value: str = "hoamaibank") -> int:
    return next(row.id for row in all_holdings_of(BANK) if row.value == value)


def declare_library() -> None:
    """An organisation that is another's."""
    other = {"organisation": "thuvien", "name": "Thư viện Bến Sậy", "name_en": ""}
    declare(HoldingKind.DOMAIN, "thuvien.example", **other)


def lookalike(*, is_confirmed: bool = True) -> int:
    note_names([Name(NameKind.HOST, "hoamaibank-login.top")], source="tip:1", by="worker")
    if is_confirmed:
        confirm([newest_id()], state=State.SCAM, reason="Trang thu mật khẩu", by="person:1")
    return newest_id()


def incident(kind: IncidentKind = IncidentKind.HIJACK) -> int:
    of_name = kind in (IncidentKind.PHISHING, IncidentKind.IMPERSONATION)
    about = {"lookalike": lookalike()} if of_name else {"holding": holding()}
    return handling.open_incident(BANK, kind, words="Có chuyện.", by="test", **about)


def keeper(slug: str = BANK) -> Client:
    dung = member(Role.KEEPER)
    appoint_keeper(slug, dung.id, by="test")
    return signed_in(dung)


def address(name: str, ref: int, made: int = 0, step: str = "note") -> str:
    known = {"ref": ref, "made": made, "step": step}
    route = next(each for each in urls.urlpatterns if each.name == name)
    wanted = {each: known[each] for each in route.pattern.converters}
    # The language of the last request may still be active.
    return "/en" + reverse(f"desk:{name}", kwargs=wanted).removeprefix("/en")


def opened(client: Client, name: str, ref: int) -> Any:
    made = reports.prepare_report(ref, by="test").id
    at = address(name, ref, made)
    return client.post(at, POSTS[name]) if name in POSTS else client.get(at)


def body(answer: Any) -> str:
    return str(answer.content.decode())


def test_every_route_of_incidents_is_gone_through() -> None:
    assert len(ROUTES) == 7
    assert set(POSTS) < set(ROUTES)


@pytest.mark.parametrize("name", ROUTES)
class TestEveryPage:
    @pytest.mark.parametrize("role", list(Role))
    def test_opens_for_its_roles_and_for_no_other(self, name: str, role: Role) -> None:
        answer = opened(signed_in(member(role)), name, incident())
        may = role in (Role.EDITOR, Role.ADMINISTRATOR) or (
            role is Role.KEEPER and name in ("incidents", "incident-open")
        )
        assert (answer.status_code in (200, 302)) is may
        assert answer.status_code in (200, 302, 403)
        assert answer.status_code == 403 or answer["Cache-Control"] == "no-store"

    def test_opens_for_the_organisations_keeper(self, name: str) -> None:
        assert opened(keeper(), name, incident()).status_code in (200, 302)

    def test_is_shut_to_another_organisations_keeper(self, name: str) -> None:
        declare_library()
        other, ref = keeper("thuvien"), incident()
        made = reports.prepare_report(ref, by="test").id
        events = Event.objects.count()
        at = address(name, ref, made)
        answer = other.post(at, POSTS[name]) if name in POSTS else other.get(at)
        assert answer.status_code == (200 if name in ("incidents", "incident-open") else 403)
        assert "Hoa Mai" not in body(answer)
        assert Event.objects.count() == events

    def test_sends_a_stranger_to_sign_in_and_does_nothing(self, name: str) -> None:
        ref = incident()
        made = reports.prepare_report(ref, by="test").id
        events = Event.objects.count()
        at = address(name, ref, made)
        answer = Client().post(at, POSTS[name]) if name in POSTS else Client().get(at)
        assert (answer.status_code, "/account/login/" in answer["Location"]) == (302, True)
        assert Event.objects.count() == events

    def test_is_shut_to_a_keeper_without_a_second_step(self, name: str) -> None:
        answer = opened(signed_in(member(Role.KEEPER, second_step=False)), name, incident())
        assert (answer.status_code, "/account/secure/" in answer["Location"]) == (302, True)


class TestOpening:
    def opened(self, client: Client, **given: Any) -> Any:
        return client.post(OPEN, {"organisation": BANK, "words": "Có chuyện."} | given)

    def test_from_a_holding(self) -> None:
        dung = keeper()
        page = body(dung.get(f"/en/desk/organisations/{BANK}/{holding()}/"))
        link = f"{OPEN}?organisation={BANK}&amp;holding={holding()}"
        assert link in page
        form = body(dung.get(link.replace("&amp;", "&")))
        assert 'value="hijack"' in form
        assert 'value="phishing"' not in form
        answer = self.opened(dung, kind="hijack", holding=holding(), since="2026-01-02T03:04")
        (row,) = following.incidents(Asked())[:5]
        assert answer["Location"].endswith(f"/desk/incidents/{row.id}/")
        assert row.since is not None
        assert "Open incident" in body(dung.get(f"/en/desk/organisations/{BANK}/{holding()}/"))

    def test_from_the_triage_of_a_name(self) -> None:
        editor, number = signed_in(member(Role.EDITOR)), lookalike()
        link = f"{OPEN}?lookalike={number}"
        assert link in body(editor.get(f"/en/desk/names/{number}/"))
        form = body(editor.get(link))
        assert "hoamaibank-login.top" in form
        assert 'value="hijack"' not in form
        self.opened(editor, kind="phishing", lookalike=number)
        assert "Open incident" in body(editor.get(f"/en/desk/names/{number}/"))
        checker = signed_in(member(Role.CHECKER))
        assert link not in body(checker.get(f"/en/desk/names/{number}/"))

    def test_by_hand_about_a_name_that_comes_before_the_desk_with_it(self) -> None:
        self.opened(keeper(), kind="impersonation", name="@hoamai_hotro", platform="tiktok")
        (row,) = following.incidents(Asked())[:5]
        assert row.lookalike_id
        seen = lookalike_with_id(row.lookalike_id)
        assert (seen.key, seen.platform, seen.state) == ("hoamai_hotro", "tiktok", State.WAITING)

    def test_an_organisation_is_chosen_first(self) -> None:
        page = body(keeper().get(OPEN))
        assert "Whose account or name is concerned?" in page
        assert BANK in page

    @pytest.mark.parametrize(
        ("given", "status", "code"),
        [
            ({"kind": "criticism", "holding": "1"}, 422, "incident_invalid"),
            ({"kind": "hijack"}, 422, "incident_invalid"),
            ({"kind": "hijack", "holding": "x"}, 404, "holding_unknown"),
            ({"kind": "phishing", "lookalike": "9" * 30}, 404, "lookalike_unknown"),
            ({"kind": "phishing", "name": "hoamaibank.example"}, 409, "lookalike_is_official"),
            ({"kind": "phishing", "name": "\0"}, 422, "incident_invalid"),
            ({"kind": "hijack", "holding": "1", "since": "gestern"}, 422, "incident_invalid"),
        ],
    )
    def test_what_can_not_be_comes_back_with_what_was_typed(
        self, given: dict[str, str], status: int, code: str
    ) -> None:
        answer = self.opened(keeper(), words="Đã thấy <b>lạ</b>", **given)
        assert (answer.status_code, code in body(answer)) == (status, True)
        assert "Đã thấy &lt;b&gt;lạ&lt;/b&gt;" in body(answer)
        assert not following.incidents(Asked())[:5]

    def test_nobody_opens_one_for_an_organisation_that_they_do_not_keep(self) -> None:
        declare_library()
        assert self.opened(keeper("thuvien"), kind="hijack", holding=holding()).status_code == 403


class TestTheWork:
    def act(self, client: Client, ref: int, what: str, **given: Any) -> Any:
        return client.post(address("incident-act", ref, step=what), given)

    def test_steps_are_done_skipped_undone_and_the_incident_closed_and_reopened(self) -> None:
        dung, ref = keeper(), incident()
        for step, given in (
            ("done", {"step": "stop_using", "words": "Đã gỡ"}),
            ("skip", {"step": "recover", "words": "Không cần"}),
            ("undo", {"step": "stop_using"}),
            ("note", {"words": "Đã gọi nền tảng."}),
            ("capture", {"url": "https://hoamaibank-login.top/"}),
        ):
            assert self.act(dung, ref, step, **given).status_code == 302
        page = body(dung.get(address("incident", ref)))
        for said in ("Đã gọi nền tảng.", "Không cần", "Đã gỡ", "https://hoamaibank-login.top/"):
            assert said in page
        (capture,) = following.captures_of(ref)
        self.act(dung, ref, "drop", capture=capture.id)
        assert not following.captures_of(ref)
        self.act(dung, ref, "close", reason="Xong rồi")
        assert following.incident_with_id(ref).state is IncidentState.CLOSED
        self.act(dung, ref, "reopen", reason="Lại nữa")
        assert following.incident_with_id(ref).state is IncidentState.OPEN

    def test_a_picture_of_the_screen_is_kept_as_evidence(self) -> None:
        dung, ref = keeper(), incident()
        picture = io.BytesIO(b"\x89PNG\r\n\x1a\n" + b"0" * 50)
        picture.name = "man-hinh.png"
        self.act(dung, ref, "capture", file=picture)
        (capture,) = following.captures_of(ref)
        assert capture.file_name == "man-hinh.png"

    @pytest.mark.parametrize(
        ("step", "given", "status"),
        [
            ("skip", {"step": "recover"}, 422),
            ("done", {"step": "dance"}, 422),
            ("undo", {"step": "recover"}, 409),
            ("capture", {"url": "file:///etc/passwd"}, 422),
            ("drop", {"capture": "x"}, 422),
            ("close", {}, 422),
            ("reopen", {"reason": "Lại"}, 409),
            ("note", {"words": ""}, 422),
            ("burn", {}, 404),
        ],
    )
    def test_what_can_not_be_done_comes_back_and_changes_nothing(
        self, step: str, given: dict[str, str], status: int
    ) -> None:
        dung, ref = keeper(), incident()
        assert self.act(dung, ref, step, **given).status_code == status
        assert [e.verb for e in Event.objects.filter(subject="incident")] == ["incident.opened"]

    def test_what_is_late_is_seen_on_the_list(self, time_machine: Any) -> None:
        dung, ref = keeper(), incident()
        assert "overdue" not in body(dung.get("/en/desk/incidents/?show=overdue")).split("<ul")[-1]
        row = following.incident_with_id(ref)
        time_machine.move_to(row.steps[1].due_at, tick=True)
        dung = keeper()
        assert "2 steps overdue" in body(dung.get("/en/desk/incidents/"))
        assert "hoamaibank" in body(dung.get("/en/desk/incidents/?show=overdue"))
        assert "Overdue" in body(dung.get(address("incident", ref)))

    def test_telling_the_public_leads_to_the_prepared_notice(self) -> None:
        dung, ref = keeper(), incident()
        assert "No notice is prepared yet" in body(dung.get(address("incident", ref)))
        kit = actions.make_kit(BANK, by="test")
        page = body(dung.get(address("incident", ref)))
        assert "A notice is prepared: publish it" in page
        assert f"/desk/notices/of/{BANK}/" in page
        notice = next(each for each in kit.notices if each.untrusted[0].value == "hoamaibank")
        dung.post(f"/desk/notices/{notice.id}/publish/", {"since": "now"})
        row = following.incident_with_id(ref)
        assert [s.state for s in row.steps if s.word == "tell_public"] == [StepState.DONE]
        assert f"/notices/{notice.id}/" in body(dung.get(address("incident", ref)))

    def test_no_page_asks_much(self, django_assert_max_num_queries: Any) -> None:
        ref, editor = incident(), signed_in(member(Role.EDITOR))
        for number in range(3):
            handling.capture_address(ref, f"https://a{number}.example/", by="test")
        made = reports.prepare_report(ref, by="test").id
        editor.get("/en/desk/incidents/")  # the first visit writes the session down
        for name in ("incidents", "incident", "incident-open", "incident-report"):
            with django_assert_max_num_queries(15):
                assert editor.get(address(name, ref, made)).status_code == 200


class TestForThePlatform:
    @pytest.mark.parametrize("kind", sorted(FRAUD))
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_a_fraud_is_reported_in_both_languages(self, kind: IncidentKind, language: str) -> None:
        dung, ref = keeper(), incident(kind)
        answer = dung.post(address("incident-prepare", ref))
        page = body(dung.get(language + answer["Location"].removeprefix("/en")))
        row = following.incident_with_id(ref)
        for said in ("Ngân hàng Hoa Mai", row.named.value, following.prepared_of(ref)[0].digest):
            assert said in page
        assert f'href="https://{row.named.value}' not in page
        assert ("Who asks" if language else "Ai đề nghị") in page

    def test_the_bundle_comes_as_a_zip_and_is_written_down(self) -> None:
        dung, ref = keeper(), incident()
        answer = dung.post(address("incident-bundle", ref))
        assert answer["Content-Disposition"] == f'attachment; filename="incident-{ref}.zip"'
        content = b"".join(answer.streaming_content)
        assert "SHA256SUMS" in zipfile.ZipFile(io.BytesIO(content)).namelist()
        assert [each.form for each in following.prepared_of(ref)] == ["bundle"]

    @pytest.mark.parametrize("kind", sorted(frozenset(IncidentKind) - FRAUD))
    def test_c8_no_address_gives_one_for_what_is_no_fraud(self, kind: IncidentKind) -> None:
        editor, ref = signed_in(member(Role.EDITOR)), incident(kind)
        other = reports.prepare_report(incident(), by="test").id
        page = body(editor.get(address("incident", ref)))
        assert address("incident-bundle", ref) not in page
        assert address("incident-prepare", ref) not in page
        for name in ("incident-bundle", "incident-prepare"):
            answer = editor.post(address(name, ref), {"kind": "phishing", "form": "report"})
            assert (answer.status_code, "only_for_fraud" in body(answer)) == (403, True)
            assert editor.get(address(name, ref)).status_code == 405
        for made in (other, 0, 1, 999):
            assert editor.get(address("incident-report", ref, made)).status_code == 403
        # Saying afterwards that it is another kind changes nothing.
        for step in ("note", "done", "reopen", "kind"):
            editor.post(
                address("incident-act", ref, step=step),
                {"kind": "phishing", "words": "Đổi loại", "step": "confirm", "reason": "x"},
            )
        assert following.incident_with_id(ref).kind is kind
        assert editor.post(address("incident-bundle", ref)).status_code == 403
        assert not following.prepared_of(ref)

    def test_a_name_that_the_desk_has_not_confirmed_is_not_reported(self) -> None:
        dung = keeper()
        ref = handling.open_incident(
            BANK,
            IncidentKind.PHISHING,
            words="Lạ.",
            by="t",
            lookalike=lookalike(is_confirmed=False),
        )
        answer = dung.post(address("incident-bundle", ref))
        assert (answer.status_code, "not_confirmed_yet" in body(answer)) == (409, True)
        assert not following.prepared_of(ref)
