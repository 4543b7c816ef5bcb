"""The counted model of Vietnamese syllables: which one is likely after which.

In: the two files beside this module, `model.json` (what it was made from, and its report) and
`model.npz` (the syllables and their costs). Out: a `Model`, loaded once a process. A cost is the
negative logarithm of an interpolated probability in steps of `STEP`, so the likeliest is the
cheapest. The files are written by `evaluation.diacritics_train`; nothing here learns.
"""

from __future__ import annotations

import json
import zlib
from array import array
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from math import exp
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.typing import NDArray

from soi.core.text import base_letters

FORMAT: Final = 1
FACTS_FILE: Final = "model.json"
COSTS_FILE: Final = "model.npz"

STEP: Final = 0.08
"""Costs are whole multiples of this natural logarithm, from 0 to 255."""

BREAK: Final = 0
"""The number that stands for the ends of a text and for punctuation."""
NUMBER: Final = 1
FOREIGN: Final = 2
CLASSES: Final = (".", "0", "?")
"""What stands in the list of syllables for these three."""

MAX_BYTES: Final = 16_000_000
"""The most that `model.npz` may unpack to; the shipped one unpacks to a twentieth."""

_ARRAYS: Final[Mapping[str, type[np.unsignedinteger[Any]]]] = {
    "syllables": np.uint8,
    "alone": np.uint8,
    "after_one": np.uint8,
    "pair_counts": np.uint16,
    "seconds": np.uint16,
    "pairs": np.uint8,
    "after_two": np.uint8,
    "triple_counts": np.uint16,
    "thirds": np.uint16,
    "triples": np.uint8,
}

Arrays = Mapping[str, NDArray[Any]]


class ModelError(Exception):
    """The model files do not fit this code or are damaged; the message says how."""


@dataclass(frozen=True, slots=True)
class Model:
    """Costs of syllables alone, after one and after two others.

    The followers of syllable `a` are `seconds[pair_starts[a]:pair_starts[a + 1]]`, sorted; the
    place of one is the pair's number, under which the followers of the pair stand in the same way
    in `thirds`. A pair that is missing costs `after_one[a] + alone[b]`; a triple that is missing
    costs `after_two[pair]` and what its last two cost.
    """

    syllables: tuple[str, ...]
    """By number, in lower case NFC."""
    candidates: Mapping[str, tuple[int, ...]]
    """The syllables of each plain spelling, the most frequent first."""
    own_share: Mapping[str, float]
    """How often a plain spelling is a syllable of its own, and not one that lost its marks."""
    alone: bytes
    after_one: bytes
    pair_starts: array[int]
    seconds: array[int]
    pairs: bytes
    after_two: bytes
    triple_starts: array[int]
    thirds: array[int]
    triples: bytes

    def pair(self, first: int, second: int) -> tuple[int, int]:
        """The number of a pair, -1 when it was never seen, and its cost."""
        end = self.pair_starts[first + 1]
        place = bisect_left(self.seconds, second, self.pair_starts[first], end)
        if place < end and self.seconds[place] == second:
            return place, self.pairs[place]
        return -1, self.after_one[first] + self.alone[second]


@lru_cache(maxsize=1)
def load_model() -> Model:
    """The model in the package. Raises `ModelError` when its files are damaged or do not fit."""
    folder = files(__package__)
    try:
        facts = json.loads(folder.joinpath(FACTS_FILE).read_text("utf-8"))
        packed = folder.joinpath(COSTS_FILE).read_bytes()
    except (OSError, ValueError) as error:
        raise ModelError(f"the restorer of diacritics can't be read: {error}") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise ModelError(f"{FACTS_FILE} is not of format {FORMAT}: train the model again")
    return model_from(read_arrays(packed))


def read_arrays(packed: bytes) -> dict[str, NDArray[Any]]:
    """The arrays in the bytes of `model.npz`; never more than `MAX_BYTES`, and no Python objects.

    Raises `ModelError` when they are damaged, too large, or others than expected.
    """
    try:
        with ZipFile(BytesIO(packed)) as archive:
            size = sum(member.file_size for member in archive.infolist())
            if size > MAX_BYTES:
                raise ModelError(f"{COSTS_FILE} unpacks to {size} bytes, more than {MAX_BYTES}")
        with np.load(BytesIO(packed), allow_pickle=False) as arrays:
            return {name: arrays[name] for name in _ARRAYS}
    except (BadZipFile, EOFError, KeyError, MemoryError, OSError, ValueError, zlib.error) as error:
        raise ModelError(f"{COSTS_FILE} is damaged: {error}") from error


def model_from(arrays: Arrays) -> Model:
    """The model of the arrays that the trainer wrote. Raises `ModelError` when they do not fit one
    another, so that no search can step outside of them."""
    for name, kind in _ARRAYS.items():
        if arrays[name].dtype != kind or arrays[name].ndim != 1:
            raise ModelError(f"{name} in {COSTS_FILE} is no list of {kind.__name__}")
    syllables = _syllables(arrays["syllables"])
    pair_starts = _starts(arrays, "pair_counts", len(syllables), "seconds", "pairs", "after_two")
    triple_starts = _starts(arrays, "triple_counts", pair_starts[-1], "thirds", "triples")
    for costs in ("alone", "after_one"):
        if len(arrays[costs]) != len(syllables):
            raise ModelError(f"{costs} in {COSTS_FILE} has not one cost for each syllable")
    for followers, counts in (("seconds", "pair_counts"), ("thirds", "triple_counts")):
        _check_followers(followers, arrays[followers], arrays[counts], len(syllables))
    candidates, own_share = _by_spelling(syllables, arrays["alone"])
    return Model(
        syllables=syllables,
        candidates=candidates,
        own_share=own_share,
        alone=arrays["alone"].tobytes(),
        after_one=arrays["after_one"].tobytes(),
        pair_starts=pair_starts,
        seconds=array("H", arrays["seconds"].tobytes()),
        pairs=arrays["pairs"].tobytes(),
        after_two=arrays["after_two"].tobytes(),
        triple_starts=triple_starts,
        thirds=array("H", arrays["thirds"].tobytes()),
        triples=arrays["triples"].tobytes(),
    )


def _syllables(letters: NDArray[np.uint8]) -> tuple[str, ...]:
    try:
        syllables = tuple(letters.tobytes().decode("utf-8").split("\n"))
    except UnicodeDecodeError as error:
        raise ModelError(f"the syllables in {COSTS_FILE} are no UTF-8") from error
    if syllables[: len(CLASSES)] != CLASSES or len(set(syllables)) < len(syllables):
        raise ModelError(f"the syllables in {COSTS_FILE} do not begin with the classes, or repeat")
    return syllables


def _starts(arrays: Arrays, counts: str, owners: int, *lists: str) -> array[int]:
    """Where the followers of each owner begin, and after the last where they end."""
    starts = np.concatenate([[0], np.cumsum(arrays[counts], dtype=np.uint32)])
    fits = len(arrays[counts]) == owners and all(len(arrays[n]) == starts[-1] for n in lists)
    if not fits:
        raise ModelError(f"{counts} in {COSTS_FILE} does not fit {', '.join(lists)}")
    return array("I", starts.astype(np.uint32).tobytes())


def _check_followers(
    name: str, followers: NDArray[np.uint16], counts: NDArray[np.uint16], syllables: int
) -> None:
    owners = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    if (np.diff(owners << 16 | followers) <= 0).any() or (followers >= syllables).any():
        raise ModelError(f"{name} in {COSTS_FILE} is not sorted, or names no syllable")


def _by_spelling(
    syllables: tuple[str, ...], alone: NDArray[np.uint8]
) -> tuple[dict[str, tuple[int, ...]], dict[str, float]]:
    """The numbers of the syllables by plain spelling, and the share of the plain one among them."""
    costs = alone.tolist()
    spelled: dict[str, list[int]] = {}
    for number in range(len(CLASSES), len(syllables)):
        spelled.setdefault(base_letters(syllables[number]), []).append(number)
    own_share: dict[str, float] = {}
    for plain, numbers in spelled.items():
        numbers.sort(key=costs.__getitem__)
        weights = {syllables[number]: exp(-STEP * costs[number]) for number in numbers}
        own_share[plain] = weights.get(plain, 0.0) / sum(weights.values())
    return {plain: tuple(numbers) for plain, numbers in spelled.items()}, own_share
