"""`soi init`: everything a fresh desk needs before its first start. Safe to run again."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import click
from django.conf import settings
from django.core.management import call_command

from soi.checking.actions import hand_out_again
from soi.cli.actor import actor
from soi.core.meaning import build
from soi.index import actions
from soi.publishing.log import actions as public_log
from soi.publishing.log import keys
from soi.register.actions import declare_again


@click.command("init")
def init_command() -> None:
    """Make the data folder, the keys, the tables, the embedder, the static files and the log."""
    folder = Path(settings.SOI_DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    if not settings.SOI_HAS_SECRET:
        settings.SECRET_KEY = _make_secret(folder / "secret.key")
        click.echo(f"secret key: made in {folder / 'secret.key'}")
    if keys.make():
        click.echo(f"key of the public log: made in {keys.path()}")
    call_command("migrate", interactive=False, verbosity=0)
    click.echo("tables: up to date")
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    click.echo("static files: collected")
    if settings.SOI_EMBEDDER == "int8":
        click.echo(f"embedder: {build(Path(settings.SOI_CACHE_DIR))}")
    hand_out_again(by=actor())
    declare_again(by=actor())
    actions.follow()
    click.echo("index: up to date")
    signed = public_log.follow()
    click.echo(f"public log: {signed.checkpoint.origin}, {signed.tree.size} leaves")


def _make_secret(path: Path) -> str:
    """A new secret that only this user can read. Two at once: the first one stays."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    secret = secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secret)
        stream.flush()
        os.fsync(stream.fileno())
    return secret
