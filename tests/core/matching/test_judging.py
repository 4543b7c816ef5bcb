"""Same claim or not, by the clear-cut cases and by hostile texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soi.core.matching import Candidate, Match, ReasonCode, Relation, judge
from soi.core.matching.model import load_model
from soi.core.text import Language, language_of

CLAIM = "Trẻ sốt cao thì lau người bằng cồn hoặc rượu để hạ sốt nhanh."
FEE = "Ngân hàng Sông Xanh thu phí mở lại tài khoản 1.000.000đ từ ngày 1-12-2026."


def _candidate(claim: str, cosine: float, number: int = 1) -> Candidate:
    return Candidate(
        id=str(number),
        claim=claim,
        title="",
        summary="",
        language=language_of(claim).value,
        words=10.0 * cosine,
        words_rank=number,
        meaning=cosine,
        meaning_rank=number,
    )


def _others() -> list[Candidate]:
    claims = (
        "Cầu Bến Sậy cấm xe tải từ tháng sau.",
        "Nước máy của thành phố có mùi clo vì súc rửa đường ống.",
        "Giá xăng tăng thêm 500 đồng một lít từ chiều nay.",
    )
    return [_candidate(claim, 0.78, number) for number, claim in enumerate(claims, start=2)]


def _best(statement: str, claim: str, cosine: float) -> Match:
    matches = judge(statement, language_of(statement), [_candidate(claim, cosine), *_others()])
    assert matches[0].candidate.claim == claim
    return matches[0]


def test_the_claim_itself_is_the_same():
    best = _best(CLAIM, CLAIM, 1.0)
    assert best.relation is Relation.SAME
    assert best.probability >= load_model().same_threshold


def test_the_claim_without_diacritics_is_the_same():
    best = _best("Tre sot cao thi lau nguoi bang con hoac ruou de ha sot nhanh", CLAIM, 0.9)
    assert best.relation is Relation.SAME
    assert ReasonCode.NO_DIACRITICS in {reason.code for reason in best.reasons}


@pytest.mark.parametrize(
    ("statement", "claim"),
    [
        ("Trẻ sốt cao thì không được lau người bằng cồn hoặc rượu để hạ sốt nhanh.", CLAIM),
        ("Ngân hàng Sông Xanh thu phí mở lại tài khoản 3.000.000đ từ ngày 1-12-2026.", FEE),
        ("Ngân hàng Sông Xanh không thu phí mở lại tài khoản 1.000.000đ từ ngày 1-12-2026.", FEE),
        ("Đừng tin chuyện trẻ sốt cao thì lau người bằng cồn hoặc rượu để hạ sốt nhanh.", CLAIM),
    ],
)
def test_what_turns_the_claim_round_is_never_the_same(statement: str, claim: str):
    assert _best(statement, claim, 0.97).relation is not Relation.SAME


def test_another_amount_is_named_with_both_amounts():
    best = _best(
        "Ngân hàng Sông Xanh thu phí mở lại tài khoản 3.000.000đ từ ngày 1-12-2026.", FEE, 0.97
    )
    assert best.relation is Relation.OTHER_NUMBER
    [reason] = [r for r in best.reasons if r.code is ReasonCode.NUMBERS_DIFFER]
    assert "3.000.000" in reason.statement_quote
    assert "1.000.000" in reason.check_quote


def test_the_same_amount_in_other_words_is_no_difference():
    best = _best(
        "Ngân hàng Sông Xanh thu phí mở lại tài khoản 1 triệu đồng từ ngày 1/12/2026.", FEE, 0.96
    )
    assert ReasonCode.NUMBERS_DIFFER not in {reason.code for reason in best.reasons}
    assert best.relation not in (Relation.OTHER_NUMBER, Relation.OPPOSITE)


def test_quotes_stand_where_their_spans_say():
    statement = "Nghe nói ngân hàng Sông Xanh thu phí mở lại tài khoản 3 triệu từ 1/12/2026"
    for reason in _best(statement, FEE, 0.93).reasons:
        if reason.statement_span:
            span = reason.statement_span
            assert statement[span.start : span.end] == reason.statement_quote
        if reason.check_span:
            assert FEE[reason.check_span.start : reason.check_span.end] == reason.check_quote


def test_what_has_nothing_to_do_with_the_claim_is_not_the_same():
    matches = judge("Chợ phiên đầu tháng bán nhiều cá khô.", Language.VI, _others())
    assert Relation.SAME not in {match.relation for match in matches}


def test_nothing_is_judged_without_candidates_or_words():
    assert judge(CLAIM, Language.VI, []) == ()
    assert judge("…", Language.OTHER, _others()) == ()


def test_the_order_of_candidates_does_not_matter():
    candidates = [_candidate(CLAIM, 0.95), *_others()]
    forth = judge(CLAIM, Language.VI, candidates)
    back = judge(CLAIM, Language.VI, candidates[::-1])
    assert [m.candidate.id for m in forth] == [m.candidate.id for m in back]
    assert [m.relation for m in forth] == [m.relation for m in back]


def test_the_same_needs_the_threshold():
    for statement in (CLAIM, CLAIM.lower(), "lau cồn hạ sốt", "rượu", "trẻ em và rượu"):
        for match in judge(statement, Language.VI, [_candidate(CLAIM, 0.9), *_others()]):
            if match.relation is Relation.SAME:
                assert match.probability >= load_model().same_threshold


@pytest.mark.parametrize(
    "statement",
    ["a", "🙏" * 20_000, "1 " * 25_000, "không " * 8_000, "не правда " * 4_000, "\ud800\0" * 900],
)
def test_hostile_texts_are_judged_too(statement: str):
    judge(statement, Language.OTHER, [_candidate(CLAIM, 0.8), *_others()])


@given(st.text(max_size=400), st.text(min_size=1, max_size=400))
@settings(max_examples=60, deadline=None)
def test_any_two_texts_can_be_compared(statement: str, claim: str):
    for match in judge(statement, Language.VI, [_candidate(claim, 0.8)]):
        assert 0.0 <= match.probability <= 1.0


@pytest.mark.parametrize(
    ("statement", "claim"),
    [
        (
            "Phường An Bàng Hạ tiêm phòng dại miễn phí cho chó mèo ngày 8/11.",
            "Phường An Bàng Thượng tiêm phòng dại miễn phí cho chó mèo ngày 8/11.",
        ),
        (
            "Phường Bến Nhài làm giấy khai sinh vào cả sáng chủ nhật.",
            "Phường Bến Nhài làm giấy khai sinh vào cả sáng thứ bảy.",
        ),
    ],
)
def test_a_namesake_or_another_day_of_the_week_is_never_the_same(statement: str, claim: str):
    assert _best(statement, claim, 0.99).relation is not Relation.SAME
