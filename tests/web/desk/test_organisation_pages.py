"""Organisations as pages: each for its keepers and the desk's register people, and for no other."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import translation

from soi.core.formats import HoldingKind, HoldingState
from soi.journal.models import Event
from soi.people.types import Role
from soi.register import custody, lifecycle, queries
from soi.register.actions import appoint_keeper, open_organisation
from soi.register.models import Custody, Proof
from soi.register.types import TwoFactor
from soi.web.desk import organisations as pages
from soi.web.desk import urls
from tests.members import member, signed_in

pytestmark = pytest.mark.django_db

BY = "test"
BANK, POWER = "song-xanh", "dien-luc"
ROUTES = [
    pattern
    for pattern in urls.urlpatterns
    if isinstance(pattern, URLPattern) and str(pattern.pattern).startswith("organisations/")
]
HOLDING_STEPS, ORGANISATION_STEPS = pages._HOLDING_STEPS, pages._ORGANISATION_STEPS
KEEPING = (Role.KEEPER, Role.EDITOR, Role.ADMINISTRATOR)
DESK = (Role.EDITOR, Role.ADMINISTRATOR)


@pytest.fixture(autouse=True)
def two_organisations() -> None:
    open_organisation(BANK, name="Ngân hàng Sông Xanh", name_en="Song Xanh Bank", by=BY)
    open_organisation(POWER, name="Điện lực", by=BY)


def phone(slug: str = BANK, value: str = "19000001", *, vouched: bool = True) -> int:
    return lifecycle.propose(slug, {"kind": "phone", "value": value}, by=BY, vouched=vouched)


def account(*, vouched: bool = True, **cells: str) -> int:
    said = {"kind": "account", "platform": "facebook", "value": "songxanh"} | cells
    return lifecycle.propose(BANK, said, by=BY, vouched=vouched)


def keeper(slug: str = BANK) -> Client:
    dung = member(Role.KEEPER)
    appoint_keeper(slug, dung.id, by=BY)
    return signed_in(dung)


def desk() -> Client:
    return signed_in(member(Role.EDITOR))


def address(name: str, *, slug: str = BANK, ref: int = 1, step: str = "") -> str:
    args: list[object] = [] if name == "organisations" else [slug]
    if name in ("holding", "holding-step"):
        args.append(ref)
    if name.endswith("-step"):
        args.append(step)
    # A page that was asked for before may have left another language behind.
    with translation.override("vi"):
        return reverse(f"desk:{name}", args=args)


def do(client: Client, step: str, ref: int, slug: str = BANK, **said: Any) -> Any:
    return client.post(address("holding-step", slug=slug, ref=ref, step=step), said)


def held(ref: int, slug: str = BANK) -> HoldingKind | Any:
    return queries.holding_with_id(slug, ref)


CASES = [
    *((str(route.name), "") for route in ROUTES if not str(route.name).endswith("-step")),
    *(("organisation-step", step) for step in ORGANISATION_STEPS),
    *(("holding-step", step) for step in HOLDING_STEPS),
]


@pytest.mark.parametrize(("name", "step"), CASES)
class TestEveryPage:
    def opened(self, client: Client, name: str, step: str, ref: int, slug: str = BANK) -> Any:
        url = address(name, slug=slug, ref=ref, step=step)
        return client.post(url) if step else client.get(url)

    def is_desks(self, name: str, step: str) -> bool:
        steps = HOLDING_STEPS if name == "holding-step" else ORGANISATION_STEPS
        return bool(step) and steps[step][0]

    @pytest.mark.parametrize("role", list(Role))
    def test_opens_for_its_roles_and_for_no_other(self, name: str, step: str, role: Role) -> None:
        ref, who = phone(), member(role)
        if role is Role.KEEPER:
            appoint_keeper(BANK, who.id, by=BY)
        answer = self.opened(signed_in(who), name, step, ref)
        may = role in (DESK if self.is_desks(name, step) else KEEPING)
        assert (answer.status_code != 403) is may, answer.status_code
        assert answer.status_code in (200, 302, 403, 404, 409, 422)
        assert answer.status_code == 403 or answer["Cache-Control"] == "no-store"

    def test_is_shut_to_a_keeper_of_another_organisation(self, name: str, step: str) -> None:
        ref, events = phone(), Event.objects.count()
        client = keeper(POWER)
        answer = self.opened(client, name, step, ref)
        if name == "organisations":
            assert "Song Xanh" not in answer.content.decode()
            return
        assert answer.status_code == 403
        # Nor by way of an organisation that they do keep.
        if name.startswith("holding"):
            assert self.opened(client, name, step, ref, POWER).status_code in (403, 404)
        assert Event.objects.count() == events + 1  # their own appointment

    def test_sends_a_stranger_to_sign_in_and_does_nothing(self, name: str, step: str) -> None:
        ref, events = phone(), Event.objects.count()
        answer = self.opened(Client(), name, step, ref)
        assert (answer.status_code, "/account/login/" in answer["Location"]) == (302, True)
        assert Event.objects.count() == events

    def test_is_shut_without_a_second_step(self, name: str, step: str) -> None:
        dung = member(Role.KEEPER, second_step=False)
        appoint_keeper(BANK, dung.id, by=BY)
        answer = self.opened(signed_in(dung), name, step, phone())
        assert (answer.status_code, "/account/secure/" in answer["Location"]) == (302, True)


def test_a_keeper_lands_at_their_organisations() -> None:
    client = keeper()
    assert client.get("/en/account/").content.decode().count("/en/desk/organisations/") == 1
    page = client.get("/en/desk/organisations/").content.decode()
    assert "Song Xanh Bank" in page
    assert 'href="/en/desk/"' not in page


class TestOrganisations:
    def test_an_editor_enters_one_and_appoints_its_keeper(self) -> None:
        binh, dung = desk(), member(Role.KEEPER)
        said = {"name": "Thư viện Làng", "slug": "thu-vien", "name_en": "", "aliases": "tvl"}
        answer = binh.post("/en/desk/organisations/", said)
        assert answer["Location"] == "/en/desk/organisations/thu-vien/"
        binh.post(
            address("organisation-step", slug="thu-vien", step="appoint"), {"member": dung.id}
        )
        assert signed_in(dung).get("/desk/organisations/thu-vien/").status_code == 200

    def test_what_is_wrong_comes_back_with_what_was_typed(self) -> None:
        answer = desk().post("/en/desk/organisations/", {"name": "Khác", "slug": BANK})
        page = answer.content.decode()
        assert (answer.status_code, "organisation_taken" in page) == (409, True)
        assert 'value="Khác"' in page

    def test_a_keeper_enters_none(self) -> None:
        answer = keeper().post("/desk/organisations/", {"name": "Khác", "slug": "khac"})
        assert answer.status_code == 403
        assert queries.organisation_with_slug("khac") is None

    def test_a_page_of_many_holdings_takes_few_queries(
        self, django_assert_max_num_queries: Any
    ) -> None:
        for number in range(30):
            lifecycle.propose(BANK, {"kind": "domain", "value": f"d{number}.example"}, by=BY)
        client = keeper()
        client.get(address("organisation"))
        with django_assert_max_num_queries(20):
            client.get(address("organisation"))

    def test_markup_in_a_note_stays_text(self) -> None:
        ref = account(note="<script>alert(1)</script> & co")
        for page in (address("holding", ref=ref), address("organisation")):
            assert "<script>alert" not in keeper().get(page).content.decode()


class TestDeclaring:
    def test_what_a_keeper_declares_is_proposed_and_what_the_desk_does_may_count(self) -> None:
        said = {"kind": "domain", "value": "songxanh.example"}
        answer = keeper().post(address("declare"), said)
        ref = int(re.search(r"/(\d+)/$", answer["Location"])[1])  # type: ignore[index]
        assert held(ref).state is HoldingState.PROPOSED
        desk().post(address("declare"), said | {"value": "sx.example", "vouched": "on"})
        assert [row.key for row in queries.holdings_of(BANK)] == ["sx.example"]

    def test_a_keeper_cannot_vouch_by_adding_the_field(self) -> None:
        keeper().post(address("declare"), {"kind": "domain", "value": "a.example", "vouched": "on"})
        assert queries.holdings_of(BANK) == []

    def test_what_is_wrong_comes_back_with_the_reason(self) -> None:
        answer = keeper().post("/en" + address("declare"), {"kind": "domain", "value": "com.vn"})
        page = answer.content.decode()
        assert (answer.status_code, "public suffix" in page, 'value="com.vn"' in page) == (
            422,
            True,
            True,
        )


class TestSteps:
    def test_a_keeper_warns_in_one_step_and_cannot_take_it_back(self) -> None:
        ref, client = account(), keeper()
        do(client, "compromised", ref)
        assert held(ref).state is HoldingState.COMPROMISED
        assert do(client, "recover", ref).status_code == 403
        do(desk(), "recover", ref)
        assert held(ref).state is HoldingState.ACTIVE

    def test_a_step_that_came_too_late_says_so(self) -> None:
        ref, client = account(), keeper()
        do(client, "retire", ref)
        answer = do(client, "compromised", ref)
        assert (answer.status_code, "holding_state_refused" in answer.content.decode()) == (
            409,
            True,
        )

    @pytest.mark.parametrize("day", ["", "2026-99-99", "gestern", "1899-01-01"])
    def test_no_day_breaks_it(self, day: str) -> None:
        answer = do(keeper(), "retire", account(), day=day)
        assert answer.status_code in (302, 422)

    def test_an_identifier_that_is_another_one_puts_the_account_in_doubt(self) -> None:
        ref, client = account(), keeper()
        do(client, "identifier", ref, identifier="100200300")
        assert held(ref).platform_id == "100200300"
        do(client, "identifier", ref, identifier="999")
        page = client.get("/en" + address("holding", ref=ref)).content.decode()
        assert "Somebody else may have this name" in page
        assert do(client, "settle", ref, end="ours").status_code == 403
        do(desk(), "settle", ref, end="taken")
        assert held(ref).state is HoldingState.RETIRED

    def test_a_rename_by_a_keeper_waits_and_by_the_desk_counts(self) -> None:
        ref = account()
        do(keeper(), "rename", ref, value="songxanh2", vouched="on")
        assert held(ref).state is HoldingState.PROPOSED
        do(desk(), "confirm", ref)
        do(desk(), "rename", ref, value="songxanh3", vouched="on")
        assert (held(ref).state, held(ref).key) == (HoldingState.VERIFIED, "songxanh3")

    def test_it_is_handed_over_by_both(self) -> None:
        ref, giver, taker = phone(), keeper(), keeper(POWER)
        do(giver, "offer", ref, to=POWER)
        page = taker.get("/en" + address("organisation", slug=POWER)).content.decode()
        number = re.search(r'name="handover" value="(\d+)"', page)
        assert number
        taker.post(
            address("organisation-step", slug=POWER, step="take-over"), {"handover": number[1]}
        )
        assert [row.organisation for row in queries.holdings_of(POWER)] == [POWER]
        assert held(ref).handed_to == POWER

    def test_seen_by_two_of_the_desk_it_is_verified(self) -> None:
        ref = phone(vouched=False)
        for role in DESK:
            do(signed_in(member(role)), "see", ref)
        assert held(ref).state is HoldingState.VERIFIED

    def test_a_proof_is_asked_for_with_what_to_do_and_withdrawn(self) -> None:
        ref = lifecycle.propose(BANK, {"kind": "domain", "value": "songxanh.example"}, by=BY)
        client = keeper()
        do(client, "prove", ref, kind="dns_txt")
        proof = Proof.objects.get()
        page = client.get("/en" + address("holding", ref=ref)).content.decode()
        assert proof.code in page
        assert "_soi.songxanh.example" in page
        do(client, "withdraw-proof", ref, proof=proof.pk)
        assert not Proof.objects.exists()

    @pytest.mark.parametrize("kind", ["", "in_person", "dns_txt", "x"])
    def test_a_way_that_does_not_suit_is_refused(self, kind: str) -> None:
        assert do(keeper(), "prove", phone(), kind=kind).status_code == 422

    def test_what_is_no_step_is_not_found(self) -> None:
        assert do(keeper(), "burn", phone()).status_code == 404


class TestCustody:
    def test_it_is_said_and_confirmed_by_keepers_and_nobody_else_sees_it(self) -> None:
        ref, client = phone(), keeper()
        do(client, "custody", ref, role=["it", "agency"], two_factor="on")
        page = client.get("/en" + address("organisation")).content.decode()
        assert "an agency" in page
        assert "Second step on" in page
        public = Client().get(f"/en/organisations/{BANK}/").content.decode()
        record = Client().get(f"/organisations/{BANK}/record.json").content.decode()
        for seen in (public, record):
            assert "agency" not in seen
            assert "Second step" not in seen

    def test_only_posts_and_people_of_the_desk_have_room(self) -> None:
        ref = phone()
        for said in ({"role": ["Nguyễn Văn A"]}, {"member": ["99999"]}, {}):
            assert do(keeper(), "custody", ref, **said).status_code == 422
        assert not Custody.objects.exists()

    def test_many_are_confirmed_at_once(self) -> None:
        refs = [phone(), phone(value="19000002")]
        for ref in refs:
            custody.set_custody(BANK, ref, members=[], roles=["it"], two_factor=TwoFactor.ON, by=BY)
        Custody.objects.update(confirmed_at="2020-01-01T00:00:00Z")
        client = keeper()
        assert "Is this still so?" in client.get("/en" + address("organisation")).content.decode()
        client.post(address("organisation-step", step="custody"), {"holding": refs})
        assert (
            "Is this still so?" not in client.get("/en" + address("organisation")).content.decode()
        )

    def test_the_days_go_into_a_calendar_without_a_name_of_what_is_kept(self) -> None:
        ref = phone()
        custody.set_custody(BANK, ref, members=[], roles=["it"], two_factor=TwoFactor.ON, by=BY)
        answer = keeper().get(address("reminders"))
        lines = answer.content.split(b"\r\n")
        assert answer["Content-Type"].startswith("text/calendar")
        assert (lines[0], lines[-2]) == (b"BEGIN:VCALENDAR", b"END:VCALENDAR")
        assert all(len(line) <= 75 for line in lines)
        assert b"19000001" not in answer.content


class TestFiles:
    HEADER = "organisation,name,kind,platform,value,valid_to,compromised_from,handed_to,note\n"

    def send(self, client: Client, rows: str, **more: str) -> Any:
        sent = SimpleUploadedFile("so.csv", (self.HEADER + rows).encode())
        return client.post("/en" + address("bring"), {"file": sent, **more})

    def test_rows_take_the_steps_that_a_keeper_could_take_by_hand(self) -> None:
        gone, taken, given = phone(), account(), phone(value="19000002")
        rows = (
            f"{BANK},Tên khác,phone,,19000001,2026-01-01,,,\n"
            f"{BANK},x,account,facebook,songxanh,,2026-01-02,,\n"
            f"{BANK},x,phone,,19000002,2026-01-03,,{POWER},\n"
            f"{BANK},x,domain,,songxanh.example,,,,mới\n"
        )
        page = self.send(keeper(), rows).content.decode()
        for said in ("1 declared", "1 given up", "1 reported as in other hands", "1 offered"):
            assert said in page
        assert held(gone).state is HoldingState.RETIRED
        assert held(taken).state is HoldingState.COMPROMISED
        assert held(given).state is HoldingState.VERIFIED
        organisation = queries.known_organisation(BANK)
        assert organisation.name == "Ngân hàng Sông Xanh"
        assert "unchanged" in self.send(keeper(), rows.splitlines()[1]).content.decode()

    def test_a_keepers_file_makes_nothing_official(self) -> None:
        rows = f"{BANK},x,domain,,songxanh.example,,,,\n"
        self.send(keeper(), rows, vouched="on")
        assert queries.holdings_of(BANK) == []

    def test_rows_of_others_and_broken_ones_are_refused_with_the_reason(self) -> None:
        rows = (
            f"{POWER},x,phone,,19000009,,,,\n{BANK},x,phone,,12,,,,\n{BANK},x,phone,,19000008,,,,\n"
        )
        page = self.send(keeper(), rows).content.decode()
        assert "2 refused" in page
        assert "1 declared" in page
        assert queries.all_holdings_of(POWER) == []

    @pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"x" * 5_000_001])
    def test_a_file_that_is_none_is_refused_whole(self, content: bytes) -> None:
        answer = keeper().post(address("bring"), {"file": SimpleUploadedFile("x.csv", content)})
        assert answer.status_code >= 400
        assert queries.all_holdings_of(BANK) == []

    def test_it_is_downloaded_and_brings_nothing_new(self) -> None:
        phone()
        account(vouched=False, note="=1+1")
        client = keeper()
        content = client.get(address("organisation-export")).content
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        assert [(row["kind"], row["state"]) for row in rows] == [
            ("account", "proposed"),
            ("phone", "verified"),
        ]
        assert rows[0]["note"] == "'=1+1"
        answer = client.post("/en" + address("bring"), {"file": SimpleUploadedFile("a", content)})
        assert "2 unchanged" in answer.content.decode()
