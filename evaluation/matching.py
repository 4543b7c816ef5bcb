"""Measure finding and judging on labelled data, along the product's own path.

In: a folder of data sets. Out: a `MatchingReport` of plain figures with a text and a page. The path
is that of an answer: tokens, vectors, the embedded engine, candidates of both channels, the judge.
Beside the product stand words alone, meaning alone and their plain fusion, measured on the same
queries. Nothing is trained here; sets that the shipped model was trained on are marked, and their
figures out of fold are taken from the model's own report.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from evaluation.matching_bench import WHOLE_MESSAGE, Bench, Vectors, bench, lookups, understandings
from evaluation.matching_data import (
    Opposites,
    Query,
    Relations,
    Retrieval,
    find_data,
    language_from,
    read_data,
)
from evaluation.matching_metrics import Answer, Ranking, quality, ranking
from evaluation.matching_render import html_page, text_page
from soi.core.matching import Candidate, Match, Relation, judge
from soi.core.matching.model import load_model
from soi.core.meaning import load_embedder
from soi.core.text import language_of

WAYS = ("soi", "fusion", "words", "meaning")

_TRAINED_ON = frozenset({"vi-own", "opposites", "xl-ntrex-vi-en"})
_KIND_NAMES = {"number": "other_number", "entity": "other_name", "related": "near"}


@dataclass(frozen=True, slots=True)
class MatchingReport:
    """The figures of each data set by its name, and what is known of the shipped model."""

    sets: dict[str, dict[str, Any]]
    model: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Plain figures under the keys documented in `evaluation/README.md`."""
        return {"sets": self.sets, "model": self.model}


def evaluate_matching(
    data_dir: Path,
    *,
    cache_dir: Path,
    only: set[str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> MatchingReport:
    """Measure every data set below `data_dir`, or those named in `only`.

    `progress` hears how many texts of the present batch have been embedded; vectors are kept in
    `cache_dir` for the next run. Raises `ValueError` when there is no data set to measure.
    """
    folders = find_data(data_dir)
    chosen = [name for name in folders if only is None or name in only]
    if not chosen:
        raise ValueError(f"no data set for matching below {data_dir}")
    embedder = load_embedder("int8", cache_dir=cache_dir)
    vectors = Vectors(embedder, cache_dir, progress or (lambda _: None))
    sets: dict[str, dict[str, Any]] = {}
    for name in chosen:
        data = read_data(folders[name])
        if isinstance(data, Retrieval):
            sets[name] = measure_retrieval(data, vectors)
        elif isinstance(data, Relations):
            sets[name] = measure_relations(data, vectors)
        else:
            sets[name] = measure_opposites(data, vectors)
        sets[name]["trained_on"] = name in _TRAINED_ON
    return MatchingReport(sets, _model_facts())


def render_text(report: MatchingReport) -> str:
    """The report for a terminal."""
    return text_page(report.as_dict())


def render_html(report: MatchingReport) -> str:
    """The report as one self-contained page without script."""
    return html_page(report.as_dict())


def measure_retrieval(data: Retrieval, vectors: Vectors) -> dict[str, Any]:
    """Rankings of every way, overall and by split where there are several."""
    with bench(data.corpus, vectors) as place:
        ranked = [(query, _ranked(place, query, vectors)) for query in data.queries]
    figures: dict[str, Any] = {
        "kind": "retrieval",
        "checks": len(data.corpus),
        "ways": _ways(ranked),
    }
    splits = sorted({query.split for query in data.queries})
    if len(splits) > 1:
        figures["by_split"] = {
            split: _ways([pair for pair in ranked if pair[0].split == split]) for split in splits
        }
    return figures


Orders = dict[str, list[str]]


def _ranked(place: Bench, query: Query, vectors: Vectors) -> Orders:
    """The ids in the order of each way."""
    text = query.text[:WHOLE_MESSAGE]
    language = language_of(text)
    without = (query.exclude,) if query.exclude else ()
    [understood] = vectors.understood([text])
    found = place.candidates(text, language, understood.vector, without)
    return _orders(found, judge(text, language, found, look=vectors.look(understood)))


def _orders(found: Sequence[Candidate], matches: Sequence[Match]) -> Orders:
    """What the judge did not return follows in the order of the index."""
    judged = [match.candidate.id for match in matches]
    rest = [candidate.id for candidate in found if candidate.id not in set(judged)]
    return {
        "soi": judged + rest,
        "fusion": [candidate.id for candidate in found],
        "words": _by_rank([(c.words_rank, c.id) for c in found]),
        "meaning": _by_rank([(c.meaning_rank, c.id) for c in found]),
    }


def _by_rank(ranked: Sequence[tuple[int | None, str]]) -> list[str]:
    return [id_ for _, id_ in sorted((rank, id_) for rank, id_ in ranked if rank is not None)]


def _ways(ranked: Sequence[tuple[Query, Orders]]) -> dict[str, Any]:
    return {
        way: _figures([(orders[way], query.relevant) for query, orders in ranked]).as_dict()
        for way in WAYS
    }


def _figures(results: Sequence[tuple[Sequence[str], frozenset[str]]]) -> Ranking:
    return ranking(results)


def measure_relations(data: Relations, vectors: Vectors) -> dict[str, Any]:
    """Ranking of messages that say the same, and the quality of "same claim".

    Every message with a check is asked twice: with its check in the corpus, and with it taken out.
    The second asking and the messages that no check covers weigh together as much as the first.
    """
    answers: list[Answer] = []
    ranked: list[tuple[Query, Orders]] = []
    shown: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    with bench(data.checks, vectors) as place:
        asked = [lookups(message.text) for message in data.messages]
        known = understandings(asked, vectors)
        for message, texts, understood in zip(data.messages, asked, known, strict=True):
            for without in ((), (message.check,)) if message.check else ((),):
                found = [
                    place.candidates(text.text, text.language, each.vector, without)
                    for text, each in zip(texts, understood, strict=True)
                ]
                judged = [
                    judge(text.text, text.language, candidates, look=vectors.look(each))
                    for text, candidates, each in zip(texts, found, understood, strict=True)
                ]
                covered = message.check is not None and not without
                answers.append(_answer(judged, message.check, message.relation,
                                       message.register, covered=covered))  # fmt: skip
                if not covered or message.check is None:
                    continue
                shown[message.relation][_shown(judged, message.check)] += 1
                if message.relation == "same":
                    query = Query(message.id, message.text, message.language, message.register,
                                  frozenset({message.check}))  # fmt: skip
                    ranked.append((query, _orders(found[0], judged[0])))
    registers = sorted({query.split for query, _ in ranked})
    threshold = load_model().closer_threshold
    return {
        "kind": "relations",
        "checks": len(data.checks),
        "messages": len(data.messages),
        "ways": _ways(ranked),
        "by_register": {
            register: _ways([pair for pair in ranked if pair[0].split == register])
            for register in registers
        },
        "same_claim": quality(answers, threshold).as_dict(),
        "shown_as": {kind: dict(sorted(counts.items())) for kind, counts in sorted(shown.items())},
    }


def _answer(
    judged: Sequence[tuple[Match, ...]], check: str | None, relation: str, register: str,
    *, covered: bool,
) -> Answer:  # fmt: skip
    """The likeliest match over all look-ups of a message, with what it truly is."""
    matches = [match for matches in judged for match in matches]
    best = max(matches, key=lambda match: match.probability, default=None)
    kind = relation if check is not None else "none"
    if best is None:
        return Answer(0.0, "none", kind, register, covered)
    own = covered and best.candidate.id == check
    truth = _KIND_NAMES.get(relation, relation) if own else "none"
    return Answer(best.probability, truth, kind, register, covered)


def _shown(judged: Sequence[tuple[Match, ...]], check: str) -> str:
    """The relation in which the message's own check would be shown, "not shown" if in none."""
    own = [m for matches in judged for m in matches if m.candidate.id == check]
    best = max(own, key=lambda m: (m.relation is not Relation.NONE, m.probability), default=None)
    return "not_shown" if best is None or best.relation is Relation.NONE else best.relation.value


def measure_opposites(data: Opposites, vectors: Vectors) -> dict[str, Any]:
    """How often each kind of variant is called the same claim as its original, by language.

    The corpus is all originals. `nodiac`, `teen` and `teennd` say the same, `num`, `neg` and `ant`
    do not.
    """
    from evaluation.matching_data import Check

    checks = [
        Check(str(number), item.original, "", "", item.language)
        for number, item in enumerate(data.items)
    ]
    texts = [
        (str(number), item.language, item.source, kind, text)
        for number, item in enumerate(data.items)
        for kind, text in [("orig", item.original), *item.variants.items()]
    ]
    outcomes: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    with bench(checks, vectors) as place:
        for own, code, source, kind, text in texts:
            language = language_from(code)
            [understood] = vectors.understood([text])
            found = place.candidates(text, language, understood.vector)
            matches = judge(text, language, found, look=vectors.look(understood))
            outcomes[(code, source, kind)].append(_shown([matches], own))
    return {
        "kind": "opposites",
        "checks": len(checks),
        "variants": {
            f"{code}/{source}/{kind}": {
                "count": len(shown),
                "same": round(shown.count("same") / len(shown), 4),
                "shown_as": {one: shown.count(one) for one in sorted(set(shown))},
            }
            for (code, source, kind), shown in sorted(outcomes.items())
        },
    }


def _model_facts() -> dict[str, Any]:
    text = files("soi.core.matching").joinpath("model.json").read_text("utf-8")
    data = json.loads(text)
    return {key: data[key] for key in ("trained_at", "trained_on", "thresholds", "report")}
