"""Reading what is stored: filters, order, pages."""

from __future__ import annotations

import datetime as dt

import pytest

from soi.claims import actions, queries
from soi.core.formats import Verdict
from tests.checks import SITE, check_record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def checks() -> None:
    actions.allow_publisher(site=SITE, name="Soi Sáng", by="an")
    actions.store_checks(
        [
            check_record(1, published_on=dt.date(2026, 1, 1), language="vi"),
            check_record(2, published_on=dt.date(2026, 3, 1), language="en", verdict=Verdict.TRUE),
            check_record(
                3, published_on=dt.date(2026, 2, 1), verdict=None, verdict_words="Châm biếm"
            ),
        ],
        by="an",
    )


def test_the_newest_checks_come_first_page_by_page() -> None:
    rows = queries.newest_checks()
    assert len(rows) == 3
    assert [row.key for row in rows[0:2]] == ["check-2", "check-3"]
    assert rows[2].key == "check-1"


@pytest.mark.parametrize(
    ("filters", "keys"),
    [
        ({"text": "cầu số 3"}, ["check-3"]),
        ({"verdict": "true"}, ["check-2"]),
        ({"language": "en"}, ["check-2"]),
        ({"text": "không có ở đâu"}, []),
        ({"text": "%"}, []),
    ],
)
def test_checks_are_filtered(filters: dict[str, str], keys: list[str]) -> None:
    assert [row.key for row in queries.newest_checks(**filters)[0:10]] == keys


def test_words_on_no_known_scale_have_no_verdict() -> None:
    (row,) = queries.newest_checks(text="số 3")[0:1]
    assert row.verdict is None
    assert row.verdict_words == "Châm biếm"


def test_the_languages_in_use_are_listed() -> None:
    assert queries.languages() == ["en", "vi"]


def test_a_check_is_found_by_its_id_or_not_at_all() -> None:
    (row,) = queries.newest_checks(text="số 1")[0:1]
    assert queries.check_with_id(row.id) == row
    assert queries.check_with_id(10**9) is None
