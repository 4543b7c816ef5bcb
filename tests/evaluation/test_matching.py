"""Matching is measured on small data of each kind, along the product's path."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation import matching
from evaluation.matching_data import (
    Opposites,
    Relations,
    Retrieval,
    find_data,
    language_from,
    read_data,
)
from soi.core.meaning import Matrix, Vector
from soi.core.text import Language, fold

CLAIMS = {
    "a": "Giá nước sạch ở phường Hạ Lưu tăng 30% từ tháng 7.",
    "b": "Cá sấu sổng ra hồ Bến Tre, ba người bị thương.",
    "c": "Trường Lê Hoàn cho học sinh nghỉ ba ngày vì bão.",
}


class WordEmbedder:
    """Vectors from the folded words of a text: alike texts are near, and no model is needed."""

    name = "test-words/1"
    dimensions = 384

    def query(self, text: str) -> Vector:
        vector = np.full(384, 0.01, np.float32)
        for word in fold(text).split():
            place = int.from_bytes(hashlib.sha256(word.encode()).digest()[:4], "big")
            vector[place % 384] += 1.0
        unit: Vector = vector / np.linalg.norm(vector)
        return unit

    def queries(self, texts: Sequence[str]) -> Matrix:
        return np.array([self.query(text) for text in texts], np.float32)

    def passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Matrix:
        return self.queries(texts)


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    root = tmp_path / "data"
    corpus = [{"id": id_, "title": "", "text": text, "lang": "vi"} for id_, text in CLAIMS.items()]
    write_rows(root / "found" / "corpus.jsonl", corpus)
    queries = [
        {"id": "q1", "text": CLAIMS["a"], "lang": "vi", "split": "dev"},
        {"id": "q2", "text": CLAIMS["b"], "lang": "vi", "split": "test", "exclude": "b"},
        {"id": "q3", "text": "không ai hỏi", "lang": "vi", "split": "test"},
    ]
    write_rows(root / "found" / "queries.jsonl", queries)
    (root / "found" / "qrels.tsv").write_text("q1\ta\nq2\tb\nq3\tgone\n", "utf-8")
    checks = [{"id": id_, "claim": text, "lang": "vi"} for id_, text in CLAIMS.items()]
    write_rows(root / "own" / "checks.jsonl", checks)
    messages = [
        {"id": "m1", "check": "a", "relation": "same", "register": "sms", "lang": "vi",
         "text": CLAIMS["a"]},
        {"id": "m2", "check": "a", "relation": "number", "register": "sms", "lang": "vi",
         "text": CLAIMS["a"].replace("30", "70")},
        {"id": "m3", "check": None, "relation": "none", "register": "sms", "lang": "vi",
         "text": "Mai ai đi ăn lẩu không?"},
    ]  # fmt: skip
    write_rows(root / "own" / "messages.jsonl", messages)
    pairs = [
        {"lang": "vi", "src": "own", "orig": CLAIMS["a"], "num": CLAIMS["a"].replace("30", "70"),
         "neg": None, "nodiac": fold(CLAIMS["a"])},
        {"lang": "vi", "src": "own", "orig": CLAIMS["c"], "num": None},
    ]  # fmt: skip
    write_rows(root / "turned" / "pairs.jsonl", pairs)
    return root


@pytest.fixture
def report(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> matching.MatchingReport:
    monkeypatch.setattr(matching, "load_embedder", lambda *_, **__: WordEmbedder())
    return matching.evaluate_matching(data, cache_dir=tmp_path / "cache")


def test_data_sets_are_found_by_their_files(data: Path) -> None:
    found = find_data(data)
    assert set(found) == {"found", "own", "turned"}
    kinds = [type(read_data(folder)) for folder in found.values()]
    assert kinds == [Retrieval, Relations, Opposites]


def test_a_folder_without_a_data_set_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no data set"):
        matching.evaluate_matching(tmp_path, cache_dir=tmp_path)
    with pytest.raises(ValueError, match="no data set"):
        read_data(tmp_path)


def test_a_query_without_an_answer_in_the_corpus_is_left_out(data: Path) -> None:
    found = read_data(data / "found")
    assert isinstance(found, Retrieval)
    assert [query.id for query in found.queries] == ["q1", "q2"]


def test_languages_beyond_vietnamese_and_english_are_other() -> None:
    assert [language_from(code) for code in ("vi", "en", "pt", "")] == [
        Language.VI, Language.EN, Language.OTHER, Language.OTHER,
    ]  # fmt: skip


def test_every_way_of_ranking_is_measured_by_split(report: matching.MatchingReport) -> None:
    found = report.sets["found"]
    assert set(found["ways"]) == {"soi", "fusion", "words", "meaning"}
    assert found["by_split"]["dev"]["soi"]["map@5"] == 1.0


def test_an_excluded_check_is_in_no_ranking(report: matching.MatchingReport) -> None:
    excluded = report.sets["found"]["by_split"]["test"]
    assert {figures["recall@50"] for figures in excluded.values()} == {0.0}


def test_the_same_claim_is_served_and_another_number_is_not(
    report: matching.MatchingReport,
) -> None:
    own = report.sets["own"]
    assert own["same_claim"]["recall"] == 1.0
    assert own["same_claim"]["served_as_same"] == {"number": 0.0}
    assert own["shown_as"]["same"] == {"same": 1}


def test_variants_of_a_claim_are_counted_by_kind(report: matching.MatchingReport) -> None:
    variants = report.sets["turned"]["variants"]
    assert variants["vi/own/orig"]["same"] == 1.0
    assert variants["vi/own/nodiac"]["same"] == 1.0
    assert variants["vi/own/num"]["same"] == 0.0
    assert "vi/own/neg" not in variants


def test_only_the_named_sets_are_measured(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "load_embedder", lambda *_, **__: WordEmbedder())
    report = matching.evaluate_matching(data, cache_dir=tmp_path / "cache", only={"turned"})
    assert set(report.sets) == {"turned"}


def test_vectors_are_kept_for_the_next_run(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "load_embedder", lambda *_, **__: WordEmbedder())
    heard: list[int] = []
    first = matching.evaluate_matching(data, cache_dir=tmp_path / "c", progress=heard.append)
    assert heard
    heard.clear()
    second = matching.evaluate_matching(data, cache_dir=tmp_path / "c", progress=heard.append)
    assert heard == []
    assert first.sets == second.sets


def test_the_report_is_plain_figures_a_text_and_a_page(report: matching.MatchingReport) -> None:
    plain = json.loads(json.dumps(report.as_dict()))
    assert plain["model"]["report"]["at_shipped_threshold"]["precision"] > 0
    assert "Out of fold" in matching.render_text(report)
    page = matching.render_html(report)
    assert page.startswith("<!doctype html>")
    assert "<script" not in page


def test_a_set_that_trained_the_model_is_marked(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "load_embedder", lambda *_, **__: WordEmbedder())
    (data / "own").rename(data / "vi-own")
    report = matching.evaluate_matching(data, cache_dir=tmp_path / "c", only={"vi-own"})
    assert report.sets["vi-own"]["trained_on"]
    assert "flatter" in matching.render_text(report)
