"""A desk that is set up dangerously, or half, says so before it serves a page."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from authority import Authority
from django.conf import LazySettings
from django.core.checks import run_checks

from tests.desks import ROOT


def _ids() -> set[str]:
    return {str(message.id) for message in run_checks() if str(message.id).startswith("soi.")}


@pytest.fixture(autouse=True)
def in_order(settings: LazySettings) -> None:
    settings.SOI_HAS_SECRET = True
    settings.SOI_PROCESSES, settings.SOI_REDIS_URL = 1, ""
    settings.SOI_DESK_OWNER, settings.SOI_DESK_FUNDING = "Hội Soi", "hội phí"


def test_a_desk_in_order_is_silent() -> None:
    assert _ids() == set()


def test_a_desk_without_a_secret_is_an_error(settings: LazySettings) -> None:
    settings.SOI_HAS_SECRET = False
    (message,) = [each for each in run_checks() if each.id == "soi.E001"]
    assert message.is_serious()
    assert "soi init" in str(message.hint)


@pytest.mark.parametrize(("key", "code"), [("", "soi.E002"), ("no key", "soi.E003")])
def test_a_desk_that_cannot_sign_its_public_log_is_an_error(
    settings: LazySettings, tmp_path: Path, key: str, code: str
) -> None:
    settings.SOI_LOG_KEY, settings.SOI_DATA_DIR = key, tmp_path
    (message,) = [each for each in run_checks() if each.id == code]
    assert message.is_serious()


def test_several_processes_that_count_alone_are_a_warning(settings: LazySettings) -> None:
    settings.SOI_PROCESSES = 4
    assert _ids() == {"soi.W001"}
    settings.SOI_REDIS_URL = "redis://localhost"
    assert _ids() == set()


def test_timestamps_that_nobody_could_verify_are_an_error(
    settings: LazySettings, tmp_path: Path
) -> None:
    settings.SOI_TIMESTAMP_URL = "http://tsa.bensay.example/tsr"
    assert _ids() == {"soi.E004"}
    root = Authority(dt.datetime.now(dt.UTC)).write_root(tmp_path / "roots.pem")
    settings.SOI_TIMESTAMP_ROOTS = str(root)
    assert _ids() == set()


@pytest.mark.parametrize("missing", ["SOI_DESK_OWNER", "SOI_DESK_FUNDING"])
def test_a_desk_that_does_not_say_whose_it_is_is_warned(
    missing: str, settings: LazySettings
) -> None:
    setattr(settings, missing, "")
    assert _ids() == {"soi.W002"}


def _start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOI_")}
    kept.pop("DATABASE_URL", None)
    kept["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-m", "soi.cli", *arguments],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("SOI_PROCESSES", "0"),
        ("SOI_DEBUG", "perhaps"),
        ("SOI_EMBEDDER", "gpt"),
        ("SOI_PARTNER_DOMAINS", "agency.example,vercel.app"),
        ("SOI_ANSWERS_PER_MINUTE", "none"),
        ("DATABASE_URL", "nonsense://x"),
    ],
)
def test_a_setting_that_cannot_be_read_stops_the_command_and_is_named(
    name: str, given: str, tmp_path: Path
) -> None:
    ended = _start("check", "xin chào", **{"SOI_DATA_DIR": str(tmp_path), name: given})
    assert ended.returncode in (1, 2)
    assert name in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_desk_without_a_secret_does_not_serve(tmp_path: Path) -> None:
    ended = _start("serve", "--no-worker", SOI_DATA_DIR=str(tmp_path))
    assert ended.returncode == 2
    assert "soi.E001" in ended.stderr


@pytest.mark.parametrize("folder", ["bàn soi", "desk#1", "50%25", "a?b", "a@b:c"])
def test_a_data_folder_may_have_any_name(folder: str, tmp_path: Path) -> None:
    program = (
        "from soi.config.settings import DATABASES, SOI_DATA_DIR;"
        "assert DATABASES['default']['NAME'] == str(SOI_DATA_DIR / 'soi.sqlite3'),"
        " DATABASES['default']['NAME']"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["SOI_DATA_DIR"] = str(tmp_path / folder)
    environment["PYTHONPATH"] = str(ROOT / "src")
    ended = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
