"""How many tips a second are acknowledged, each committed before its reply, and what kill -9 takes.

    python -m benchmarks.tips
    DATABASE_URL=postgres://USER@HOST/NAME python -m benchmarks.tips --kills 20

The desk is a process of its own (`soi serve`); this one only sends, over HTTP, with several
connections. SQLite is measured always, PostgreSQL when DATABASE_URL names a server: in a database
that is made there for the run and dropped after it. At the end what the database holds is compared
with every reply that came. With --kills the whole desk is killed and started so often meanwhile,
and each sender asks again, with the same key, for what it got no reply to.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import itertools
import json
import os
import random
import secrets
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import psycopg
from psycopg import sql
from rich.console import Console
from rich.table import Table

from benchmarks.desks import SEED, made_claims

START_SECONDS = 60
PATIENCE = 0.05
"""Seconds that a sender waits before it asks again when the desk is away."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Send to a desk on each database, print the rates, and fail when a tip was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--tips", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--processes", type=int, default=2, help="web processes of the desk")
    parser.add_argument("--kills", type=int, default=0, help="how often the desk is killed")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "soi.config.settings")
    django.setup()  # the claims are made of the demonstration's words
    columns = (
        "database",
        "tips/s",
        "p50 ms",
        "p99 ms",
        "CPU ms a tip",
        "killed",
        "lost",
        "doubled",
    )
    table = Table(*columns)
    failed = False
    for name, database in _databases():
        with database as url, tempfile.TemporaryDirectory(prefix="soi-bench-") as folder:
            desk = Server(Path(folder), url or f"sqlite:///{folder}/soi.sqlite3", chosen.processes)
            run = measure(desk, chosen.tips, chosen.connections, chosen.kills)
            lost, doubled = _compared(desk.url, run)
        times = (run.percentile(50), run.percentile(99), 1000 * run.cpu_seconds / chosen.tips)
        figures = (f"{run.rate:.0f}", *(f"{each:.1f}" for each in times))
        table.add_row(name, *figures, *map(str, (run.kills, lost, doubled)))
        failed = failed or bool(lost or doubled)
    console = Console()
    console.print(
        f"{chosen.tips} tips, {chosen.connections} connections, {chosen.processes} web processes",
        table,
    )
    if failed:
        sys.exit("tips were lost or doubled")


class Server:
    """A desk that can be started again on the same database and port."""

    def __init__(self, folder: Path, url: str, processes: int) -> None:
        self.url = url
        self._environment = os.environ | {
            "SOI_DATA_DIR": str(folder),
            "SOI_SECRET_KEY": "for-benchmarks-only",
            "SOI_PROCESSES": str(processes),
            "SOI_ANSWERS_PER_MINUTE": "1000000000",
            "SOI_TIPS_PER_DAY": "1000000000",
            "SOI_TIPS_WAITING": "1000000000",
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "soi.config.settings",
        }
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._log = folder / "serve.log"
        self._run("soi.cli", "init")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the desk and wait until it answers."""
        command = [sys.executable, "-m", "soi.cli", "serve", "--no-worker", f"--port={self.port}"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own command line
                command, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                sys.exit(f"the desk did not start:\n{self._log.read_text()}")
            time.sleep(PATIENCE)

    def kill(self) -> None:
        """SIGKILL for every process of the desk: none has a chance to finish anything."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def cpu_seconds(self) -> float:
        """CPU time that the desk's processes have used so far."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # ended meanwhile
                # Behind the name in brackets: the group is the third, both times the 12th and 13th.
                values = stat.read_text().rpartition(")")[2].split()
                if self._process and int(values[2]) == self._process.pid:
                    ticks += int(values[11]) + int(values[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _run(self, *arguments: str) -> None:
        command = [sys.executable, "-m", *arguments]
        subprocess.run(command, env=self._environment, check=True)  # noqa: S603  # the same


@dataclass
class Run:
    """What came back: by key the tokens of its replies, and how long each reply took."""

    tokens: dict[str, list[str]] = field(default_factory=dict)
    milliseconds: list[float] = field(default_factory=list)
    seconds: float = 0
    kills: int = 0

    cpu_seconds: float = 0
    """Of the desk's own processes, without the database server; 0 when it was killed."""

    @property
    def rate(self) -> float:
        """Tips acknowledged a second."""
        return len(self.tokens) / self.seconds

    def percentile(self, percent: int) -> float:
        """Milliseconds below which so many per cent of the replies came."""
        return statistics.quantiles(self.milliseconds, n=100, method="inclusive")[percent - 1]


def measure(desk: Server, tips: int, connections: int, kills: int) -> Run:
    """Send `tips` different tips, killing the desk `kills` times on the way."""
    waiting = iter(list(enumerate(made_claims(tips))))
    desk.start()
    try:
        return _measured(desk, waiting, tips, connections, kills)
    finally:
        desk.kill()


def _measured(
    desk: Server, waiting: Iterator[tuple[int, str]], tips: int, connections: int, kills: int
) -> Run:
    run, lock = Run(), threading.Lock()
    senders = [
        threading.Thread(target=_send_all, args=(desk.port, waiting, run, lock), daemon=True)
        for _ in range(connections)
    ]
    started, cpu_started = time.perf_counter(), desk.cpu_seconds()
    for sender in senders:
        sender.start()
    rng = random.Random(SEED)  # noqa: S311  # moments to kill at, not a secret
    for number in range(kills):
        due = tips * (number + rng.random()) / kills
        while len(run.tokens) < due and any(sender.is_alive() for sender in senders):
            time.sleep(0.001)
        desk.kill()
        run.kills += 1
        desk.start()
    for sender in senders:
        sender.join()
    run.seconds = time.perf_counter() - started
    run.cpu_seconds = 0 if kills else desk.cpu_seconds() - cpu_started
    if len(run.tokens) != tips:
        sys.exit(f"only {len(run.tokens)} of {tips} tips were acknowledged")
    return run


def _send_all(
    port: int, waiting: Iterator[tuple[int, str]], run: Run, lock: threading.Lock
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while True:
        with lock:
            number, message = next(waiting, (-1, ""))
        if number < 0:
            return connection.close()
        key = f"benchmark-tip-{number:09}"
        body = json.dumps({"message": message})
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        for tries in itertools.count():
            started = time.perf_counter()
            try:
                connection.request("POST", "/api/v1/tips", body, headers)
                response = connection.getresponse()
                reply = json.load(response)
            except (OSError, http.client.HTTPException, ValueError):
                connection.close()  # killed, or not started yet: ask again with the same key
                time.sleep(PATIENCE if tries else 0)
                continue
            if response.status not in (200, 201):
                raise RuntimeError(f"refused: {reply}")
            with lock:
                run.milliseconds.append(1000 * (time.perf_counter() - started))
                run.tokens.setdefault(key, []).append(reply["token"])
            break


def _compared(url: str, run: Run) -> tuple[int, int]:
    """How many acknowledged tips the database lacks, and how many it holds or counts twice."""
    digests = {hashlib.sha256(t.encode()).hexdigest() for each in run.tokens.values() for t in each}
    keys = {hashlib.sha256(key.encode()).hexdigest() for key in run.tokens}
    receipts = _rows(url, "SELECT token_digest, key_digest FROM intake_receipt")
    lost = len(digests - {row[0] for row in receipts}) + len(keys - {row[1] for row in receipts})
    [(tips, reach)] = _rows(url, "SELECT count(*), sum(reach) FROM intake_tip")
    return lost + max(0, len(run.tokens) - tips), max(0, reach - len(run.tokens))


def _rows(url: str, query: str) -> list[tuple[Any, ...]]:
    if url.startswith("sqlite:///"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            return connection.execute(query).fetchall()
    with psycopg.connect(url) as postgres:
        return postgres.execute(query.encode()).fetchall()


def _databases() -> Iterator[tuple[str, AbstractContextManager[str]]]:
    yield "SQLite", nullcontext("")
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        yield "PostgreSQL", _scratch_database(os.environ["DATABASE_URL"])


@contextmanager
def _scratch_database(url: str) -> Iterator[str]:
    """A database of its own on that server, gone afterwards: the one that `url` names stays."""
    name = f"soi_bench_{secrets.token_hex(6)}"
    own = sql.Identifier(name)
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(own))
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(own))


if __name__ == "__main__":
    main()
