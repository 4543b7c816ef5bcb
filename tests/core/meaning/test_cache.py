"""The cache is written once, whole or not at all, and mended when it is damaged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from soi.core.meaning import build
from soi.core.meaning.cache import GRAPH, is_whole


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tests that share this folder leave it whole."""
    return build(tmp_path_factory.mktemp("cache") / "soi")


def test_a_build_leaves_a_whole_folder_and_nothing_else(built: Path) -> None:
    assert is_whole(built)
    assert [path for path in built.parent.iterdir() if path.is_dir()] == [built]


def test_a_second_build_writes_nothing(built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.parent.rglob("*")}
    assert build(built.parent) == built
    assert {path: path.stat().st_mtime_ns for path in built.parent.rglob("*")} == before


def test_a_build_is_the_same_every_time(built: Path, cache_dir: Path) -> None:
    other = build(cache_dir)
    for path in built.iterdir():
        assert path.read_bytes() == (other / path.name).read_bytes()


def test_a_damaged_file_is_mended(built: Path) -> None:
    graph = built / GRAPH
    good = graph.read_bytes()
    graph.write_bytes(good[:1000] + bytes([good[1000] ^ 1]) + good[1001:])
    assert build(built.parent) == built
    assert graph.read_bytes() == good


@pytest.mark.parametrize("manifest", [b"", b"{}", b"[]", b"\xff", b'{"gone.npy": "00"}', b"7"])
def test_a_folder_without_a_true_manifest_is_not_whole(tmp_path: Path, manifest: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(manifest)
    assert not is_whole(tmp_path)


def test_leftovers_of_a_killed_build_are_removed(built: Path) -> None:
    leftover = built.parent / ".e5-small-int8-2-unfinished-killed"
    leftover.mkdir()
    (leftover / GRAPH).write_bytes(b"half")
    (built / "manifest.json").unlink()
    build(built.parent)
    assert not leftover.exists()


def test_two_processes_that_arrive_together_both_get_the_folder(tmp_path: Path) -> None:
    script = """
import sys
from pathlib import Path
from soi.core.meaning import build
from soi.core.meaning.cache import is_whole
sys.exit(not is_whole(build(Path(sys.argv[1]))))
"""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", script, str(tmp_path)]
    processes = [subprocess.Popen(command, env=environment) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    assert sum(path.is_dir() for path in tmp_path.iterdir()) == 1


def test_no_weight_could_overflow_a_processor_without_vnni(built: Path) -> None:
    """Two products of an unsigned 8-bit and a weight must fit in 16 bits."""
    graph = onnx.load(built / GRAPH).graph
    integers = [
        numpy_helper.to_array(constant)
        for constant in graph.initializer
        if constant.data_type == onnx.TensorProto.INT8
    ]
    assert len(integers) == 12 * 4
    assert 2 * 255 * max(int(np.abs(matrix.astype(int)).max()) for matrix in integers) < 2**15
