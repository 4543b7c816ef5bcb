"""What letters cost as ordinary words, against what they cost with a brand in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.lookalike import costs


@pytest.mark.parametrize("word", ["vibes", "installation", "snapple", "documents"])
def test_an_ordinary_word_is_cheaper_than_a_brand_inside_it(word: str) -> None:
    brand = word[1:4] if word == "documents" else word[:3]
    rest = costs.cost(word.partition(brand)[0]) + costs.cost(word.partition(brand)[2])
    assert costs.cost(word) < costs.BRAND + rest


@pytest.mark.parametrize("label", ["vibdangnhap", "songxanhvay", "xacthuchoamaipost"])
def test_words_that_only_a_brand_explains_are_dear(label: str) -> None:
    assert costs.cost(label) > costs.BRAND + 9.0


def test_digits_and_signs_are_free_and_part_words() -> None:
    assert costs.cost("24-7") == 0.0
    assert costs.cost("blog-24-blog") == 2 * costs.cost("blog")
    assert costs.letters("blog-24-x") == 5


@given(st.text(alphabet="abcdeghinouvx-09.", max_size=300))
def test_cost_is_bounded_by_the_letters(text: str) -> None:
    assert 0.0 <= costs.cost(text) <= 6.0 * costs.letters(text)
