"""Show a names report: as text for a terminal, as one self-contained page without scripts.

In: a report of `names`. Out: a string. Nothing is measured here.
"""

from __future__ import annotations

import html
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from evaluation.names import DetectorReport, NamesReport

_COLUMNS = (
    "detector",
    "precision",
    "recall",
    "F1",
    "best F1",
    "recall at 1 in 1,000",
    "recall at 1 in 10,000",
    "brand right",
    "names/s",
)
_STYLE = """
body { font-family: system-ui, sans-serif; margin: 2rem auto; max-inline-size: 60rem;
  padding-inline: 1rem; color: #1d1a16; background: #fbf8f1; }
table { border-collapse: collapse; margin-block: 1rem; }
th, td { padding: .35rem .8rem; border-block-end: 1px solid #d9d2c3; text-align: end; }
th:first-child, td:first-child { text-align: start; }
caption { text-align: start; font-weight: 600; padding-block-end: .4rem; }
"""


def _figures(detector: DetectorReport) -> tuple[str, ...]:
    point = detector.at_threshold
    shares = (
        point.precision,
        point.recall,
        point.f1,
        detector.best.f1,
        detector.recall_at_1_in_1000,
        detector.recall_at_1_in_10000,
        detector.brand_right,
    )
    return (detector.name, *(f"{s:.3f}" for s in shares), f"{detector.names_per_second:,.0f}")


def _groups(report: NamesReport) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    engine = report.engine
    return [
        (title, tuple((group or "(none)", f"{share:.3f}") for group, share in shares.items()))
        for title, shares in (
            ("Recall by kind of imitation", engine.recall_by_kind),
            ("Recall by source", engine.recall_by_source),
            ("Share reported of benign names", engine.false_alarms_by_kind),
        )
    ]


def _summary(report: NamesReport) -> list[str]:
    lines = [
        f"{report.positives:,} imitations of {report.brands:,} brands among "
        f"{report.negatives:,} benign names ({report.register_file}, {report.names_file}).",
        f"The engine tells a reader from {report.engine.at_threshold.threshold:.3f}; at its watch "
        f"threshold {report.watch.threshold:.3f} precision is {report.watch.precision:.3f} and "
        f"recall {report.watch.recall:.3f}.",
        "Best F1 takes the threshold that suits these very names and is an upper bound.",
    ]
    told = report.official_reported
    lines.append(
        f"Of {report.official:,} official names {len(told)} are called lookalikes"
        + (": " + ", ".join(told[:20]) if told else ".")
    )
    if report.unknown_brands:
        lines.append("Not in the register: " + ", ".join(report.unknown_brands) + ".")
    return lines


def render_text(report: NamesReport) -> str:
    """The report as plain text with tables, at most 120 columns wide."""
    out = StringIO()
    console = Console(file=out, width=120, color_system=None, highlight=False, markup=False)
    for line in _summary(report):
        console.print(line)
    table = Table(*_COLUMNS)
    for detector in report.detectors:
        table.add_row(*_figures(detector))
    console.print(table)
    for title, rows in _groups(report):
        group = Table("group", "share", title=title, title_justify="left")
        for row in rows:
            group.add_row(*row)
        console.print(group)
    return out.getvalue()


def render_html(report: NamesReport) -> str:
    """The report as one HTML page: no scripts, nothing loaded, every text escaped."""
    parts = [f"<p>{html.escape(line)}</p>" for line in _summary(report)]
    rows = [_figures(detector) for detector in report.detectors]
    parts.append(_table("Detectors on the same names", _COLUMNS, rows))
    parts += [_table(title, ("group", "share"), list(rows)) for title, rows in _groups(report)]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Lookalike names</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>Lookalike names</h1>{''.join(parts)}</main></body></html>\n"
    )


def _table(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = "".join(f'<th scope="col">{html.escape(column)}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f"<table><caption>{html.escape(title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
