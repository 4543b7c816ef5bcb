"""The order of the writes: what a checkpoint covers is on the disk before the checkpoint is.

`kill -9` loses nothing that was handed to the kernel, a power cut does. So the calls are watched:
bytes count as lasting when their file was synced, a name when its directory was.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ledger_naive as naive
import pytest
from ledger_samples import SIGNER, leaf, leaves, opened


class Watched:
    """A disk that loses, when the power goes, all that was not synced."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lasting: dict[str, bytes] = {}
        """Files below the root as they come back after a power cut."""
        self.folders: set[str] = set()
        self.renamed: dict[str, dict[str, bytes]] = {}
        self.made: dict[str, set[str]] = {}
        self.synced: dict[str, bytes] = {}
        self.all_synced: set[Path] = set()
        self.checkpoints = 0

    def fsync(self, descriptor: int) -> None:
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        self.all_synced.add(path)
        if self.root not in (path, *path.parents):
            return
        name = self._name(path)
        if path.is_dir():
            self.lasting |= self.renamed.pop(name, {})
            self.folders |= self.made.pop(name, set())
        else:
            self.synced[name] = path.read_bytes()

    def replace(self, source: Any, target: Any) -> None:
        content, name = self.synced.pop(self._name(source), b"torn"), self._name(target)
        if name == "checkpoint":
            # The new name may reach the disk by itself: then all below has to be there.
            self.checkpoints += 1
            self.check(self.lasting | {name: content})
        self.renamed.setdefault(self._name(Path(target).parent), {})[name] = content

    def mkdir(self, path: Any) -> None:
        self.made.setdefault(self._name(Path(path).parent), set()).add(self._name(path))

    def check(self, files: dict[str, bytes]) -> None:
        """The files as they came back make a log that another implementation accepts."""
        back = self.root.with_name("after the cut")
        for name, content in files.items():
            folders = [str(each) for each in Path(name).parents][:-1]
            assert set(folders) <= self.folders, f"{name}: its directory did not last"
            path = back / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        naive.whole_log(back, str(SIGNER.key))

    def _name(self, path: Any) -> str:
        return str(Path(path).relative_to(self.root)) if Path(path) != self.root else ""


@contextmanager
def watching(monkeypatch: pytest.MonkeyPatch, disk: Watched) -> Iterator[None]:
    fsync, replace, mkdir = os.fsync, os.replace, os.mkdir

    def watched_fsync(descriptor: int) -> None:
        disk.fsync(descriptor)
        fsync(descriptor)

    def watched_replace(source: Any, target: Any) -> None:
        disk.replace(source, target)
        replace(source, target)

    def watched_mkdir(path: Any, mode: int = 0o777) -> None:
        if disk.root in Path(path).parents:
            disk.mkdir(path)
        mkdir(path, mode)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", watched_fsync)
        patched.setattr(os, "replace", watched_replace)
        patched.setattr(os, "mkdir", watched_mkdir)
        yield


@pytest.mark.parametrize("counts", [(1, 1, 1), (254, 1, 1, 1), (600, 3), (0, 5)])
def test_a_checkpoint_covers_only_what_lasts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counts: tuple[int, ...]
) -> None:
    root = tmp_path / "deep" / "log"
    disk, log, start = Watched(root), opened(root), 0
    with watching(monkeypatch, disk):
        for count in counts:
            log.append(leaves(start, start + count))
            start += count
            # It is acknowledged: it has to come back after a cut at this very moment.
            disk.check(disk.lasting)
    assert disk.checkpoints >= len(counts)
    assert {root, tmp_path / "deep", tmp_path} <= disk.all_synced
    found = naive.whole_log(root.with_name("after the cut"), str(SIGNER.key))
    assert found == [bytes(leaf(number)) for number in range(start)]
