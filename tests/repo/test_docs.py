"""The reference names what the code has: settings, commands, routes, codes and verbs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from soi.answer import complaints
from soi.captures.problems import Problem
from soi.cli.program import COMMANDS, soi
from soi.config import env
from soi.core import ledger
from soi.core.errors import SoiError
from soi.core.formats import Code

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def _page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def test_every_setting_is_documented():
    page = _page("settings.md")
    assert env.DECLARED
    assert not [name for name in env.DECLARED if f"`{name}`" not in page]


def test_no_setting_is_documented_that_does_not_exist():
    named = set(re.findall(r"`(SOI_[A-Z_]+|DATABASE_URL)`", _page("settings.md")))
    assert not {name.removesuffix("_FILE") for name in named} - set(env.DECLARED)


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from _commands(child, f"{path} {name}")


def test_every_command_and_option_is_documented():
    page = _page("commands.md")
    missing = []
    for path, command in _commands(soi, "soi"):
        if path not in page:
            missing.append(path)
        for parameter in command.params:
            missing += [
                f"{path} {opt}" for opt in parameter.opts if opt[:2] == "--" and opt not in page
            ]
    assert len(COMMANDS) > 5
    assert not missing


def test_every_command_says_what_it_does():
    silent = [path for path, command in _commands(soi, "soi") if not command.help]
    assert not silent


def _routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route


def test_every_address_is_documented():
    pages = _page("pages.md") + _page("api.md")
    for route in _routes(get_resolver().url_patterns):
        shown = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route).removeprefix("en/")
        if shown.startswith("/api/v1/") and shown == "/api/v1/":
            continue  # the API's own root answers nothing
        assert f"`{shown}`" in pages or f"`{shown}" in pages, shown


def _codes() -> set[str]:
    def below(kind: type[SoiError]) -> Iterator[type[SoiError]]:
        for each in kind.__subclasses__():
            yield each
            yield from below(each)

    own = {kind.code for kind in below(SoiError) if isinstance(getattr(kind, "code", None), str)}
    kept = {str(code) for kind in (Code, ledger.Code, Problem) for code in kind}
    return own | kept


def test_every_error_code_is_documented():
    import soi.answer.errors
    import soi.checking.errors
    import soi.claims.errors
    import soi.index.engine.errors
    import soi.publishing.errors  # noqa: F401  # imported so that its errors are known

    page = _page("errors.md")
    assert not [code for code in sorted(_codes()) if f"`{code}`" not in page]


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_refusal_has_a_sentence_in_both_languages(language: str):
    from django.utils import translation

    with translation.override(language):
        sentences = {code: complaints.sentence(code) for code in Code}
    assert all(sentence.strip() for sentence in sentences.values())
    assert len(set(sentences.values())) > len(Code) / 2


def test_every_verb_of_the_journal_is_documented():
    page = _page("journal.md")
    verbs = set()
    written = re.compile(r'(?:Entry|Changed|_changed|_write)\(\s*"([a-z_]+\.[a-z_]+)"')
    for path in (ROOT / "src" / "soi").rglob("*.py"):
        verbs |= set(written.findall(path.read_text(encoding="utf-8")))
    handed_on = re.compile(
        r'"((?:claim|draft|evidence|approval|edition|challenge|reminder|queue)\.[a-z_]+)"'
    )
    for path in (ROOT / "src" / "soi" / "checking").glob("*.py"):
        verbs |= set(handed_on.findall(path.read_text(encoding="utf-8")))
    assert {"claim.taken", "draft.saved", "edition.withdrawn"} <= verbs
    assert len(verbs) >= 5
    assert not [verb for verb in sorted(verbs) if f"`{verb}`" not in page]


def test_every_decision_has_a_number_of_its_own_and_stands_in_the_list():
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{n:04}" for n in range(1, len(pages) + 1)]
    listed = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    for page in pages:
        heading = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert f"- [{heading}](adr/{page.name})" in listed
