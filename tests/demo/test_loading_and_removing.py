"""The demonstration is loaded whole, once, and leaves nothing behind but what is real."""

from __future__ import annotations

import datetime as dt

import pytest

from soi import demo
from soi.answer.answering import answer
from soi.answer.types import NameState, StatementState
from soi.checking import queries, triage
from soi.checking.errors import ClaimUnknown
from soi.claims import actions as claims
from soi.claims import queries as checks
from soi.core.formats import HoldingKind, ScamKind, ScamRecord
from soi.index import actions as index
from soi.index.queries import standing
from soi.journal.models import Event
from soi.register import queries as register
from soi.register.actions import declare_holdings
from soi.watch import queries as watch
from soi.watch.actions import ListDescription, import_scam_list
from tests.checks import SITE, check_record, holding_record

pytestmark = pytest.mark.django_db


def _everything() -> tuple[object, ...]:
    """All that the desk shows, without the numbers that a database gives out."""
    organisations = register.organisations()[:]
    return (
        [row.record for row in checks.all_checks()],
        checks.publishers(),
        organisations,
        [register.holdings_of(row.slug) for row in organisations],
        watch.scam_lists(),
    )


@pytest.fixture
def real() -> None:
    """A desk with a check, a holding and a listed scam of its own."""
    claims.allow_publisher(site=SITE, name="Soi Sáng", by="an")
    claims.store_checks([check_record(1)], by="an")
    declare_holdings([holding_record(HoldingKind.DOMAIN, "songxanh-that.example")], by="an")
    description = ListDescription("Danh sách", "CC0", dt.date(2026, 11, 1))
    import_scam_list(description, [ScamRecord(ScamKind.HOST, "lua.example", None)], by="an")


def test_it_holds_what_it_says() -> None:
    loaded = demo.load()
    assert loaded.checks == checks.check_count() > 0
    assert loaded.holdings == sum(row.holdings for row in register.organisations()[:]) > 0
    assert loaded.scam_names == watch.scam_name_count() > 0


def test_everything_of_it_is_marked() -> None:
    demo.load()
    assert checks.has_demo()
    assert all(row.is_demo for row in checks.all_checks())
    assert all(row.is_demo for row in register.organisations()[:])


def test_loading_again_changes_nothing_but_the_note_of_the_list() -> None:
    first = demo.load()
    before, events = _everything(), Event.objects.exclude(subject="scam_list").count()
    assert demo.load() == first
    assert _everything() == before
    assert Event.objects.exclude(subject="scam_list").count() == events


def test_on_an_empty_desk_nothing_is_left() -> None:
    empty = _everything()
    demo.load()
    demo.remove()
    assert _everything() == empty
    assert not checks.has_demo()


@pytest.mark.usefixtures("real")
def test_what_is_real_is_left_as_it_was() -> None:
    before = _everything()
    demo.load()
    assert _everything() != before
    demo.remove()
    assert _everything() == before


def test_claims_that_were_opened_as_demonstration_go_and_real_ones_stay() -> None:
    about = {"language": "vi", "checkability": 0.9, "by": "an"}
    shown = triage.open_claim(wording="Chợ Bến Sậy đóng cửa.", is_demo=True, **about)
    real = triage.open_claim(wording="Cầu Bến Sậy đóng cửa.", **about)
    demo.remove()
    assert queries.claim(real).id == real
    with pytest.raises(ClaimUnknown):
        queries.claim(shown)


def test_what_was_imported_from_elsewhere_too_is_kept() -> None:
    demo.load()
    (row, *_) = checks.all_checks()
    claims.allow_publisher(site=row.publisher_site, name=row.publisher_name, by="an")
    stored = claims.store_checks([row.record], by="an")
    assert (stored.updated, stored.unchanged) == (1, 0)
    demo.remove()
    assert [kept.record for kept in checks.all_checks()] == [row.record]
    assert [publisher.site for publisher in checks.publishers()] == [row.publisher_site]


def test_the_demonstration_changes_nothing_that_is_real() -> None:
    demo.load()
    (row, *_) = checks.all_checks()
    demo.remove()
    own = row.record.__class__(**_fields(row.record) | {"title": "Của bàn"})
    claims.allow_publisher(site=own.publisher_site, name=own.publisher_name, by="an")
    claims.store_checks([own], by="an")
    demo.load()
    assert own in [each.record for each in checks.all_checks()]
    demo.remove()
    assert [each.record for each in checks.all_checks()] == [own]


def _fields(record: object) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__slots__}  # type: ignore[attr-defined]


@pytest.mark.usefixtures("demo_desk")
def test_the_index_and_the_answers_follow() -> None:
    (row, *_) = checks.all_checks()
    host = "songxanhbank.example"
    (found, *_) = answer(row.claim).findings
    assert found.state is not StatementState.NOT_CHECKED
    (name,) = answer(f"https://{host}").findings
    assert name.state is NameState.OFFICIAL
    assert standing().checks == standing().with_meaning == checks.check_count()
    demo.remove()
    index.follow()
    assert (standing().checks, standing().with_meaning, standing().is_current) == (0, 0, True)
    (found, *_) = answer(row.claim).findings
    assert found.state is StatementState.NOT_CHECKED
    (name,) = answer(f"https://{host}").findings
    assert name.state is NameState.UNKNOWN
