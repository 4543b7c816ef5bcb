"""The judge says what is the same claim, what differs, and abstains."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soi.core.matching import Candidate, Match, ReasonCode, Relation, judge
from soi.core.matching.features import NAMES, RAISING, field_of, rank_evidence
from soi.core.matching.judge import WEIGHED
from soi.core.matching.reading import Reading
from soi.core.text import Language

CLAIM = "Giá nước sạch ở phường Bến Lau tăng 30% từ tháng 7."


def candidate(
    claim: str = CLAIM,
    *,
    id_: str = "c1",
    language: str = "vi",
    words: float | None = 60.0,
    meaning: float | None = 0.95,
    rank: int = 1,
) -> Candidate:
    return Candidate(
        id_, claim, "", "", language,
        words, rank if words is not None else None, meaning, rank if meaning is not None else None,
    )  # fmt: skip


def others(count: int = 8) -> list[Candidate]:
    texts = ["Cá sấu sổng ra hồ", "Trường học nghỉ ba ngày", "Bão đổi hướng ra khơi", "Vé tàu giảm"]
    return [
        candidate(texts[n % 4], id_=f"o{n}", words=9.0 - n / 2, meaning=0.81 - n / 100, rank=n + 2)
        for n in range(count)
    ]


def best(statement: str, one: Candidate | None = None, language: Language = Language.VI) -> Match:
    return judge(statement, language, [one or candidate(), *others()])[0]


def codes(match: Match) -> set[ReasonCode]:
    return {reason.code for reason in match.reasons}


@pytest.mark.parametrize(
    "statement",
    [CLAIM, CLAIM.lower(), "Gia nuoc sach o phuong Ben Lau tang 30% tu thang 7."],
)
def test_the_claim_itself_is_the_same_claim(statement: str) -> None:
    match = best(statement)
    assert match.candidate.id == "c1"
    assert match.relation is Relation.SAME


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("Giá nước sạch ở phường Bến Lau tăng 70% từ tháng 7.", ReasonCode.NUMBERS_DIFFER),
        ("Giá nước sạch ở phường Bến Lau tăng 30% từ tháng 9.", ReasonCode.DATES_DIFFER),
        ("Giá nước sạch ở phường Bến Lau giảm 30% từ tháng 7.", ReasonCode.ANTONYM),
        ("Giá nước sạch ở phường Bến Lau không tăng 30% từ tháng 7.", ReasonCode.POLARITY_DIFFERS),
        ("Tin giả: giá nước sạch ở phường Bến Lau tăng 30% từ tháng 7.", ReasonCode.DENIES),
    ],
)
def test_what_contradicts_a_claim_is_never_the_same(statement: str, code: ReasonCode) -> None:
    match = best(statement)
    assert match.relation is not Relation.SAME
    assert code in codes(match)


def test_reasons_quote_both_sides_in_their_place() -> None:
    statement = "Nghe nói giá nước sạch ở phường Bến Lau tăng 70% từ tháng 7 đó"
    match = best(statement)
    (reason,) = [r for r in match.reasons if r.code is ReasonCode.NUMBERS_DIFFER]
    assert (reason.statement_quote, reason.check_quote) == ("70%", "30%")
    assert reason.statement_span is not None
    assert reason.check_span is not None
    assert statement[reason.statement_span.start : reason.statement_span.end] == "70%"
    assert CLAIM[reason.check_span.start : reason.check_span.end] == "30%"


def test_a_text_about_something_else_is_not_the_same() -> None:
    far = candidate(words=3.0, meaning=0.79)
    match = judge("Con mèo nhà tôi thích nằm trên bàn phím", Language.VI, [far])[0]
    assert match.relation in (Relation.NONE, Relation.NEAR)
    assert ReasonCode.BELOW_THRESHOLD in codes(match)


def test_language_and_missing_diacritics_are_told() -> None:
    bare = best("gia nuoc o ben lau tang 30% tu thang 7 nha ba con")
    assert ReasonCode.NO_DIACRITICS in codes(bare)
    english = best("Ben Lau tap water goes up 30% from July", language=Language.EN)
    if english.relation is not Relation.NONE:
        assert ReasonCode.OTHER_LANGUAGE in codes(english)


def test_without_candidates_or_words_there_is_no_match() -> None:
    assert judge(CLAIM, Language.VI, []) == ()
    assert judge("😀😀", Language.VI, [candidate()]) == ()
    assert judge("", Language.VI, [candidate()]) == ()


def test_at_most_the_limit_is_returned_best_first() -> None:
    matches = judge(CLAIM, Language.VI, [*others(30), candidate()], limit=3)
    assert len(matches) == 3
    assert matches[0].candidate.id == "c1"
    assert [m.score for m in matches] == sorted((m.score for m in matches), reverse=True)
    assert len(judge(CLAIM, Language.VI, others(60), limit=100)) == WEIGHED


def test_the_order_of_candidates_does_not_matter() -> None:
    field = [candidate(), *others()]
    assert judge(CLAIM, Language.VI, field) == judge(CLAIM, Language.VI, field[::-1])


@pytest.mark.parametrize(
    ("statement", "language", "claim", "code"),
    [
        ("El agua embotellada caliente causa cáncer", Language.OTHER,
         "Beber agua embotellada caliente causa cáncer", "es"),
        ("กินทุเรียนแล้วดื่มเบียร์ตายทันที", Language.OTHER, "กินทุเรียนแล้วดื่มเบียร์ทำให้ตาย", "th"),
        ("Giá nước tăng 30%", Language.VI, CLAIM, "vi"),
        ("Water prices rise by 30%", Language.EN, "Water prices will rise by 30% in July", "en"),
    ],
)  # fmt: skip
def test_words_order_candidates_of_the_same_and_of_unknown_languages(
    statement: str, language: Language, claim: str, code: str
) -> None:
    alike = candidate(claim, language=code, words=40.0, meaning=0.86, rank=2)
    unlike = candidate("Một câu khác", id_="c2", language=code, words=2.0, meaning=0.865, rank=1)
    assert judge(statement, language, [alike, unlike])[0].candidate.id == "c1"


def test_words_across_languages_say_nothing() -> None:
    alike = candidate("Tin hotline app 30%", language="vi", words=40.0)
    reading, field = Reading("Hotline app 30% news"), field_of([alike])
    assert rank_evidence(reading, Language.EN, alike, field) == (0.95, 0.0, 0.0, 0.0)
    assert min(rank_evidence(reading, Language.VI, alike, field)) > 0


def test_a_check_that_only_one_channel_found_can_be_judged() -> None:
    for lone in (candidate(words=None), candidate(meaning=None)):
        assert 0 <= best(CLAIM, lone).probability <= 1
    nowhere = Candidate("x", CLAIM, "", "", "", None, None, None, None)
    assert judge(CLAIM, Language.VI, [nowhere])[0].candidate.id == "x"


def test_features_held_to_a_direction_exist() -> None:
    assert set(NAMES) >= RAISING


HOSTILE = [
    "a",
    "x" * 50_000,
    "1 " * 20_000,
    "1/" * 20_000,
    "không " * 10_000,
    "Ảnh " * 10_000,
    "تجربة 测试 тест",
    "\ud800\x00\u202e",
    "A" + "\u0301" * 20_000,
    "😀" * 5_000,
    "𝟚 triệu ½ ٣",
    "9" * 10_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_judged_on_both_sides(text: str) -> None:
    for match in judge(text, Language.VI, [candidate(), candidate(text, id_="c2", rank=2)]):
        assert math.isfinite(match.score)
        for reason in match.reasons:
            if reason.statement_span:
                assert text[reason.statement_span.start : reason.statement_span.end]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_judged(statement: str, claim: str) -> None:
    for match in judge(statement, Language.OTHER, [candidate(claim), *others(3)]):
        assert 0 <= match.probability <= 1
        for reason in match.reasons:
            if span := reason.statement_span:
                assert statement[span.start : span.end] == reason.statement_quote
