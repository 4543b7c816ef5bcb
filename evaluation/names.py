"""Measure the lookalike engine on any register and any labelled names.

In: a register file and a names file (formats in `names_data`). Out: a `NamesReport` with the
figures of the shipped model and of four simple rules on the same names. Nothing is learnt, tuned
or written here, so the figures on brands that nobody has trained on are honest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evaluation.names_baselines import RULES, Verdict
from evaluation.names_data import LabelledName, read_names, read_register
from evaluation.names_metrics import (
    NO_FINDING,
    Operating,
    at_threshold,
    best_f1,
    recall_at_false_alarms,
)
from evaluation.names_render import render_html, render_text
from soi.core.lookalike import NameKind, Register, compile_register, scan, score
from soi.core.lookalike.letters import view
from soi.core.lookalike.model import shipped_model

__all__ = ["DetectorReport", "NamesReport", "evaluate_names", "render_html", "render_text"]


@dataclass(frozen=True, slots=True)
class DetectorReport:
    """One detector's figures. Shares are between 0 and 1."""

    name: str
    at_threshold: Operating
    """At the detector's own threshold; for the engine the one of readers."""
    best: Operating
    """At the threshold with the best F1 on these very names: an upper bound."""
    recall_at_1_in_1000: float
    recall_at_1_in_10000: float
    brand_right: float
    """Among imitations reported, the share whose brand was named rightly."""
    recall_by_kind: dict[str, float]
    recall_by_source: dict[str, float]
    false_alarms_by_kind: dict[str, float]
    """The share of benign names of each kind that is reported."""
    names_per_second: float
    """Names a second of one core's time."""

    def as_dict(self) -> dict[str, Any]:
        """Plain figures: `at_threshold` and `best_f1` with threshold, hits, false_alarms,
        positives, negatives, precision, recall, f1; the rest as the fields are named."""
        return {
            "name": self.name,
            "at_threshold": self.at_threshold.as_dict(),
            "best_f1": self.best.as_dict(),
            "recall_at_1_in_1000": self.recall_at_1_in_1000,
            "recall_at_1_in_10000": self.recall_at_1_in_10000,
            "brand_right": self.brand_right,
            "recall_by_kind": self.recall_by_kind,
            "recall_by_source": self.recall_by_source,
            "false_alarms_by_kind": self.false_alarms_by_kind,
            "names_per_second": self.names_per_second,
        }


@dataclass(frozen=True, slots=True)
class NamesReport:
    """The engine and the simple rules on the same names."""

    register_file: str
    names_file: str
    brands: int
    positives: int
    negatives: int
    unknown_brands: tuple[str, ...]
    """Brands that the names file says are imitated, but the register does not have."""
    official: int
    """Hosts and account names of the register."""
    official_reported: tuple[str, ...]
    """Those of them that the engine calls lookalikes at all, however improbable: must be none."""
    watch: Operating
    """The engine at its watch threshold."""
    detectors: tuple[DetectorReport, ...]
    """The engine first, then the rules."""

    @property
    def engine(self) -> DetectorReport:
        """The shipped model's figures."""
        return self.detectors[0]

    def as_dict(self) -> dict[str, Any]:
        """Plain figures: register_file, names_file, brands, positives, negatives,
        unknown_brands, official, official_reported, watch (as `DetectorReport.as_dict`'s
        at_threshold) and detectors."""
        return {
            "register_file": self.register_file,
            "names_file": self.names_file,
            "brands": self.brands,
            "positives": self.positives,
            "negatives": self.negatives,
            "unknown_brands": list(self.unknown_brands),
            "official": self.official,
            "official_reported": list(self.official_reported),
            "watch": self.watch.as_dict(),
            "detectors": [detector.as_dict() for detector in self.detectors],
        }

    def as_json(self) -> str:
        """`as_dict` as JSON."""
        return json.dumps(self.as_dict(), indent=2, ensure_ascii=False)


def evaluate_names(register_csv: Path, names_csv: Path, *, baselines: bool = True) -> NamesReport:
    """Run the shipped model, and the simple rules unless turned off, over labelled names.

    A name counts as found when it is reported at all; whether for the right brand is told
    apart as `brand_right`. Raises `ValueError` when a file lacks a column or holds no names, and
    `OSError` when one cannot be read.
    """
    brands, names = read_register(register_csv), read_names(names_csv)
    if not brands or not names:
        raise ValueError("the register and the names must not be empty")
    register = compile_register(brands)
    started = time.process_time()
    engine = _engine_verdicts(register, names)
    seconds = time.process_time() - started
    detectors = [_measure("engine", engine, names, shipped_model().reader, seconds)]
    for rule in RULES if baselines else ():
        started = time.process_time()
        verdicts = rule.detect(brands, _as_hosts(names, register))
        seconds = time.process_time() - started
        detectors.append(_measure(rule.name, verdicts, names, rule.threshold, seconds))
    labels = [name.imitates for name in names]
    known = {brand.id for brand in brands}
    official = [(host, NameKind.HOST) for brand in brands for host in brand.hosts]
    official += [(handle, NameKind.HANDLE) for brand in brands for handle in brand.handles]
    return NamesReport(
        register_file=register_csv.name,
        names_file=names_csv.name,
        brands=len(brands),
        positives=sum(labels),
        negatives=len(labels) - sum(labels),
        unknown_brands=tuple(sorted({n.brand for n in names if n.imitates} - known)),
        official=len(official),
        official_reported=tuple(n for n, kind in official if score(n, kind, register)),
        watch=at_threshold([v.score for v in engine], labels, shipped_model().watch),
        detectors=tuple(detectors),
    )


def _engine_verdicts(register: Register, names: Sequence[LabelledName]) -> list[Verdict]:
    if all(name.what is NameKind.HOST for name in names):
        found = list(scan((name.host for name in names), register))
    else:
        found = [score(name.host, name.what, register) for name in names]
    return [
        Verdict(s.lookalike.probability, s.lookalike.brand) if s else Verdict(NO_FINDING, "")
        for s in found
    ]


def _as_hosts(names: Sequence[LabelledName], register: Register) -> list[str]:
    """Names for rules that know hosts only: of an account its letters; "" if it is official."""
    return [
        name.host if name.what is NameKind.HOST else _account_as_host(name.host, register)
        for name in names
    ]


def _account_as_host(name: str, register: Register) -> str:
    if register.official_handle(name):
        return ""
    return "".join(c for c in view(name, 0, len(name)).plain if c.isalnum()) + ".test"


def _measure(
    title: str,
    verdicts: Sequence[Verdict],
    names: Sequence[LabelledName],
    threshold: float,
    seconds: float,
) -> DetectorReport:
    scores = [verdict.score for verdict in verdicts]
    labels = [name.imitates for name in names]
    hits = [
        (name, verdict)
        for name, verdict in zip(names, verdicts, strict=True)
        if name.imitates and verdict.score >= threshold
    ]
    right = sum(name.brand == verdict.brand for name, verdict in hits)
    positives = [name for name in names if name.imitates]
    found = [name for name, _ in hits]
    benign = [name for name in names if not name.imitates]
    alarms = [
        name
        for name, verdict in zip(names, verdicts, strict=True)
        if not name.imitates and verdict.score >= threshold
    ]
    return DetectorReport(
        name=title,
        at_threshold=at_threshold(scores, labels, threshold),
        best=best_f1(scores, labels),
        recall_at_1_in_1000=recall_at_false_alarms(scores, labels, 1e-3),
        recall_at_1_in_10000=recall_at_false_alarms(scores, labels, 1e-4),
        brand_right=right / len(hits) if hits else 0.0,
        recall_by_kind=_shares([n.kind for n in found], [n.kind for n in positives]),
        recall_by_source=_shares([n.source for n in found], [n.source for n in positives]),
        false_alarms_by_kind=_shares([n.kind for n in alarms], [n.kind for n in benign]),
        names_per_second=len(names) / seconds if seconds else 0.0,
    )


def _shares(found: list[str], everything: list[str]) -> dict[str, float]:
    return {
        group: found.count(group) / everything.count(group) for group in sorted(set(everything))
    }
