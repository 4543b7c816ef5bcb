"""Signing in, the second step, one's own account and people, as pages."""

from __future__ import annotations

import io
import logging
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as desk_settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, reverse
from django.utils import translation

from soi.people import actions, queries
from soi.people.errors import NotAllowed
from soi.people.types import Member, Permission, Role
from soi.web.desk import account_urls
from soi.web.desk.guard import at_desk
from tests.members import PASSWORD, SECRET, member, second_steps, signed_in

pytestmark = pytest.mark.django_db

NAMED = [
    (pattern, "account:" if pattern in account_urls._ours else "")
    for pattern in [*account_urls._ours, *account_urls.urlpatterns[1:]]
    if isinstance(pattern, URLPattern)
]


@pytest.fixture(autouse=True)
def vietnamese() -> Iterator[None]:
    """What is called without a page being asked for speaks the desk's first language."""
    with translation.override("vi"):
        yield


def code_now() -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30))


def sign_in(client: Client, who: Member, password: str = PASSWORD, **more: str) -> Any:
    said = {"login": queries.person_with_id(who.id).email, "password": password, **more}
    return client.post("/account/login/", said)


def prove(client: Client, password: str = PASSWORD) -> None:
    """Say once more who it is, as the page asks before anything that changes how one comes in."""
    assert client.post("/account/prove/", {"password": password}).status_code == 302


def test_an_address_and_a_password_open_the_desk() -> None:
    an = member(Role.CHECKER, password=PASSWORD, second_step=False)
    client = Client()

    answer = sign_in(client, an)

    assert (answer.status_code, answer["Location"]) == (302, "/desk/")
    assert "An" in client.get("/account/").content.decode()


def test_somebody_lands_where_they_were_going_and_never_elsewhere() -> None:
    an = member(Role.CHECKER, password=PASSWORD, second_step=False)

    assert sign_in(Client(), an, next="/account/sessions/")["Location"] == "/account/sessions/"
    assert "evil" not in sign_in(Client(), an, next="https://evil.example/")["Location"]
    assert "evil" not in sign_in(Client(), an, next="//evil.example/")["Location"]


def test_a_wrong_password_and_an_unknown_address_are_answered_alike() -> None:
    an = member(Role.CHECKER, password=PASSWORD)
    wrong = sign_in(Client(), an, password="nothing like it")
    unknown = Client().post("/account/login/", {"login": "x@desk.example", "password": "y" * 12})

    told = [re.findall(r'role="alert"[^>]*>(.*?)</div>', r.content.decode(), re.S)
            for r in (wrong, unknown)]  # fmt: skip
    assert told[0] == told[1] != []


def test_tries_are_counted_and_stopped() -> None:
    an = member(Role.CHECKER, password=PASSWORD, second_step=False)
    for _ in range(6):
        sign_in(Client(), an, password="nothing like it")

    assert sign_in(Client(), an).status_code != 302


def test_the_second_step_is_asked_for_and_takes_a_code_once() -> None:
    binh = member(Role.EDITOR, password=PASSWORD)
    client = Client()

    answer = sign_in(client, binh, next="/account/people/")
    assert answer["Location"].startswith("/account/second-step/code/")
    assert client.get("/account/").status_code == 302
    assert client.post("/account/second-step/code/", {"code": "000000"}).status_code == 200
    code = code_now()
    answer = client.post("/account/second-step/code/", {"code": code})
    assert (answer.status_code, answer["Location"]) == (302, "/account/people/")

    other = Client()
    sign_in(other, binh)
    assert other.post("/account/second-step/code/", {"code": code}).status_code == 200


def test_somebody_switched_off_does_not_come_in() -> None:
    an = member(Role.CHECKER, password=PASSWORD, second_step=False)
    actions.deactivate(an.id, by="x")
    client = Client()

    assert sign_in(client, an)["Location"] == "/account/inactive/"
    assert client.get("/account/").status_code == 302


def test_an_invitation_leads_to_an_account_and_to_the_second_step() -> None:
    made = actions.invite(Role.EDITOR, by="cli:root")
    page = f"/account/join/{made.token}/"
    client = Client()
    assert client.get(page).status_code == 200

    answer = client.post(page, {"name": "An", "email": "an@desk.example", "password": PASSWORD})

    assert (answer.status_code, answer["Location"]) == (302, "/account/secure/")
    assert client.get("/account/people/")["Location"].startswith("/account/secure/?next=")
    assert client.get("/account/secure/").status_code == 200
    assert client.get("/account/second-step/app/").status_code == 200
    assert Client().get(page).status_code == 404


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"password": "short"}, "10"),
        ({"email": "chi@desk.example"}, "chi@desk.example"),
        ({"email": "x"}, "x"),
        ({"name": "   "}, "an@desk.example"),
        ({"name": "<script>alert(1)</script>", "password": "short"}, "&lt;script&gt;"),
    ],
)
def test_what_is_wrong_with_joining_is_said_and_what_was_typed_stays(
    said: dict[str, str], shown: str
) -> None:
    member(Role.ADMINISTRATOR, email="chi@desk.example")
    made = actions.invite(Role.CHECKER, by="cli:root")
    typed = {"name": "An", "email": "an@desk.example", "password": PASSWORD, **said}

    answer = Client().post(f"/account/join/{made.token}/", typed)

    assert answer.status_code == 422
    text = answer.content.decode()
    assert shown in text
    assert "errorlist" in text
    assert "<script>alert" not in text
    assert queries.invitation_with_token(made.token).id == made.id


def test_an_administrator_invites_and_withdraws() -> None:
    chi = signed_in(member(Role.ADMINISTRATOR))

    page = chi.post("/account/people/", {"role": "editor", "email": ""}).content.decode()

    token = re.search(r"/account/join/([\w-]+)/", page)
    assert token
    assert queries.invitation_with_token(token[1]).role is Role.EDITOR
    ref = queries.open_invitations()[0].id
    chi.post(f"/account/people/invitations/{ref}/withdraw/")
    assert queries.open_invitations() == []
    assert chi.post(f"/account/people/invitations/{ref}/withdraw/").status_code == 404


def test_an_administrator_looks_after_people() -> None:
    chi = signed_in(member(Role.ADMINISTRATOR))
    binh = member(Role.EDITOR, password=PASSWORD)
    page = f"/account/people/{binh.id}/"
    assert "Bình" in chi.get(page).content.decode()

    chi.post(page + "role/", {"role": "checker"})
    assert queries.member_with_id(binh.id).role is Role.CHECKER
    chi.post(page + "second-step/")
    assert second_steps(binh) == 0
    link = re.search(
        r'value="[^"]*(/account/reset/[^"]+)"', chi.post(page + "link/").content.decode()
    )
    assert link
    answer = Client().post(link[1], {"password": "con meo treo cay cau"})
    assert answer["Location"] == "/account/login/?password=new"
    assert sign_in(Client(), binh, password="con meo treo cay cau")["Location"] == "/desk/"
    chi.post(page + "off/")
    assert not queries.person_with_id(binh.id).is_active
    chi.post(page + "on/")
    assert queries.person_with_id(binh.id).is_active
    assert chi.post(page + "nothing/").status_code == 404
    assert chi.post("/account/people/99999/off/").status_code == 404


def test_the_last_administrator_is_told_why_not() -> None:
    chi = member(Role.ADMINISTRATOR)

    answer = signed_in(chi).post(f"/account/people/{chi.id}/role/", {"role": "checker"})

    assert answer.status_code == 409
    assert "last_administrator" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.CHECKER, Role.EDITOR, Role.KEEPER])
def test_only_administrators_see_people(role: Role) -> None:
    client, other = signed_in(member(role)), member(Role.CHECKER, name="Em")
    for page in ("/account/people/", f"/account/people/{other.id}/"):
        answer = client.get(page)
        assert answer.status_code == 403
        assert "Em" not in answer.content.decode()
    assert client.post(f"/account/people/{other.id}/off/").status_code == 403
    assert queries.person_with_id(other.id).is_active


def test_sessions_are_listed_and_ended_one_by_one_or_all() -> None:
    an = member(Role.CHECKER, password=PASSWORD, second_step=False)
    here, there, elsewhere = Client(), Client(), Client()
    for client in (here, there, elsewhere):
        sign_in(client, an)
    stranger = signed_in(member(Role.KEEPER))
    page = here.get("/account/sessions/").content.decode()
    refs = [int(ref) for ref in re.findall(r"/account/sessions/(\d+)/end/", page)]
    assert len(refs) == 2

    stranger.post(f"/account/sessions/{refs[0]}/end/")
    assert there.get("/account/").status_code == elsewhere.get("/account/").status_code == 200
    here.post(f"/account/sessions/{refs[0]}/end/")
    assert {there.get("/account/").status_code, elsewhere.get("/account/").status_code} == {
        200,
        302,
    }
    here.post("/account/sessions/")
    assert there.get("/account/").status_code == elsewhere.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200


def test_a_name_and_a_language_are_changed() -> None:
    an = member(Role.CHECKER)
    client = signed_in(an)

    assert client.post("/account/", {"name": " Ân ", "language": "en"}).status_code == 302
    assert (queries.member_with_id(an.id).name, queries.member_with_id(an.id).language) == (
        "Ân",
        "en",
    )
    assert client.post("/account/", {"name": "\u202e", "language": "en"}).status_code == 200
    assert queries.member_with_id(an.id).name == "Ân"


def test_an_app_is_set_up_and_gives_recovery_codes() -> None:
    an = member(Role.CHECKER, password=PASSWORD, second_step=False)
    client = Client()
    sign_in(client, an)
    asked_again = client.get("/account/second-step/app/")["Location"]
    assert asked_again == "/account/prove/?next=%2Faccount%2Fsecond-step%2Fapp%2F"
    assert client.post("/account/prove/", {"password": "not it at all"}).status_code == 200
    prove(client)
    page = client.get("/account/second-step/app/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{16,})</code>", page)
    assert secret, page
    assert "<svg" in page
    assert "data:image" not in page

    code = format_hotp_value(hotp_value(secret[1], int(time.time()) // 30))
    answer = client.post("/account/second-step/app/", {"code": code})

    assert answer["Location"] == "/account/second-step/codes/"
    codes = re.findall(r"<code>(\d{8})</code>", client.get(answer["Location"]).content.decode())
    assert len(codes) == 10
    other = Client()
    sign_in(other, an)
    assert other.post("/account/second-step/code/", {"code": codes[0]}).status_code == 302


def test_an_editor_cannot_remove_the_only_second_step() -> None:
    binh = member(Role.EDITOR, password=PASSWORD)
    client = Client()
    sign_in(client, binh)
    client.post("/account/second-step/code/", {"code": code_now()})

    prove(client)

    assert client.post("/account/second-step/app/remove/").status_code == 200
    assert second_steps(binh) == 1


def test_a_form_without_its_token_is_refused_with_a_sentence() -> None:
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/account/login/", {"login": "a@b.example", "password": "x"})

    assert answer.status_code == 403
    assert "form_stale" in answer.content.decode()


@pytest.mark.parametrize("path", ["signup", "email", "confirm-email", "services/signup"])
def test_nobody_signs_up_by_themselves(path: str) -> None:
    assert Client().get(f"/account/{path}/").status_code == 404
    assert Client().post(f"/account/{path}/", {"email": "a@b.example"}).status_code == 404


@pytest.mark.parametrize("language", ["", "/en"])
def test_every_account_page_can_be_opened_and_is_kept_nowhere(language: str) -> None:
    chi = member(Role.ADMINISTRATOR, password=PASSWORD)
    inside, outside = signed_in(chi), Client()
    for pattern, prefix in NAMED:
        numbers = dict.fromkeys(pattern.pattern.converters, 1)
        for text in ("token", "what"):
            if text in numbers:
                numbers[text] = "x"  # type: ignore[assignment]
        page = language + reverse(f"{prefix}{pattern.name}", kwargs=numbers)
        for client in (inside, outside):
            answer = client.get(page)
            assert answer.status_code in (200, 302, 401, 404, 405), (page, answer.status_code)
            if answer.status_code == 200:
                assert answer["Cache-Control"] == "no-store", page
                assert answer["Referrer-Policy"] == "same-origin", page


def test_public_pages_set_no_cookie_and_look_at_none() -> None:
    plain = Client()
    inside = signed_in(member(Role.CHECKER))
    for page in ("/", "/checks/", "/tips/", "/organisations/", "/how-we-work/", "/healthz", "/no/"):
        for client in (plain, inside):
            answer = client.get(page)
            assert not answer.cookies, page
            assert "Cookie" not in answer.get("Vary", ""), page
    assert not plain.post("/", {"message": "x"}).cookies
    assert not Client(enforce_csrf_checks=True).post("/", {"message": "x"}).cookies
    assert Client(enforce_csrf_checks=True).post("/", {"message": "x"}).status_code == 200
    assert Client(enforce_csrf_checks=True).post("/tips/", {"message": "x y z"}).status_code == 302
    sent = Client(enforce_csrf_checks=True).post(
        "/api/v1/tips", {"text": "x y z"}, content_type="application/json"
    )
    assert sent.status_code != 403


def view(request: HttpRequest, member: Member, ref: int = 0) -> HttpResponse:
    return HttpResponse(f"{member.actor} {ref}")


def asked(who: Member | None, path: str = "/desk/x/?a=1", **headers: Any) -> HttpRequest:
    from django.contrib.auth import get_user_model
    from django.contrib.sessions.backends.db import SessionStore

    request = RequestFactory().get(path, **headers)
    request.session = SessionStore()
    request.htmx = bool(headers)  # type: ignore[attr-defined]
    if who:
        request.session.create()
        request.user = get_user_model()._default_manager.get(pk=who.id)
    return request


def test_the_guard_hands_the_member_to_the_view() -> None:
    an = member(Role.CHECKER, second_step=False)

    answer = at_desk(Permission.WRITE_CHECK)(view)(asked(an), ref=7)

    assert answer.content.decode() == f"{an.actor} 7"
    assert answer["Cache-Control"] == "no-store"


def test_the_guard_sends_strangers_to_sign_in_and_back() -> None:
    answer = at_desk(Permission.READ_DESK)(view)(asked(None))
    assert answer["Location"] == "/account/login/?next=%2Fdesk%2Fx%2F%3Fa%3D1"

    answer = at_desk(Permission.READ_DESK)(view)(
        asked(None, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/desk/claims/3/")
    )
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/account/login/?next=%2Fdesk%2Fclaims%2F3%2F"


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR])
def test_the_guard_asks_who_can_publish_for_a_second_step(role: Role) -> None:
    answer = at_desk(Permission.READ_DESK)(view)(asked(member(role, second_step=False)))
    assert answer["Location"].startswith("/account/secure/?next=")

    assert at_desk(Permission.READ_DESK)(view)(asked(member(role))).status_code == 200


def test_the_guard_refuses_what_a_role_may_not() -> None:
    with pytest.raises(NotAllowed):
        at_desk(Permission.PUBLISH)(view)(asked(member(Role.CHECKER)))
    with pytest.raises(NotAllowed):
        at_desk(Permission.READ_DESK)(view)(asked(member(Role.KEEPER)))


def test_cookies_are_for_this_host_and_not_for_scripts() -> None:
    an = member(Role.CHECKER, password=PASSWORD, second_step=False)
    client = Client()
    client.get("/account/login/")
    sign_in(client, an)

    for name in (desk_settings.SESSION_COOKIE_NAME, desk_settings.CSRF_COOKIE_NAME):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]


def test_a_session_ends_after_hours_without_a_visit_and_not_before() -> None:
    an = member(Role.CHECKER, password=PASSWORD, second_step=False)
    client, start = Client(), time.time()
    sign_in(client, an)
    for hour in (8, 16, 24):
        with time_machine.travel(start + hour * 3600):
            assert client.get("/account/").status_code == 200
    with time_machine.travel(start + 37 * 3600):
        assert client.get("/account/").status_code == 302


def test_a_page_of_people_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    chi = signed_in(member(Role.ADMINISTRATOR))
    chi.get("/account/people/")
    for number in range(30):
        member(Role.CHECKER, email=f"p{number}@desk.example")
    actions.invite(Role.CHECKER, by="x")

    with django_assert_max_num_queries(15):
        assert chi.get("/account/people/").status_code == 200


def test_a_form_of_any_size_and_kind_is_answered_with_a_sentence() -> None:
    made = actions.invite(Role.CHECKER, by="cli:root")
    chi = signed_in(member(Role.ADMINISTRATOR))
    for odd in ("x" * 50_000, "\u202e\u0000", "<script>alert(1)</script>", "\ufffd"):
        typed = {"name": odd, "email": odd, "password": odd, "role": odd, "login": odd, "code": odd}
        for client, page in (
            (Client(), f"/account/join/{made.token}/"),
            (Client(), "/account/login/"),
            (chi, "/account/"),
            (chi, "/account/people/"),
        ):
            answer = client.post(page, typed)
            assert answer.status_code in (200, 422), page
            assert "<script>alert(1)" not in answer.content.decode()
    assert Client().post("/account/login/", {"login": "x" * 900_000}).status_code == 413


def test_no_private_link_stands_in_the_log() -> None:
    an = member(Role.CHECKER)
    reset = actions.make_reset_token(an.id, by="x")
    joining = actions.invite(Role.CHECKER, by="x").token
    stream = io.StringIO()
    stderr = next(each for each in logging.getLogger().handlers if each.name == "stderr")
    assert isinstance(stderr, logging.StreamHandler)
    before = stderr.setStream(stream)
    try:
        for client in (Client(), Client(enforce_csrf_checks=True)):
            client.post(f"/account/join/{joining}/", {"name": "An", "password": "short"})
            client.post(f"/en/account/reset/{reset}/", {"password": "short"})
    finally:
        stderr.setStream(before)

    assert "/account/join/…/" in stream.getvalue()
    assert "/account/reset/…/" in stream.getvalue()
    assert joining not in stream.getvalue()
    assert reset not in stream.getvalue()
