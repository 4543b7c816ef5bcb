"""Show the figures of statement types: as text for a terminal, as one page without script.

In: the plain figures of a `StatementsReport`. Out: strings. Nothing here measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, Final, NamedTuple

_OVERALL: Final = (
    "statements", "macro_f1", "macro_f1_abstaining", "accuracy", "answered",
    "not_checkable_precision", "facts_called_otherwise",
)  # fmt: skip
_TYPE: Final = ("count", "precision", "recall", "f1")
_FACTUAL: Final = (
    "sentences", "factual", "precision", "recall", "f1", "answered", "checkable_precision",
    "not_checkable_precision", "facts_called_otherwise",
)  # fmt: skip
_CLAIMS: Final = ("messages", "called_fact", "called_otherwise", "unsure")
_STYLE: Final = (
    "body{font-family:sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:1rem 0}td,th{border:1px solid #bbb;padding:.2rem .6rem;"
    "text-align:right}td:first-child,th:first-child{text-align:left}caption{text-align:left;"
    "font-weight:bold;padding:.3rem 0}"
)


class _Table(NamedTuple):
    title: str
    heads: Sequence[str]
    rows: list[list[str]]


class _Section(NamedTuple):
    heading: str
    note: str
    tables: list[_Table]


def text_page(report: dict[str, Any]) -> str:
    """The figures as aligned columns."""
    parts: list[str] = []
    for section in _sections(report):
        parts += [f"{section.heading}\n{'=' * len(section.heading)}", section.note]
        parts += [_text_table(table) for table in section.tables]
    return "\n\n".join(part for part in parts if part) + "\n"


def html_page(report: dict[str, Any]) -> str:
    """The figures as one self-contained page."""
    body = ["<h1>Statement types</h1>"]
    for section in _sections(report):
        body.append(f"<h2>{escape(section.heading)}</h2><p>{escape(section.note)}</p>")
        body += [_html_table(table) for table in section.tables]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Statement types</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(body)}</body></html>"
    )


def _sections(report: dict[str, Any]) -> Iterator[_Section]:
    for name, data in report["sets"].items():
        note = (
            "The shipped model was trained on this set: these figures flatter it; the honest ones"
            " stand below."
            if data["trained_on"]
            else ""
        )
        yield _Section(name, note, list(_tables(data)))
    for name, ways in report["factual"].items():
        note = "Of these sentences is known only whether they state a fact."
        rows = _by_way(ways, _FACTUAL)
        yield _Section(name, note, [_Table("Fact or not", ("way", *_FACTUAL), rows)])
    model = report["model"]
    note = f"Trained {model['trained_at']} on {', '.join(model['trained_on'])}."
    yield _Section("The shipped model", note, [_thresholds(model["thresholds"])])
    for name, data in model["report"].items():
        yield _Section(name.replace("_", " "), data["how"], list(_tables(data)))


def _thresholds(thresholds: dict[str, dict[str, float]]) -> _Table:
    rows = [[name, *(_number(x) for x in pair.values())] for name, pair in thresholds.items()]
    return _Table("Thresholds", ("weights", *next(iter(thresholds.values()))), rows)


def _tables(data: dict[str, Any]) -> Iterator[_Table]:
    ways = data["ways"]
    yield _Table("Overall", ("way", *_OVERALL), _by_way(ways, _OVERALL))
    if data.get("claims"):
        title = "Messages that repeat a checked claim"
        yield _Table(title, ("way", *_CLAIMS), _by_way(data["claims"], _CLAIMS))
    for way, figures in ways.items():
        rows = [
            [name, *(_number(one[key]) for key in _TYPE), _counts(figures["named_as"][name])]
            for name, one in figures["by_type"].items()
        ]
        yield _Table(f"By type, {way}", ("type", *_TYPE, "named as"), rows)
        groups = [[name, _number(x)] for name, x in figures["macro_f1_by_group"].items()]
        yield _Table(f"Macro F1 by group, {way}", ("group", "macro F1"), groups)


def _by_way(ways: dict[str, dict[str, Any]], keys: Sequence[str]) -> list[list[str]]:
    return [[way, *(_number(figures[key]) for key in keys)] for way, figures in ways.items()]


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())


def _text_table(table: _Table) -> str:
    lines = [list(table.heads), *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.heads))]
    aligned = [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join([table.title, *aligned])


def _html_table(table: _Table) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in table.heads)
    rows = (f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
    caption = f"<caption>{escape(table.title)}</caption>"
    return f"<table>{caption}<tr>{head}</tr>{''.join(rows)}</table>"
