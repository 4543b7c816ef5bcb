"""A sign-in, a challenge, a consent wall, a soft 404 and an empty page are no sources."""

from __future__ import annotations

import pytest

from soi.captures.problems import Problem
from soi.captures.reader import read_page
from soi.captures.reading import Reading, reading_from
from soi.captures.walls import problem_of
from tests.captures import pages

ADDRESS = "https://tin.example/thoi-su/cau-ben-say-dong-cua-4521.html"


def found(html: str, *, asked: str = ADDRESS, url: str = ADDRESS) -> Problem | None:
    # Read here, and not in a process of its own for each page: that takes a second.
    return problem_of(reading_from(read_page(html.encode(), "")), requested=asked, url=url)


@pytest.mark.parametrize(
    ("html", "problem"),
    [
        pytest.param(html, problem, id=f"{problem.value}: {name}")
        for group, problem in (
            (pages.GONE, Problem.GONE),
            (pages.CHALLENGES, Problem.CHALLENGE),
            (pages.SIGN_INS, Problem.SIGN_IN),
            (pages.CONSENTS, Problem.CONSENT),
            (pages.EMPTY, Problem.EMPTY),
        )
        for name, html in group.items()
    ],
)
def test_a_wall_is_told_by_its_name(html: str, problem: Problem) -> None:
    assert found(html) == problem


@pytest.mark.parametrize("name", pages.SOURCES)
def test_a_page_with_a_text_of_its_own_is_a_source(name: str) -> None:
    assert found(pages.SOURCES[name]) is None


@pytest.mark.parametrize(
    ("asked", "url", "problem"),
    [
        (ADDRESS, "https://tin.example/", Problem.GONE),
        (ADDRESS, "https://www.tin.example/vi/", Problem.GONE),
        (ADDRESS, "https://khac.example/", None),  # a short link to another site
        ("https://tin.example/", "https://tin.example/vi", None),
        ("https://tin.example/tin", "https://tin.example/", None),
        (ADDRESS, "https://tin.example/404.html", Problem.GONE),
        ("https://tin.example/404.html", "https://tin.example/404.html", None),
        (ADDRESS, "https://tin.example/login?next=/4521", Problem.SIGN_IN),
        (ADDRESS, "https://sso.example/auth/realms/x", Problem.SIGN_IN),
        ("https://tin.example/login", "https://tin.example/login", None),
        (ADDRESS, "https://consent.tin.example/m?continue=x", Problem.CONSENT),
        (ADDRESS, "https://tin.example/thoi-su/cau-ben-say-4521.html", None),
        (ADDRESS, "", None),
    ],
)
def test_where_an_address_led_tells_a_wall_too(
    asked: str, url: str, problem: Problem | None
) -> None:
    notice = pages.SOURCES["a notice"]
    assert found(notice, asked=asked, url=url) == problem


@pytest.mark.parametrize("word", ["404", "\n", "cookie ", "a", "page ", "trang ", "- ", "1 our "])
def test_a_row_of_one_word_takes_no_time_worth_naming(word: str) -> None:
    """Patterns that go back and forth over it would take minutes on a megabyte."""
    text = "Cầu Bến Sậy mở lại từ chiều nay " + word * (1_000_000 // len(word))
    assert problem_of(Reading(text=text, title=text[:500]), requested=ADDRESS, url=ADDRESS) is None
