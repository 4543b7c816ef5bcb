"""Coming in by an OpenID Connect service: only people whom the desk knows or has invited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user_model
from django.test import Client
from openid_provider import Provider, running

from soi.people import actions, queries
from soi.people.types import Member, Role
from tests.members import PASSWORD, member, signed_in

pytestmark = pytest.mark.django_db

LAN = {"sub": "17", "email": "lan@newsroom.example", "email_verified": True, "name": "Lan"}


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with running() as found:
        app = {
            "provider_id": "desk",
            "name": "Newsroom",
            "client_id": "soi",
            "secret": "s3cret",
            "settings": {"server_url": found.address},
        }
        settings.SOI_OIDC_URL = found.address
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
        }
        found.person = dict(LAN)
        yield found


def come_in(provider: Provider, client: Client | None = None, **asked: str) -> tuple[Client, Any]:
    client = client or Client()
    led = client.get("/account/oidc/desk/login/", asked)
    assert led["Location"].startswith(f"{provider.address}/authorize?")
    return client, client.get(provider.authorize(led["Location"]))


def known(email: str, *, verified: bool, role: Role = Role.CHECKER, **more: Any) -> Member:
    found = member(role, email=email, second_step=False, **more)
    EmailAddress.objects.create(user_id=found.id, email=email, verified=verified, primary=True)
    return found


def test_somebody_with_a_verified_address_comes_in(provider: Provider) -> None:
    lan = known(LAN["email"], verified=True, password=PASSWORD)

    client, answer = come_in(provider, next="/account/sessions/")

    assert answer["Location"] == "/account/sessions/"
    assert client.session["_auth_user_id"] == str(lan.id)
    assert get_user_model()._default_manager.get(pk=lan.id).has_usable_password()
    account = SocialAccount.objects.get()
    assert account.extra_data == {"sub": "17", "email": LAN["email"]}


def test_the_page_to_sign_in_offers_the_service(provider: Provider) -> None:
    page = Client().get("/account/login/").content.decode()
    assert "Newsroom" in page
    assert "/account/oidc/desk/login/?" in page


@pytest.mark.parametrize(
    "told", [{"email_verified": False}, {"email": "other@newsroom.example"}, {"email": None}]
)
def test_an_address_that_is_not_verified_or_not_known_opens_nothing(
    provider: Provider, told: dict[str, Any]
) -> None:
    known(LAN["email"], verified=True)
    provider.person |= told

    client, answer = come_in(provider)

    assert client.get("/account/").status_code == 302
    assert not SocialAccount.objects.exists()
    assert answer.status_code in (200, 302)


def test_an_address_that_somebody_only_typed_opens_nothing(provider: Provider) -> None:
    known(LAN["email"], verified=False, password=PASSWORD)

    client, _ = come_in(provider)

    assert client.get("/account/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_somebody_invited_by_address_joins_by_the_service(provider: Provider) -> None:
    made = actions.invite(Role.EDITOR, email=LAN["email"], by="cli:root")

    client, _ = come_in(provider)

    person = queries.people()[0]
    assert (person.name, person.role, person.email) == ("Lan", Role.EDITOR, LAN["email"])
    assert client.get("/account/").status_code == 200
    assert client.get("/account/people/")["Location"].startswith("/account/secure/")
    assert queries.open_invitations() == []
    assert Client().get(f"/account/join/{made.token}/").status_code == 404


def test_an_open_link_is_not_used_by_whoever_comes_by_the_service(provider: Provider) -> None:
    actions.invite(Role.EDITOR, by="cli:root")
    provider.person["email"] = ""

    come_in(provider)

    assert queries.people() == []
    assert len(queries.open_invitations()) == 1


def test_the_second_step_is_asked_for_all_the_same(provider: Provider) -> None:
    binh = member(Role.EDITOR, email=LAN["email"])
    EmailAddress.objects.create(user_id=binh.id, email=LAN["email"], verified=True, primary=True)

    client, answer = come_in(provider)

    assert answer["Location"].startswith("/account/second-step/code/")
    assert client.get("/account/").status_code == 302


def test_somebody_switched_off_does_not_come_in_by_the_service(provider: Provider) -> None:
    lan = known(LAN["email"], verified=True)
    come_in(provider)
    actions.deactivate(lan.id, by="x")

    client, answer = come_in(provider)

    assert answer["Location"] == "/account/inactive/"
    assert client.get("/account/").status_code == 302


def test_a_person_connects_the_service_and_comes_in_by_it(provider: Provider) -> None:
    an = member(Role.CHECKER, password=PASSWORD, second_step=False)
    come_in(provider, signed_in(an), process="connect")
    assert SocialAccount.objects.get().user_id == an.id

    client, _ = come_in(provider)

    assert client.session["_auth_user_id"] == str(an.id)


def test_a_service_that_refuses_or_fails_leads_back_with_a_sentence(provider: Provider) -> None:
    provider.fails = True
    client, answer = come_in(provider)
    assert answer.status_code == 302
    assert client.get(answer["Location"]).status_code == 200

    provider.fails = False
    client = Client()
    led = client.get("/account/oidc/desk/login/")
    back = provider.authorize(led["Location"])
    provider.codes.clear()
    answer = client.get(back)
    assert answer["Location"] == "/account/login/?sso=failed"
    assert 'role="alert"' in client.get(answer["Location"]).content.decode()


def test_a_forged_answer_opens_nothing(provider: Provider) -> None:
    known(LAN["email"], verified=True)
    victim = Client()
    attacker = Client()
    back = provider.authorize(attacker.get("/account/oidc/desk/login/")["Location"])

    victim.get(back)

    assert victim.get("/account/").status_code == 302


def test_without_settings_there_is_no_service() -> None:
    assert Client().get("/account/oidc/desk/login/").status_code == 404
    assert "oidc" not in Client().get("/account/login/").content.decode()


@pytest.mark.parametrize("answers", ["nothing", "no JSON"])
def test_a_service_that_is_away_is_said_to_be_away(
    provider: Provider, settings: Any, answers: str
) -> None:
    away = "http://127.0.0.1:9" if answers == "nothing" else f"{provider.address}/.well-known/x"
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = away

    answer = Client().get("/account/oidc/desk/login/")

    assert answer["Location"] == "/account/login/?sso=failed"
