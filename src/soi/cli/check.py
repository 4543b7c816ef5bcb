"""`soi check`: a message in, an answer out, on the terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from django.utils import translation
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from soi.answer import wording
from soi.answer.answering import answer, is_warning
from soi.answer.as_data import answer_data
from soi.answer.types import Answer, Finding, NameFinding, StatementFinding
from soi.cli.message import message_given
from soi.core.matching import ReasonCode


@click.command("check")
@click.argument("text", required=False)
@click.option(
    "--file", "file", type=click.Path(path_type=Path), help="Read the message from a file."
)
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON, as the API does.")
@click.option("--language", type=click.Choice(["vi", "en"]), help="Language of the answer.")
def check_command(text: str | None, file: Path | None, as_json: bool, language: str | None) -> None:
    """Look at a message: TEXT, or - for standard input, or --file.

    Nothing is stored. Exit status: 0 nothing to beware of was found (which does not mean that all
    is well), 3 something was, 2 the message can't be read, 4 the desk can't answer now.
    """
    message = message_given(text, file)
    with translation.override(language or translation.get_language()):
        given = answer(message)
        if as_json:
            click.echo(_as_json(given))
        else:
            render(given, Console(highlight=False, soft_wrap=False))
    sys.exit(3 if any(is_warning(finding) for finding in given.findings) else 0)


def _as_json(given: Answer) -> str:
    """The answer as the API gives it. What could drive a terminal is escaped, as JSON allows."""
    text = json.dumps(answer_data(given), ensure_ascii=False, indent=2)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


_DIFFERENCES = frozenset(
    {
        ReasonCode.NUMBERS_DIFFER,
        ReasonCode.DATES_DIFFER,
        ReasonCode.NAMES_DIFFER,
        ReasonCode.POLARITY_DIFFERS,
        ReasonCode.ANTONYM,
    }
)
_STYLES = {True: "bold red", False: "bold"}


def render(given: Answer, console: Console) -> None:
    """Print the answer for a person, the gravest finding first."""
    for finding in given.findings:
        _render_finding(finding, console)
    if not given.findings:
        console.print(wording.nothing_found())
    if given.truncated:
        console.print(wording.was_truncated())
    console.print(Text(wording.looked_up_in(given.coverage), style="dim"))


def _render_finding(finding: Finding, console: Console) -> None:
    part = finding.name if isinstance(finding, NameFinding) else finding.statement
    headline = _printable(wording.headline(finding))
    head = Text(_printable(wording.state_word(finding)), style=_STYLES[is_warning(finding)])
    console.print(head.append(f"  {headline}", style="default"))
    body = Text()
    if headline != _printable(part.text):
        body.append(f"“{_printable(part.text)}”\n", style="italic")
    if explanation := wording.explanation(finding):
        body.append(f"{_printable(explanation)}\n")
    if isinstance(finding, StatementFinding) and finding.check:
        body.append(_printable(f"{finding.check.publisher_name}: {finding.check.url}") + "\n")
        if attribution := wording.attribution(finding.check):
            body.append(f"{_printable(attribution)}\n", style="dim")
    for line in wording.reasons(finding):
        body.append(_reason(line) + "\n", style="dim")
    body.append(f"→ {wording.advice(finding)}")
    console.print(Padding(body, (0, 0, 1, 2)))


def _reason(line: wording.Line) -> str:
    sign = " ≠ " if line.code in _DIFFERENCES else " · "
    quotes = sign.join(f"“{quote}”" for quote in (line.message_quote, line.check_quote) if quote)
    return _printable(f"{line.label}: {line.text} {quotes}".rstrip())


def _printable(text: str) -> str:
    """Text of strangers without what could drive the terminal or turn its lines round."""
    return "".join(c if c.isprintable() else " " for c in text)
