"""Words, numbers and days from many languages come to one scale and one calendar."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.formats import Verdict, verdict_of
from soi.core.formats.codes import SENTENCES, Code
from soi.core.formats.dates import read_date
from soi.core.formats.plain import plain_line
from soi.core.formats.verdicts import RATINGS
from tests.core.formats.strategies import TODAY, texts

TRUE, MOSTLY, CONTEXT = Verdict.TRUE, Verdict.MOSTLY_TRUE, Verdict.MISSING_CONTEXT
FALSE, UNPROVEN = Verdict.FALSE, Verdict.UNPROVEN


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        ("False", FALSE), ("FALSE.", FALSE), ("Mostly false", FALSE), ("Pants on Fire!", FALSE),
        ("Barely True", FALSE), ("Altered", FALSE), ("Scam", FALSE), ("Miscaptioned", FALSE),
        ("True", TRUE), ("Not true", FALSE), ("Mostly True", MOSTLY), ("Half true", CONTEXT),
        ("half-true", CONTEXT), ("Misleading", CONTEXT), ("Missing context", CONTEXT),
        ("Out of context", CONTEXT), ("Partly false", CONTEXT), ("Unproven", UNPROVEN),
        ("No evidence", UNPROVEN), ("Satire", None), ("Opinion", None), ("Xyzzy", None), ("", None),
        ("Sai", FALSE), ("Sai sự thật", FALSE), ("SAI SU THAT", FALSE), ("Tin giả", FALSE),
        ("Đúng", TRUE), ("Đúng một phần", CONTEXT), ("Sai một phần", CONTEXT),
        ("Thiếu bối cảnh", CONTEXT), ("Phần lớn đúng", MOSTLY), ("Chưa kiểm chứng", UNPROVEN),
        ("Faux", FALSE), ("Trompeur", CONTEXT), ("Falso", FALSE), ("Engañoso", CONTEXT),
        ("Enganoso", CONTEXT), ("Größtenteils falsch", FALSE), ("Irreführend", CONTEXT),
        ("Salah", FALSE), ("Menyesatkan", CONTEXT), ("Quasi vero", MOSTLY), ("Fałsz", FALSE),
        ("Yanlış", FALSE), ("خطأ", FALSE), ("مضلل", CONTEXT), ("झूठ", FALSE), ("भ्रामक", CONTEXT),
        ("错误", FALSE), ("部分錯誤", CONTEXT), ("誤り", FALSE), ("거짓", FALSE), ("Ложь", FALSE),
        ("False: the photo is from 2015", FALSE), ("Mostly false. It is older.", FALSE),
        ("Sai sự thật: ảnh chụp năm 2015", FALSE), ("错误：照片是旧的", FALSE),
        ("This claim is false.", FALSE), ("The video is misleading", CONTEXT),
        ("Fact check: False", FALSE), ("Kết luận: Sai", FALSE),
        ("True. But the date is wrong", None), ("Đúng: nhưng thiếu", None),
        ("Falsehoods abound", None), ("True crime story", None),
    ],
)  # fmt: skip
def test_the_words_of_a_verdict_have_their_place(words: str, verdict: Verdict | None) -> None:
    assert verdict_of(words) is verdict


@pytest.mark.parametrize(
    ("value", "worst", "best", "verdict"),
    [
        (5, 1, 5, TRUE), (4, 1, 5, MOSTLY), (3, 1, 5, CONTEXT), (2, 1, 5, FALSE), (1, 1, 5, FALSE),
        ("1", "1", "7", FALSE), (100, 0, 100, TRUE), (5, None, None, TRUE),
        ("4,0", None, None, MOSTLY),
        (-1, 1, 5, None), (0, 1, 5, None), (6, 1, 5, None), (1, 1, 1, None), (3, 5, 1, None),
        (float("nan"), 1, 5, None), (float("inf"), 1, 5, None), (10**400, 1, 5, None),
        (True, 0, 1, None), ("x", 1, 5, None), (3, "x", 5, None), (None, 1, 5, None),
    ],
)  # fmt: skip
def test_a_number_counts_only_on_its_own_scale(
    value: object, worst: object, best: object, verdict: Verdict | None
) -> None:
    assert verdict_of("", value, worst, best) is verdict


def test_words_win_over_numbers_and_numbers_over_nothing() -> None:
    assert verdict_of("False", 5, 1, 5) is FALSE
    assert verdict_of("Satire", 5, 1, 5) is None
    assert verdict_of("Xyzzy", 5, 1, 5) is TRUE


def test_every_number_that_is_written_is_read_as_its_verdict() -> None:
    assert all(verdict_of("", number, 1, 5) is verdict for verdict, number in RATINGS.items())


@pytest.mark.parametrize(
    "written",
    [
        "2015-05-26", "2015-05-26T23:30:00-07:00", "2015-05-26 10:00", "2015/5/26", "20150526",
        "26 May 2015", "26th May 2015", "May 26, 2015", "Tuesday, May 26, 2015", "26 MAY, 2015",
        "Tue, 26 May 2015 10:00:00 +0000", "26/05/2015", "26-5-2015", "26.05.2015", "05/26/2015",
        "ngày 26 tháng 5 năm 2015", "Thứ Ba, ngày 26 tháng 5, 2015", "26 tháng 5 2015",
        "Thứ Ba, 26/5/2015, 10:00", "1432641600000", 1432641600000, 1432641600, 1432641600.5,
        " 2015-05-26\n",
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written: object) -> None:
    assert read_date(written, today=TODAY) == dt.date(2015, 5, 26)


@pytest.mark.parametrize(
    "written",
    [
        None, True, "", "soon", "2015", "2015-13-40", "31/02/2015", "0001-01-01", "1850-01-01",
        "2026-11-26", "9999-12-31", 0, -1, 10**20, float("inf"), float("nan"), "9" * 50, [], {},
        "a" * 100_000, "1-1-1-1", "Mon, 99 Foo 2015",
    ],
)  # fmt: skip
def test_what_is_no_plausible_day_is_none(written: object) -> None:
    assert read_date(written, today=TODAY) is None


def test_two_days_ahead_are_a_time_zone_and_three_a_mistake() -> None:
    assert read_date("2026-11-25", today=TODAY) == dt.date(2026, 11, 25)
    assert read_date("2026-11-26", today=TODAY) is None


@given(st.text(alphabet="0123456789-/. :T+,ngàythánmMayTue", max_size=40) | texts)
def test_no_text_makes_dates_or_verdicts_raise(text: str) -> None:
    found = read_date(text, today=TODAY)
    assert found is None or found <= TODAY + dt.timedelta(days=2)
    assert verdict_of(text, text, text, text) in {*Verdict, None}


@given(texts)
def test_plain_text_is_plain_already(text: str) -> None:
    assert plain_line(plain_line(text)) == plain_line(text)


def test_every_code_has_a_sentence_in_both_languages() -> None:
    assert set(SENTENCES) == set(Code)
    for vietnamese, english in SENTENCES.values():
        assert vietnamese.endswith(".")
        assert english.endswith(".")
        assert vietnamese != english
