"""What the words channel holds of a text."""

from hypothesis import given
from hypothesis import strategies as st

from soi.core.text import Language, index_tokens


def shared(one: str, other: str) -> float:
    """The share of the first text's tokens that the second has too."""
    mine, theirs = set(index_tokens(one, Language.VI)), set(index_tokens(other, Language.VI))
    return len(mine & theirs) / len(mine)


def test_missing_diacritics_leave_the_character_tokens_alone() -> None:
    marked = {token for token in index_tokens("uống nước chanh", Language.VI) if token[0] != "="}
    bare = {token for token in index_tokens("uong nuoc chanh", Language.VI) if token[0] != "="}
    assert marked == bare


def test_words_with_other_diacritics_are_other_tokens() -> None:
    assert "=chữa" in index_tokens("chữa bệnh", Language.VI)
    assert "=chữa" not in index_tokens("chưa bệnh", Language.VI)


def test_a_chat_spelling_is_indexed_as_the_word_that_it_stands_for() -> None:
    assert "=không" in index_tokens("tui ko dc nghỉ tết nha mn", Language.VI)


def test_repeated_words_are_repeated_tokens() -> None:
    assert index_tokens("lũ lũ", Language.VI).count("=lũ") == 2


def test_the_letters_of_a_link_are_no_tokens() -> None:
    with_link = index_tokens("cháy chợ https://t.example/aB9xQ2", Language.VI)
    assert with_link == index_tokens("cháy chợ", Language.VI)


def test_scripts_without_spaces_are_cut_into_pairs() -> None:
    assert {"今天", "天下"} <= set(index_tokens("今天下雨", Language.OTHER))


def test_no_token_holds_white_space() -> None:
    tokens = index_tokens("một\thai\u00a0ba\nbốn  năm", Language.VI)
    assert tokens
    assert not any(any(letter.isspace() for letter in token) for token in tokens)


def test_a_text_without_letters_has_no_tokens() -> None:
    assert index_tokens("😀 … \x00", Language.VI) == ()


def test_a_very_long_text_is_cut() -> None:
    assert index_tokens("lũ " * 500_000, Language.VI) == index_tokens("lũ " * 7_000, Language.VI)


@given(st.text())
def test_any_text_can_be_tokenised(text: str) -> None:
    tokens = index_tokens(text, Language.OTHER)
    assert all(token and " " not in token for token in tokens)
