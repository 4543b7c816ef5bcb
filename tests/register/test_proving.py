"""Proofs are asked for, run again on schedule, and let a holding be verified, lapse and come back.

The rule: 3 points by two channels, or two people who have seen it. One proof alone never verifies.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
import time_machine

from soi.answer.names import findings
from soi.answer.types import NameState
from soi.captures.fetching import Fetched
from soi.captures.queries import capture_with_id, text_of
from soi.core.formats import HoldingKind, HoldingState
from soi.core.text import split
from soi.journal.models import Event
from soi.people.types import Role
from soi.register import lifecycle, proving, queries
from soi.register.actions import open_organisation
from soi.register.errors import HoldingInvalid, ProofUnknown
from soi.register.models import Proof
from soi.register.proofs import rule
from soi.register.proofs.types import Channel, ProofKind, Result
from soi.register.types import HoldingRow
from tests.members import member
from tests.nameserver import silent
from tests.reach import World, world

pytestmark = pytest.mark.django_db

BY = "person:1"
BANK, POWER = "songxanh", "dienluc"
SITE = "songxanh.example"
START = dt.datetime(2026, 11, 20, 5, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
FILE = "/.well-known/soi-proof.txt"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def here(clock: time_machine.Traveller) -> Iterator[World]:
    open_organisation(BANK, name="Ngân hàng Sông Xanh", by=BY)
    open_organisation(POWER, name="Điện lực", by=BY)
    with world() as both:
        yield both


def propose(kind: str, value: str, slug: str = BANK, *, vouched: bool = False, **cells: str) -> int:
    return lifecycle.propose(slug, {"kind": kind, "value": value} | cells, by=BY, vouched=vouched)


def held(number: int, slug: str = BANK) -> HoldingRow:
    return queries.holding_with_id(slug, number)


def asked(number: int, kind: ProofKind, where: str = "", slug: str = BANK) -> Proof:
    return Proof.objects.get(pk=proving.ask(slug, number, kind, where=where, by=BY))


def run(here: World) -> int:
    """What the worker does at a look; run again on each day that is asked for."""
    return proving.run_due(by="worker", reach=here.reach, most=100)


def put_in_dns(here: World, proof: Proof, host: str = SITE) -> None:
    here.names.texts[f"_soi.{host}"] = [proof.code]


def put_in_file(here: World, proof: Proof, host: str = SITE) -> None:
    here.says(host, FILE, proof.code, "text/plain")


def verified_domain(here: World, host: str = SITE) -> int:
    number = propose("domain", host)
    put_in_dns(here, asked(number, ProofKind.DNS_TXT), host)
    put_in_file(here, asked(number, ProofKind.WELL_KNOWN), host)
    run(here)
    lifecycle.confirm(BANK, number, by=BY)
    assert not held(number).is_vouched
    return number


class TestTheRule:
    def test_one_proof_of_a_machine_alone_never_verifies(self) -> None:
        for kind in set(ProofKind) - {ProofKind.IN_PERSON}:
            assert not rule.standing([kind]).is_met, kind

    def test_proofs_by_one_channel_count_once(self) -> None:
        for channel in Channel:
            same = [kind for kind, weight in rule.WEIGHTS.items() if weight.channel is channel]
            if channel is not Channel.DESK:
                assert not rule.standing(same).is_met, channel

    @pytest.mark.parametrize(
        ("kinds", "points"),
        [
            (["dns_txt", "well_known"], 3),
            (["dns_txt", "well_known", "meta_tag"], 3),
            (["dns_txt", "trust_member"], 3),
            (["trust_txt", "meta_tag"], 3),
            (["rel_me", "trust_social", "profile_code"], 3),
            (["bluesky", "profile_code"], 3),
            (["android_links", "profile_code"], 3),
            (["in_person"], 3),
        ],
    )
    def test_these_do(self, kinds: list[str], points: int) -> None:
        found = rule.standing([ProofKind(kind) for kind in kinds])
        assert (found.points, found.is_met) == (points, True)

    def test_every_kind_of_holding_can_be_verified(self) -> None:
        for kind in HoldingKind:
            for platform in ("", "bluesky", "android", "ios"):
                assert rule.standing(rule.possible(kind, platform)).is_met

    def test_runs_are_spread_so_that_not_all_come_due_at_once(self) -> None:
        spread = [
            rule.next_run(Result.HOLDS, failures=0, now=START, spread=each) for each in (0, 0.5, 1)
        ]
        assert [each - START for each in spread] == [0.8 * DAY, DAY, 1.2 * DAY]


class TestAsking:
    def test_a_code_is_one_for_all_proofs_of_a_holding_and_no_others(self, here: World) -> None:
        one, two = propose("domain", SITE), propose("domain", "songxanh-hai.example")
        codes = {asked(one, ProofKind.DNS_TXT).code, asked(one, ProofKind.META_TAG).code}
        assert len(codes) == 1
        assert codes.isdisjoint({asked(two, ProofKind.DNS_TXT).code})

    def test_it_is_asked_for_once(self, here: World) -> None:
        number = propose("domain", SITE)
        assert asked(number, ProofKind.DNS_TXT).pk == asked(number, ProofKind.DNS_TXT).pk
        assert Event.objects.filter(verb="proof.asked").count() == 1

    @pytest.mark.parametrize(
        ("kind", "where", "reason"),
        [
            (ProofKind.PROFILE_CODE, "", "proof_unsuited"),
            (ProofKind.TRUST_TXT, "khac.example", "anchor_not_official"),
            (ProofKind.TRUST_TXT, SITE, "anchor_not_official"),
            (ProofKind.TRUST_TXT, "không", "host_invalid"),
            (ProofKind.TRUST_TXT, "", "host_invalid"),
        ],
    )
    def test_what_does_not_suit_is_refused(
        self, here: World, kind: ProofKind, where: str, reason: str
    ) -> None:
        number = propose("domain", SITE)
        with pytest.raises(HoldingInvalid) as refused:
            proving.ask(BANK, number, kind, where=where, by=BY)
        assert refused.value.params["reason"] == reason

    def test_a_proof_leans_on_a_site_that_is_official_today(self, here: World) -> None:
        site = verified_domain(here)
        number = propose("account", "songxanhbank", platform="telegram")
        proof = asked(number, ProofKind.REL_ME, f"www.{SITE}/lien-he")
        assert proof.where == f"https://www.{SITE}/lien-he"
        lifecycle.retire(BANK, site, day=START.date() - DAY, by=BY)
        assert proving.run_proof(proof.pk, by=BY, reach=here.reach).problem == "anchor_not_official"

    def test_an_association_is_somebody_else(self, here: World) -> None:
        verified_domain(here)
        number = propose("domain", "songxanh-hai.example")
        with pytest.raises(HoldingInvalid):
            asked(number, ProofKind.TRUST_MEMBER, SITE)
        propose("domain", "hiephoi.example", POWER, vouched=True)
        assert asked(number, ProofKind.TRUST_MEMBER, "hiephoi.example")
        with pytest.raises(HoldingInvalid):
            asked(number, ProofKind.TRUST_TXT, "hiephoi.example")

    def test_a_bluesky_name_is_a_domain_of_theirs(self, here: World) -> None:
        verified_domain(here)
        own = propose("account", SITE, platform="bluesky")
        foreign = propose("account", "songxanh.bsky.social", platform="bluesky")
        assert asked(own, ProofKind.BLUESKY)
        with pytest.raises(HoldingInvalid):
            asked(foreign, ProofKind.BLUESKY)


class TestVerifying:
    def test_the_first_proof_is_not_enough_and_the_second_is(self, here: World) -> None:
        verified_domain(here)
        host = "songxanh-the.example"
        number = propose("domain", host)
        put_in_dns(here, asked(number, ProofKind.DNS_TXT), host)
        assert run(here) == 1
        assert held(number).state is HoldingState.PROPOSED
        asked(number, ProofKind.TRUST_TXT, SITE)
        here.says(SITE, "/trust.txt", f"control={host}\n", "text/plain")
        here.says(host, "/trust.txt", f"controlledby={SITE}\n", "text/plain")
        assert run(here) == 1
        assert (held(number).state, held(number).verified_on) == (
            HoldingState.VERIFIED,
            START.date(),
        )
        assert queries.changes_of(BANK)[0].verb == "holding.verified"
        (found,) = findings(split(f"https://{host}"))
        assert found.state is NameState.OFFICIAL

    def test_codes_alone_show_who_asked_and_not_whose_it_is(self, here: World) -> None:
        """A stolen sign-in can put a code into whatever the thief owns."""
        verified_domain(here)
        host = "chang-lien-quan.example"
        number = propose("domain", host)
        put_in_dns(here, asked(number, ProofKind.DNS_TXT), host)
        put_in_file(here, asked(number, ProofKind.WELL_KNOWN), host)
        run(here)
        assert (held(number).state, held(number).proved_by) == (
            HoldingState.PROPOSED,
            ("dns_txt", "well_known"),
        )

    def test_what_is_not_due_is_not_run(self, here: World) -> None:
        verified_domain(here)
        asks = len(here.names.asked)
        assert run(here) == 0
        assert len(here.names.asked) == asks

    def linked(self, here: World, host: str, slug: str, anchor: str) -> int:
        """A domain of `slug` that DNS and the trust.txt of its official domain both prove."""
        number = propose("domain", host, slug)
        put_in_dns(here, asked(number, ProofKind.DNS_TXT, slug=slug), host)
        asked(number, ProofKind.TRUST_TXT, anchor, slug=slug)
        here.says(anchor, "/trust.txt", f"control={host}\n", "text/plain")
        here.says(host, "/trust.txt", f"controlledby={anchor}\n", "text/plain")
        run(here)
        assert held(number, slug).proved_by == ("dns_txt", "trust_txt")
        return number

    def test_a_name_that_another_has_is_left_to_a_person(self, here: World) -> None:
        propose("domain", "dienluc.example", POWER, vouched=True)
        propose("domain", "chung.example", vouched=True)
        number = self.linked(here, "chung.example", POWER, "dienluc.example")
        assert held(number, POWER).state is HoldingState.PROPOSED

    def test_a_lookalike_of_another_is_left_to_a_person(self, here: World) -> None:
        """Whoever owns a lookalike can prove that they do."""
        propose("domain", SITE, vouched=True)
        propose("domain", "dienluc.example", POWER, vouched=True)
        number = self.linked(here, "songxanh-xacthuc.example", POWER, "dienluc.example")
        assert held(number, POWER).state is HoldingState.PROPOSED
        lifecycle.confirm(POWER, number, by=BY)
        assert held(number, POWER).state is HoldingState.VERIFIED
        assert not held(number, POWER).is_vouched

    def test_a_withdrawn_proof_counts_no_more(self, here: World) -> None:
        number = verified_domain(here)
        proving.withdraw(BANK, Proof.objects.get(kind="dns_txt").pk, by=BY)
        assert held(number).proved_by == ("well_known",)
        assert held(number).unproved_since == START.date()
        with pytest.raises(ProofUnknown):
            proving.withdraw(POWER, Proof.objects.get(kind="well_known").pk, by=BY)


class TestAnotherName:
    """What was proved of one name says nothing of the next: a thief renames, and proves nothing."""

    def seen(self, name: str = "songxanhbank") -> int:
        number = propose("account", name, platform="telegram")
        for person in (1, 2):
            proving.see_in_person(BANK, number, person, by=BY)
        assert held(number).state is HoldingState.VERIFIED
        return number

    def test_it_is_not_verified_by_the_proofs_of_the_old_one(self, here: World) -> None:
        number = self.seen()
        lifecycle.rename_account(BANK, number, "songxanhqua", day=START.date(), by=BY)
        proving.weigh_due(by="worker")
        proving.see_in_person(BANK, number, 1, by=BY)
        assert (held(number).state, held(number).proved_by) == (HoldingState.PROPOSED, ())
        proving.see_in_person(BANK, number, 2, by=BY)
        assert held(number).state is HoldingState.VERIFIED

    def test_what_is_taken_up_again_is_proved_anew(self, here: World) -> None:
        """A name that was given up may be somebody else's by now."""
        number = self.seen()
        lifecycle.retire(BANK, number, day=START.date() - DAY, by=BY)
        assert propose("account", "songxanhbank", platform="telegram") == number
        proving.weigh_due(by="worker")
        assert (held(number).state, held(number).proved_by) == (HoldingState.PROPOSED, ())

    def test_a_test_that_was_running_counts_for_the_name_that_it_saw(self, here: World) -> None:
        number = self.seen()
        proof = asked(number, ProofKind.PROFILE_CODE)

        def renames_meanwhile(url: str) -> Fetched:
            lifecycle.rename_account(BANK, number, "songxanhqua", day=START.date(), by=BY)
            return here.reach.fetch(url)

        here.says("t.me", "/songxanhbank", f'<meta name="description" content="{proof.code}">')
        found = proving.run_proof(
            proof.pk, by=BY, reach=replace(here.reach, fetch=renames_meanwhile)
        )
        assert found.result is Result.HOLDS
        proof.refresh_from_db()
        assert (proof.held_at, proof.due_at) == (None, START)


class TestTime:
    def test_a_proof_that_holds_is_run_again_about_daily(
        self, here: World, clock: time_machine.Traveller
    ) -> None:
        verified_domain(here)
        clock.move_to(START + 0.79 * DAY)
        assert run(here) == 0
        clock.move_to(START + 1.21 * DAY)
        assert run(here) == 2

    def test_what_could_not_be_told_changes_nothing_until_it_expires(
        self, here: World, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("soi.register.proofs.dns.PATIENCE", 0.05)
        number = verified_domain(here)
        here.names.says[f"_soi.{SITE}"] = silent
        clock.move_to(START + 2 * DAY)
        run(here)
        assert Proof.objects.get(kind="dns_txt").result == Result.UNTOLD
        assert (held(number).proved_by, held(number).unproved_since) == (
            ("dns_txt", "well_known"),
            None,
        )
        clock.move_to(START + 30 * DAY)
        proving.weigh_due(by="worker")
        assert held(number).proved_by == ("well_known",)

    def test_what_is_denied_counts_on_for_three_days(
        self, here: World, clock: time_machine.Traveller
    ) -> None:
        number = verified_domain(here)
        here.names.texts.clear()
        for day, counts in ((2, True), (4, True), (5.1, False)):
            clock.move_to(START + day * DAY)
            run(here)
            assert ("dns_txt" in held(number).proved_by) is counts, day
        assert held(number).state is HoldingState.VERIFIED

    def test_after_the_days_of_grace_it_is_proposed_again_and_was_theirs_until_then(
        self, here: World, clock: time_machine.Traveller
    ) -> None:
        number = verified_domain(here)
        here.names.texts.clear()
        clock.move_to(START + 2 * DAY)
        run(here)
        clock.move_to(START + 6 * DAY)
        run(here)
        since = held(number).unproved_since
        assert since == (START + 6 * DAY).date()
        clock.move_to(START + 35 * DAY)
        proving.weigh_due(by="worker")
        assert held(number).state is HoldingState.VERIFIED
        clock.move_to(START + 36 * DAY)
        proving.weigh_due(by="worker")
        assert held(number).state is HoldingState.PROPOSED
        (found,) = findings(split(f"https://{SITE}"))
        assert found.state is NameState.UNKNOWN
        key = (HoldingKind.DOMAIN, SITE)
        assert queries.standings_on([key], START.date())[0][1] == "official"

    def test_proved_again_it_is_verified_again(
        self, here: World, clock: time_machine.Traveller
    ) -> None:
        number = verified_domain(here)
        texts = dict(here.names.texts)
        here.names.texts.clear()
        for day in (2, 6, 36.1):
            clock.move_to(START + day * DAY)
            run(here)
            proving.weigh_due(by="worker")
        assert held(number).state is HoldingState.PROPOSED
        here.names.texts.update(texts)
        clock.move_to(START + 38 * DAY)
        run(here)
        assert (held(number).state, held(number).lapsed_from) == (HoldingState.VERIFIED, None)

    def test_what_the_desk_stands_for_does_not_lapse(
        self, here: World, clock: time_machine.Traveller
    ) -> None:
        number = propose("domain", SITE, vouched=True)
        clock.move_to(START + 400 * DAY)
        assert proving.weigh_due(by="worker") == 0
        assert held(number).state is HoldingState.VERIFIED

    def test_a_test_that_was_killed_is_due_again(
        self, here: World, clock: time_machine.Traveller
    ) -> None:
        number = propose("domain", SITE)
        put_in_dns(here, asked(number, ProofKind.DNS_TXT))
        assert proving._take_due() is not None
        assert run(here) == 0
        clock.move_to(START + proving.LEASE)
        assert run(here) == 1

    def test_who_has_a_proof_run_again_stands_in_the_journal(self, here: World) -> None:
        number = propose("domain", SITE)
        asked(number, ProofKind.DNS_TXT)
        (proof,) = Proof.objects.all()
        proving.run_again(BANK, proof.pk, by="person:7")
        last = Event.objects.order_by("seq").last()
        assert last is not None
        assert (last.verb, last.subject_id, last.actor) == (
            "proof.asked_again", proof.pk, "person:7",
        )  # fmt: skip

    def test_nobody_asks_about_what_has_ended(self, here: World) -> None:
        number = verified_domain(here)
        lifecycle.retire(BANK, number, day=START.date(), by=BY)
        for proof in Proof.objects.all():
            proving.run_again(BANK, proof.pk, by=BY)
        assert run(here) == 0


class TestEvidence:
    def test_what_was_read_is_kept_when_it_holds_first_and_once_a_month(
        self, here: World, clock: time_machine.Traveller
    ) -> None:
        verified_domain(here)
        kept = {
            proof.kind: proof.capture_id
            for proof in Proof.objects.all()
            if proof.capture_id is not None
        }
        assert set(kept) == {"dns_txt", "well_known"}
        code = Proof.objects.first().code  # type: ignore[union-attr]
        assert code in text_of(kept["dns_txt"])
        assert f"_soi.{SITE} TXT" in text_of(kept["dns_txt"])
        page = capture_with_id(kept["well_known"])
        assert (page.url, page.problem) == (f"https://{SITE}{FILE}", "")
        for day, is_same in ((1.3, True), (29, True), (31, False)):
            clock.move_to(START + day * DAY)
            run(here)
            now = {proof.kind: proof.capture_id for proof in Proof.objects.all()}
            assert (now == kept) is is_same, day

    def test_a_copy_that_could_not_be_kept_hinders_no_proof(
        self, here: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> int:
            raise OSError("no space left")

        monkeypatch.setattr(proving, "keep_file", full)
        number = propose("domain", SITE)
        put_in_dns(here, asked(number, ProofKind.DNS_TXT))
        run(here)
        assert held(number).proved_by == ("dns_txt",)
        assert Proof.objects.get().capture_id is None


class TestSeenInPerson:
    def test_two_people_verify_what_no_machine_can_see(self, here: World) -> None:
        number = propose("phone", "19000001")
        binh, chi = member(Role.EDITOR), member(Role.ADMINISTRATOR)
        for who in (binh, binh):
            proving.see_in_person(BANK, number, who.id, by=who.actor)
        assert held(number).state is HoldingState.PROPOSED
        proving.see_in_person(BANK, number, chi.id, by=chi.actor)
        assert held(number).state is HoldingState.VERIFIED
        assert run(here) == 0

    def test_it_counts_for_a_year(self, here: World, clock: time_machine.Traveller) -> None:
        number = propose("phone", "19000001")
        for who in (member(Role.EDITOR), member(Role.ADMINISTRATOR)):
            proving.see_in_person(BANK, number, who.id, by=who.actor)
        clock.move_to(START + 364 * DAY)
        proving.weigh_due(by="worker")
        assert held(number).proved_by == ("in_person",)
        clock.move_to(START + 365 * DAY)
        proving.weigh_due(by="worker")
        assert held(number).proved_by == ()

    def test_two_looks_a_year_apart_are_not_two_people_at_once(
        self, here: World, clock: time_machine.Traveller
    ) -> None:
        number = propose("phone", "19000001")
        binh, chi = member(Role.EDITOR), member(Role.ADMINISTRATOR)
        proving.see_in_person(BANK, number, binh.id, by=binh.actor)
        clock.move_to(START + 366 * DAY)
        proving.see_in_person(BANK, number, chi.id, by=chi.actor)
        assert held(number).state is HoldingState.PROPOSED

    def test_no_machine_runs_it(self, here: World) -> None:
        number = propose("phone", "19000001")
        proof = asked(number, ProofKind.IN_PERSON)
        with pytest.raises(ProofUnknown):
            proving.run_proof(proof.pk, by=BY, reach=here.reach)


class TestIdentifiers:
    DID, OTHER = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa", "did:plc:bbbbbbbbbbbbbbbbbbbbbbbb"

    def account(self, here: World) -> int:
        verified_domain(here)
        number = propose("account", SITE, platform="bluesky", vouched=True)
        asked(number, ProofKind.BLUESKY)
        self.point(here, self.DID)
        run(here)
        return number

    def point(self, here: World, did: str) -> None:
        here.names.texts[f"_atproto.{SITE}"] = [f"did={did}"]
        value = {"id": did, "alsoKnownAs": [f"at://{SITE}"]}
        here.says("plc.directory", f"/{did}", json.dumps(value), "application/json")

    def test_what_the_platform_calls_the_account_is_kept(self, here: World) -> None:
        assert held(self.account(here)).platform_id == self.DID

    def test_another_one_under_the_name_is_doubted_when_it_is_seen_twice(
        self, here: World, clock: time_machine.Traveller
    ) -> None:
        number = self.account(here)
        self.point(here, self.OTHER)
        clock.move_to(START + 2 * DAY)
        run(here)
        assert held(number).doubted_from is None
        clock.move_to(START + 2.5 * DAY)
        run(here)
        assert held(number).doubted_from == dt.date(2026, 11, 23)
        assert held(number).platform_id == self.DID
