"""What must hold before a check may go out: each gate, broken alone, stands in the way alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from soi.captures.models import Capture
from soi.checking import actions, queries
from soi.checking.errors import GatesOpen
from soi.checking.gates import CHARTER
from soi.checking.types import EditionKind, Gate, SourceKind
from soi.core.formats import HoldingKind
from tests.checking_desk import CheckingDesk, captured, waiting
from tests.factories import declare

Break = Callable[[CheckingDesk, int], object]


def source(position: int, **fields: Any) -> Break:
    """Change one of the two sources of a check."""

    def step(desk: CheckingDesk, claim_id: int) -> None:
        found = queries.draft(claim_id)
        number = found.evidence[position].source.id
        actions.change_evidence(claim_id, number, version=found.version, fields=fields, by=desk.an)

    return step


def words(**fields: Any) -> Break:
    return lambda desk, claim_id: desk.write(claim_id, **fields)


def without(position: int) -> Break:
    def step(desk: CheckingDesk, claim_id: int) -> None:
        number = queries.draft(claim_id).evidence[position].source.id
        actions.remove_evidence(claim_id, number, by=desk.an)

    return step


def unfetched(desk: CheckingDesk, claim_id: int) -> None:
    desk.cite(claim_id, waiting(), publisher="Báo chờ", quote="")


def failed(desk: CheckingDesk, claim_id: int) -> None:
    capture = waiting()
    Capture.objects.filter(pk=capture).update(state="failed", problem="http_404")
    desk.cite(claim_id, capture, publisher="Báo mất", quote="")


def two_of_one(desk: CheckingDesk, claim_id: int) -> None:
    source(0, publisher="Báo Bến Sậy")(desk, claim_id)
    source(1, publisher="BÁO BẾN  SẬY")(desk, claim_id)


def one_page_twice(desk: CheckingDesk, claim_id: int) -> None:
    """The same copy, said to be of two publishers."""
    first, second = queries.draft(claim_id).evidence
    actions.remove_evidence(claim_id, second.source.id, by=desk.an)
    desk.cite(claim_id, first.capture.id, publisher="Báo khác", interest="Báo địa phương.")


def own_matter(desk: CheckingDesk, claim_id: int) -> None:
    """The owner's matter, for which the only document is the owner's."""
    source(0, is_owners=True)(desk, claim_id)
    words(concerns_owner=True)(desk, claim_id)


BROKEN: dict[str, tuple[Break, set[Gate]]] = {
    "an opinion": (words(is_checkable=False), {Gate.IS_CHECKABLE}),
    "an unfair wording": (words(is_fair=False), {Gate.WORDING_IS_FAIR}),
    "no reason for the choice": (words(selected_because=" "), {Gate.SELECTION_IS_GIVEN}),
    "one source": (without(1), {Gate.SOURCES_ARE_INDEPENDENT}),
    "two sources of one publisher": (two_of_one, {Gate.SOURCES_ARE_INDEPENDENT}),
    "one page said to be of two publishers": (one_page_twice, {Gate.SOURCES_ARE_INDEPENDENT}),
    "no document": (source(0, kind=SourceKind.SECONDARY.value), {Gate.SOURCE_IS_PRIMARY}),
    "a source that is waited for": (
        unfetched,
        {Gate.SOURCES_ARE_CAPTURED, Gate.QUOTES_ARE_FOUND},
    ),
    "a source that failed": (failed, {Gate.SOURCES_ARE_CAPTURED, Gate.QUOTES_ARE_FOUND}),
    "a quote that is not there": (source(0, quote="cầu đã sập"), {Gate.QUOTES_ARE_FOUND}),
    "no quote of a text": (source(1, quote=""), {Gate.QUOTES_ARE_FOUND}),
    "no interest": (source(1, interest=""), {Gate.INTERESTS_ARE_STATED}),
    "no verdict": (words(verdict=""), {Gate.VERDICT_IS_GIVEN}),
    "no title": (words(title=""), {Gate.EXPLANATION_IS_GIVEN}),
    "no explanation": (words(explanation=""), {Gate.EXPLANATION_IS_GIVEN}),
    "nobody looked for names": (words(is_masked=False), {Gate.PRIVATE_PEOPLE_ARE_MASKED}),
    "a private number": (
        words(summary="Gọi anh Tư, 0912 345 678."),
        {Gate.PRIVATE_PEOPLE_ARE_MASKED},
    ),
    "a private mailbox in a source": (
        source(1, interest="Người quen của tu@thu.example."),
        {Gate.PRIVATE_PEOPLE_ARE_MASKED},
    ),
    "nobody said whose matter it is": (words(concerns_owner=None), {Gate.OWN_INTEREST_IS_SHOWN}),
    "the owner's matter and document": (own_matter, {Gate.OWN_INTEREST_IS_SHOWN}),
}


def open_gates(claim_id: int) -> set[Gate]:
    return set(queries.draft(claim_id).open_gates)


def test_a_check_that_meets_every_gate_lacks_only_the_second_person(desk: CheckingDesk) -> None:
    found = queries.draft(desk.ready())

    assert found.open_gates == ()
    assert [each.gate for each in found.gates if not each.is_met] == [Gate.SECOND_PERSON_APPROVED]
    assert not found.can_be_published
    assert {each.gate for each in found.gates} == set(Gate) - {Gate.CORRECTION_IS_EXPLAINED}


@pytest.mark.parametrize("name", BROKEN)
def test_each_gate_stands_in_the_way_of_approval_and_of_publication(
    desk: CheckingDesk, name: str
) -> None:
    step, gates = BROKEN[name]
    claim_id = desk.ready()
    step(desk, claim_id)

    assert open_gates(claim_id) == gates
    for action, by in ((actions.approve, desk.binh), (actions.publish, desk.binh)):
        with pytest.raises(GatesOpen) as refused:
            action(claim_id, digest=desk.digest(claim_id), by=by)
        assert gates <= {Gate(each) for each in refused.value.gates}
    assert queries.approvals(claim_id) == []


def test_every_gate_is_broken_by_some_test() -> None:
    tried = set().union(*(gates for _, gates in BROKEN.values()))

    assert set(Gate) - tried == {Gate.SECOND_PERSON_APPROVED, Gate.CORRECTION_IS_EXPLAINED}
    assert set(CHARTER) == set(Gate)


def test_an_empty_check_meets_next_to_nothing(desk: CheckingDesk) -> None:
    found = queries.draft(desk.claim())

    assert not any(each.is_met for each in found.gates)


def test_a_gate_says_which_sources_stand_in_its_way(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    source(1, interest="")(desk, claim_id)
    found = queries.draft(claim_id)

    [gate] = [each for each in found.gates if each.gate is Gate.INTERESTS_ARE_STATED]
    assert (gate.evidence, gate.count) == ((found.evidence[1].source.id,), 1)
    assert gate.charter == "C2"


def test_a_picture_has_no_words_to_quote(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    number = desk.cite(claim_id, captured(text=""), quote="")
    assert open_gates(claim_id) == set()

    version = queries.draft(claim_id).version
    actions.change_evidence(claim_id, number, version=version, fields={"quote": "cầu"}, by=desk.an)
    assert open_gates(claim_id) == {Gate.QUOTES_ARE_FOUND}


def test_a_number_that_an_organisation_has_registered_may_stand(desk: CheckingDesk) -> None:
    claim_id = desk.ready(summary="Tổng đài là 0912 345 678.")
    assert open_gates(claim_id) == {Gate.PRIVATE_PEOPLE_ARE_MASKED}

    declare(HoldingKind.PHONE, "+84912345678")

    assert open_gates(claim_id) == set()


def test_the_owners_matter_stands_on_a_document_of_somebody_else(desk: CheckingDesk) -> None:
    claim_id = desk.ready()
    own_matter(desk, claim_id)
    desk.cite(claim_id, interest="Kiểm toán độc lập.")

    assert open_gates(claim_id) == set()


def test_a_capture_that_was_tampered_with_does_not_hold_a_quote(
    desk: CheckingDesk, settings: Any
) -> None:
    claim_id = desk.ready()
    for path in settings.SOI_CAPTURES_DIR.rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"khac")

    assert open_gates(claim_id) == {Gate.QUOTES_ARE_FOUND}


CORRECTIONS = {
    "no kind": ({"correction_note": "Thêm số liệu."}, False),
    "no note": ({"correction_kind": EditionKind.UPDATE.value}, False),
    "a slip of the pen": (
        {"correction_kind": EditionKind.MINOR.value, "correction_note": "Lỗi chính tả."},
        True,
    ),
    "a slip of the pen that changes the verdict": (
        {
            "correction_kind": EditionKind.MINOR.value,
            "correction_note": "Lỗi chính tả.",
            "verdict": "true",
        },
        False,
    ),
    "a slip of the pen that changes the claim": (
        {
            "correction_kind": EditionKind.MINOR.value,
            "correction_note": "Lỗi chính tả.",
            "wording": "Cầu Bến Sậy đã sập trong đêm 29-11.",
        },
        False,
    ),
    "another verdict, said": (
        {
            "correction_kind": EditionKind.SUBSTANTIAL.value,
            "correction_note": "Kết luận trước sai.",
            "verdict": "true",
        },
        True,
    ),
}


@pytest.mark.parametrize("name", CORRECTIONS)
def test_a_correction_says_what_it_is(desk: CheckingDesk, name: str) -> None:
    fields, is_met = CORRECTIONS[name]
    claim_id = desk.published()

    desk.write(claim_id, **({"summary": "Cầu đứng vững."} | fields))

    assert open_gates(claim_id) == (set() if is_met else {Gate.CORRECTION_IS_EXPLAINED})
