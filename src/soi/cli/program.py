"""The `soi` program: its group, and how it says what went wrong.

Commands are imported when they are called, so that `soi check` does not pay for `soi evaluate`.
Exit statuses: 0 done, 1 a fault of ours, 2 the input or the call is wrong, 3 (`soi check`)
something to beware of was found, 4 try again later (busy, locked, disk full).
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

import soi as package

COMMANDS = {
    "captures": "soi.cli.captures",
    "check": "soi.cli.check",
    "demo": "soi.cli.demo",
    "evaluate": "soi.cli.evaluate",
    "export": "soi.cli.export",
    "export-site": "soi.cli.export_site",
    "import": "soi.cli.imports",
    "incidents": "soi.cli.incidents",
    "index": "soi.cli.index",
    "init": "soi.cli.init",
    "log": "soi.cli.log",
    "people": "soi.cli.people",
    "publishers": "soi.cli.publishers",
    "serve": "soi.cli.serve",
    "tips": "soi.cli.tips",
    "verify": "soi.cli.verify",
    "watch": "soi.cli.watch",
    "webhooks": "soi.cli.webhooks",
    "worker": "soi.cli.serve",
}

PLAIN = frozenset({"verify"})
"""Commands that work without a desk: they read no settings and start no Django."""


class LazyGroup(click.Group):
    """A group that imports a command's module only when that command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands by name."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command object, None when there is no such command."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in PLAIN:
            _set_up()
        module = importlib.import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a foreseen failure becomes a sentence and its exit status."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.invoked_subcommand in PLAIN:
                raise  # it has said what could go wrong by itself
            from soi.answer.complaints import complaint  # needs the settings

            told = complaint(error)
            if told is None:
                raise
            for line in (f"soi: {told.what} [{told.code}]", told.why, told.next):
                if line:
                    click.echo(line, err=True)
            sys.exit(told.exit_status)


def _set_up() -> None:
    """Start Django once, in the language of the terminal."""
    import django  # costs 0.2 s that `soi --version` need not pay
    from django.core.exceptions import ImproperlyConfigured  # as above
    from django.utils import translation  # as above

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise click.ClickException(f"the settings can't be used: {error}") from error
    translation.activate(terminal_language())


def terminal_language() -> str:
    """English if LC_ALL, LC_MESSAGES or LANG, in this order, says so; else Vietnamese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "en" if value.lower().startswith("en") else "vi"
    return "vi"


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package.__version__, prog_name="soi")
def soi() -> None:
    """Soi: is it true, and is it really them?"""
