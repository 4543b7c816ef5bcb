"""Cut a text into the pieces that the model knows: SentencePiece's Unigram, on a trie in a file.

In: a text. Out: ids of vocabulary pieces, the likeliest cut of all (Kudo 2018, arXiv:1804.10959),
found by Viterbi. The trie is four arrays that are memory-mapped, so opening it costs about a
millisecond and all processes share it; reading 250,000 pieces into a hash table at each start would
cost more than the rest of the embedder. Control pieces such as `</s>` are never found in a text, so
nobody can write one into a message.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from soi.core.meaning.weights import Vocabulary

_SPACE_MARK: Final = "\N{LOWER ONE EIGHTH BLOCK}"
_UNKNOWN_PENALTY: Final = 10.0
"""An unknown character costs this much more than the least likely piece, as in SentencePiece."""

_ARRAYS: Final = ("first_child", "label", "piece", "score")
_RULES: Final = "rules.json"
_NO_PIECE: Final = -1


@dataclass(frozen=True, slots=True)
class Trie:
    """The pieces as a tree of characters; node 0 is the root.

    The children of node `n` are the nodes `first_child[n]` up to `first_child[n + 1]`, ordered by
    `label`, the code point that leads to them. `piece` is the id of the piece that ends at a node,
    or -1, and `score` its log probability.
    """

    first_child: NDArray[np.int32]
    label: NDArray[np.int32]
    piece: NDArray[np.int32]
    score: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a cutter must know besides the pieces."""

    begin: int
    end: int
    unknown: int
    unknown_score: float
    longest: int
    """Characters of the longest piece."""
    normalised: dict[str, str]


def plant(vocabulary: Vocabulary) -> Trie:
    """The trie of all pieces that may be found in a text.

    Sorted pieces are the rows of a table of letters, and a node is born wherever a row departs from
    the row above it. Numbering nodes by depth and then by row makes siblings neighbours.
    """
    ids = np.array(sorted(set(range(len(vocabulary.pieces))) - vocabulary.control))
    pieces = np.array([vocabulary.pieces[i] for i in ids])
    order = np.argsort(pieces)
    ids, pieces = ids[order], pieces[order]
    lengths = np.char.str_len(pieces)
    letters = pieces.view(np.uint32).reshape(len(pieces), -1)

    departs = np.ones(letters.shape, bool)
    departs[1:] = letters[1:] != letters[:-1]
    departs = np.logical_or.accumulate(departs, axis=1)
    is_born = (departs & (lengths[:, None] > np.arange(letters.shape[1]))).T
    node_at = np.cumsum(is_born).reshape(is_born.shape)
    count = int(node_at[-1, -1]) + 1

    parents = np.vstack([np.zeros_like(node_at[:1]), node_at[:-1]])[is_born]
    first_child = 1 + np.cumsum(np.bincount(parents + 1, minlength=count + 1))
    piece = np.full(count, _NO_PIECE)
    piece[node_at[lengths - 1, np.arange(len(ids))]] = ids
    return Trie(
        first_child.astype(np.int32),
        np.concatenate([[0], letters.T[is_born]]).astype(np.int32),
        piece.astype(np.int32),
        np.where(piece == _NO_PIECE, 0, vocabulary.scores[piece]).astype(np.float32),
    )


def save(vocabulary: Vocabulary, folder: Path) -> None:
    """Write what `PieceCutter.open` reads: one file an array, and the rules as JSON."""
    trie = plant(vocabulary)
    for name in _ARRAYS:
        np.save(folder / f"{name}.npy", getattr(trie, name))
    rules = {
        "begin": vocabulary.begin,
        "end": vocabulary.end,
        "unknown": vocabulary.unknown,
        "unknown_score": float(vocabulary.scores.min()) - _UNKNOWN_PENALTY,
        "longest": max(map(len, vocabulary.pieces)),
        "normalised": vocabulary.normalised,
    }
    (folder / _RULES).write_text(json.dumps(rules), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between two spaces, and its pieces: from `first` up to `end`, in framed ids."""

    text: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class Framed:
    """The ids of a text between the begin and end marks, and its words."""

    ids: list[int]
    words: list[Word]


class PieceCutter:
    """Cuts texts into piece ids. Holds no state between calls, so threads may share it."""

    def __init__(self, trie: Trie, rules: Rules) -> None:
        # A memoryview hands out plain integers several times faster than an array does.
        self._first_child = trie.first_child.data
        self._label = trie.label.data
        self._piece = trie.piece.data
        self._score = trie.score.data
        self._rules = rules
        self._normalised = str.maketrans(rules.normalised)

    @classmethod
    def open(cls, folder: Path) -> PieceCutter:
        """Map what `save` wrote."""
        trie = Trie(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in _ARRAYS))
        return cls(trie, Rules(**json.loads((folder / _RULES).read_text(encoding="utf-8"))))

    def framed(self, text: str, *, at_most: int) -> list[int]:
        """The ids of the likeliest pieces between the begin and end marks, `at_most` ids in all.

        A character in no piece is the unknown id. What lies beyond the reach of `at_most` pieces is
        not looked at, so time is bounded whatever the text.
        """
        return self.framed_words(text, at_most=at_most).ids

    def framed_words(self, text: str, *, at_most: int) -> Framed:
        """The same, with the words that the pieces make up."""
        room = at_most - 2
        marked = self._marked(text)[: room * self._rules.longest]
        pieces, begins = self._cut(marked)
        ids = [self._rules.begin, *pieces[:room], self._rules.end]
        words: list[Word] = []
        first, start = 0, 0
        for at in range(1, min(len(pieces), room) + 1):
            ends = at == min(len(pieces), room)
            if ends or marked[begins[at]] == _SPACE_MARK:
                stop = begins[at] if at < len(pieces) else len(marked)
                words.append(Word(marked[start:stop].strip(_SPACE_MARK), first + 1, at + 1))
                first, start = at, stop
        return Framed(ids, words)

    def _marked(self, text: str) -> str:
        """Normalised, each run of spaces one space mark, and one mark at the start."""
        spaced = text.translate(self._normalised)
        while "  " in spaced:
            spaced = spaced.replace("  ", " ")
        return (spaced if spaced.startswith(" ") else f" {spaced}").replace(" ", _SPACE_MARK)

    def _cut(self, marked: str) -> tuple[list[int], list[int]]:
        """The pieces in their order, and the place where each begins."""
        piece_ending, begin_of = self._best_ends([ord(character) for character in marked])
        ids: list[int] = []
        begins: list[int] = []
        end = len(marked)
        while end > 0:
            ids.append(piece_ending[end])
            end = begin_of[end]
            begins.append(end)
        return ids[::-1], begins[::-1]

    def _best_ends(self, codes: list[int]) -> tuple[list[int], list[int]]:
        """For every end: the last piece of the best cut up to there, and where it begins."""
        first_child, label = self._first_child, self._label
        piece_at, score_at = self._piece, self._score
        unknown, unknown_score = self._rules.unknown, self._rules.unknown_score
        length = len(codes)
        best = [0.0] + [-inf] * length
        piece_ending = [unknown] * (length + 1)
        begin_of = [0] * (length + 1)
        for begin in range(length):
            so_far = best[begin]
            if so_far + unknown_score > best[begin + 1]:
                best[begin + 1] = so_far + unknown_score
                piece_ending[begin + 1], begin_of[begin + 1] = unknown, begin
            node = 0
            for end in range(begin + 1, length + 1):
                code, after = codes[end - 1], first_child[node + 1]
                node = bisect_left(label, code, first_child[node], after)
                if node == after or label[node] != code:
                    break
                if piece_at[node] != _NO_PIECE and so_far + score_at[node] > best[end]:
                    best[end] = so_far + score_at[node]
                    piece_ending[end], begin_of[end] = piece_at[node], begin
        return piece_ending, begin_of
