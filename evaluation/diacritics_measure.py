"""Measure the restorer of diacritics: `python -m evaluation.diacritics_measure --help`.

In: a folder of data sets. Out: a `DiacriticsReport` of plain figures with a text. Vietnamese texts
lose their marks and are restored; a syllable is right when it is spelled as it was, wherever the
tone mark stands ("hoà", "hòa"). Texts that need no marks must come back as they were. Messages and
queries without marks are looked up among the checks of their set by meaning alone, as typed and
restored. Nothing is trained here; sets that the shipped model was trained on are marked, and their
figures out of fold are in the model's report.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np

from evaluation.diacritics_sources import is_marked
from evaluation.diacritics_spelling import canonical
from evaluation.diacritics_typing import Typed, typed_half, typed_in_chat, typed_without
from evaluation.matching_bench import WHOLE_MESSAGE, Vectors
from evaluation.matching_data import (
    Check,
    DataSet,
    Message,
    Opposites,
    Relations,
    Retrieval,
    find_data,
    read_data,
)
from evaluation.matching_metrics import ranking
from soi.core.diacritics import restore, restore_aligned
from soi.core.diacritics.model import FACTS_FILE
from soi.core.matching.passages import meaning_text
from soi.core.meaning import load_embedder

BARE_REGISTER: Final = "nodiacritics-teencode"
"""The register of the own messages that were typed without marks."""

_WAYS: Final = {
    "without_marks": typed_without,
    "half_with_marks": typed_half,
    "chat_spelling": typed_in_chat,
}
_FOUND: Final = 50
_SAME_SENTENCES: Final = {"opposites": "xl-ntrex-vi-en"}
"""The Vietnamese originals of the first are sentences of the second."""

Aligned = tuple[str, Sequence[int]]
"""A restored text, and for each of its characters its place in the text that was restored."""

Restorer = Callable[[str], Aligned]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked up: who is right, who is left out, and the text in each way of writing it."""

    right: Sequence[frozenset[str]]
    without: Sequence[str | None]
    ways: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class DiacriticsReport:
    """The figures of each data set by its name, and what is known of the shipped model."""

    sets: dict[str, dict[str, Any]]
    model: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Plain figures, ready for JSON."""
        return {"sets": self.sets, "model": self.model}


def evaluate_diacritics(
    data_dir: Path, vectors: Vectors, *, only: set[str] | None = None
) -> DiacriticsReport:
    """Measure every set below `data_dir`, or those named in `only`. Raises `ValueError` when there
    is nothing to measure."""
    model = json.loads(files("soi.core.diacritics").joinpath(FACTS_FILE).read_text("utf-8"))
    sets: dict[str, dict[str, Any]] = {}
    for name, folder in find_data(data_dir).items():
        if only is None or name in only:
            figures = measure(read_data(folder), vectors)
            trained_on = _SAME_SENTENCES.get(name, name) in model["trained_on"]
            sets[name] = {"trained_on": trained_on, **figures}
    if not sets:
        raise ValueError(f"no data sets to measure below {data_dir}")
    return DiacriticsReport(sets, model)


def render_text(report: DiacriticsReport) -> str:
    """The report for a terminal."""
    parts = ["Restoring diacritics\n===================="]
    for name, figures in report.sets.items():
        note = (
            " (trained the shipped model: these figures flatter)" if figures["trained_on"] else ""
        )
        parts.append("\n".join([f"{name}{note}", *_lines(figures)]))
    facts = [f"model.json, trained {report.model['trained_at']}", *_lines(report.model["report"])]
    return "\n\n".join([*parts, "\n".join(facts)]) + "\n"


def _lines(figures: Mapping[str, Any], indent: str = "  ") -> Iterator[str]:
    for key, value in figures.items():
        if isinstance(value, Mapping):
            yield f"{indent}{key}"
            yield from _lines(value, indent + "  ")
        elif key != "trained_on":
            shown = f"{value:.4f}" if isinstance(value, float) else str(value)
            yield f"{indent}{key:<24}{shown:>10}"


def measure(data: DataSet, vectors: Vectors) -> dict[str, Any]:
    """The figures of one set; parts for which it has no texts are left out."""
    texts = list(_texts(data))
    marked = [text for text, _ in texts if is_marked(text)]
    english = [text for text, language in texts if language == "en"]
    figures: dict[str, Any] = {}
    if marked:
        figures |= {
            way: measure_syllables(map(typed, marked), restore_aligned)
            for way, typed in _WAYS.items()
        }
        figures["with_marks"] = measure_leaving(marked)
    if english:
        figures["english"] = measure_leaving(english)
    if not isinstance(data, Opposites) and (asked := _asked(data)).right:
        checks = data.checks if isinstance(data, Relations) else data.corpus
        figures["found_by_meaning"] = measure_finding(checks, asked, vectors)
    return figures


def _texts(data: DataSet) -> Iterator[tuple[str, str]]:
    """What people wrote, and its language by the data; of English checks also their claims."""
    if isinstance(data, Opposites):
        yield from ((item.original, item.language) for item in data.items)
        return
    asked = data.queries if isinstance(data, Retrieval) else data.messages
    yield from ((one.text, one.language) for one in asked)
    checks = data.corpus if isinstance(data, Retrieval) else data.checks
    yield from ((check.claim, "en") for check in checks if check.language == "en")


def measure_syllables(typed: Iterable[Typed], restorer: Restorer) -> dict[str, Any]:
    """How many of the syllables that were meant are restored, and how long a text takes."""
    known = list(typed)
    start = perf_counter()
    found = [restorer(each.text) for each in known]
    seconds = perf_counter() - start
    total = sum(len(each.meant) for each in known)
    right = sum(map(syllables_right, known, found))
    return {
        "texts": len(known),
        "syllables": total,
        "right": round(right / max(1, total), 4),
        "microseconds_a_text": round(1e6 * seconds / max(1, len(known))),
    }


def syllables_right(typed: Typed, found: Aligned) -> int:
    """How many of the syllables that were meant stand where they were typed."""
    letters = [""] * len(typed.text)
    for letter, place in zip(*found, strict=True):
        letters[place] += letter
    words = ("".join(letters[start:end]).lower() for start, end, _ in typed.meant)
    return sum(
        meant == (canonical(word) or word)
        for word, (_, _, meant) in zip(words, typed.meant, strict=True)
    )


def measure_leaving(texts: Sequence[str]) -> dict[str, Any]:
    """The share of texts that come back as they were."""
    left = sum(restore(text) == text for text in texts)
    return {"texts": len(texts), "left_as_they_were": round(left / len(texts), 4)}


def bare_messages(messages: Iterable[Message]) -> list[Message]:
    """The messages that say the same as their check and were typed without marks."""
    return [m for m in messages if m.relation == "same" and m.register == BARE_REGISTER and m.check]


def _asked(data: Retrieval | Relations) -> Asked:
    """The messages typed without marks; or the marked queries of the set, as written and bare."""
    if isinstance(data, Relations):
        messages = bare_messages(data.messages)
        return asked_about(messages, restore)
    queries = [query for query in data.queries if is_marked(query.text)]
    bare = [typed_without(query.text).text for query in queries]
    ways = {
        "with_marks": [query.text for query in queries],
        "as_typed": bare,
        "restored": [restore(text) for text in bare],
    }
    return Asked([q.relevant for q in queries], [q.exclude for q in queries], ways)


def asked_about(messages: Sequence[Message], restorer: Callable[[str], str]) -> Asked:
    """What is asked with messages that were typed without marks."""
    typed = [message.text[:WHOLE_MESSAGE] for message in messages]
    ways = {"as_typed": typed, "restored": [restorer(text) for text in typed]}
    right = [frozenset({message.check or ""}) for message in messages]
    return Asked(right, [None] * len(messages), ways)


def measure_finding(checks: Sequence[Check], asked: Asked, vectors: Vectors) -> dict[str, Any]:
    """Success@1 and recall@50 of meaning alone over `checks` for each way of writing."""
    passages = vectors.passages([meaning_text(c.claim, c.title, c.summary) for c in checks])
    ids = np.array([check.id for check in checks])
    figures: dict[str, Any] = {"texts": len(asked.right), "checks": len(checks)}
    for way, texts in asked.ways.items():
        near = vectors.queries([text[:WHOLE_MESSAGE] for text in texts]) @ passages.T
        results = []
        for row, right, without in zip(near, asked.right, asked.without, strict=True):
            order = ids[np.argsort(-row, kind="stable")[: _FOUND + 1]].tolist()
            results.append(([id_ for id_ in order if id_ != without], right))
        found = ranking(results).as_dict()
        figures[way] = {key: found[key] for key in ("success@1", "recall@50")}
    return figures


def main() -> None:
    """Run the measurement from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="a folder of data sets")
    parser.add_argument("--only", action="append", help="only this set; may be repeated")
    parser.add_argument("--json", action="store_true", help="one JSON object of plain figures")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "soi")
    options = parser.parse_args()
    embedder = load_embedder("int8", cache_dir=options.cache)
    vectors = Vectors(embedder, options.cache, lambda _: None)
    report = evaluate_diacritics(options.data, vectors, only=set(options.only or ()) or None)
    print(json.dumps(report.as_dict(), indent=2) if options.json else render_text(report))


if __name__ == "__main__":
    main()
