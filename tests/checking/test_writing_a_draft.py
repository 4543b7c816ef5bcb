"""A check is written: field by field, by several people, and no text is lost."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from soi.checking import actions, queries
from soi.checking.content import read, written
from soi.checking.errors import (
    Conflict,
    DraftStale,
    FieldInvalid,
    Recused,
    VersionUnknown,
)
from soi.checking.models import Revision
from soi.checking.rules import LIMITS
from soi.checking.types import Topic
from soi.core.ledger import canonical_json
from soi.journal.models import Event
from tests.checking_desk import WORDING, WORDS, CheckingDesk, sha256


def save(desk: CheckingDesk, claim_id: int, version: int, **fields: Any) -> int:
    return actions.save_draft(claim_id, version=version, fields=fields, by=desk.binh).version


def test_the_first_to_write_is_the_author_and_the_last_the_editor(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    blank = queries.draft(claim_id)
    assert (blank.version, blank.digest, blank.words.wording) == (0, "", WORDING)

    desk.write(claim_id, **WORDS)
    desk.write(claim_id, title="Cầu Bến Sậy còn nguyên", by=desk.binh)

    found = queries.draft(claim_id)
    assert (found.version, found.written_by, found.edited_by) == (2, desk.an.id, desk.binh.id)
    assert found.words.title == "Cầu Bến Sậy còn nguyên"
    assert found.words.claimed_on == dt.date(2026, 11, 28)
    assert found.words.topics == ("disaster",)


def test_the_digest_is_what_anybody_computes_from_the_canonical_json(desk: CheckingDesk) -> None:
    claim_id = desk.ready()

    found = queries.draft(claim_id)
    plain = canonical_json(found.content).decode()

    assert found.digest == sha256(plain)
    assert json.loads(plain) == found.content
    assert Revision.objects.get(claim=claim_id, version=found.version).content == plain
    assert written(read(plain)) == (plain, found.digest)


def test_saving_what_it_says_already_changes_nothing(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, title="Cầu không sập")
    before = queries.draft(claim_id)

    saved = actions.save_draft(
        claim_id, version=before.version, fields={"title": " Cầu  không sập\n"}, by=desk.binh
    )

    assert saved.changed == ()
    assert queries.draft(claim_id) == before
    assert Event.objects.filter(verb="draft.saved").count() == 1


def test_the_wording_in_the_queue_follows_the_draft(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, wording="Cầu Bến Sậy sập lúc 2 giờ sáng.", language="vi")

    assert queries.claim(claim_id).wording == "Cầu Bến Sậy sập lúc 2 giờ sáng."


def test_two_people_who_change_other_fields_both_are_taken(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, title="Một", summary="Hai")
    opened = queries.draft(claim_id).version

    actions.save_draft(
        claim_id, version=opened, fields={"title": "Một mới", "summary": "Hai"}, by=desk.an
    )
    save(desk, claim_id, opened, title="Một", summary="Hai mới")

    words = queries.draft(claim_id).words
    assert (words.title, words.summary) == ("Một mới", "Hai mới")


def test_two_people_who_change_the_same_field_are_told_and_both_wordings_are_kept(
    desk: CheckingDesk,
) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, title="Một", summary="Hai")
    opened = queries.draft(claim_id).version
    desk.write(claim_id, title="Một của An")
    before = queries.draft(claim_id)

    with pytest.raises(DraftStale) as refused:
        save(desk, claim_id, opened, title="Một của Bình", summary="Hai của Bình")

    error = refused.value
    assert error.conflicts == (Conflict("title", "Một của An", "Một của Bình"),)
    assert (error.version, error.by) == (before.version, desk.an.id)
    assert queries.draft(claim_id) == before
    kept = queries.scratch(claim_id, desk.binh)
    assert kept is not None
    assert kept.fields == {"title": "Một của Bình", "summary": "Hai của Bình"}
    assert queries.scratch(claim_id, desk.an) is None

    # Bình chooses, over the version that they have seen now.
    save(desk, claim_id, error.version, title="Một của hai người", summary="Hai của Bình")
    words = queries.draft(claim_id).words
    assert (words.title, words.summary) == ("Một của hai người", "Hai của Bình")
    assert queries.scratch(claim_id, desk.binh) is None


def test_two_who_change_a_field_to_the_same_agree(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    opened = queries.draft(claim_id).version
    desk.write(claim_id, verdict="false")

    save(desk, claim_id, opened, verdict="false", title="Cầu không sập")

    words = queries.draft(claim_id).words
    assert (words.verdict, words.title) == ("false", "Cầu không sập")


def test_both_may_open_the_page_before_anybody_has_written_anything(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, wording="Cầu sập lúc 2 giờ.")

    with pytest.raises(DraftStale) as refused:
        save(desk, claim_id, 0, wording="Cầu sập lúc 3 giờ.")

    assert refused.value.conflicts == (
        Conflict("wording", "Cầu sập lúc 2 giờ.", "Cầu sập lúc 3 giờ."),
    )


@pytest.mark.parametrize("version", [7, -1, 2**40])
def test_a_form_of_a_version_that_never_was_is_refused(desk: CheckingDesk, version: int) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, title="Một")

    with pytest.raises(VersionUnknown):
        save(desk, claim_id, version, title="Hai")


@pytest.mark.parametrize("field", sorted(set(LIMITS) & set(WORDS) | {"wording"}))
def test_a_paste_of_ten_megabytes_is_refused_before_anything_is_done(
    desk: CheckingDesk, field: str
) -> None:
    claim_id = desk.claim()
    limit = LIMITS[field]
    for text in ("Á" * 10_000_000, "Á" * (limit + 1), "\u0301" * 4 * limit + "x" * limit):
        with pytest.raises(FieldInvalid) as refused:
            save(desk, claim_id, 0, **{field: text})
        assert (refused.value.field, refused.value.limit) == (field, limit)

    assert queries.draft(claim_id).version == 0
    save(desk, claim_id, 0, **{field: "Á" * limit})


def test_what_turns_or_hides_text_is_taken_out(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    hostile = "Cầu\u202e sập\u2066\u200b\u00ad\x00\ud800 rồi\r\nHàng hai\u2028ba"

    desk.write(claim_id, title=hostile, summary=hostile, explanation=hostile)

    words = queries.draft(claim_id).words
    assert words.title == "Cầu sập rồi Hàng hai ba"
    assert words.summary == words.explanation == "Cầu sập rồi\nHàng hai\nba"


def test_letters_are_kept_in_one_form_whatever_keyboard_wrote_them(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, title="Cầu")
    before = queries.draft(claim_id)

    desk.write(claim_id, title="Ca\u0302\u0300u", by=desk.binh)

    assert queries.draft(claim_id) == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("verdict", "probably"),
        ("verdict", None),
        ("title", 7),
        ("title", ["a"]),
        ("topics", "health"),
        ("topics", ["health", "views"]),
        ("topics", [["health"]]),
        ("claimed_on", "2026-11-28"),
        ("claimed_on", dt.datetime(2026, 11, 28, tzinfo=dt.UTC)),
        ("is_checkable", 1),
        ("is_fair", "on"),
        ("concerns_owner", "no"),
        ("language", "Tiếng Việt"),
        ("language", "vi\n"),
        ("correction_kind", "first"),
        ("correction_kind", "minor"),
        ("correction_note", "Sửa lỗi."),
        ("wording", ""),
        ("wording", "…"),
        ("edition", 7),
        ("__class__", "x"),
    ],
)
def test_a_field_holds_only_what_it_is_for(desk: CheckingDesk, field: str, value: object) -> None:
    claim_id = desk.claim()

    with pytest.raises(FieldInvalid):
        save(desk, claim_id, 0, **{field: value})

    assert queries.draft(claim_id).version == 0


def test_a_topic_counts_once_in_whatever_order(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, topics=["school", Topic.HEALTH, "school"])
    assert queries.draft(claim_id).words.topics == ("health", "school")

    assert desk.write(claim_id, topics=("health", "school")) == queries.draft(claim_id).digest


def test_what_is_typed_is_kept_by_itself_and_seen_by_nobody_else(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    actions.keep_scratch(claim_id, version=0, fields={"title": "Cầ"}, by=desk.an)
    actions.keep_scratch(
        claim_id, version=0, fields={"title": "Cầu\u202e", "evidence.3.quote": "…"}, by=desk.an
    )
    actions.keep_scratch(claim_id, version=0, fields={"title": "Khác"}, by=desk.binh)

    kept = queries.scratch(claim_id, desk.an)
    assert kept is not None
    assert kept.fields == {"title": "Cầu", "evidence.3.quote": "…"}

    desk.write(claim_id, title="Cầu không sập")
    kept = queries.scratch(claim_id, desk.an)
    assert kept is not None
    assert kept.fields == {"evidence.3.quote": "…"}
    actions.drop_scratch(claim_id, by=desk.an)
    assert queries.scratch(claim_id, desk.an) is None
    assert queries.scratch(claim_id, desk.binh) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "x" * 10_000_000},
        {f"f{number}": "x" for number in range(61)},
        {"a": "x" * 150_000, "b": "x" * 150_000},
        {"A b": "x"},
        {"title": b"x"},
        {"title": {"a": "b"}},
    ],
    ids=["long", "many", "long together", "name", "bytes", "dict"],
)
def test_a_scratch_has_its_limits_too(desk: CheckingDesk, fields: dict[str, Any]) -> None:
    claim_id = desk.claim()

    with pytest.raises(FieldInvalid):
        actions.keep_scratch(claim_id, version=0, fields=fields, by=desk.an)

    assert queries.scratch(claim_id, desk.an) is None


def test_whoever_recused_writes_no_more_and_what_they_wrote_stays(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, title="Cầu không sập")
    actions.recuse(claim_id, by=desk.an)

    for refused in (
        lambda: desk.write(claim_id, title="Khác"),
        lambda: desk.cite(claim_id),
        lambda: actions.take(claim_id, by=desk.an),
        lambda: actions.add_note(claim_id, text="Tôi nghĩ", by=desk.an),
        lambda: actions.keep_scratch(claim_id, version=0, fields={}, by=desk.an),
    ):
        with pytest.raises(Recused):
            refused()
    assert queries.recused(claim_id) == {desk.an.id}
    assert queries.draft(claim_id).words.title == "Cầu không sập"


def test_every_change_is_an_event_with_the_digests_before_and_after(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    first = desk.write(claim_id, title="Một")
    second = desk.write(claim_id, title="Hai", by=desk.binh)

    events = Event.objects.filter(verb="draft.saved").order_by("seq")
    assert [(each.actor, each.after) for each in events] == [
        (desk.an.actor, first),
        (desk.binh.actor, second),
    ]
    assert events[1].before == first
