"""`soi evaluate`: how good matching and judging are, measured on data that you name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

import click
from django.conf import settings

from soi.cli.progress import progress_bar

FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class Report(Protocol):
    """What an evaluation gives: plain figures."""

    def as_dict(self) -> dict[str, Any]:
        """The figures, by the keys of evaluation/README.md."""


@click.group("evaluate")
def evaluate_command() -> None:
    """Measure quality on labelled data. Nothing is stored and nothing is trained."""


@evaluate_command.command("matching")
@click.option("--data", "data", type=FOLDER, required=True, help="A folder of data sets.")
@click.option("--only", multiple=True, help="Only the set of this name; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object of plain figures.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the report as a page, too.")
def matching(data: Path, only: tuple[str, ...], html: Path | None, *, as_json: bool) -> None:
    """Measure finding and judging on every data set below DATA."""
    # Evaluation is not needed by any other command, and takes time to import.
    from evaluation.matching import evaluate_matching, render_html, render_text

    with progress_bar("embedding") as move:
        report = evaluate_matching(
            data,
            cache_dir=Path(settings.SOI_CACHE_DIR),
            only=set(only) or None,
            progress=lambda done: move(done, None),
        )
    _show(report, render_text(report), render_html(report), html, as_json=as_json)


@evaluate_command.command("names")
@click.option("--register", "register", type=FILE, required=True, help="Brands, as CSV.")
@click.option("--names", "names", type=FILE, required=True, help="Labelled names, as CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object of plain figures.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the report as a page, too.")
def names(register: Path, names: Path, html: Path | None, *, as_json: bool) -> None:
    """Measure the lookalike judge on labelled names against a register."""
    from evaluation.names import evaluate_names, render_html, render_text

    report = evaluate_names(register, names)
    _show(report, render_text(report), render_html(report), html, as_json=as_json)


@evaluate_command.command("statements")
@click.option("--data", "data", type=FOLDER, required=True, help="A folder of data sets.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object of plain figures.")
@click.option("--html", type=click.Path(path_type=Path), help="Write the report as a page, too.")
def statements(data: Path, html: Path | None, *, as_json: bool) -> None:
    """Measure telling facts from what cannot be checked on every data set below DATA."""
    from evaluation.statements import evaluate_statements, render_html, render_text

    with progress_bar("embedding") as move:
        report = evaluate_statements(
            data,
            cache_dir=Path(settings.SOI_CACHE_DIR),
            progress=lambda done: move(done, None),
        )
    _show(report, render_text(report), render_html(report), html, as_json=as_json)


def _show(report: Report, text: str, page: str, html: Path | None, *, as_json: bool) -> None:
    if html:
        html.write_text(page, encoding="utf-8")
    click.echo(json.dumps(report.as_dict(), indent=2) if as_json else text)
