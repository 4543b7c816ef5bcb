"""Statement types by their words alone: told when clear, never forced, never raising."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.checkable import StatementType, statement_type
from soi.core.checkable.model import load_model
from soi.core.text import Language, language_of


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("Chúc cả nhà ngủ ngon nhé!", StatementType.GREETING),
        ("Good morning everyone, have a lovely day!", StatementType.GREETING),
        ("Ai biết chỗ sửa xe máy gần chợ không ạ?", StatementType.QUESTION),
        ("Where can I find a good dentist near the market?", StatementType.QUESTION),
        ("Theo mình thì quán này nấu dở tệ.", StatementType.OPINION),
        ("In my opinion this is the worst film of the year.", StatementType.OPINION),
    ],
)
def test_the_likeliest_type_of_a_clear_statement(text: str, type_: StatementType):
    judged = statement_type(text, language_of(text), None)

    assert max(judged.probabilities, key=lambda each: judged.probabilities[each]) is type_
    assert judged.type in (type_, None)
    assert judged.checkable in (False, None)


@pytest.mark.parametrize("text", ["", "   ", "🙏🙏🙏", "123 456", "?!…"])
def test_without_a_letter_nothing_is_said(text: str):
    judged = statement_type(text, Language.VI, None)

    assert (judged.type, judged.probability, dict(judged.probabilities)) == (None, 0.0, {})
    assert judged.checkable is None


def test_other_languages_are_left_alone():
    assert statement_type("¿Dónde está la estación?", Language.OTHER, None).type is None


@given(st.text(max_size=2000), st.sampled_from([Language.VI, Language.EN]))
def test_any_text_is_read_and_shares_add_up(text: str, language: Language):
    judged = statement_type(text, language, None)

    if judged.probabilities:
        assert sum(judged.probabilities.values()) == pytest.approx(1.0)
        assert judged.probability == max(judged.probabilities.values())


def test_a_vector_of_another_size_is_refused():
    with pytest.raises(ValueError, match="384"):
        statement_type("Theo mình thì quán này dở.", Language.VI, np.zeros(383, np.float32))


def test_anything_but_a_fact_is_named_only_when_it_is_surer_than_a_guess():
    model = load_model()

    for weights in (model.with_meaning, model.without_meaning):
        assert 1 / len(StatementType) < weights.other_threshold <= 1
        assert 1 / len(StatementType) < weights.fact_threshold <= 1
