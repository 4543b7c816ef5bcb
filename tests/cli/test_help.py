"""Every command explains itself."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from soi.cli.program import soi


def commands(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child
            yield from commands(child, (*path, name))


def command_at(path: tuple[str, ...]) -> click.Command:
    found: click.Command = soi
    for name in path:
        assert isinstance(found, click.Group)
        child = found.get_command(click.Context(found), name)
        assert child
        found = child
    return found


@pytest.mark.parametrize("path", list(commands(soi, ())), ids=" ".join)
def test_a_command_and_each_of_its_options_says_what_it_is_for(path: tuple[str, ...]) -> None:
    command = command_at(path)
    options = [each for each in command.params if isinstance(each, click.Option)]

    shown = CliRunner().invoke(soi, [*path, "--help"])

    assert shown.exit_code == 0
    assert command.get_short_help_str()
    assert not [option.name for option in options if not option.help]


def test_the_version_costs_no_set_up() -> None:
    assert "soi, version" in CliRunner().invoke(soi, ["--version"]).output


def test_an_unknown_command_is_a_wrong_call() -> None:
    assert CliRunner().invoke(soi, ["chek"]).exit_code == 2
