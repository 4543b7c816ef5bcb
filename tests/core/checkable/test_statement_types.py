"""A statement is told by its type, or it is said that nothing can be told."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from soi.core.checkable import Judged, StatementType, statement_type
from soi.core.checkable.features import MAX_CHARACTERS, SHAPE, read
from soi.core.checkable.judge import named
from soi.core.checkable.model import (
    DIMENSIONS,
    ModelError,
    load_model,
    model_from,
    read_model,
)
from soi.core.diacritics import restore
from soi.core.meaning import Vector, load_embedder
from soi.core.text import Language, fold, language_of

VI, EN, OTHER = Language.VI, Language.EN, Language.OTHER

CLEAR = {
    StatementType.FACT: [
        "Trạm y tế xã Hoà Bình đóng cửa từ thứ hai tuần trước.",
        "Công an bắt ba người làm giả giấy tờ ở phường Tân Lập.",
        "The council closed the swimming pool in March.",
        "Nghe nói nước máy phường này nhiễm chì.",
    ],
    StatementType.OPINION: [
        "Tôi thấy bộ phim đó dở quá.",
        "Theo tôi thì không gì đẹp bằng Đà Lạt mùa mưa.",
        "I think that this is the most beautiful park in the city.",
    ],
    StatementType.PREDICTION: [
        "Chắc chắn ngày mai trời sẽ mưa to.",
        "Giá xăng thế nào cũng tăng vào tháng tới.",
        "House prices will fall next year.",
    ],
    StatementType.QUESTION: [
        "Mọi người ơi, sửa điện thoại ở đâu uy tín vậy ạ?",
        "Con em bị ho nhiều thì nên uống gì ạ?",
        "Where can I renew my passport?",
    ],
    StatementType.INSTRUCTION: [
        "Nhớ tắt đèn và khoá cửa trước khi về nhé.",
        "Hãy gọi cho mẹ ngay khi tới nơi nha con.",
        "Please send me the report before noon.",
    ],
    StatementType.GREETING: [
        "Chào buổi sáng cả nhà!",
        "Chúc mừng sinh nhật bạn, chúc bạn luôn vui vẻ!",
        "Good morning everybody, have a lovely day!",
    ],
    StatementType.SATIRE: [
        "Con mèo nộp đơn xin nghỉ việc vì chủ ngủ quá nhiều =))",
        "Breaking: local cat files lawsuit against Monday.",
    ],
}
EXAMPLES = [(text, type_) for type_, texts in CLEAR.items() for text in texts]

Tell = Callable[[str], Judged]


@pytest.fixture(scope="module")
def tell() -> Tell:
    """The judgement of a text along the product's path."""
    cache = Path(os.environ.get("SOI_CACHE_DIR") or Path.home() / ".cache" / "soi")
    embedder = load_embedder("int8", cache_dir=cache)

    def telling(text: str) -> Judged:
        return statement_type(text, language_of(text), embedder.query(restore(text)))

    return telling


@pytest.mark.parametrize(("text", "type_"), EXAMPLES)
def test_a_clear_statement_is_named(tell: Tell, text: str, type_: StatementType) -> None:
    assert tell(text).type is type_


@pytest.mark.parametrize(("text", "type_"), [(t, y) for t, y in EXAMPLES if language_of(t) is VI])
def test_a_statement_typed_without_diacritics_is_never_taken_for_another_type(
    tell: Tell, text: str, type_: StatementType
) -> None:
    found = tell(fold(text))

    assert max(found.probabilities, key=found.probabilities.__getitem__) is type_
    assert found.type in {type_, None}


@pytest.mark.parametrize(("text", "type_"), EXAMPLES)
def test_words_alone_say_the_same_or_less(text: str, type_: StatementType) -> None:
    found = statement_type(text, language_of(text), None)

    assert max(found.probabilities, key=found.probabilities.__getitem__) is type_
    assert found.type in {type_, None}


@pytest.mark.parametrize(
    "text",
    [
        "Có đúng là uống nước đá gây viêm họng không ạ?",
        "Nghe nói chợ Bình Tây đóng cửa rồi phải không mọi người?",
        "Is it true that the bridge on Mill Lane has collapsed?",
    ],
)
def test_a_claim_dressed_as_a_question_is_not_waved_away(tell: Tell, text: str) -> None:
    assert tell(text).checkable is not False


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Cầu Bến Đá đóng rồi.", "Chúc mừng năm mới cả nhà!"),
        ("The bridge has been closed since Monday.", "Happy new year, everyone!"),
    ],
)
def test_only_a_fact_is_checkable(tell: Tell, first: str, second: str) -> None:
    assert (tell(first).checkable, tell(second).checkable) == (True, False)


def test_checkable_follows_the_type() -> None:
    def checkable(type_: StatementType | None) -> bool | None:
        return Judged(type_, 0.9, {}).checkable

    assert checkable(None) is None
    assert [type_ for type_ in StatementType if checkable(type_)] == [StatementType.FACT]
    assert checkable(StatementType.SATIRE) is False


@pytest.mark.parametrize(
    "text", ["", " \n\t", "😂😂😂", "👍🏽", "???!!!", "0901 234 567", "12/3", "=))"]
)
@pytest.mark.parametrize("language", [VI, EN, OTHER])
def test_nothing_is_told_where_nothing_is_stated(text: str, language: Language) -> None:
    found = statement_type(text, language, None)

    assert found.type is None
    assert found.checkable is None
    assert found.probability == 0.0
    assert not found.probabilities


def test_other_languages_are_left_alone() -> None:
    text = "Der Bürgermeister hat die Brücke am Montag gesperrt."

    assert language_of(text) is OTHER
    assert statement_type(text, language_of(text), None).probability == 0.0
    assert statement_type("Chào buổi sáng cả nhà!", OTHER, None).type is None


VECTORS = st.sampled_from([None, np.zeros(DIMENSIONS, np.float32), np.eye(1, DIMENSIONS)[0]])


@given(st.text(max_size=300), st.sampled_from([VI, EN]), VECTORS)
@example("\ud800 lone surrogate ạ", VI, None)
@example("a\u0300\u0323" * 600, VI, None)
@example("?" * 5_000 + "a", EN, None)
@example("\x00\u202e\u200b ẹ", VI, None)
def test_any_text_is_judged_with_probabilities_that_add_up(
    text: str, language: Language, vector: Vector | None
) -> None:
    found = statement_type(text, language, vector)

    assert found == statement_type(text, language, vector)
    if found.probabilities:
        assert set(found.probabilities) == set(StatementType)
        assert sum(found.probabilities.values()) == pytest.approx(1)
        assert found.probability == max(found.probabilities.values())
        if found.type:
            assert found.probabilities[found.type] == found.probability
    else:
        assert (found.type, found.probability) == (None, 0.0)


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    start = "Trạm y tế xã Hoà Bình đóng cửa. " * 40

    assert len(start) > MAX_CHARACTERS
    assert statement_type(start, VI, None) == statement_type(start + "Chúc mừng!" * 99, VI, None)


@pytest.mark.parametrize("shape", [(383,), (385,), (0,), (1, 384), (384, 1)])
@pytest.mark.parametrize("text", ["Cầu Bến Đá đóng rồi.", ""])
def test_a_vector_of_another_size_is_refused(shape: tuple[int, ...], text: str) -> None:
    with pytest.raises(ValueError, match="384"):
        statement_type(text, VI, np.zeros(shape, np.float32))


def test_terms_are_the_same_with_and_without_diacritics_and_in_chat_spelling() -> None:
    marked = read("Mọi người có biết không?")

    assert read("moi nguoi co biet khong?") == marked
    assert read("mn co biet k?").terms == marked.terms
    assert marked.terms >= {"moi nguoi", "?", "? </s>", "<s> moi"}


def test_shape_tells_length_numbers_and_asking() -> None:
    shapes = [dict(zip(SHAPE, read(text).shape, strict=True)) for text in ("a 5", "a?", "a")]

    assert [shape["has_number"] for shape in shapes] == [1, 0, 0]
    assert [shape["asks"] for shape in shapes] == [0, 1, 0]
    assert shapes[0]["length"] > shapes[2]["length"]
    assert read("5$").terms.isdisjoint(read("5").terms - {"0", "<s> 0"})


def test_a_type_is_named_from_its_threshold_on() -> None:
    def shares(fact: float, opinion: float) -> Any:
        rest = (1 - fact - opinion) / (len(StatementType) - 2)
        return np.array([fact, opinion] + [rest] * (len(StatementType) - 2))

    assert named(shares(0.7, 0.1), 0.7, 0.9).type is StatementType.FACT
    assert named(shares(0.69, 0.1), 0.7, 0.9).type is None
    assert named(shares(0.1, 0.8), 0.7, 0.9).type is None
    assert named(shares(0.05, 0.9), 0.7, 0.9).type is StatementType.OPINION


def written_parts() -> Iterator[tuple[str, dict[str, Any]]]:
    data = read_model()
    yield from ((name, data[name]) for name in ("with_meaning", "without_meaning"))


def test_the_model_file_fits_the_code() -> None:
    data = read_model()
    model = load_model()

    assert data["types"] == list(StatementType)
    assert data["shape"] == list(SHAPE)
    for name, part in written_parts():
        limits = part["thresholds"]
        assert 0.5 < limits["fact"] <= 1, name
        assert 0.5 < limits["other"] <= 1, name
        assert all(" " in term or read(f"{term} x").terms for term in part["terms"])
    assert "meaning" in data["with_meaning"]
    assert "meaning" not in data["without_meaning"]
    assert model.with_meaning.fact_threshold == data["with_meaning"]["thresholds"]["fact"]
    assert set(data["trained_on"].values()) == {"Apache-2.0", "CC0-1.0"}


def test_the_report_in_the_model_file_holds_what_is_promised() -> None:
    report = read_model()["report"]

    restored = report["honest"]["ways"]["restored"]
    assert restored["macro_f1"] >= 0.8
    assert restored["macro_f1_by_group"]["vi"] >= 0.8
    assert restored["macro_f1_by_group"]["en"] >= 0.8
    for claims in report["out_of_fold_written"]["claims"].values():
        assert claims["called_otherwise"] <= 0.02


def test_a_model_for_other_types_or_features_is_refused() -> None:
    for key, value in (("types", ["fact"]), ("shape", ["length"]), ("format", 2)):
        with pytest.raises(ModelError):
            model_from(read_model() | {key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("bias", [0.0]),
        ("shape", [[0.0]]),
        ("meaning", [[0.0] * 383] * 7),
        ("terms", {"a": [1, 2]}),
        ("temperature", 0.0),
    ],
)
def test_weights_that_do_not_fit_are_refused(key: str, value: object) -> None:
    data = copy.deepcopy(read_model())
    data["with_meaning"][key] = value

    with pytest.raises(ModelError):
        model_from(data)
