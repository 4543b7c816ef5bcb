"""`soi people`: the first administrator, and help for who can't come in."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner, Result
from django.test import Client

from soi.cli.program import soi
from soi.journal.models import Event
from soi.people import queries
from soi.people.types import Role
from tests.members import PASSWORD, member, second_steps

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> Result:
    return CliRunner().invoke(soi, ["people", *map(str, arguments)], env={"LANG": "en_US.UTF-8"})


def link_in(result: Result) -> str:
    """The path of the link; it is the language of the terminal that the page is in."""
    found = re.fullmatch(r"http://localhost:8000((?:/en)?/account/\S+)\n", result.stdout)
    assert found, result.output
    return found[1]


def test_the_first_administrator_comes_in_by_a_printed_link() -> None:
    assert "soi people invite" in run("list").stdout
    link = link_in(run("invite", "--role", "administrator"))

    said = {"name": "Chi", "email": "chi@desk.example", "password": PASSWORD}
    assert Client().post(link, said).status_code == 302

    row = queries.people()[0]
    assert (row.name, row.role) == ("Chi", Role.ADMINISTRATOR)
    assert "chi@desk.example" in run("list").stdout
    assert Event.objects.order_by("seq")[0].actor.startswith("cli:")


def test_an_invitation_is_withdrawn_by_its_number() -> None:
    made = run("invite", "--role", "keeper", "--email", "dung@desk.example")
    number = re.search(r"invitation (\d+)", made.stderr)
    assert number

    assert run("withdraw", number[1]).exit_code == 0
    assert Client().get(link_in(made)).status_code == 404
    assert "[invitation_unknown]" in run("withdraw", number[1]).stderr


def test_a_password_and_a_second_step_are_reset() -> None:
    binh = member(Role.EDITOR, email="binh@desk.example")

    done = run("reset", "Binh@Desk.example", "--second-step")

    assert second_steps(binh) == 0
    answer = Client().post(link_in(done), {"password": PASSWORD})
    assert answer["Location"].endswith("/account/login/?password=new")


def test_a_role_is_changed_and_somebody_is_switched_off_and_on() -> None:
    an = member(Role.CHECKER, email="an@desk.example")
    member(Role.ADMINISTRATOR, email="chi@desk.example")

    run("role", "an@desk.example", "editor")
    assert queries.member_with_id(an.id).role is Role.EDITOR
    run("off", "an@desk.example")
    assert " off " in run("list").stdout
    run("on", "an@desk.example")
    assert queries.person_with_id(an.id).is_active


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("off", "nobody@desk.example"), "person_unknown"),
        (("off", "no address"), "person_invalid"),
        (("off", "chi@desk.example"), "last_administrator"),
        (("role", "chi@desk.example", "checker"), "last_administrator"),
        (("invite", "--role", "checker", "--email", "chi@desk.example"), "email_taken"),
        (("invite", "--role", "checker", "--email", "x"), "person_invalid"),
    ],
)
def test_what_is_refused_is_named_and_changes_nothing(
    arguments: tuple[str, ...], code: str
) -> None:
    chi = member(Role.ADMINISTRATOR, email="chi@desk.example")

    done = run(*arguments)

    assert (done.exit_code, f"[{code}]" in done.stderr) == (2, True)
    assert queries.members() == [chi]
    assert not Event.objects.exists()
