"""What may and may not stand in the project's files."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = {".py", ".md", ".toml", ".html", ".css", ".js", ".lock", ".json", ".jsonl", ".csv", ".tsv"}


def _tracked() -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and (path.suffix in TEXT or path.name in {"Makefile", "run"}):
            yield path


def test_no_file_names_a_package_registry():
    registries = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org")
    here = Path(__file__).resolve()
    found = [p for p in _tracked() if p != here and registries.search(p.read_text("utf-8"))]
    assert not found


@pytest.mark.parametrize("name", ["run.lock", "dev.lock"])
def test_a_lock_file_pins_and_hashes_everything(name: str):
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    pins = re.findall(r"^\S+==\S+ \\$", text, re.MULTILINE)
    entries = re.findall(r"^[a-z0-9].*$", text, re.MULTILINE | re.IGNORECASE)
    assert pins
    assert len(pins) == len(entries)
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text


def test_every_dependency_is_locked():
    import tomllib

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    locked = (ROOT / "requirements" / "run.lock").read_text(encoding="utf-8").lower()
    for wanted in settings["project"]["dependencies"]:
        name = re.split(r"[\[~=<>]", wanted)[0].lower()
        assert f"\n{name}==" in f"\n{locked}" or f"\n{name}[" in f"\n{locked}", name


def test_test_modules_have_names_of_their_own():
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names)), sorted({n for n in names if names.count(n) > 1})


@pytest.mark.parametrize("readme", ["README.md", "README.vi.md"])
def test_the_readme_names_both_commands_and_they_exist(readme: str):
    text = (ROOT / readme).read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for command in ("demo", "test"):
        assert f"make {command}" in text
        assert re.search(rf"^{command}:.*##", makefile, re.MULTILINE)


def test_links_between_documents_lead_somewhere():
    broken = []
    for page in (p for p in _tracked() if p.suffix == ".md"):
        targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        local = [target for target in targets if "://" not in target]
        broken += [(page.name, target) for target in local if not (page.parent / target).exists()]
    assert not broken
