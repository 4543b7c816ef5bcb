"""The restorer of diacritics is counted and measured on small data of its own."""

from __future__ import annotations

import gzip
import hashlib
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation import diacritics_train
from evaluation.diacritics_counts import Counts, Smoothing, model_arrays, syllables
from evaluation.diacritics_measure import (
    evaluate_diacritics,
    measure_leaving,
    measure_syllables,
    render_text,
)
from evaluation.diacritics_sources import frequencies, is_marked, marked_lines, read_frequencies
from evaluation.diacritics_spelling import canonical, shown_without
from evaluation.diacritics_typing import typed_half, typed_in_chat, typed_without
from evaluation.matching_bench import Vectors
from soi.core.diacritics.model import model_from, read_arrays
from soi.core.diacritics.restore import with_marks
from soi.core.meaning import Matrix, Vector

SENTENCES = [
    "Uống nước chanh mỗi ngày rất tốt.",
    "Bác sĩ nói không nên uống nước này.",
    "Nhà trường cho học sinh nghỉ ba ngày vì bão.",
]
SMOOTHING = Smoothing(3.0, 3.0, 0.6)


class LetterEmbedder:
    """Vectors of the words of a text, marks and all: no model is needed."""

    name = "test-letters/1"
    dimensions = 384

    def query(self, text: str) -> Vector:
        vector = np.full(384, 0.01, np.float32)
        for word in text.lower().split():
            digest = hashlib.sha256(word.encode("utf-8", "replace")).digest()
            vector[int.from_bytes(digest[:4], "big") % 384] += 1.0
        unit: Vector = vector / np.linalg.norm(vector)
        return unit

    def queries(self, texts: Sequence[str]) -> Matrix:
        return np.array([self.query(text) for text in texts], np.float32)

    def passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> Matrix:
        return self.queries(texts)


@pytest.fixture
def vectors(tmp_path: Path) -> Vectors:
    return Vectors(LetterEmbedder(), tmp_path / "cache", lambda _: None)


def write_rows(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Ten checks, each with a marked and a bare message, and ten translations."""
    root = tmp_path / "data"
    claims = [f"{sentence[:-1]} ở xã {name}." for sentence in SENTENCES
              for name in ("Hạ Lưu", "Sông Xanh", "Bến Đò", "Núi Cao")]  # fmt: skip
    checks = [
        {"id": f"c{n}", "claim": claim, "title": "", "summary": "", "lang": "vi"}
        for n, claim in enumerate(claims)
    ]
    messages = [
        {"id": f"m{n}{register}", "check": f"c{n}", "relation": "same", "register": register,
         "lang": "vi", "text": text}
        for n, claim in enumerate(claims)
        for register, text in (("facebook", claim), ("nodiacritics-teencode", shown_without(claim)))
    ]  # fmt: skip
    messages.append(
        {"id": "e", "check": None, "relation": "none", "register": "sms", "lang": "en",
         "text": "Please do not send the money to this account."}
    )  # fmt: skip
    write_rows(root / "vi-own" / "checks.jsonl", checks)
    write_rows(root / "vi-own" / "messages.jsonl", messages)
    folder = root / "xl-ntrex-vi-en"
    corpus = [{"id": f"d{n}", "text": text, "lang": "vi"} for n, text in enumerate(claims)]
    queries = [
        {"id": f"q{n}", "text": text, "lang": "vi", "split": "orig"}
        for n, text in enumerate(claims)
    ]
    write_rows(folder / "corpus.jsonl", corpus)
    write_rows(folder / "queries.jsonl", queries)
    pairs = "".join(f"q{n}\td{n}\n" for n in range(len(claims)))
    (folder / "qrels.tsv").write_text(pairs, "utf-8")
    return root


def packed_list(words: Sequence[Sequence[str]]) -> bytes:
    """A list of frequencies in MessagePack, of short words and few of them."""
    held = bytes([0x90 | (len(words) + 1), 0x82, 0xA6]) + b"format" + b"\xa2cB"
    held += b"\xa7version\x01"
    for group in words:
        held += bytes([0x90 | len(group)])
        for word in group:
            held += bytes([0xA0 | len(word.encode())]) + word.encode()
    return held


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "wordfreq.whl"
    with zipfile.ZipFile(path, "w") as archive:
        content = gzip.compress(packed_list([[], ["nước", "không"], ["nuộc", "hoà", "the"]]))
        archive.writestr("wordfreq/data/small_vi.msgpack.gz", content)
    return path


@pytest.mark.parametrize(
    ("word", "common"),
    [("hoà", "hòa"), ("qúy", "quý"), ("thuỷ", "thủy"), ("nghiêng", "nghiêng"), ("giếng", "giếng")],
)
def test_syllables_are_spelled_in_one_way(word: str, common: str) -> None:
    assert canonical(word) == common


@pytest.mark.parametrize("word", ["like", "facebook", "", "ab", "cat\u0300", "hát\u0300", "x"])
def test_what_is_no_syllable_has_no_spelling(word: str) -> None:
    assert canonical(word) is None


@given(st.text())
def test_spelling_never_fails_and_is_settled_after_once(word: str) -> None:
    common = canonical(word)
    assert common is None or canonical(common) == common


def test_a_line_is_counted_by_syllables_and_classes() -> None:
    line = "Hoà 2/9, xem https://a.example/ban-do nhé!"
    assert list(syllables(line)) == ["hòa", "0", ".", "xem", "?", "nhé", "."]


def test_a_sentence_begins_and_ends_and_a_word_does_not() -> None:
    counts = Counts()
    counts.add_sentences(["uống nước"])
    counts.add_words(["nước chanh"])
    assert counts.pairs[".", "uống"] == counts.pairs["nước", "."] == 1
    assert counts.pairs["chanh", "."] == 0
    assert counts.singles["nước"] == 2


def test_counts_become_a_model_that_restores_what_it_saw() -> None:
    counts = Counts()
    counts.add_sentences(SENTENCES)
    model = model_from(model_arrays(counts, {"nước": 0.1, "nuộc": 0.2}, SMOOTHING))
    for sentence in SENTENCES:
        assert with_marks(shown_without(sentence), model) == sentence
    assert with_marks("nuoc", model) != "nuoc"


def test_probabilities_after_a_syllable_add_up_to_one() -> None:
    counts = Counts()
    counts.add_sentences(SENTENCES * 3)
    model = model_from(model_arrays(counts, {"nước": 0.1, "nuộc": 0.2}, SMOOTHING))
    names = model.syllables
    for first in ("uống", "nước", "ngày"):
        costs = [model.pair(names.index(first), second)[1] for second in range(3, len(names))]
        breaks = model.pair(names.index(first), 0)[1]
        total = sum(np.exp(-0.08 * cost) for cost in [*costs, breaks])
        assert total == pytest.approx(1.0, abs=0.15)


@given(st.lists(st.lists(st.sampled_from(["uống", "nước", "chanh", "uông", "12", "!", "x"]))))
def test_any_counts_become_a_model_that_is_accepted(lines: list[list[str]]) -> None:
    counts = Counts()
    counts.add_words(["nước chanh"])
    counts.add_sentences(" ".join(line) for line in lines)
    model_from(model_arrays(counts, {"nước": 0.1}, SMOOTHING))


def test_frequencies_are_read_from_the_wheel(wheel: Path) -> None:
    found = frequencies(wheel)
    assert found["nước"] == found["không"] == pytest.approx(10**-0.01)
    assert found["nuộc"] == pytest.approx(10**-0.02)


@pytest.mark.parametrize("packed", [b"", b"\x91\x80", b"\x05", b"\xc7", packed_list([["a"]])[:-1]])
def test_a_list_of_another_format_is_refused(packed: bytes) -> None:
    with pytest.raises(ValueError, match=r"frequencies|MessagePack"):
        read_frequencies(packed)


def test_only_lines_with_marks_are_read() -> None:
    text = "Uống nước chanh mỗi ngày\nuong nuoc chanh\nThe naïve café\n\n  Bác sĩ nói không nên  "
    assert list(marked_lines(text)) == ["Uống nước chanh mỗi ngày", "Bác sĩ nói không nên"]
    assert not is_marked("")


def test_a_text_is_typed_in_three_ways() -> None:
    text = "Không uống nước!"
    assert typed_without(text).text == "Khong uong nuoc!"
    assert typed_half(text).text == "Khong uống nuoc!"
    assert [meant for *_, meant in typed_half(text).meant] == ["không", "nước"]
    chat = typed_in_chat(text)
    start, end, meant = chat.meant[0]
    assert (chat.text[start:end] in {"k", "ko", "hok", "hem", "kg", "hông", "khg"}, meant) == (
        True, "không",
    )  # fmt: skip


@given(st.text())
def test_what_was_meant_stands_where_it_was_typed(text: str) -> None:
    for typed in (typed_without(text), typed_half(text), typed_in_chat(text)):
        assert all(typed.text[start:end].isascii() for start, end, _ in typed.meant)


def test_syllables_are_right_wherever_the_tone_mark_stands() -> None:
    typed = [typed_without("Hoà bình, thuỷ điện")]
    right = measure_syllables(typed, lambda text: ("hòa bình, thủy điên", range(len(text))))
    assert (right["syllables"], right["right"]) == (4, 0.75)


def test_texts_that_need_nothing_are_left() -> None:
    texts = ["Uống nước chanh mỗi ngày rất tốt.", "uong nuoc chanh moi ngay rat tot"]
    assert measure_leaving(texts) == {"texts": 2, "left_as_they_were": 0.5}


def test_the_report_measures_every_set_and_marks_what_was_trained_on(
    data: Path, vectors: Vectors
) -> None:
    report = evaluate_diacritics(data, vectors)
    own = report.sets["vi-own"]
    assert own["trained_on"]
    assert own["english"] == {"texts": 1, "left_as_they_were": 1.0}
    assert own["with_marks"]["left_as_they_were"] == 1.0
    assert own["without_marks"]["right"] > 0.8
    found = own["found_by_meaning"]
    assert found["restored"]["success@1"] > found["as_typed"]["success@1"]
    queries = report.sets["xl-ntrex-vi-en"]["found_by_meaning"]
    assert queries["with_marks"] == {"success@1": 1.0, "recall@50": 1.0}
    assert json.loads(json.dumps(report.as_dict())) == report.as_dict()
    assert "these figures flatter" in render_text(report)


def test_a_folder_without_sets_is_refused(tmp_path: Path, vectors: Vectors) -> None:
    with pytest.raises(ValueError, match="no data sets"):
        evaluate_diacritics(tmp_path, vectors, only={"x"})


def test_training_writes_files_that_can_be_read_and_the_same_each_time(
    data: Path, wheel: Path, vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diacritics_train, "own_words", lambda: ["nước chanh", "bác sĩ"])
    monkeypatch.setattr(diacritics_train, "own_sentences", lambda: SENTENCES)
    monkeypatch.setattr(diacritics_train, "_pairs", lambda: iter(()))
    written = []
    for name in ("one", "two"):
        out = tmp_path / name
        out.mkdir()
        diacritics_train.train(data, wheel, vectors, out, lambda _: None)
        written.append([(out / file).read_bytes() for file in ("model.json", "model.npz")])
    assert written[0] == written[1]
    facts, model = json.loads(written[0][0]), model_from(read_arrays(written[0][1]))
    assert facts["report"]["vi-own"]["syllables"] > 50
    assert facts["report"]["found_by_meaning"]["texts"] == 12
    assert with_marks("uong nuoc chanh", model) == "uống nước chanh"


def test_a_model_of_a_fold_has_not_seen_its_checks(
    data: Path, wheel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diacritics_train, "own_words", list)
    monkeypatch.setattr(diacritics_train, "own_sentences", list)
    monkeypatch.setattr(diacritics_train, "_pairs", lambda: iter(()))
    path = data / "vi-own" / "messages.jsonl"
    seen = path.read_text("utf-8").splitlines()
    lone = {"id": "lone", "check": None, "relation": "none", "register": "sms", "lang": "vi",
            "text": "Nhuộm vải bằng củ nâu."}  # fmt: skip
    path.write_text("\n".join([*seen, json.dumps(lone)]) + "\n", "utf-8")
    material = diacritics_train.gathered(data, wheel)
    fold = material.checks["lone"]
    assert "nhuộm" in model_from(material.model_arrays()).syllables
    assert "nhuộm" not in model_from(material.model_arrays(without=fold)).syllables


def test_our_own_words_and_sentences_are_vietnamese_and_each_once() -> None:
    for texts in (diacritics_train.own_words(), diacritics_train.own_sentences()):
        assert len(texts) == len(set(texts)) > 400
    known = [syllable for word in diacritics_train.own_words() for syllable in syllables(word)]
    assert known.count("?") < 0.02 * len(known)
