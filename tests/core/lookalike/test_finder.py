"""Names found with one letter wrong, held against a search for every misspelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.lookalike.finder import NEAREST_FIRST, Edit, Finder, misspellings
from soi.core.lookalike.letters import class_fold

_WORD = st.text(alphabet="abmlo", min_size=3, max_size=12)
_TEXT = st.text(alphabet="abmlornx7-.\n", max_size=40)


@pytest.mark.parametrize(
    ("text", "shown", "edit"),
    [
        ("x-songxanh.top", "songxanh", Edit.NONE),
        ("songxnah.top", "songxnah", Edit.SWAP),
        ("sonxganh.top", "sonxganh", Edit.SWAP),  # across the middle
        ("songxunh.top", "songxunh", Edit.REPLACED),
        ("7ongxanh.top", "7ongxanh", Edit.REPLACED),
        ("ongxanh.top", "ongxanh", Edit.DROPPED),
        ("mysongxan", "songxan", Edit.DROPPED),
        ("so9ngxanh.top", "so9ngxanh", Edit.ADDED),
        ("songxan-h.top", "songxan", Edit.DROPPED),
    ],
)
def test_one_wrong_letter_is_found_with_its_place(text: str, shown: str, edit: Edit) -> None:
    found = {
        (text[place.start : place.end], place.edit)
        for place in Finder([("songxanh", "x")]).find(text)
    }
    assert (shown, edit) in found


@pytest.mark.parametrize("text", ["songanhx", "sgonxnah", "song.xanh", "sng-xnh", "son\ngxanh", ""])
def test_two_wrong_letters_and_names_across_dots_are_not_found(text: str) -> None:
    assert not [p for p in Finder([("songxanh", "x")]).find(text) if p.edit is Edit.NONE]
    assert not list(Finder([("songxanhviet", "x")]).find(text))


@given(word=_WORD, before=_TEXT, after=_TEXT, data=st.data())
def test_every_misspelling_is_found_at_least_as_near_wherever_it_stands(
    word: str, before: str, after: str, data: st.DataObject
) -> None:
    shown, edit = data.draw(st.sampled_from(list(misspellings(word))))
    text = class_fold(before) + shown + class_fold(after)
    start, end = len(before), len(before) + len(shown)
    near = [
        place
        for place in Finder([(word, "w")]).find(text)
        if place.start < end and place.end > start
    ]
    assert min(NEAREST_FIRST.index(p.edit) for p in near) <= NEAREST_FIRST.index(edit)


@given(words=st.lists(_WORD, min_size=1, max_size=4), text=_TEXT)
def test_whatever_is_found_is_a_misspelling_and_the_quick_pass_sees_it(
    words: list[str], text: str
) -> None:
    finder = Finder([(word, word) for word in words])
    folded = class_fold(text)
    ends = set(finder.ends(folded))
    for place in finder.find(folded):
        spellings = {spelled for spelled, _ in misspellings(place.name)}
        assert folded[place.start : place.end] in spellings
        assert any(place.start <= end < place.end for end in ends)


def test_many_names_are_passed_over_without_their_misspellings() -> None:
    many = [f"{a}{b}{c}ngxanhviet" for a in "bcdfghklm" for b in "aeou" for c in "nmtpgrsd"]
    finder = Finder([(name, name) for name in [*many, *(name + "bank" for name in many)]])
    assert finder._misspelt is None
    text = class_fold("dich-vu\nbanngxanhvietbanq\nkhong")
    assert any(text[: end + 1].count("\n") == 1 for end in finder.ends(text))
    assert all(text[: end + 1].count("\n") == 1 for end in finder.ends(text))
