"""The layers hold, without exceptions."""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_no_package_looks_up_or_aside():
    command = shutil.which("lint-imports", path=str(ROOT / ".venv" / "bin")) or "lint-imports"
    found = subprocess.run([command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_the_contracts_know_no_exceptions():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    assert contracts
    assert not [c["name"] for c in contracts if "ignore_imports" in c]
