"""Measure the statement types on labelled statements, along the product's own path.

In: a folder of data sets, of which each `statements.jsonl` is read, and each `items.jsonl` that
says of sentences whether they state a fact. Out: a `StatementsReport` of
plain figures with a text and a page. Every set is measured three ways: with the vector of the text
whose diacritics were restored, with the vector of the text as typed, and by words alone. Beside
it stands how many messages that repeat a checked claim would be called not checkable. Nothing is
trained here; a set that the shipped model was trained on is marked, and its honest figures are in
the model's own report.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from evaluation.matching_bench import Vectors
from evaluation.statements_data import (
    FILE,
    Labelled,
    claims_in,
    find_factual,
    find_statements,
    read_factual,
    read_statements,
)
from evaluation.statements_metrics import factual_figures, figures, macro_f1, share
from evaluation.statements_render import html_page, text_page
from soi.core.checkable import Judged, StatementType
from soi.core.checkable.judge import judged
from soi.core.checkable.model import Model, load_model, read_model
from soi.core.diacritics import needs_restoring, restore
from soi.core.meaning import load_embedder
from soi.core.text import language_of

RESTORED: Final = "restored"
TYPED: Final = "typed"
WORDS: Final = "words"
WAYS: Final = (RESTORED, TYPED, WORDS)


@dataclass(frozen=True, slots=True)
class StatementsReport:
    """The figures of each data set by its name, and what is known of the shipped model."""

    sets: dict[str, dict[str, Any]]
    factual: dict[str, dict[str, Any]]
    model: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Plain figures under the keys documented in `evaluation/README.md`."""
        return {"sets": self.sets, "factual": self.factual, "model": self.model}


def evaluate_statements(
    data_dir: Path,
    *,
    cache_dir: Path,
    progress: Callable[[int], None] | None = None,
) -> StatementsReport:
    """Measure every set of statements below `data_dir`.

    `progress` hears how many texts of the present batch have been embedded; vectors are kept in
    `cache_dir` for the next run. Raises `ValueError` when there is no set of statements, or when
    one has a label that is no type.
    """
    folders = find_statements(data_dir)
    if not folders:
        raise ValueError(f"no {FILE} below {data_dir}")
    embedder = load_embedder("int8", cache_dir=cache_dir)
    vectors = Vectors(embedder, cache_dir, progress or (lambda _: None))
    about = read_model()
    sets = {
        name: measure(load_model(), folder, vectors)
        | {"trained_on": name in about["trained_on"]}
        for name, folder in folders.items()
    }  # fmt: skip
    factual = {
        name: measure_factual(load_model(), folder, vectors)
        for name, folder in find_factual(data_dir).items()
    }
    facts = {key: about[key] for key in ("trained_on", "trained_at", "report")}
    facts["thresholds"] = {
        name: about[name]["thresholds"] for name in ("with_meaning", "without_meaning")
    }
    return StatementsReport(sets, factual, facts)


def render_text(report: StatementsReport) -> str:
    """The report for a terminal."""
    return text_page(report.as_dict())


def render_html(report: StatementsReport) -> str:
    """The report as one self-contained page without script."""
    return html_page(report.as_dict())


def measure(model: Model, folder: Path, vectors: Vectors) -> dict[str, Any]:
    """The figures of a model on the statements of a folder, and on its messages if it has any."""
    statements = read_statements(folder / FILE)
    claims = claims_in(folder)
    answers = judge_all(model, [one.text for one in statements], vectors)
    repeated = judge_all(model, [text for text, _ in claims], vectors) if claims else {}
    return {
        "ways": {way: grouped(statements, found) for way, found in answers.items()},
        "claims": {way: waved_away(found) for way, found in repeated.items()},
    }


def measure_factual(model: Model, folder: Path, vectors: Vectors) -> dict[str, Any]:
    """The figures of a model on sentences of which only fact or not is known, by the way."""
    sentences = read_factual(folder)
    answers = judge_all(model, [text for text, _ in sentences], vectors)
    factual = [is_fact for _, is_fact in sentences]
    return {way: factual_figures(factual, found) for way, found in answers.items()}


def judge_all(model: Model, texts: Sequence[str], vectors: Vectors) -> dict[str, list[Judged]]:
    """The judgements of all texts, each way; the language is told as in an answer."""
    languages = [language_of(text) for text in texts]
    restored = vectors.queries([restore(text) for text in texts])
    typed = vectors.queries(texts)
    every = {RESTORED: list(restored), TYPED: list(typed), WORDS: [None] * len(texts)}
    return {
        way: [
            judged(model, text, language, vector)
            for text, language, vector in zip(texts, languages, found, strict=True)
        ]
        for way, found in every.items()
    }


def grouped(statements: Sequence[Labelled], found: Sequence[Judged]) -> dict[str, Any]:
    """The figures of all statements, and macro F1 by language and by how they were typed."""
    groups: dict[str, list[int]] = {}
    for number, one in enumerate(statements):
        groups.setdefault(one.language, []).append(number)
        if needs_restoring(one.text, language_of(one.text)):
            groups.setdefault(f"{one.language}, without diacritics", []).append(number)
    true = [one.type for one in statements]
    likeliest = [max(one.probabilities, key=one.probabilities.__getitem__) if one.probabilities
                 else None for one in found]  # fmt: skip
    return figures(true, found) | {
        "macro_f1_by_group": {
            name: macro_f1([true[n] for n in chosen], [likeliest[n] for n in chosen])
            for name, chosen in sorted(groups.items())
        }
    }


def waved_away(found: Sequence[Judged]) -> dict[str, Any]:
    """Of messages that repeat a checked claim: how many would be called not checkable."""
    return {
        "messages": len(found),
        "called_fact": share(one.type is StatementType.FACT for one in found),
        "called_otherwise": share(one.checkable is False for one in found),
        "unsure": share(one.type is None for one in found),
    }
