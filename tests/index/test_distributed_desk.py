"""A desk whose index lies on a server: the same answers, and a sentence when the server is away."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client

from soi.answer.complaints import complaint
from soi.claims import actions as claims
from soi.core.text import Language
from soi.index import actions, engines
from soi.index.database_lock import DatabaseLock
from soi.index.engine import EmbeddedEngine, EngineError, IndexBusy
from soi.index.queries import Found, Query, candidates, standing
from tests.checks import SITE, check_record

pytest.importorskip(
    "qdrant_client", reason="qdrant-client is not installed: the extra `distributed` brings it"
)

from tests.index.engine.qdrant_stand_in import StandIn, stand_in  # after the skip

pytestmark = pytest.mark.django_db

BRIDGE = "Cây cầu ở Sông Xanh đã sập trong đêm qua."
PARAPHRASE = "A bridge collapsed last night"
WATER = "Nước máy thành phố Bắc Lâm nhiễm chì vượt ngưỡng."
FISH = "Cá chết trắng sông Bạc Hà."
TEXTS = (BRIDGE, WATER, PARAPHRASE)


@pytest.fixture
def server() -> Iterator[StandIn]:
    with stand_in() as server:
        yield server


@pytest.fixture
def desk(server: StandIn, settings: LazySettings) -> Iterator[None]:
    """A desk with two checks that are followed on the server."""
    settings.SOI_INDEX_URL = server.url
    engines._distributed.cache_clear()
    claims.allow_publisher(site=SITE, name="Soi Sáng", by="an")
    _store(BRIDGE, WATER)
    actions.follow()
    yield
    engines._distributed.cache_clear()


def _store(*texts: str, first: int = 1) -> None:
    records = [
        check_record(number, claim=text, title="") for number, text in enumerate(texts, start=first)
    ]
    claims.store_checks(records, by="an")


def _found(*texts: str) -> list[Found]:
    return candidates([Query(text, Language.VI) for text in texts])


def _claims(found: Sequence[Found]) -> list[list[str]]:
    return [[candidate.claim for candidate in each.candidates] for each in found]


@pytest.mark.usefixtures("desk")
def test_it_answers_as_the_embedded_engine_does(settings: LazySettings) -> None:
    assert not isinstance(engines.engine(), EmbeddedEngine)
    there = _found(*TEXTS)
    assert (standing().checks, standing().with_meaning, standing().is_current) == (2, 2, True)
    settings.SOI_INDEX_URL = ""
    assert isinstance(engines.engine(), EmbeddedEngine)
    actions.follow()
    here = _found(*TEXTS)
    assert _claims(there) == _claims(here)
    for one, other in zip(there, here, strict=True):
        for a, b in zip(one.candidates, other.candidates, strict=True):
            assert (a.words_rank, a.meaning_rank) == (b.words_rank, b.meaning_rank)
            assert a.meaning == pytest.approx(b.meaning, abs=2e-3)


@pytest.mark.usefixtures("desk")
def test_a_new_check_is_found_by_words_at_once_and_a_removed_one_not_any_more() -> None:
    _store(FISH, first=9)
    assert FISH in _claims(_found(FISH))[0]
    claims.store_checks([check_record(9, claim="Cá sông Bạc Hà khoẻ mạnh.", title="")], by="an")
    assert FISH not in _claims(_found(FISH))[0]


@pytest.mark.usefixtures("desk")
def test_a_server_that_lost_everything_is_filled_again(server: StandIn) -> None:
    before = _claims(_found(*TEXTS))
    for collection in server.client.get_collections().collections:
        server.client.delete_collection(collection.name)
    assert _claims(_found(*TEXTS)) == before
    assert standing().is_current


@pytest.mark.usefixtures("desk")
def test_an_index_found_damaged_is_rebuilt(
    server: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    before = _claims(_found(*TEXTS))
    named = server.client.get_aliases().aliases[0].collection_name
    server.client.delete_collection(named)
    assert _claims(_found(*TEXTS)) == before
    assert "rebuilt from the database" in caplog.text


def _away() -> tuple[int, dict[str, str], bytes]:
    return 503, {}, b""


@pytest.mark.usefixtures("desk")
def test_while_the_server_is_away_a_page_says_so_and_no_answer_is_made_up(
    server: StandIn, client: Client
) -> None:
    server.fail_with = _away
    page = client.post("/", {"message": BRIDGE})
    assert page.status_code == 503
    assert "index_unreachable" in page.content.decode()
    assert server.url not in page.content.decode()
    given = client.post("/api/v1/answers", {"message": BRIDGE}, content_type="application/json")
    assert (given.status_code, given.json()["error"]["code"]) == (503, "index_unreachable")


@pytest.mark.usefixtures("desk")
def test_what_is_stored_while_the_server_is_away_is_found_when_it_is_back(
    server: StandIn,
) -> None:
    server.fail_with = _away
    _store(FISH, first=9)
    with pytest.raises(EngineError) as refused:
        actions.follow()
    told = complaint(refused.value)
    assert told is not None
    assert (told.code, told.http_status, told.exit_status) == ("index_unreachable", 503, 4)
    server.fail_with = None
    actions.follow()
    assert _claims(_found(FISH))[0][0] == FISH


@pytest.mark.usefixtures("desk")
def test_two_machines_follow_one_database_to_one_index(
    settings: LazySettings, tmp_path_factory: pytest.TempPathFactory
) -> None:
    first = settings.SOI_INDEX_DIR
    second = tmp_path_factory.mktemp("second") / "index"
    for number, machine in enumerate((second, first, second), start=20):
        settings.SOI_INDEX_DIR = machine
        _store(f"Cây cầu số {number} ở Sông Xanh đã sập.", first=number)
        actions.follow()
        assert standing().is_current
        assert f"Cây cầu số {number} ở Sông Xanh đã sập." in _claims(_found(f"cầu số {number}"))[0]
    assert standing().checks == standing().with_meaning == 5


@pytest.mark.parametrize(
    ("name", "value"),
    [("SOI_INDEX_URL", "ftp://index"), ("SOI_INDEX_NAME", "a b"), ("SOI_INDEX_NAME", "tên")],
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(
    settings: LazySettings, name: str, value: str
) -> None:
    settings.SOI_INDEX_URL = "http://127.0.0.1:9"
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=name):
        engines.engine()


def test_without_the_client_the_setting_says_what_to_install(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    for module in [name for name in sys.modules if name.startswith("soi.index.engine.distributed")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "qdrant_client", None)
    settings.SOI_INDEX_URL = "http://127.0.0.1:9"
    engines._distributed.cache_clear()
    with pytest.raises(ImproperlyConfigured, match=r"qdrant_client.*extra `distributed`"):
        engines.engine()


class TestTheLockThatAllMachinesShare:
    @pytest.fixture(autouse=True)
    def postgres(self) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("DATABASE_URL names no PostgreSQL: SQLite has no lock for several machines")

    def test_one_holds_it_at_a_time_and_its_own_thread_may_hold_it_twice(self) -> None:
        lock = DatabaseLock("soi", 0)
        with lock.held(), lock.held():
            with pytest.raises(IndexBusy), DatabaseLock("soi", 0).held():
                pass
            with DatabaseLock("another", 0).held():
                pass
        with DatabaseLock("soi", 0).held():
            pass

    def test_who_waits_gets_it_when_it_is_free(self) -> None:
        held, done, got = threading.Event(), threading.Event(), []

        def hold() -> None:
            with DatabaseLock("soi", None).held():
                held.set()
                done.wait()

        def wait() -> None:
            with DatabaseLock("soi", None).held():
                got.append("it")

        holder, waiter = threading.Thread(target=hold), threading.Thread(target=wait)
        holder.start()
        held.wait()
        waiter.start()
        assert got == []
        done.set()
        waiter.join()
        holder.join()
        assert got == ["it"]

    def test_the_lock_of_a_connection_that_ended_is_free(self) -> None:
        held: Any = DatabaseLock("soi", 0)
        own = connection.copy()
        assert held._try(own)
        with pytest.raises(IndexBusy), DatabaseLock("soi", 0).held():
            pass
        own.close()
        with DatabaseLock("soi", 5).held():
            pass

    def test_one_machine_follows_at_a_time(self, settings: LazySettings, server: StandIn) -> None:
        settings.SOI_INDEX_URL = server.url
        with (
            engines.alone_of_all_machines(wait=False),
            pytest.raises(IndexBusy),
            engines.alone_of_all_machines(wait=False),
        ):
            pass


def test_a_desk_of_one_machine_waits_for_nobody() -> None:
    with engines.alone_of_all_machines(wait=False), engines.alone_of_all_machines(wait=False):
        pass
