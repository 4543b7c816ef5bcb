"""A holding is proposed, confirmed, used, renamed, handed over, taken and given up, each by a step.

On every day that one can ask about, the register says whose it was on that day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine

from soi.answer.names import findings
from soi.answer.types import NameFinding, NameState, NoteCode
from soi.core.formats import HoldingKind, HoldingState
from soi.core.text import split
from soi.journal.models import Event
from soi.register import lifecycle, queries
from soi.register.actions import declare_holdings, open_organisation
from soi.register.errors import (
    HandoverUnknown,
    HoldingElsewhere,
    HoldingInvalid,
    HoldingKnown,
    HoldingUnknown,
    OrganisationUnknown,
    StateRefused,
)
from soi.register.rules import digest_of
from soi.register.types import HoldingRow, ReuseEnd, Standing
from tests.checks import holding_record

pytestmark = pytest.mark.django_db

BY = "person:1"
BANK, POWER = "song-xanh", "dien-luc"
TODAY = dt.date(2026, 11, 20)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel("2026-11-20T05:00:00Z", tick=False):
        open_organisation(BANK, name="Ngân hàng Sông Xanh", aliases="sxb", by=BY)
        open_organisation(POWER, name="Điện lực", by=BY)
        yield


def propose(kind: str, value: str, slug: str = BANK, *, vouched: bool = False, **cells: str) -> int:
    return lifecycle.propose(slug, {"kind": kind, "value": value} | cells, by=BY, vouched=vouched)


def account(name: str = "songxanh", *, vouched: bool = True, **cells: str) -> int:
    return propose("account", name, platform="facebook", vouched=vouched, **cells)


def held(number: int, slug: str = BANK) -> HoldingRow:
    return queries.holding_with_id(slug, number)


def only(message: str) -> NameFinding:
    (found,) = findings(split(message))
    return found


def stood(kind: HoldingKind, key: str, day: dt.date) -> list[tuple[str, Standing]]:
    found = queries.standings_on([(kind, key)], day)
    return [(row.organisation, standing) for row, standing in found]


class TestConfirming:
    def test_what_a_keeper_says_counts_for_nothing_until_the_desk_confirms_it(self) -> None:
        number = propose("domain", "songxanh-moi.example")
        assert only("https://songxanh-moi.example").state is NameState.LOOKALIKE
        assert queries.holdings_of(BANK) == []
        assert [row.state for row in queries.all_holdings_of(BANK)] == [HoldingState.PROPOSED]

        lifecycle.confirm(BANK, number, by=BY)

        assert only("https://songxanh-moi.example").state is NameState.OFFICIAL
        assert [row.is_vouched for row in queries.holdings_of(BANK)] == [True]

    def test_one_name_is_not_confirmed_for_two(self) -> None:
        propose("domain", "songxanh.example", vouched=True)
        other = propose("domain", "songxanh.example", POWER)
        with pytest.raises(HoldingElsewhere):
            lifecycle.confirm(POWER, other, by=BY)
        with pytest.raises(HoldingElsewhere):
            propose("domain", "www.khac.songxanh.example", vouched=True) and propose(
                "domain", "khac.songxanh.example", POWER, vouched=True
            )

    def test_it_is_declared_once(self) -> None:
        propose("phone", "1900 0001")
        with pytest.raises(HoldingKnown):
            propose("phone", "19000001")

    @pytest.mark.parametrize(
        ("cells", "reason"),
        [
            ({"kind": "domain", "value": "com.vn"}, "public_suffix"),
            ({"kind": "account", "value": "songxanh"}, "platform_missing"),
            ({"kind": "sms_sender", "value": "Ngân hàng"}, "sms_sender_invalid"),
            ({"kind": "address", "value": "12"}, "address_invalid"),
            ({"kind": "phone", "value": "19000001", "platform_id": "5"}, "platform_id_invalid"),
            ({"kind": "house", "value": "1"}, "kind_unknown"),
            ({"value": "1"}, "kind_unknown"),
        ],
    )
    def test_what_cannot_be_one_is_refused_with_the_reason(
        self, cells: dict[str, str], reason: str
    ) -> None:
        with pytest.raises(HoldingInvalid) as refused:
            lifecycle.propose(BANK, cells, by=BY)
        assert refused.value.params["reason"] == reason
        assert queries.all_holdings_of(BANK) == []

    @pytest.mark.parametrize("number", [0, -1, 99, 2**70])
    def test_nobodys_holding_is_unknown(self, number: int) -> None:
        mine = propose("phone", "19000001")
        with pytest.raises(HoldingUnknown):
            lifecycle.confirm(BANK, number, by=BY)
        with pytest.raises(HoldingUnknown):
            lifecycle.confirm(POWER, mine, by=BY)
        with pytest.raises(OrganisationUnknown):
            propose("phone", "19000002", "nobody")


class TestEveryKindIsFoundInAMessage:
    @pytest.mark.parametrize(
        ("kind", "value", "message"),
        [
            ("subdomain", "hotro.nentang.example", "https://hotro.nentang.example/abc"),
            ("email_domain", "thu.songxanh.example", "bao@thu.songxanh.example"),
            ("domain", "songxanh.example", "https://the.songxanh.example/"),
        ],
    )
    def test_by_its_own_rule(self, kind: str, value: str, message: str) -> None:
        propose(kind, value, vouched=True)
        assert only(message).state is NameState.OFFICIAL

    def test_a_host_below_somebody_elses_domain_says_nothing_of_its_neighbours(self) -> None:
        propose("subdomain", "songxanh.nentang.example", vouched=True)
        assert only("https://khac.nentang.example/").state is not NameState.OFFICIAL
        assert only("https://nentang.example/").state is not NameState.OFFICIAL

    def test_a_domain_of_mail_is_no_website(self) -> None:
        propose("email_domain", "guithu.example", vouched=True)
        assert only("https://guithu.example/").state is not NameState.OFFICIAL

    @pytest.mark.parametrize(
        ("kind", "value", "key"),
        [
            ("sms_sender", "SongXanh", "songxanh"),
            ("sms_sender", "Song Xanh", "songxanh"),
            ("address", "Số 12, đường Lê Lợi", "so 12 duong le loi"),
        ],
    )
    def test_senders_and_addresses_are_compared_without_case_and_marks(
        self, kind: str, value: str, key: str
    ) -> None:
        propose(kind, value, vouched=True)
        found = queries.holdings_with_keys([(HoldingKind(kind), key)])
        assert [row.value for rows in found.values() for row in rows] == [value]


class TestUse:
    def test_a_message_from_what_they_do_not_use_says_so(self) -> None:
        number = propose("domain", "songxanh.example", vouched=True)
        lifecycle.set_use(BANK, number, HoldingState.DORMANT, by=BY)
        found = only("https://songxanh.example")
        assert (found.state, NoteCode.DORMANT in found.notes) == (NameState.OFFICIAL, True)
        lifecycle.set_use(BANK, number, HoldingState.ACTIVE, by=BY)
        assert NoteCode.DORMANT not in only("https://songxanh.example").notes

    def test_it_is_no_way_round_confirming(self) -> None:
        number = propose("domain", "songxanh.example")
        for state in HoldingState:
            with pytest.raises((StateRefused, HoldingInvalid)):
                lifecycle.set_use(BANK, number, state, by=BY)
        assert held(number).state is HoldingState.PROPOSED

    @pytest.mark.parametrize("end", ["retired", "compromised"])
    def test_it_is_no_way_back(self, end: str) -> None:
        number = propose("domain", "songxanh.example", vouched=True)
        if end == "retired":
            lifecycle.retire(BANK, number, day=TODAY, by=BY)
        else:
            lifecycle.report_compromised(BANK, number, since=TODAY, by=BY)
        for state in HoldingState:
            with pytest.raises((StateRefused, HoldingInvalid)):
                lifecycle.set_use(BANK, number, state, by=BY)
        assert held(number).state == end


class TestRetiring:
    def test_it_ends_after_its_last_day(self) -> None:
        number = propose("domain", "songxanh.example", vouched=True, valid_from="2020-01-01")
        lifecycle.retire(BANK, number, day=TODAY - DAY, by=BY)
        assert only("https://songxanh.example").state is NameState.OFFICIAL_UNTIL
        key = (HoldingKind.DOMAIN, "songxanh.example")
        assert [stood(*key, day) for day in (dt.date(2019, 12, 31), TODAY - DAY, TODAY)] == [
            [(BANK, Standing.COMING)],
            [(BANK, Standing.OFFICIAL)],
            [(BANK, Standing.ENDED)],
        ]

    def test_a_last_day_to_come_ends_it_when_it_has_passed(self) -> None:
        number = propose("domain", "songxanh.example", vouched=True)
        lifecycle.retire(BANK, number, day=TODAY + DAY, by=BY)
        assert held(number).state is HoldingState.VERIFIED
        assert lifecycle.retire_due(by="worker") == 0
        with time_machine.travel("2026-11-22T05:00:00Z", tick=False):
            assert lifecycle.retire_due(by="worker") == 1
            assert lifecycle.retire_due(by="worker") == 0
        assert held(number).state is HoldingState.RETIRED

    def test_what_nobody_confirmed_is_withdrawn_and_was_never_theirs(self) -> None:
        number = propose("domain", "songxanh.example", valid_from="2020-01-01")
        with pytest.raises(StateRefused):
            lifecycle.retire(BANK, number, day=TODAY, by=BY)
        lifecycle.withdraw(BANK, number, by=BY)
        assert queries.all_holdings_of(BANK) == []
        assert stood(HoldingKind.DOMAIN, "songxanh.example", TODAY) == []
        assert Event.objects.filter(verb="holding.withdrawn", subject_id=number).count() == 1
        again = propose("domain", "songxanh.example", vouched=True)
        with pytest.raises(StateRefused):
            lifecycle.withdraw(BANK, again, by=BY)

    def test_it_does_not_end_before_it_began(self) -> None:
        number = propose("domain", "songxanh.example", vouched=True, valid_from="2020-01-01")
        with pytest.raises(HoldingInvalid):
            lifecycle.retire(BANK, number, day=dt.date(2019, 12, 31), by=BY)
        assert held(number).valid_to is None

    def test_taken_up_again_it_is_proposed_and_what_it_was_is_known(self) -> None:
        number = propose("domain", "songxanh.example", vouched=True, valid_from="2020-01-01")
        lifecycle.retire(BANK, number, day=dt.date(2021, 6, 30), by=BY)
        again = propose("domain", "songxanh.example", valid_from="2026-11-01")
        assert again == number
        assert held(number).state is HoldingState.PROPOSED
        lifecycle.confirm(BANK, number, by=BY)
        key = (HoldingKind.DOMAIN, "songxanh.example")
        days = (dt.date(2021, 6, 30), dt.date(2021, 7, 1), dt.date(2026, 11, 1))
        assert [stood(*key, day)[0][1] for day in days] == [
            Standing.OFFICIAL,
            Standing.COMING,
            Standing.OFFICIAL,
        ]


class TestCompromise:
    def test_it_counts_from_its_day_and_ends_when_it_is_got_back(self) -> None:
        number = account(valid_from="2020-01-01")
        lifecycle.report_compromised(BANK, number, since=TODAY - 5 * DAY, by=BY)
        assert only("facebook.com/songxanh").state is NameState.COMPROMISED
        lifecycle.recover(BANK, number, day=TODAY, by=BY)
        assert only("facebook.com/songxanh").state is NameState.OFFICIAL
        key = (HoldingKind.ACCOUNT, "songxanh")
        days = (TODAY - 6 * DAY, TODAY - 5 * DAY, TODAY - DAY, TODAY)
        assert [stood(*key, day)[0][1] for day in days] == [
            Standing.OFFICIAL,
            Standing.COMPROMISED,
            Standing.COMPROMISED,
            Standing.OFFICIAL,
        ]

    @pytest.mark.parametrize("since", [TODAY + DAY, dt.date(2019, 12, 31)])
    def test_it_began_neither_tomorrow_nor_before_it_was_theirs(self, since: dt.date) -> None:
        number = account(valid_from="2020-01-01")
        with pytest.raises(HoldingInvalid):
            lifecycle.report_compromised(BANK, number, since=since, by=BY)
        assert held(number).state is HoldingState.VERIFIED

    def test_an_old_file_does_not_undo_it(self) -> None:
        number = propose("domain", "songxanh.example", vouched=True)
        lifecycle.report_compromised(BANK, number, since=TODAY, by=BY)
        old = holding_record(HoldingKind.DOMAIN, "songxanh.example", organisation=BANK)
        declare_holdings([old], by="cli:root")
        assert held(number).state is HoldingState.COMPROMISED
        said = holding_record(
            HoldingKind.DOMAIN, "songxanh.example", organisation=BANK, state=HoldingState.ACTIVE
        )
        declare_holdings([said], by="cli:root")
        assert (held(number).state, len(held(number).periods)) == (HoldingState.ACTIVE, 1)


class TestNames:
    def test_the_old_name_stays_known_and_the_new_one_waits(self) -> None:
        number = account(valid_from="2020-01-01", platform_id="100200300")
        lifecycle.rename_account(BANK, number, "SongXanhBank", day=TODAY - 3 * DAY, by=BY)
        assert only("facebook.com/songxanhbank").state is not NameState.OFFICIAL
        old = only("facebook.com/songxanh")
        assert old.state is NameState.OFFICIAL_UNTIL
        assert old.holding is not None
        assert old.holding.valid_to == TODAY - 4 * DAY

        lifecycle.confirm(BANK, number, by=BY)

        assert only("facebook.com/songxanhbank").state is NameState.OFFICIAL
        assert held(number).platform_id == "100200300"

    def test_a_new_name_that_nobody_confirmed_is_theirs_on_no_day(self) -> None:
        number = account(valid_from="2020-01-01")
        lifecycle.rename_account(BANK, number, "khac", day=TODAY, by=BY)
        for day in (TODAY - 5 * DAY, TODAY):
            assert stood(HoldingKind.ACCOUNT, "khac", day) == []

    def test_on_each_day_the_name_of_that_day_was_theirs(self) -> None:
        number = account(valid_from="2020-01-01")
        lifecycle.rename_account(BANK, number, "hai", day=dt.date(2022, 1, 1), by=BY, vouched=True)
        lifecycle.rename_account(BANK, number, "ba", day=dt.date(2024, 1, 1), by=BY, vouched=True)
        on = {year: dt.date(year, 6, 1) for year in (2021, 2023, 2025)}
        for name, year in (("songxanh", 2021), ("hai", 2023), ("ba", 2025)):
            key = (HoldingKind.ACCOUNT, name)
            assert stood(*key, on[year]) == [(BANK, Standing.OFFICIAL)]
            for other in set(on) - {year}:
                assert stood(*key, on[other])[0][1] is not Standing.OFFICIAL, (name, other)

    def test_only_a_confirmed_account_gets_another_name(self) -> None:
        proposed, phone = account(vouched=False), propose("phone", "19000001", vouched=True)
        for number in (proposed, phone):
            with pytest.raises(HoldingInvalid):
                lifecycle.rename_account(BANK, number, "khac", day=TODAY, by=BY)
        confirmed = account("mot")
        account("hai")
        with pytest.raises(HoldingKnown):
            lifecycle.rename_account(BANK, confirmed, "Hai", day=TODAY, by=BY)
        with pytest.raises(HoldingInvalid):
            lifecycle.rename_account(BANK, confirmed, "ba", day=TODAY + DAY, by=BY)

    def test_a_name_that_somebody_else_has_now_is_theirs_until_then(self) -> None:
        number = account(valid_from="2020-01-01", platform_id="100200300")
        same = lifecycle.note_platform_id(
            "facebook", "SongXanh", "100200300", day=TODAY - DAY, by=BY
        )
        assert same == []
        seen = lifecycle.note_platform_id("facebook", "SongXanh", "999", day=TODAY - DAY, by=BY)
        assert seen == [number]
        found = only("facebook.com/songxanh")
        assert found.state is NameState.OFFICIAL_UNTIL
        assert found.holding is not None
        assert found.holding.valid_to == TODAY - DAY
        assert queries.main_holdings(on=TODAY) == {}
        assert stood(HoldingKind.ACCOUNT, "songxanh", TODAY) == [(BANK, Standing.DOUBTED)]

    @pytest.mark.parametrize(
        ("end", "state", "identifier"),
        [
            (ReuseEnd.TAKEN, NameState.OFFICIAL_UNTIL, "100200300"),
            (ReuseEnd.OURS, NameState.OFFICIAL, "999"),
            (ReuseEnd.MISTAKE, NameState.OFFICIAL, "100200300"),
        ],
    )
    def test_what_came_of_it_is_settled_by_a_person(
        self, end: ReuseEnd, state: NameState, identifier: str
    ) -> None:
        number = account(valid_from="2020-01-01", platform_id="100200300")
        lifecycle.note_platform_id("facebook", "songxanh", "999", day=TODAY - DAY, by=BY)
        lifecycle.settle_reuse(BANK, number, end, by=BY)
        assert only("facebook.com/songxanh").state is state
        assert held(number).platform_id == identifier
        with pytest.raises(HoldingInvalid):
            lifecycle.settle_reuse(BANK, number, end, by=BY)

    def test_another_identifier_is_another_account(self) -> None:
        number = account()
        lifecycle.describe(BANK, number, note="Trang chính", platform_id="100200300", by=BY)
        assert (held(number).note, held(number).platform_id) == ("Trang chính", "100200300")
        with pytest.raises(HoldingInvalid):
            lifecycle.describe(BANK, number, note="", platform_id="999", by=BY)
        assert held(number).note == "Trang chính"


class TestHandingOver:
    def test_not_on_a_day_that_nobody_lives_to_see(self) -> None:
        number = propose("domain", "songxanh.example", vouched=True)
        with pytest.raises(HoldingInvalid):
            lifecycle.offer(BANK, number, to=POWER, day=dt.date.max, by=BY)

    def test_both_sides_say_so_and_it_goes_on_as_it_stood(self) -> None:
        number = propose("domain", "songxanh.example", vouched=True, valid_from="2020-01-01")
        handover = lifecycle.offer(BANK, number, to=POWER, day=TODAY - DAY, by=BY)
        key = (HoldingKind.DOMAIN, "songxanh.example")
        assert stood(*key, TODAY) == [(BANK, Standing.OFFICIAL)]

        lifecycle.take_over(POWER, handover, by=BY)

        assert stood(*key, TODAY - DAY) == [(POWER, Standing.COMING), (BANK, Standing.OFFICIAL)]
        assert stood(*key, TODAY) == [(POWER, Standing.OFFICIAL), (BANK, Standing.ENDED)]
        assert held(number).handed_to == POWER
        found = only("https://songxanh.example")
        assert found.holding is not None
        assert (found.state, found.holding.organisation_ref) == (NameState.OFFICIAL, POWER)

    def test_what_is_not_taken_stays(self) -> None:
        number = propose("domain", "songxanh.example", vouched=True)
        handover = lifecycle.offer(BANK, number, to=POWER, day=TODAY, by=BY)
        with pytest.raises(HandoverUnknown):
            lifecycle.take_over(BANK, handover, by=BY)
        with pytest.raises(HoldingInvalid):
            lifecycle.offer(BANK, number, to=POWER, day=TODAY, by=BY)
        lifecycle.decline(POWER, handover, by=BY)
        with pytest.raises(HandoverUnknown):
            lifecycle.take_over(POWER, handover, by=BY)
        lifecycle.offer(BANK, number, to=POWER, day=TODAY, by=BY)
        lifecycle.withdraw_offer(BANK, number, by=BY)
        with pytest.raises(HandoverUnknown):
            lifecycle.withdraw_offer(BANK, number, by=BY)
        assert held(number).state is HoldingState.VERIFIED

    def test_what_was_only_proposed_is_not_theirs_to_give(self) -> None:
        number = propose("domain", "songxanh-moi.example")
        with pytest.raises(StateRefused):
            lifecycle.offer(BANK, number, to=POWER, day=TODAY, by=BY)

    def test_it_goes_to_another_organisation_that_is_there(self) -> None:
        number = propose("domain", "songxanh.example", vouched=True)
        for to, error in ((BANK, HoldingInvalid), ("nobody", OrganisationUnknown)):
            with pytest.raises(error):
                lifecycle.offer(BANK, number, to=to, day=TODAY, by=BY)


class TestHistory:
    def test_each_change_has_a_number_and_the_digests_stand_in_the_journal(self) -> None:
        number = propose("domain", "songxanh.example")
        lifecycle.confirm(BANK, number, by=BY)
        lifecycle.retire(BANK, number, day=TODAY, by=BY)
        changes = queries.changes_of(BANK)[:]
        assert [(each.number, each.verb) for each in changes] == [
            (4, "holding.retired"),
            (3, "holding.verified"),
            (1, "organisation.declared"),
        ]
        events = Event.objects.filter(subject="holding", subject_id=number).order_by("-seq")
        for change, event in zip(changes[:2], events, strict=False):
            assert (event.before, event.after) == (
                digest_of(change.before),
                digest_of(change.after),
            )
            assert event.before != event.after

    def test_what_nobody_confirmed_is_no_public_matter(self) -> None:
        number = propose("domain", "songxanh.example")
        lifecycle.describe(BANK, number, note="mới", platform_id="", by=BY)
        lifecycle.withdraw(BANK, number, by=BY)
        assert [each.verb for each in queries.changes_of(BANK)[:]] == ["organisation.declared"]

    def test_a_step_that_is_refused_leaves_nothing(self) -> None:
        number = propose("domain", "songxanh.example")
        events = Event.objects.count()
        for refused in (
            lambda: lifecycle.report_compromised(BANK, number, since=TODAY, by=BY),
            lambda: lifecycle.recover(BANK, number, day=TODAY, by=BY),
        ):
            with pytest.raises(StateRefused):
                refused()
        assert Event.objects.count() == events
