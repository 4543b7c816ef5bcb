"""`soi serve` and `soi worker`: the web processes, and the one that does what is due."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

import click
from django.conf import settings
from django.core import checks
from django.db import close_old_connections

from soi.answer.complaints import complaint
from soi.captures import tasks as captures
from soi.checking import tasks as checking
from soi.index import actions, engines
from soi.index.engine import IndexBusy
from soi.intake import tasks as intake
from soi.intake.grouping import tasks as grouping
from soi.people import tasks as people
from soi.publishing.log import tasks as public_log
from soi.publishing.sources import tasks as sources
from soi.publishing.webhooks import tasks as webhooks
from soi.register import tasks as register
from soi.watch import tasks as watch

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two looks: so soon a new check is found by meaning."""


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--worker/--no-worker", default=True, help="Start `soi worker` beside the pages.")
def serve_command(host: str, port: int, *, worker: bool) -> None:
    """Serve the pages and the API, and keep the index up to date. Ctrl-C stops all of it."""
    found = [m for m in checks.run_checks() if not m.is_silenced()]
    for message in found:
        click.echo(f"{message.msg} {message.hint or ''} [{message.id}]", err=True)
    if any(message.is_serious() for message in found):
        sys.exit(2)
    engines.embedder()
    # A service manager stops with SIGTERM: the children are to go as after Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    children: list[subprocess.Popen[bytes]] = []
    try:
        pages = subprocess.Popen(_gunicorn(host, port))  # noqa: S603  # our own command line
        children.append(pages)
        if worker:
            children.append(subprocess.Popen([sys.executable, "-m", "soi.cli", "worker"]))
        click.echo(
            f"Soi answers at http://{host}:{port}/ (English: http://{host}:{port}/en/)", err=True
        )
        sys.exit(pages.wait())
    except KeyboardInterrupt:
        sys.exit(0)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.wait()


def _gunicorn(host: str, port: int) -> list[str]:
    """The command of the web processes. No access log: who reads is nobody's business."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "soi.config.wsgi",
        f"--bind={host}:{port}",
        f"--workers={settings.SOI_PROCESSES}",
        "--worker-class=gthread",
        "--threads=4",
        "--timeout=60",
        "--log-level=warning",
    ]


@click.command("worker")
def worker_command() -> None:
    """Keep index and public log in step, erase and read what is due, until told to stop."""
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    parent = os.getppid()
    while not stop.is_set() and os.getppid() == parent:
        look_once()
        stop.wait(EVERY)


def look_once() -> None:
    """One look at all that the worker does. What fails is tried again at the next one."""
    close_old_connections()
    _try("the index could not be followed", _follow)
    _try("the public log could not be written", public_log.run_due)
    _try("witnesses of the public log could not be asked", public_log.ask_witnesses)
    _try("webhooks could not be delivered", webhooks.run_due)
    _try("tips could not be grouped", grouping.run_due)
    _try("contacts could not be erased", intake.run_due)
    _try("names in tips could not be looked at", intake.look_for_names)
    _try("captures could not be fetched", captures.run_due)
    _try("sources of checks could not be seen to", checking.run_due)
    _try("ended sessions could not be removed", people.run_due)
    _try("proofs could not be run", register.run_due)
    _try("lists of scams could not be read", watch.run_due)
    _try("sources of checks could not be looked at", sources.run_due)


def _follow() -> None:
    with suppress(IndexBusy):
        actions.follow(wait=False)


def _try(failure: str, task: Callable[[], object]) -> None:
    """Run a task; a failure is logged and hinders no other task, not even one nobody foresaw.

    Whatever a message or a file brings about in one of them, the others have to go on.
    """
    try:
        task()
    except Exception as error:
        told = complaint(error)
        if told is None:
            log.exception(failure)
        else:
            log.warning("%s: %s", failure, told.code)
