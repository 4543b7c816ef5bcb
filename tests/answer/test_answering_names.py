"""Is it really them: official, then known scam, then lookalike, then unknown."""

from __future__ import annotations

import datetime as dt

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import declare, list_scam

from soi.answer.answering import answer, is_warning
from soi.answer.types import NameFinding, NameState, NoteCode
from soi.core.formats import HoldingKind, ScamKind

pytestmark = pytest.mark.django_db

LONG_AGO, YESTERDAY = dt.date(2020, 1, 1), dt.date(2020, 12, 31)
FAR_AHEAD = dt.date(2999, 1, 1)


def names_in(message: str) -> list[NameFinding]:
    return [each for each in answer(message).findings if isinstance(each, NameFinding)]


def one_name(message: str) -> NameFinding:
    [found] = names_in(message)
    return found


def test_a_registered_domain_is_official_whatever_stands_below_it() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")

    for link in (
        "hoamaibank.example",
        "https://www.hoamaibank.example/a?b",
        "m.hoamaibank.example",
    ):
        found = one_name(link)
        assert found.state is NameState.OFFICIAL
        assert found.holding
        assert found.holding.organisation_ref == "hoamaibank"


def test_official_goes_before_a_scam_list_that_names_it_and_says_so() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    list_scam(ScamKind.HOST, "hoamaibank.example")

    found = one_name("https://hoamaibank.example/")

    assert found.state is NameState.OFFICIAL
    assert NoteCode.LISTED_BUT_OFFICIAL in found.notes
    assert [scam.list_name for scam in found.scams]


def test_a_known_scam_goes_before_a_lookalike() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    assert one_name("hoamaibank-xacthuc.test").state is NameState.LOOKALIKE

    list_scam(ScamKind.HOST, "hoamaibank-xacthuc.test", dt.date(2026, 5, 4))
    found = one_name("hoamaibank-xacthuc.test")

    assert found.state is NameState.KNOWN_SCAM
    assert found.lookalike is None
    assert [scam.listed_on for scam in found.scams] == [dt.date(2026, 5, 4)]


def test_a_lookalike_names_whom_it_imitates_and_the_real_one() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")

    found = one_name("hoamaibank-xacthuc.test")

    assert found.lookalike
    assert found.lookalike.brand == "hoamaibank"
    assert found.holding
    assert found.holding.value == "hoamaibank.example"


def test_the_real_one_is_never_one_that_is_retired_taken_over_or_still_to_come() -> None:
    declare(HoldingKind.DOMAIN, "a.example", valid_to=YESTERDAY)
    declare(HoldingKind.DOMAIN, "b.example", compromised_from=YESTERDAY)
    declare(HoldingKind.DOMAIN, "c.example", valid_from=FAR_AHEAD)
    declare(HoldingKind.DOMAIN, "hoamaibank.example")

    found = one_name("hoamaibank-xacthuc.test")

    assert found.holding
    assert found.holding.value == "hoamaibank.example"


def test_unknown_is_never_shown_as_safe() -> None:
    found = one_name("thuvien-bensay.test")

    assert found.state is NameState.UNKNOWN
    assert NoteCode.UNKNOWN_IS_NOT_SAFE in found.notes


def test_a_retired_holding_is_no_longer_official() -> None:
    declare(HoldingKind.DOMAIN, "cu.example", valid_from=LONG_AGO, valid_to=YESTERDAY)

    assert one_name("cu.example").state is NameState.OFFICIAL_UNTIL


def test_a_retired_holding_that_a_list_names_is_a_known_scam() -> None:
    declare(HoldingKind.DOMAIN, "cu.example", valid_from=LONG_AGO, valid_to=YESTERDAY)
    list_scam(ScamKind.HOST, "cu.example")

    found = one_name("cu.example")

    assert found.state is NameState.KNOWN_SCAM
    assert found.holding
    assert is_warning(found)


def test_a_holding_still_to_come_is_not_official_yet() -> None:
    declare(HoldingKind.DOMAIN, "moi.example", valid_from=FAR_AHEAD)

    assert one_name("moi.example").state is NameState.OFFICIAL_UNTIL


def test_a_taken_over_account_warns_from_its_day_on() -> None:
    account = {"platform": "telegram", "valid_from": LONG_AGO}
    declare(HoldingKind.ACCOUNT, "hoamaibank", compromised_from=YESTERDAY, **account)
    declare(HoldingKind.ACCOUNT, "hoamaibank2", compromised_from=FAR_AHEAD, **account)

    assert one_name("Telegram @hoamaibank").state is NameState.COMPROMISED
    assert one_name("Telegram @hoamaibank2").state is NameState.OFFICIAL


def test_a_profile_address_is_judged_as_the_account() -> None:
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")

    real = one_name("https://www.facebook.com/hoamaibank")
    other = one_name("https://www.facebook.com/ai.do.khac")

    assert real.state is NameState.OFFICIAL
    assert other.state is NameState.UNKNOWN


def test_an_account_of_the_same_name_on_another_platform_is_not_official() -> None:
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")

    assert one_name("Telegram @hoamaibank").state is not NameState.OFFICIAL


def test_an_account_without_its_platform_says_that_it_may_be_another() -> None:
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")

    found = one_name("nhắn cho @hoamaibank nhé")

    assert found.state is NameState.OFFICIAL
    assert NoteCode.PLATFORM_NOT_SAID in found.notes


@pytest.mark.parametrize(
    "listed", ["http://www.facebook.com/lua.dao/", "https://facebook.com/lua.dao"]
)
def test_a_listed_profile_is_known_however_the_list_writes_it(listed: str) -> None:
    list_scam(ScamKind.URL, listed)

    assert one_name("facebook.com/lua.dao").state is NameState.KNOWN_SCAM


@pytest.mark.parametrize(
    "written", ["xau.test/nhan-qua", "http://xau.test/nhan-qua/", "hxxp://xau[.]test/nhan-qua"]
)
def test_a_listed_address_is_known_however_the_message_writes_it(written: str) -> None:
    list_scam(ScamKind.URL, "https://xau.test/nhan-qua")

    assert one_name(written).state is NameState.KNOWN_SCAM
    assert one_name("xau.test/khac").state is NameState.UNKNOWN


def test_one_listed_customer_of_a_shared_host_says_nothing_of_the_others() -> None:
    list_scam(ScamKind.HOST, "xau.github.io")

    assert one_name("https://xau.github.io/").state is NameState.KNOWN_SCAM
    other = one_name("https://tot.github.io/")
    assert other.state is NameState.UNKNOWN
    assert NoteCode.SHARED_HOST in other.notes


def test_a_shortener_hides_its_target_even_when_its_owner_is_registered() -> None:
    declare(HoldingKind.DOMAIN, "bit.ly")

    found = one_name("https://bit.ly/3abcd")

    assert found.state is NameState.HIDDEN_TARGET
    assert NoteCode.UNKNOWN_IS_NOT_SAFE in found.notes


@pytest.mark.parametrize(
    "link",
    [
        "https://hoamaibank.example@xau.test/",
        "hxxps://hoamaibank.example@xau[.]test/",
        "https://xаu.test/",  # a Cyrillic а
    ],
)
def test_a_link_that_looks_like_another_says_so(link: str) -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")

    found = one_name(link)

    assert found.state is not NameState.OFFICIAL
    assert NoteCode.LOOKS_DIFFERENT in found.notes


def test_a_name_below_a_partner_of_the_desk_stands_there_with_consent(
    settings: LazySettings,
) -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    link = "https://hoamaibank.daily.example/"
    assert one_name(link).state is NameState.LOOKALIKE

    settings.SOI_PARTNER_DOMAINS = ("daily.example",)

    assert one_name(link).state is NameState.UNKNOWN
    assert one_name("https://hoamaibank.khac.example/").state is NameState.LOOKALIKE


def test_an_official_name_before_the_at_sign_is_told_as_a_lookalike() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")

    found = one_name("https://hoamaibank.example@xau.test/")

    assert found.state is NameState.LOOKALIKE
    assert found.lookalike is not None
    assert found.lookalike.details["domain"] == "xau.test"


@pytest.mark.parametrize("link", ["https://xau.test/a@b", "https://xau.test/?to=a@b.example"])
def test_an_at_sign_behind_the_host_is_nothing_special(link: str) -> None:
    [found] = [each for each in names_in(link) if each.name.text.startswith("https")]

    assert NoteCode.LOOKS_DIFFERENT not in found.notes


def test_a_phone_number_is_official_and_still_can_be_forged() -> None:
    declare(HoldingKind.PHONE, "19000009")

    found = one_name("Gọi 1900 0009 ngay")

    assert found.state is NameState.OFFICIAL
    assert NoteCode.CALLER_ID_SPOOFABLE in found.notes


@pytest.mark.parametrize("written", ["0912 345 679", "0912 354 678", "+84 912 345 578"])
def test_a_number_one_digit_off_an_official_one_is_told_with_the_real_one(written: str) -> None:
    declare(HoldingKind.PHONE, "+84912345678")

    found = one_name(f"Gọi {written} ngay")

    assert found.state is NameState.LOOKALIKE
    assert found.holding is not None
    assert found.holding.value == "+84912345678"
    assert {NoteCode.ONE_DIGIT_OFF, NoteCode.CALLER_ID_SPOOFABLE} <= set(found.notes)


@pytest.mark.parametrize(
    ("official", "written"),
    [
        ("+84912345678", "0912345699"),  # two digits
        ("19000009", "1900 0008"),  # hotlines lie side by side
        ("+84912345678", "0912345678"),
    ],
)
def test_other_numbers_and_the_official_one_are_not_one_digit_off(
    official: str, written: str
) -> None:
    declare(HoldingKind.PHONE, official)

    found = one_name(f"Gọi {written} ngay")

    assert NoteCode.ONE_DIGIT_OFF not in found.notes
    assert found.state is not NameState.LOOKALIKE


def test_a_number_that_was_given_up_lends_its_face_to_no_other() -> None:
    declare(HoldingKind.PHONE, "+84912345678", valid_from=LONG_AGO, valid_to=YESTERDAY)

    assert one_name("Gọi 0912345679 ngay").state is NameState.UNKNOWN


def test_a_bank_account_one_digit_off_counts_at_the_same_bank_only() -> None:
    declare(HoldingKind.BANK_ACCOUNT, "000012345609", bank="Ngân hàng Sông Xanh")

    same = one_name("Chuyển khoản STK 000012345690 ngân hàng Sông Xanh")
    other = one_name("Chuyển khoản STK 000012345690 ngân hàng Núi Cao")

    assert (same.state, other.state) == (NameState.LOOKALIKE, NameState.UNKNOWN)
    assert NoteCode.ONE_DIGIT_OFF in same.notes


def test_a_known_scam_number_is_told_as_such_though_it_is_one_digit_off() -> None:
    declare(HoldingKind.PHONE, "+84912345678")
    list_scam(ScamKind.PHONE, "+84912345679")

    assert one_name("Gọi 0912345679 ngay").state is NameState.KNOWN_SCAM


def test_a_page_full_of_numbers_is_held_against_few_neighbours() -> None:
    declare(HoldingKind.PHONE, "+84912345678")

    numbers = " ".join(f"gọi 09{i:02d}111222," for i in range(90))

    with CaptureQueriesContext(connection) as many:
        names_in(numbers)
    with CaptureQueriesContext(connection) as one:
        names_in("gọi 0913111222")
    asked = [[q for q in each if "register_holding" in q["sql"]] for each in (many, one)]
    assert len(asked[0]) == len(asked[1]) == 2
    assert max(len(query["sql"]) for query in asked[0]) < 200_000


def test_a_sender_can_be_forged_too() -> None:
    declare(HoldingKind.EMAIL, "hotro@hoamaibank.example")

    found = one_name("viết cho hotro@hoamaibank.example")

    assert found.state is NameState.OFFICIAL
    assert NoteCode.SENDER_SPOOFABLE in found.notes


def test_a_bank_account_is_looked_up_by_its_digits() -> None:
    declare(HoldingKind.BANK_ACCOUNT, "000012345609")
    list_scam(ScamKind.BANK_ACCOUNT, "000099990009")

    assert one_name("chuyển vào STK 0000 1234 5609").state is NameState.OFFICIAL
    assert one_name("chuyển vào STK 0000 9999 0009").state is NameState.KNOWN_SCAM


def test_a_name_that_is_repeated_is_shown_once_where_it_stands_first() -> None:
    found = one_name("xau.test rồi lại https://xau.test rồi xau.test")

    assert found.name.span.start == 0


def test_names_are_told_in_the_order_of_the_message_when_they_are_equally_grave() -> None:
    shown = [found.name.text for found in names_in("b.test a.test c.test")]

    assert shown == ["b.test", "a.test", "c.test"]


def queries_for(message: str) -> int:
    answer(message)  # what is compiled once is compiled
    with CaptureQueriesContext(connection) as asked:
        answer(message)
    return len(asked)


def test_many_names_ask_the_database_no_more_often_than_one_of_each() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")

    def message(numbers: range) -> str:
        each = (
            f"hoamaibank-xacthuc{n}.test khac{n}.test a{n}@b{n}.test facebook.com/ai.do{n} "
            f"0900 000 {n:03} STK 0000 9999 0{n:03}"
            for n in numbers
        )
        return "\n".join(each)

    few, many = queries_for(message(range(2))), queries_for(message(range(40)))

    assert few == many
    assert many <= 10


def test_a_host_of_a_hundred_labels_is_looked_up_by_a_few() -> None:
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    deep = ".".join(["a"] * 100)

    assert one_name(f"https://{deep}.hoamaibank.example/").state is NameState.OFFICIAL
