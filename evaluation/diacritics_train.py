"""Train the restorer of diacritics: `python -m evaluation.diacritics_train --help`.

In: the folder of data sets, of which only what may be shipped is read; the words and sentences of
`evaluation/diacritics` and `evaluation/pairs`; and the wheel of wordfreq 3.1 with its frequencies
of words. Out: `model.json` and `model.npz` in `soi.core.diacritics`: counts turned into costs, no
text. The same input gives the same files but for the date. The figures in the report come from
models that had seen neither the check nor its other messages, nor the fifth of the translations.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

import soi.core.diacritics as package
from evaluation.diacritics_counts import Counts, Smoothing, model_arrays
from evaluation.diacritics_measure import (
    asked_about,
    bare_messages,
    measure_finding,
    measure_syllables,
)
from evaluation.diacritics_sources import frequencies, is_marked, marked_lines
from evaluation.diacritics_spelling import canonical
from evaluation.diacritics_typing import Typed, typed_without
from evaluation.matching_bench import Vectors
from evaluation.matching_data import Relations, read_data, rows
from soi.core.diacritics.model import COSTS_FILE, FACTS_FILE, FORMAT, Model, model_from
from soi.core.diacritics.restore import with_marks
from soi.core.meaning import load_embedder
from soi.core.text import expand_teencode

OWN: Final = "vi-own"
TRANSLATIONS: Final = "xl-ntrex-vi-en"
TRAINED_ON: Final = {
    "evaluation/diacritics": "Apache-2.0",
    "evaluation/pairs": "Apache-2.0",
    OWN: "CC0-1.0",
    TRANSLATIONS: "CC BY-SA 4.0",
    "wordfreq": "CC BY-SA 4.0",
}
"""What the model is counted from, and on which terms. Research sets only measure."""

FOLDS: Final = 5
SMOOTHING: Final = Smoothing(pair_factor=3.0, triple_factor=3.0, counted_share=0.6)
"""Chosen out of fold on the own messages and the translations. It hardly matters: with half or
twice of a factor the share of right syllables moves by less than half a point."""

_HERE: Final = Path(__file__).parent

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Material:
    """What is counted: what is always seen, and in folds what is also measured on."""

    always: Counts
    folds: tuple[Counts, ...]
    checks: dict[str, int]
    """The fold of each own check, and of each message without one."""
    translations: tuple[str, ...]
    """The nth fifth of them is in the nth fold."""
    frequencies: dict[str, float]

    def model_arrays(self, without: int | None = None) -> dict[str, Any]:
        """The arrays of the whole model, or of one that has not seen a fold."""
        counts = Counts()
        counts.add(self.always)
        for number, fold in enumerate(self.folds):
            if number != without:
                counts.add(fold)
        return model_arrays(counts, self.frequencies, SMOOTHING)

    def translations_of(self, fold: int) -> Sequence[str]:
        """A fifth of the translations, in their order: neighbours tell of the same events."""
        return _fifth(self.translations, fold)


def gathered(data_dir: Path, wheel: Path) -> Material:
    """Read and count everything."""
    always = Counts()
    always.add_words(own_words())
    always.add_sentences(own_sentences())
    always.add_sentences(_pairs())
    translations = [row["text"] for row in rows(data_dir / TRANSLATIONS / "queries.jsonl")]
    by_check = _own_by_check(data_dir / OWN)
    checks = {check: place % FOLDS for place, check in enumerate(sorted(by_check))}
    folds = tuple(Counts() for _ in range(FOLDS))
    for number, fold in enumerate(folds):
        fold.add_sentences(_fifth(translations, number))
        for check, texts in by_check.items():
            if checks[check] == number:
                fold.add_sentences(texts)
    return Material(always, folds, checks, tuple(translations), _frequencies(wheel))


def _fifth(texts: Sequence[str], number: int) -> Sequence[str]:
    return texts[number * len(texts) // FOLDS : (number + 1) * len(texts) // FOLDS]


def _frequencies(wheel: Path) -> dict[str, float]:
    """The frequencies of syllables in their common spelling."""
    found: dict[str, float] = {}
    for word, share in frequencies(wheel).items():
        if syllable := canonical(word):
            found[syllable] = found.get(syllable, 0.0) + share
    return found


def own_words() -> list[str]:
    """The words of our own lists, each once: several on a line, separated by commas."""
    found = (word.strip() for line in _own("words-*.txt") for word in line.split(","))
    return list(dict.fromkeys(word for word in found if word))


def own_sentences() -> list[str]:
    """Our own sentences, each once: one on a line."""
    return list(dict.fromkeys(_own("sentences-*.txt")))


def _own(pattern: str) -> Iterator[str]:
    for path in sorted((_HERE / "diacritics").glob(pattern)):
        for line in path.read_text("utf-8").splitlines():
            if line.strip() and not line.startswith("#"):
                yield line.strip()


def _pairs() -> Iterator[str]:
    for path in sorted((_HERE / "pairs").glob("*.jsonl")):
        for row in rows(path):
            texts = [row.get("claim"), row.get("title"), row.get("summary")]
            texts += [message["text"] for message in row.get("messages", ())]
            yield from (line for text in texts if text for line in marked_lines(text))


def _own_by_check(folder: Path) -> dict[str, list[str]]:
    """The marked lines of the own set by check; messages of no check under their own id."""
    found: dict[str, list[str]] = {}
    for row in rows(folder / "checks.jsonl"):
        for field in ("claim", "title", "summary"):
            found.setdefault(row["id"], []).extend(marked_lines(row.get(field) or ""))
    for row in rows(folder / "messages.jsonl"):
        found.setdefault(row.get("check") or row["id"], []).extend(marked_lines(row["text"]))
    return found


def report_out_of_fold(
    material: Material, data: Relations, vectors: Vectors, tell: Report
) -> dict[str, Any]:
    """Syllables right and checks found, restored by models that have not seen the fold."""
    marked = [message for message in data.messages if is_marked(message.text)]
    bare = bare_messages(data.messages)
    right: dict[str, list[float]] = {OWN: [0, 0], TRANSLATIONS: [0, 0]}
    restored: dict[str, str] = {}
    for fold in range(FOLDS):
        model = model_from(material.model_arrays(without=fold))
        held = [m.text for m in marked if material.checks[m.check or m.id] == fold]
        for name, texts in ((OWN, held), (TRANSLATIONS, material.translations_of(fold))):
            figures = _measured([typed_without(text) for text in texts], model)
            right[name][0] += figures["syllables"]
            right[name][1] += figures["syllables"] * figures["right"]
            tell(f"fold {fold + 1} of {FOLDS}, {name}: {figures}")
        for message in bare:
            if material.checks[message.check or ""] == fold:
                restored[message.text] = with_marks(expand_teencode(message.text), model)
    found = measure_finding(data.checks, asked_about(bare, restored.__getitem__), vectors)
    return {
        "how": f"out of {FOLDS} folds: checks with their messages, and fifths of the translations",
        **{
            name: {"syllables": total, "right": round(hits / max(1, total), 4)}
            for name, (total, hits) in right.items()
        },
        "found_by_meaning": found,
    }


def _measured(typed: Sequence[Typed], model: Model) -> dict[str, Any]:
    return measure_syllables(typed, lambda text: (with_marks(text, model), range(len(text))))


def train(data_dir: Path, wheel: Path, vectors: Vectors, out: Path, tell: Report) -> None:
    """Count, measure out of fold, and write the two model files into `out`.

    Raises `ValueError` when the own set holds no checks with messages, and `FileNotFoundError` for
    a set that is missing.
    """
    data = read_data(data_dir / OWN)
    if not isinstance(data, Relations):
        raise ValueError(f"{data_dir / OWN} holds no checks with messages")
    material = gathered(data_dir, wheel)
    report = report_out_of_fold(material, data, vectors, tell)
    whole = material.model_arrays()
    model_from(whole)  # what the reader would refuse is not written
    facts = {
        "format": FORMAT,
        "trained_at": dt.datetime.now(dt.UTC).date().isoformat(),
        "trained_on": TRAINED_ON,
        "sizes": {name: len(values) for name, values in whole.items()},
        "smoothing": asdict(SMOOTHING),
        "report": report,
    }
    np.savez_compressed(out / COSTS_FILE, **whole)
    (out / FACTS_FILE).write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", "utf-8")
    tell(json.dumps(report, indent=1))


def main() -> None:
    """Run the training from the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of data sets")
    parser.add_argument("--wordfreq", type=Path, required=True, help="the wheel of wordfreq 3.1")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "soi")
    parser.add_argument("--write", type=Path, default=Path(package.__file__).parent)
    options = parser.parse_args()
    vectors = Vectors(load_embedder("int8", cache_dir=options.cache), options.cache, lambda _: None)
    train(options.data, options.wordfreq, vectors, options.write, print)


if __name__ == "__main__":
    main()
