"""The index follows the database: at once by words, soon by meaning, whatever happens to it."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from soi.answer.complaints import complaint
from soi.claims import actions as claims
from soi.claims.models import Check
from soi.claims.queries import all_checks
from soi.core.formats import Verdict
from soi.core.text import Language
from soi.index import actions, engines
from soi.index.engine import EmbeddedEngine, EngineError, IndexBusy, IndexDamaged, IndexDiskFull
from soi.index.models import Meaning, MeaningHead
from soi.index.queries import Found, Query, candidates, standing
from soi.journal.models import Event, Head
from tests.checks import SITE, check_record
from tests.past import changeable_journal

pytestmark = pytest.mark.django_db

BRIDGE = "Cây cầu ở Sông Xanh đã sập trong đêm qua."
PARAPHRASE = "A bridge collapsed last night"
WATER = "Nước máy thành phố Bắc Lâm nhiễm chì vượt ngưỡng."
BANK = "Ngân hàng Sông Xanh tặng mỗi khách hai triệu đồng."


class CountingEmbedder:
    """The real embedder, with every text that it was given to embed."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.name = inner.name
        self.texts: list[str] = []

    def queries(self, texts: Sequence[str]) -> Any:
        return self.inner.queries(texts)

    def passages(self, texts: Sequence[str], **options: Any) -> Any:
        self.texts += texts
        return self.inner.passages(texts, **options)


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> CountingEmbedder:
    counting = CountingEmbedder(engines.embedder())
    monkeypatch.setattr(engines, "embedder", lambda: counting)
    return counting


@pytest.fixture(autouse=True)
def publisher() -> None:
    claims.allow_publisher(site=SITE, name="Soi Sáng", by="an")


@pytest.fixture
def followed() -> None:
    """Three checks, followed by words and meaning."""
    _store(BRIDGE, WATER, BANK)
    actions.follow()


def _store(*texts: str, first: int = 1, is_demo: bool = False) -> None:
    records = [
        check_record(number, claim=text, title="") for number, text in enumerate(texts, start=first)
    ]
    claims.store_checks(records, by="an", is_demo=is_demo)


def _found(text: str, language: Language = Language.VI) -> Found:
    (found,) = candidates([Query(text, language)])
    return found


def _claims(found: Found) -> list[str]:
    return [candidate.claim for candidate in found.candidates]


def _answers() -> list[list[tuple[str, float | None, float | None]]]:
    """What searches give, in figures."""
    return [
        [(each.claim, each.words, each.meaning) for each in found.candidates]
        for found in candidates([Query(text, Language.VI) for text in (BRIDGE, WATER, PARAPHRASE)])
    ]


def _first(found: Found, claim: str) -> Any:
    return next(candidate for candidate in found.candidates if candidate.claim == claim)


def test_an_empty_desk_finds_nothing() -> None:
    assert _claims(_found(BRIDGE)) == []
    assert candidates([]) == []
    assert standing().is_current


def test_a_new_check_is_found_by_words_at_once_and_by_meaning_after_following() -> None:
    _store(BRIDGE)
    assert _first(_found(BRIDGE), BRIDGE).words_rank == 1
    assert _claims(_found(PARAPHRASE, Language.EN)) == []
    actions.follow()
    assert _first(_found(PARAPHRASE, Language.EN), BRIDGE).meaning_rank == 1
    assert (standing().checks, standing().with_meaning, standing().is_current) == (1, 1, True)


@pytest.mark.usefixtures("followed")
def test_a_removed_check_is_not_found_any_more() -> None:
    _store("Cây cầu minh hoạ ở Sông Xanh.", first=9, is_demo=True)
    actions.follow()
    assert len(_claims(_found("Cây cầu minh hoạ"))) == 4
    claims.remove_demo_checks(by="an")
    assert "Cây cầu minh hoạ ở Sông Xanh." not in _claims(_found("Cây cầu minh hoạ"))
    actions.follow()
    assert (standing().checks, standing().with_meaning) == (3, 3)
    assert Meaning.objects.count() == 3


def test_only_a_text_that_changed_is_embedded_again(embedder: CountingEmbedder) -> None:
    _store(BRIDGE, WATER, BANK)
    actions.follow()
    assert len(embedder.texts) == 3
    embedder.texts.clear()
    _store(BRIDGE, "Nước máy thành phố Bắc Lâm đạt chuẩn.", BANK)
    actions.follow()
    assert len(embedder.texts) == 1
    assert "đạt chuẩn" in embedder.texts[0]
    assert "Nước máy thành phố Bắc Lâm đạt chuẩn." in _claims(_found("nước máy đạt chuẩn"))
    assert WATER not in _claims(_found(WATER))


def test_another_verdict_on_the_same_text_is_not_embedded(embedder: CountingEmbedder) -> None:
    claims.store_checks([check_record(1)], by="an")
    actions.follow()
    embedder.texts.clear()
    claims.store_checks([check_record(1, verdict=Verdict.TRUE, verdict_words="Đúng")], by="an")
    actions.follow()
    assert embedder.texts == []
    assert standing().is_current


def test_progress_counts_up_to_the_backlog() -> None:
    _store(BRIDGE, WATER, BANK)
    seen: list[int] = []
    backlog = actions.meaning_backlog()
    actions.follow(progress=seen.append)
    assert seen[-1] == backlog == 3
    assert actions.meaning_backlog() == 0


@pytest.mark.usefixtures("followed")
def test_a_rebuilt_index_gives_the_same_answers(embedder: CountingEmbedder) -> None:
    before = _answers()
    actions.rebuild()
    assert _answers() == before
    assert embedder.texts == []


@pytest.mark.usefixtures("followed")
def test_a_lost_folder_is_made_again_with_its_vectors(embedder: CountingEmbedder) -> None:
    before = _answers()
    shutil.rmtree(engines.directory())
    assert _answers() == before
    assert embedder.texts == []
    assert standing().is_current


@pytest.mark.usefixtures("followed")
def test_a_lost_engine_below_its_folder_is_made_again() -> None:
    before = _answers()
    shutil.rmtree(engines.directory() / "engine")
    assert _answers() == before


def _as_after_a_restart() -> None:
    engines._engine.cache_clear()


def _files() -> list[Path]:
    return sorted(path for path in engines.directory().rglob("*") if path.is_file())


GARBAGE: dict[str, Callable[[bytes], bytes]] = {
    "emptied": lambda content: b"",
    "cut in half": lambda content: content[: len(content) // 2],
    "overwritten": lambda content: b"\xff\x00rubbish" * (len(content) // 9 + 1),
}


CHECKED = ("CURRENT", "manifest.json", "header.bin", "meta.json")
"""The files that say what the others hold. Bit rot inside the vectors is not looked for."""


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize("damage", GARBAGE)
@pytest.mark.parametrize("name", CHECKED)
def test_when_a_file_is_damaged_the_next_search_mends_it(
    name: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = _answers()
    _as_after_a_restart()
    (path, *_) = [path for path in _files() if path.name == name]
    path.write_bytes(GARBAGE[damage](path.read_bytes()))
    caplog.clear()
    assert _answers() == before
    assert any("rebuilt from" in record.message for record in caplog.records)


@pytest.mark.usefixtures("followed")
def test_damage_that_only_a_search_notices_is_mended(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    before = _answers()
    real, damaged = EmbeddedEngine.search, [True]

    def search(self: EmbeddedEngine, *arguments: Any) -> Any:
        if damaged:
            raise IndexDamaged("a segment is torn")
        return real(self, *arguments)

    def rebuild(self: EmbeddedEngine, *arguments: Any, **options: Any) -> None:
        damaged.clear()
        return rebuilds(self, *arguments, **options)

    rebuilds = EmbeddedEngine.rebuild
    monkeypatch.setattr(EmbeddedEngine, "search", search)
    monkeypatch.setattr(EmbeddedEngine, "rebuild", rebuild)
    with caplog.at_level(logging.WARNING):
        assert _answers() == before
    assert "a segment is torn" in caplog.text


@pytest.mark.usefixtures("followed")
def test_damage_that_only_a_write_notices_is_mended(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real, damaged = EmbeddedEngine.upsert, [True]

    def upsert(self: EmbeddedEngine, *arguments: Any, **options: Any) -> None:
        if damaged:
            damaged.clear()
            raise IndexDamaged("a segment is torn")
        real(self, *arguments, **options)

    monkeypatch.setattr(EmbeddedEngine, "upsert", upsert)
    _store("Cá chết trắng sông Bạc Hà.", first=9)
    actions.follow()
    assert standing().is_current
    assert "a segment is torn" in caplog.text


class TestADatabaseRestoredFromAnOlderCopy:
    """What the index has seen since is not true any more; it is rebuilt, whatever the numbers."""

    @pytest.fixture(autouse=True)
    def restored(self) -> None:
        _store(BRIDGE)
        actions.follow()
        copy = Head.objects.get().last_seq, MeaningHead.objects.get().last_id
        _store(WATER, BANK, first=2)
        actions.follow()
        Check.objects.exclude(claim=BRIDGE).delete()
        Meaning.objects.filter(id__gt=copy[1]).delete()
        MeaningHead.objects.update(last_id=copy[1], followed_seq=copy[0])
        with changeable_journal():
            Event.objects.filter(seq__gt=copy[0]).delete()
        Head.objects.update(last_seq=copy[0])

    def test_an_index_that_is_ahead_is_rebuilt(self, caplog: pytest.LogCaptureFixture) -> None:
        assert _claims(_found(BRIDGE)) == [BRIDGE]
        assert "does not belong to this database" in caplog.text
        assert (standing().checks, standing().with_meaning) == (1, 1)

    @pytest.mark.parametrize("more", [1, 2, 3])
    def test_new_checks_are_found_even_if_the_numbers_have_caught_up(
        self, more: int, caplog: pytest.LogCaptureFixture
    ) -> None:
        fish = [f"Cá chết trắng sông Bạc Hà, đợt {number}." for number in range(more)]
        _store(*fish, first=20)
        assert set(fish) <= set(_claims(_found("cá chết trắng sông Bạc Hà")))
        assert WATER not in _claims(_found(WATER))
        assert "does not belong to this database" in caplog.text
        caplog.clear()
        _found(BRIDGE)
        assert caplog.text == ""


def test_a_change_of_embedder_takes_another_folder_and_embeds_again(
    settings: LazySettings,
) -> None:
    _store(BRIDGE, WATER)
    actions.follow()
    first = engines.directory()
    settings.SOI_EMBEDDER = "nano"
    assert engines.directory() != first
    assert BRIDGE in _claims(_found(BRIDGE))
    actions.follow()
    assert (standing().checks, standing().with_meaning) == (2, 2)
    assert set(Meaning.objects.values_list("embedder", flat=True)) == {engines.embedder().name}
    settings.SOI_EMBEDDER = "int8"
    actions.follow()
    assert engines.directory() == first
    assert standing().is_current
    assert set(Meaning.objects.values_list("embedder", flat=True)) == {engines.embedder().name}


class TestAnotherProcessIsFollowing:
    @pytest.fixture(autouse=True)
    def busy(self, followed: None) -> Iterator[None]:
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            with actions.following(wait=True):
                held.set()
                done.wait()

        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        yield
        done.set()
        thread.join()

    def test_searches_go_on(self) -> None:
        _store("Cá chết trắng sông Bạc Hà.", first=9)
        assert BRIDGE in _claims(_found(BRIDGE))

    def test_following_without_waiting_says_that_it_is_busy(self) -> None:
        with pytest.raises(IndexBusy) as refused:
            actions.follow(wait=False)
        told = complaint(refused.value)
        assert told is not None
        assert (told.code, told.http_status, told.exit_status) == ("index_busy", 503, 4)


def test_a_full_disk_is_said_and_the_next_follow_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _store(BRIDGE)
    actions.follow()
    _store(WATER, first=2)

    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", full)
        patch.setattr(os, "fsync", full)
        with pytest.raises(IndexDiskFull) as refused:
            actions.follow()
    told = complaint(refused.value)
    assert told is not None
    assert (told.code, told.exit_status) == ("disk_full", 4)
    actions.follow()
    assert standing().is_current
    assert _claims(_found(WATER))[0] == WATER


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path, settings: LazySettings) -> None:
    settings.SOI_INDEX_DIR = tmp_path / "file" / "index"
    (tmp_path / "file").write_text("in the way")
    _store(BRIDGE)
    with pytest.raises(EngineError) as refused:
        actions.follow()
    told = complaint(refused.value)
    assert told is not None
    assert told.code == "index_failed"
    assert told.next


def test_every_error_of_the_engine_has_sentences() -> None:
    for kind in (IndexBusy, IndexDamaged, IndexDiskFull, EngineError):
        told = complaint(kind("inside"))
        assert told is not None
        assert "inside" not in told.what
        assert told.why
        assert told.next


def test_all_checks_are_followed_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "_WORDS_BATCH", 3)
    monkeypatch.setattr(actions, "_MEANING_BATCH", 2)
    _store(*(f"Cầu số {number} đã sập." for number in range(8)))
    assert actions.follow() == 8
    actions.rebuild()
    assert standing().with_meaning == standing().checks == len(list(all_checks())) == 8
