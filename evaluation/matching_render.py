"""Show the figures of matching: as text for a terminal, as one page without script.

In: the plain figures of a `MatchingReport`. Out: strings. Nothing here measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

_RANKING = ("queries", "map@5", "success@1", "success@5", "success@10", "mrr", "recall@50")
_STYLE = (
    "body{font-family:sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #bbb;padding:.2rem .6rem;"
    "text-align:right}td:first-child,th:first-child{text-align:left}caption{text-align:left;"
    "font-weight:bold;padding:.3rem 0}"
)

Table = tuple[str, Sequence[str], list[list[str]]]
"""A title, the column heads, and the rows."""


def text_page(figures: dict[str, Any]) -> str:
    """The figures as aligned columns."""
    parts: list[str] = []
    for heading, note, tables in _sections(figures):
        parts.append(f"{heading}\n{'=' * len(heading)}")
        if note:
            parts.append(note)
        parts += [_text_table(table) for table in tables]
    return "\n\n".join(parts) + "\n"


def html_page(figures: dict[str, Any]) -> str:
    """The figures as one self-contained page."""
    body = ["<h1>Matching</h1>"]
    for heading, note, tables in _sections(figures):
        body.append(f"<h2>{escape(heading)}</h2>")
        if note:
            body.append(f"<p>{escape(note)}</p>")
        body += [_html_table(table) for table in tables]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Matching</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>"
    )


def _sections(figures: dict[str, Any]) -> list[tuple[str, str, list[Table]]]:
    sections = [
        (name, _note(data), _tables(data)) for name, data in sorted(figures["sets"].items())
    ]
    return [*sections, _model_section(figures["model"])]


def _note(data: dict[str, Any]) -> str:
    note = f"{data['checks']} checks."
    if data["trained_on"]:
        note += (
            " A part of this set trained the shipped model: these figures flatter it; see the"
            " figures out of fold below."
        )
    return note


def _model_section(model: dict[str, Any]) -> tuple[str, str, list[Table]]:
    report = model["report"]
    note = (
        f"Trained {model['trained_at']} on {', '.join(model['trained_on'])}; "
        f"thresholds {model['thresholds']}; figures {report['how']}."
    )
    tables: list[Table] = []
    for name, figures in report.items():
        if isinstance(figures, dict):
            tables += _same_claim(figures, f"Out of fold, {name.replace('_', ' ')}")
    return "The shipped model", note, tables


def _tables(data: dict[str, Any]) -> list[Table]:
    if data["kind"] == "opposites":
        heads = ("variant", "count", "called the same", "shown as")
        rows = [
            [name, str(one["count"]), _number(one["same"]), _counts(one["shown_as"])]
            for name, one in data["variants"].items()
        ]
        return [("Variants of a claim", heads, rows)]
    tables = [_ranking_table("Ranking", data["ways"])]
    for key in ("by_split", "by_register"):
        for name, ways in data.get(key, {}).items():
            tables.append(_ranking_table(f"Ranking, {name}", ways))
    if "same_claim" in data:
        tables += _same_claim(data["same_claim"], "Same claim at the shipped threshold")
        rows = [[kind, _counts(counts)] for kind, counts in data["shown_as"].items()]
        tables.append(("How the own check is shown", ("message is", "shown as"), rows))
    return tables


def _ranking_table(title: str, ways: dict[str, dict[str, float]]) -> Table:
    rows = [[way, *(_number(figures[key]) for key in _RANKING)] for way, figures in ways.items()]
    return title, ("way", *_RANKING), rows


def _same_claim(figures: dict[str, Any], title: str) -> list[Table]:
    plain = ("threshold", "precision", "recall", "answers", "uncovered_served")
    rows = [[key, _number(figures[key])] for key in plain]
    rows += [
        [f"served as same: {kind}", _number(x)] for kind, x in figures["served_as_same"].items()
    ]
    rows += [[f"recall: {name}", _number(x)] for name, x in figures["recall_by_register"].items()]
    return [(title, ("figure", "value"), rows)]


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _text_table(table: Table) -> str:
    title, heads, rows = table
    lines = [list(heads), *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    aligned = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([title, *aligned])


def _html_table(table: Table) -> str:
    title, heads, rows = table
    head = "".join(f"<th>{escape(cell)}</th>" for cell in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows
    )
    return f"<table><caption>{escape(title)}</caption><tr>{head}</tr>{body}</table>"
