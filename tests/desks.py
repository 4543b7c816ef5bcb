"""Desks of their own for tests that need real processes: killed, crowded out or short of room."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its status, or minus the signal that killed it, and what it said."""

    status: int
    out: str
    err: str


class Desk:
    """A desk in a folder of its own. Its database is SQLite there, or what `database_url` names."""

    def __init__(self, folder: Path, *, database_url: str = "") -> None:
        self.folder = folder
        self.database = folder / "soi.sqlite3"
        self._database_url = database_url or f"sqlite:///{self.database}"

    def start(self, program: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
        """Start Python on a program that finds Django set up."""
        return subprocess.Popen(
            [sys.executable, "-c", _SET_UP + program, *map(str, arguments)],
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, program: str, *arguments: object, **options: Any) -> Ended:
        """Run a program to its end, whatever that is."""
        return _ended(self.start(program, *arguments, **options))

    def soi(self, *arguments: object, **options: Any) -> Ended:
        """Run the `soi` command, in English, with little patience for a locked database."""
        return self.run(_COMMAND, *arguments, **options)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the SQLite database holds."""
        connection = sqlite3.connect(self.database)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SOI_")}
        return kept | {
            "DATABASE_URL": self._database_url,
            "SOI_DATA_DIR": str(self.folder),
            "SOI_CACHE_DIR": os.environ.get("SOI_CACHE_DIR", "~/.cache/soi"),
            "SOI_SECRET_KEY": "for-tests-only",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "OMP_NUM_THREADS": "1",
            "LC_ALL": "en_US.UTF-8",
        }


_SET_UP = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "soi.config.settings"
import django
django.setup()
"""
_COMMAND = """
from django.conf import settings
settings.DATABASES["default"]["OPTIONS"]["timeout"] = 0.1
from soi.cli import main
main()
"""


def fresh_desk(folder: Path) -> Desk:
    """A desk with its tables and nothing in them."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(_template(), folder / "soi.sqlite3")
    return Desk(folder)


@cache
def _template() -> Path:
    """A database with tables and no rows, made once a test run."""
    made = Desk(Path(tempfile.mkdtemp(prefix="soi-template-")))
    ended = made.run(
        "from django.core.management import call_command\n"
        "call_command('migrate', verbosity=0)\n"
        "from django.db import connection\n"
        "connection.cursor().execute('PRAGMA wal_checkpoint(TRUNCATE)')\n"
    )
    assert ended.status == 0, ended.err
    return made.database


def at_once(steps: Sequence[Callable[[], subprocess.Popen[str]]]) -> list[Ended]:
    """Start several processes together and wait for all of them."""
    return [_ended(process) for process in [step() for step in steps]]


def _ended(process: subprocess.Popen[str]) -> Ended:
    out, err = process.communicate()
    return Ended(process.returncode, out, err)
