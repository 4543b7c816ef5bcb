"""Chat spellings are written out in Vietnamese, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.text import expand_teencode, expand_teencode_aligned
from soi.core.text.lexicon import rows


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("mn oi k bt co that k", "mọi người oi không biết co that không"),
        ("hok dc r bn ơi", "không được rồi bạn ơi"),
        ("giá bn 1 lít xăng vậy", "giá bao nhiêu 1 lít xăng vậy"),
        ("stk này của bv hay bs vậy", "số tài khoản này của bệnh viện hay bác sĩ vậy"),
        ("người ta ck qua nh wá nhìu", "người ta chuyển khoản qua ngân hàng quá nhiều"),
    ],
)
def test_short_spellings_are_written_out(short: str, long: str) -> None:
    assert expand_teencode(short) == long


@pytest.mark.parametrize(
    "text",
    [
        "I like MS Word and vs code, k thanks",
        "Vé chỉ có 15k thôi mọi người ơi",
        "Vé chỉ có 15 k thôi mọi người ơi",
        "Vitamin k và vitamin e tốt cho xương",
        "Cháu học lớp b trường làng",
        "Xem ở https://k.example/r/ms và theo dõi @bn_ck nhé",
        "Giống lúa MS rất tốt",
        "khang sinh giết vi khuẩn",
    ],
)
def test_what_only_looks_like_a_short_spelling_stays(text: str) -> None:
    assert expand_teencode(text) == text


def test_other_languages_come_back_unchanged() -> None:
    text = "Der Impfstoff ist k gefährlich und vs\u200b ms nicht"
    assert expand_teencode(text) == text


def test_letters_of_an_expansion_point_at_the_short_spelling() -> None:
    text = "chuyện này k\u200bo có thật đâu mn"
    expanded, origin = expand_teencode_aligned(text)
    assert expanded == "chuyện này không có thật đâu mọi người"
    assert text[origin[expanded.index("không") + 4]] == "k"
    assert text[origin[expanded.index("thật")]] == "t"


@given(
    st.lists(
        st.sampled_from(
            [
                "k",
                "mn",
                "bn",
                "ơi",
                "người",
                "15",
                "k",
                "giá",
                "ợ",
                "a.example",
                "@k",
                "!",
                "\u200b",
            ]
        )
    )
)
def test_the_aligned_form_is_the_plain_form_with_origins(words: list[str]) -> None:
    text = " ".join(words)
    expanded, origin = expand_teencode_aligned(text)
    assert expanded == expand_teencode(text)
    assert len(origin) == len(expanded)
    assert list(origin) == sorted(origin)
    assert all(0 <= place < len(text) for place in origin)


def test_every_row_of_the_lexicon_is_well_formed() -> None:
    guards = {"lower", "unit", "label", "amount", "end"}
    lexicon = rows("teencode")
    assert len(lexicon) >= 150
    for form, expansion, *rest in lexicon:
        assert form == form.lower().strip()
        assert form.isalnum()
        assert expansion
        assert not rest or set(rest[0].split(",")) <= guards, form
