"""Sources are cited, ordered and removed; the draft names the bytes that were captured."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from soi.captures.actions import accept, keep_file
from soi.captures.errors import CaptureUnknown
from soi.checking import actions, queries
from soi.checking.errors import (
    Conflict,
    DraftStale,
    EvidenceUnknown,
    FieldInvalid,
    TooMuchEvidence,
)
from soi.checking.rules import EVIDENCE_LIMIT
from soi.checking.types import Gate
from soi.cli import serve
from soi.journal.models import Event
from tests.checking_desk import TEXT, CheckingDesk, captured, comes, waiting


def cited(claim_id: int) -> list[int]:
    return [each.source.id for each in queries.draft(claim_id).evidence]


def change(desk: CheckingDesk, claim_id: int, number: int, version: int, **fields: Any) -> None:
    actions.change_evidence(claim_id, number, version=version, fields=fields, by=desk.binh)


def test_a_source_stands_with_what_its_capture_is_known_by(desk: CheckingDesk) -> None:
    claim_id, capture = desk.claim(), captured(publisher="Sở Giao thông", title="Thông báo\u202e")

    number = desk.cite(claim_id, capture, title="")

    [row] = queries.draft(claim_id).evidence
    source = row.source
    assert (source.id, source.capture) == (number, capture)
    assert (source.publisher, source.title) == ("Sở Giao thông", "Thông báo")
    assert source.sha256 == row.capture.sha256 != ""
    assert source.url == row.capture.url
    assert row.capture.captured_at is not None
    assert source.captured_at == row.capture.captured_at.isoformat()
    assert row.quote_is_found


def test_what_the_checker_says_of_a_source_goes_before_what_it_says_of_itself(
    desk: CheckingDesk,
) -> None:
    claim_id = desk.claim()
    desk.cite(claim_id, captured(publisher="trang-chu"), publisher="Sở Giao thông")

    assert queries.draft(claim_id).evidence[0].source.publisher == "Sở Giao thông"


def test_a_file_that_somebody_brought_has_no_address_to_follow(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    name = "javascript:alert(1).txt"
    capture = keep_file(name, BytesIO(TEXT.encode()), by=desk.an.actor)
    desk.cite(claim_id, capture, publisher="Sở Giao thông")

    [row] = queries.draft(claim_id).evidence

    assert (row.source.url, row.source.title) == ("", name)
    assert row.quote_is_found


def test_what_looks_like_a_wall_is_taken_in_when_somebody_accepts_it(desk: CheckingDesk) -> None:
    claim_id, capture = desk.claim(), waiting()
    desk.cite(claim_id, capture)
    comes(capture, problem="login_wall")
    assert actions.take_in_captures(by="worker") == 0

    accept(capture, by=desk.an.actor)

    assert actions.take_in_captures(by="worker") == 1
    assert queries.draft(claim_id).evidence[0].source.sha256


def test_a_form_that_is_sent_twice_cites_once(desk: CheckingDesk) -> None:
    claim_id, capture = desk.claim(), captured()
    first = desk.cite(claim_id, capture)

    assert desk.cite(claim_id, capture) == first
    assert desk.cite(claim_id, capture, quote="hoạt động bình thường") != first
    assert Event.objects.filter(verb="evidence.added").count() == 2


def test_a_source_that_is_still_waited_for_is_taken_in_when_it_comes(desk: CheckingDesk) -> None:
    claim_id, capture = desk.claim(), waiting()
    desk.cite(claim_id, capture)
    before = queries.draft(claim_id)
    assert before.evidence[0].source.sha256 == ""
    assert actions.take_in_captures(by="worker") == 0

    comes(capture)
    assert actions.take_in_captures(by="worker") == 1
    assert actions.take_in_captures(by="worker") == 0

    after = queries.draft(claim_id)
    assert after.evidence[0].source.sha256 == after.evidence[0].capture.sha256 != ""
    assert (after.version, after.edited_by) == (before.version + 1, desk.an.id)
    [event] = Event.objects.filter(verb="evidence.captured")
    assert (event.actor, event.before, event.after) == ("worker", before.digest, after.digest)


def test_the_worker_takes_captures_in_at_its_next_look(
    desk: CheckingDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "_follow", lambda: None)
    monkeypatch.setattr(serve, "close_old_connections", lambda: None)  # those of the test
    claim_id, capture = desk.claim(), waiting()
    desk.cite(claim_id, capture)
    comes(capture)

    serve.look_once()

    assert queries.draft(claim_id).evidence[0].source.sha256


def test_a_source_that_came_in_between_is_not_approved_unseen(desk: CheckingDesk) -> None:
    claim_id, capture = desk.ready(), waiting()
    desk.cite(claim_id, capture)
    comes(capture)

    [captures_gate] = [
        each for each in queries.draft(claim_id).gates if each.gate is Gate.SOURCES_ARE_CAPTURED
    ]

    assert not captures_gate.is_met
    assert captures_gate.evidence == (cited(claim_id)[-1],)


def test_sources_are_put_in_their_places_and_taken_out(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    one, two, three = (desk.cite(claim_id) for _ in range(3))

    actions.move_evidence(claim_id, three, place=0, by=desk.an)
    assert cited(claim_id) == [three, one, two]
    actions.move_evidence(claim_id, three, place=99, by=desk.an)
    assert cited(claim_id) == [one, two, three]
    actions.move_evidence(claim_id, three, place=-5, by=desk.an)
    assert cited(claim_id) == [three, one, two]
    actions.remove_evidence(claim_id, one, by=desk.binh)
    assert cited(claim_id) == [three, two]

    for refused in (
        lambda: actions.remove_evidence(claim_id, one, by=desk.an),
        lambda: actions.move_evidence(claim_id, one, place=0, by=desk.an),
        lambda: change(desk, desk.claim(), two, 0, interest="x"),
    ):
        with pytest.raises(EvidenceUnknown):
            refused()


def test_two_people_at_one_source_lose_nothing(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    number = desk.cite(claim_id, interest="")
    opened = queries.draft(claim_id).version
    actions.change_evidence(
        claim_id, number, version=opened, fields={"interest": "Của An"}, by=desk.an
    )

    change(desk, claim_id, number, opened, interest="", kind="secondary")
    source = queries.draft(claim_id).evidence[0].source
    assert (source.interest, source.kind) == ("Của An", "secondary")

    with pytest.raises(DraftStale) as refused:
        change(desk, claim_id, number, opened, interest="Của Bình")
    assert refused.value.conflicts == (Conflict("interest", "Của An", "Của Bình"),)
    kept = queries.scratch(claim_id, desk.binh)
    assert kept is not None
    assert kept.fields == {f"evidence.{number}.interest": "Của Bình"}

    change(desk, claim_id, number, refused.value.version, interest="Của cả hai")
    assert queries.scratch(claim_id, desk.binh) is None


def test_what_was_written_on_a_source_that_somebody_removed_is_kept(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    number = desk.cite(claim_id)
    opened = queries.draft(claim_id).version
    actions.remove_evidence(claim_id, number, by=desk.an)

    with pytest.raises(DraftStale) as refused:
        change(desk, claim_id, number, opened, interest="Dài lắm")

    assert refused.value.conflicts == (Conflict("interest", None, "Dài lắm"),)
    kept = queries.scratch(claim_id, desk.binh)
    assert kept is not None
    assert kept.fields == {f"evidence.{number}.interest": "Dài lắm"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stance", ""),
        ("stance", "hates"),
        ("kind", "tertiary"),
        ("quote", "x" * 5001),
        ("quote", "x" * 10_000_000),
        ("is_owners", None),
        ("sha256", "0" * 64),
        ("capture", 1),
        ("id", 1),
    ],
)
def test_a_source_says_only_what_it_may(desk: CheckingDesk, field: str, value: object) -> None:
    claim_id = desk.claim()
    number = desk.cite(claim_id)
    version = queries.draft(claim_id).version

    with pytest.raises(FieldInvalid):
        change(desk, claim_id, number, version, **{field: value})
    with pytest.raises(FieldInvalid):
        desk.cite(claim_id, **{field: value})

    assert queries.draft(claim_id).version == version


def test_a_capture_that_is_not_there_can_not_be_cited(desk: CheckingDesk) -> None:
    claim_id = desk.claim()
    for number in (999_999, 0, 10**30):
        with pytest.raises(CaptureUnknown):
            desk.cite(claim_id, number or -1)
    assert queries.draft(claim_id).version == 0


def test_there_is_an_end_to_sources_and_each_asks_the_database_no_more(
    desk: CheckingDesk,
) -> None:
    claim_id, capture = desk.ready(), captured()

    def queries_of_a_page() -> int:
        with CaptureQueriesContext(connection) as seen:
            queries.draft(claim_id)
        return len(seen)

    few = queries_of_a_page()
    for number in range(EVIDENCE_LIMIT - 2):
        desk.cite(claim_id, capture, interest=f"Số {number}")
    with pytest.raises(TooMuchEvidence):
        desk.cite(claim_id, capture)

    assert len(cited(claim_id)) == EVIDENCE_LIMIT
    assert queries_of_a_page() == few <= 11


def test_the_desk_knows_which_claims_cite_a_source(desk: CheckingDesk) -> None:
    shared, other = captured(), captured()
    one, two = desk.claim(), desk.claim()
    numbers = [desk.cite(each, shared) for each in (one, two)]
    desk.cite(two, shared, quote="hoạt động")
    actions.remove_evidence(one, numbers[0], by=desk.an)

    assert queries.claims_citing([shared, other, 10**30]) == {shared: (two,)}
