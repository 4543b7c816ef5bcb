"""Every version of a draft can be read again, and compared."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from soi.checking import actions, queries
from soi.checking.differences import Piece, pieces
from soi.checking.errors import VersionUnknown
from soi.journal.models import Event
from tests.checking_desk import WORDS, CheckingDesk


def test_the_history_says_who_changed_what_and_which_version_went_out(
    desk: CheckingDesk,
) -> None:
    claim_id = desk.ready()
    desk.write(claim_id, title="Cầu Bến Sậy còn đứng", summary="Mới", by=desk.chi)
    desk.publish(claim_id)

    rows = queries.history(claim_id)[:10]

    assert [(row.version, row.name, row.changed, row.edition) for row in rows] == [
        (5, "Chi", ("edition",), None),
        (4, "Chi", ("title", "summary"), 1),
        (3, "An", ("evidence",), None),
        (2, "An", ("evidence",), None),
        (1, "An", rows[4].changed, None),
    ]
    assert set(rows[4].changed) >= {"title", "explanation", "verdict"}
    assert [row.version for row in queries.history(claim_id)[1:3]] == [4, 3]


def test_restoring_takes_up_words_and_leaves_sources_and_corrections(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    desk.publish(claim_id)
    desk.write(claim_id, title="Cầu đã đóng", correction_kind="update", correction_note="Mới.")
    desk.cite(claim_id)
    first = queries.history(claim_id)[-1].version
    desk.write(claim_id, summary="Cầu đóng từ trưa.")

    restored = actions.restore_version(claim_id, version=first, by=desk.an)

    now = queries.draft(claim_id)
    assert now.words.title == WORDS["title"]
    assert (now.words.correction_kind, now.words.correction_note) == ("update", "Mới.")
    assert len(now.evidence) == 3
    assert now.version == restored.version
    assert "correction_kind" not in restored.changed
    assert Event.objects.filter(verb="draft.restored", subject_id=claim_id).count() == 1


def test_restoring_ends_approvals_and_what_is_said_already_changes_nothing(
    desk: CheckingDesk,
) -> None:
    claim_id = desk.ready()
    desk.write(claim_id, title="Cầu đã đóng")
    desk.approve(claim_id)
    now = queries.draft(claim_id).version
    assert actions.restore_version(claim_id, version=now, by=desk.an).changed == ()
    assert queries.draft(claim_id).can_be_published
    actions.restore_version(claim_id, version=now - 1, by=desk.an)
    assert not queries.draft(claim_id).can_be_published


def test_two_versions_are_compared_word_by_word(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, summary="Cầu vẫn đứng vững sáng nay.", title="Cầu")
    desk.write(claim_id, summary="Cầu không còn đứng sáng nay.", title="Cầu")

    [change] = queries.differences(claim_id, before=1, after=2)

    assert change.field == "summary"
    assert change.pieces == (
        Piece("same", "Cầu"),
        Piece("removed", " vẫn"),
        Piece("added", " không còn"),
        Piece("same", " đứng"),
        Piece("removed", " vững"),
        Piece("same", " sáng nay."),
    )
    assert queries.differences(claim_id, before=2, after=2) == []
    [blank, *_] = queries.differences(claim_id, before=0, after=1)
    assert [piece.change for piece in blank.pieces] == ["added"]


def test_evidence_is_compared_as_facts(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    version = queries.draft(claim_id).version
    desk.cite(claim_id, interest="Hãng thi công cầu.")

    [change] = queries.differences(claim_id, before=version, after=version + 1)

    assert change.field == "evidence"
    [added] = [piece.text for piece in change.pieces if piece.change == "added"]
    assert "Hãng thi công cầu." in added


@pytest.mark.parametrize("version", [9, -1, 2**40])
def test_a_version_that_never_was_is_unknown(desk: CheckingDesk, version: int) -> None:
    claim_id = desk.claim()
    desk.write(claim_id, title="Một")

    with pytest.raises(VersionUnknown):
        queries.differences(claim_id, before=1, after=version)


TEXTS = st.text(alphabet="ab cầu,.\n", max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_put_together_from_the_pieces(old: str, new: str) -> None:
    found = list(pieces(old, new))

    assert "".join(each.text for each in found if each.change != "added") == old
    assert "".join(each.text for each in found if each.change != "removed") == new
    assert [each.change for each in found] == (["same"] if old else []) or old != new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" a b" * 12_500, " b a" * 12_500),
        ("a\n" * 25_000, "b\n" * 25_000),
        ("x" * 50_000, "y" * 50_000),
        (" a" * 25_000, ""),
    ],
    ids=["words", "lines", "one word", "gone"],
)
def test_texts_as_long_as_may_be_are_compared_in_bounded_work(old: str, new: str) -> None:
    found = list(pieces(old, new))

    assert "".join(each.text for each in found if each.change != "added") == old
    assert len(found) <= 12_001


def test_a_long_history_is_read_in_few_queries(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    for number in range(15):
        desk.write(claim_id, title=f"Số {number}", by=(desk.an, desk.binh, desk.chi)[number % 3])

    with CaptureQueriesContext(connection) as seen:
        assert len(queries.history(claim_id)[:50]) == 15

    assert len(seen) == 3
    assert not any("content" in each["sql"] for each in seen)
