"""A tip comes in once, however it is sent, and stands where the desk says."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from zeal import zeal_context

from soi.answer.errors import MessageEmpty, MessageTooLong
from soi.intake import actions, queries
from soi.intake.actions import Acknowledgement
from soi.intake.errors import (
    ContactInvalid,
    KeyInvalid,
    KeyReused,
    LinkInvalid,
    StateRefused,
    TipUnknown,
)
from soi.intake.models import Receipt, Tip
from soi.intake.types import Channel, Reason, State
from soi.journal.models import Event

pytestmark = pytest.mark.django_db

CLAIM = "Từ ngày mai, cầu Bến Sậy đóng cửa 3 tháng để sửa chữa lớn."
OTHER = "Chợ Bến Sậy mở cửa lại vào ngày 5 tháng 12 năm nay."
KEY = "3f0c2f7e-0d0b-4a53-9a4e"


def send(message: str = CLAIM, **options: Any) -> Acknowledgement:
    return actions.receive(message, channel=Channel.API, by="test", **options)


def events() -> list[tuple[str, int]]:
    return list(
        Event.objects.filter(subject="tip").order_by("seq").values_list("verb", "subject_id")
    )


def test_a_tip_is_kept_with_its_language_its_names_and_its_time() -> None:
    taken = send(f"{CLAIM} Xem https://ben-say.test/cau?x=1 và @bensaynews")

    tip = queries.tip_with_id(taken.tip_id)
    assert tip.text == f"{CLAIM} Xem https://ben-say.test/cau?x=1 và @bensaynews"
    assert tip.language == "vi"
    assert [name["value"] for name in tip.names] == ["https://ben-say.test/cau?x=1", "bensaynews"]
    assert (tip.channel, tip.state, tip.reach) == (Channel.API, State.RECEIVED, 1)
    assert tip.received_at == taken.received_at
    assert taken.is_new


@pytest.mark.parametrize(
    "again",
    [
        CLAIM,
        f"  {CLAIM}\n\n",
        CLAIM.upper(),
        "Tu ngay mai, cau Ben Say dong cua 3 thang de sua chua lon.",
        "🚨🚨 TỪ NGÀY MAI!!! cầu Bến Sậy đóng cửa 3 tháng để sửa chữa lớn 🙏",
        "Từ ngày mai, cầu\u200b Bến Sậy đóng cửa\u202e 3 tháng để sửa chữa lớn.",
        "Tù\u031bng".replace("Tù\u031bng", "Từ") + CLAIM[2:],
    ],
)
def test_the_same_message_is_one_tip_that_came_twice(again: str) -> None:
    first, second = send(), send(again)

    assert second.tip_id == first.tip_id
    assert not second.is_new
    assert queries.tip_with_id(first.tip_id).reach == 2
    assert queries.tip_with_id(first.tip_id).text == CLAIM


@pytest.mark.parametrize(
    "another",
    [
        CLAIM.replace("3", "5"),
        CLAIM.replace("3", "0,3"),
        CLAIM.replace("3", "-3"),
        CLAIM.replace("3", "3%"),
        CLAIM.replace("đóng", "không đóng"),
        OTHER,
    ],
)
def test_another_number_or_the_opposite_is_another_tip(another: str) -> None:
    assert send(another).tip_id != send().tip_id


def test_in_a_short_message_marks_tell_two_apart() -> None:
    assert send("Bò bị cấm bán").tip_id != send("Bỏ bị cắm bàn").tip_id


def test_the_same_key_is_the_same_call_any_number_of_times() -> None:
    taken = [send(key=KEY) for _ in range(3)]

    assert {each.tip_id for each in taken} == {taken[0].tip_id}
    assert [each.is_replay for each in taken] == [False, True, True]
    assert queries.tip_with_id(taken[0].tip_id).reach == 1
    assert len({each.token for each in taken}) == 3
    assert {queries.standing_with_token(each.token).state for each in taken} == {State.RECEIVED}


def test_a_key_stands_for_one_message() -> None:
    send(key=KEY)

    with pytest.raises(KeyReused):
        send(OTHER, key=KEY)
    assert Tip.objects.count() == 1


@pytest.mark.parametrize(
    "key", ["short", "x" * 256, "mười-sáu-ký-tự-đây-rồi", "with a space in it", "\0" * 20]
)
def test_a_key_that_others_could_meet_is_refused(key: str) -> None:
    with pytest.raises(KeyInvalid):
        send(key=key)
    assert not Tip.objects.exists()


@pytest.mark.parametrize("message", ["", " \n\t", "\u202e\u200b\0", "🙏🙏🙏", "...", "\ud800"])
def test_a_message_without_a_word_is_refused(message: str) -> None:
    with pytest.raises(MessageEmpty):
        send(message)


def test_a_message_that_is_too_long_is_refused_and_never_cut() -> None:
    with pytest.raises(MessageTooLong):
        send("a" * 50_001)
    assert send("tin " * 12_500).is_new


@pytest.mark.parametrize(
    "message",
    [
        "Tin <script>alert(1)</script> đây",
        "Tin \u202eđảo ngược\u202c đây",
        "Tin\0 có \x07 ký tự điều khiển",
        "Tin có nửa cặp \ud83d đây",
        "Tin '; DROP TABLE intake_tip; -- %s %(x)s {{ x }}",
    ],
)
def test_hostile_text_is_kept_as_text_without_what_cannot_be_seen(message: str) -> None:
    text = queries.tip_with_id(send(message).tip_id).text

    assert not set(text) & {"\0", "\x07", "\u202e", "\u202c", "\ud83d"}
    assert message.split("\0")[0].split()[0] in text
    assert ("<script>" in text) == ("<script>" in message)


def test_only_the_hash_of_a_token_is_kept_and_the_token_is_long() -> None:
    taken = [send(), send()]

    assert len(taken[0].token) >= 32  # 192 bits in base64
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM intake_receipt")
        kept = repr(cursor.fetchall())
    assert not [each for each in taken if each.token in kept]


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "../" * 10, "a" * 100_000])
def test_a_wrong_token_leads_nowhere(token: str) -> None:
    send()

    with pytest.raises(TipUnknown):
        queries.standing_with_token(token)


def test_a_status_link_ends_after_a_year(time_machine: Any) -> None:
    time_machine.move_to("2026-11-24T08:00:00Z", tick=False)
    token = send().token
    time_machine.move_to("2027-11-24T07:59:00Z", tick=False)
    assert queries.standing_with_token(token).state is State.RECEIVED

    time_machine.move_to("2027-11-24T08:01:00Z", tick=False)
    with pytest.raises(TipUnknown):
        queries.standing_with_token(token)
    assert Tip.objects.count() == 1


def test_a_tip_goes_from_received_to_a_published_check() -> None:
    taken = send()
    actions.begin_checking(taken.tip_id, by="an")
    assert queries.standing_with_token(taken.token).state is State.CHECKING

    actions.answer_with(taken.tip_id, "https://desk.example/checks/7/", by="an")
    standing = queries.standing_with_token(taken.token)
    assert (standing.state, standing.link) == (State.PUBLISHED, "https://desk.example/checks/7/")


def test_a_closed_tip_says_why_and_can_be_opened_again() -> None:
    taken = send()
    actions.close(taken.tip_id, Reason.OPINION, by="an")
    assert queries.standing_with_token(taken.token).reason is Reason.OPINION

    actions.begin_checking(taken.tip_id, by="an")
    assert queries.standing_with_token(taken.token).reason is None


def test_a_tip_does_not_go_where_nothing_leads() -> None:
    tip_id = send().tip_id
    actions.close(tip_id, Reason.SATIRE, by="an")

    with pytest.raises(StateRefused):
        actions.answer_with(tip_id, "https://desk.example/checks/7/", by="an")
    for missing in (tip_id + 1, 0, -1, 2**70):
        with pytest.raises(TipUnknown):
            queries.tip_with_id(missing)
    with pytest.raises(TipUnknown):
        actions.begin_checking(tip_id + 1, by="an")


@pytest.mark.parametrize(
    "link",
    ["", "javascript:alert(1)", "//x.test", "https://", "https://a b.test", "https://x.test/\0",
     "http://[", "https://u@x.test/", "https://x.test/" + "a" * 2000, "data:text/html,x"],
)  # fmt: skip
def test_a_sender_is_led_to_a_web_address_only(link: str) -> None:
    tip_id = send().tip_id

    with pytest.raises(LinkInvalid):
        actions.answer_with(tip_id, link, by="an")


def test_every_action_leaves_an_event_without_a_word_of_the_tip() -> None:
    tip_id = send().tip_id
    send()
    actions.begin_checking(tip_id, by="an")
    actions.answer_with(tip_id, "https://desk.example/checks/7/", by="an")
    other = send(OTHER).tip_id
    actions.close(other, Reason.PRIVATE_MATTER, by="an")

    assert events() == [
        ("tip.received", tip_id),
        ("tip.repeated", tip_id),
        ("tip.checking", tip_id),
        ("tip.published", tip_id),
        ("tip.received", other),
        ("tip.closed", other),
    ]
    moved = Event.objects.filter(verb__in=("tip.checking", "tip.published", "tip.closed"))
    assert all(each.before and each.after and each.before != each.after for each in moved)
    chain = list(
        Event.objects.filter(subject_id=tip_id).exclude(verb="tip.repeated").order_by("seq")
    )
    assert [each.before for each in chain[1:]] == [each.after for each in chain[:-1]]
    written = repr(list(Event.objects.values_list()))
    assert not [word for word in CLAIM.split() if len(word) > 3 and word in written]


def test_a_refused_tip_leaves_nothing() -> None:
    send(key=KEY)
    before = (Tip.objects.count(), Receipt.objects.count(), Event.objects.count())

    for refused, options in (
        (KeyInvalid, {"key": "short"}),
        (ContactInvalid, {"contact": "x" * 201}),
        (MessageEmpty, {"message": ""}),
        (KeyReused, {"message": OTHER, "key": KEY}),
    ):
        with pytest.raises(refused):
            send(**options)
    assert (Tip.objects.count(), Receipt.objects.count(), Event.objects.count()) == before


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "elsewhere"},
        {"state": "published"},
        {"state": "not_checkable"},
        {"state": "not_checkable", "reason": "because"},
        {"state": "received", "link": "https://x.test"},
        {"state": "checking", "reason": "opinion"},
        {"channel": "pigeon"},
        {"reach": 0},
        {"text": ""},
    ],
)
def test_the_database_refuses_what_no_action_writes(broken: dict[str, Any]) -> None:
    tip_id = send().tip_id

    with pytest.raises(IntegrityError), transaction.atomic():
        Tip.objects.filter(pk=tip_id).update(**broken)


def test_the_database_refuses_a_second_tip_of_one_message_and_to_delete_one() -> None:
    from django.db.models import ProtectedError

    tip = Tip.objects.get(pk=send().tip_id)
    with pytest.raises(ProtectedError):
        tip.delete()
    tip.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        tip.save(force_insert=True)


def test_a_tip_costs_no_more_queries_for_more_names(django_assert_max_num_queries: Any) -> None:
    names = " ".join(f"https://x{n}.test/ 09{n:08} a{n}@x.test" for n in range(60))
    send(OTHER)

    with django_assert_max_num_queries(15), zeal_context():
        send(f"{CLAIM} {names}")
    with django_assert_max_num_queries(15), zeal_context():
        send(f"{CLAIM} {names}", key=KEY)


def test_a_list_of_tips_is_one_question_a_page(django_assert_max_num_queries: Any) -> None:
    for number in range(5):
        send(f"{CLAIM} {number}")

    with django_assert_max_num_queries(2), zeal_context():
        assert [row.reach for row in queries.tips(states=[State.RECEIVED])[:3]] == [1, 1, 1]
