"""Tile paths and contents against C2SP tlog-tiles, and tiles that no log has."""

from __future__ import annotations

import ledger_naive as naive
import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.ledger import LedgerError
from soi.core.ledger.tiles import (
    ENTRIES,
    TOP,
    WIDTH,
    Tile,
    edge_of,
    read_entries,
    read_hashes,
    read_path,
    tile_at,
    write_entries,
    write_hashes,
)

WIDTHS = st.integers(1, WIDTH)


def test_the_paths_of_the_standard_come_out() -> None:
    assert Tile(0, 1234067).path == "tile/0/x001/x234/067"
    assert Tile(0, 273, 112).path == "tile/0/273.p/112"
    assert Tile(ENTRIES, 0, 1).path == "tile/entries/000.p/1"
    assert Tile(2, 0, 1).path == "tile/2/000.p/1"


def test_a_tree_of_70000_has_the_tiles_that_the_standard_says() -> None:
    size = 70_000
    assert list(edge_of(size)) == [Tile(0, 273, 112), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert tile_at(0, 272, size) == Tile(0, 272)
    assert tile_at(1, 0, size) == Tile(1, 0)
    assert tile_at(ENTRIES, 273, size) == Tile(ENTRIES, 273, 112)
    for level, index in ((0, 274), (1, 2), (2, 1), (3, 0), (ENTRIES, 274), (0, -1), (-2, 0)):
        with pytest.raises(LedgerError):
            tile_at(level, index, size)


def test_a_tree_of_256_has_a_full_tile_and_one_above() -> None:
    assert list(edge_of(256)) == [Tile(1, 0, 1)]
    assert tile_at(0, 0, 256) == Tile(0, 0)


@given(st.integers(ENTRIES, TOP), st.integers(0, 2**47), WIDTHS)
def test_every_path_is_read_back_and_is_that_of_the_naive_verifier(
    level: int, index: int, width: int
) -> None:
    index >>= 8 * max(level, 0)
    tile = Tile(level, index, width)
    assert read_path(tile.path) == tile
    assert tile.path == naive.tile_path("entries" if level < 0 else str(level), index, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/0",
        "tile/00/000",
        "tile/8/000",
        "tile/63/000",
        "tile/-1/000",
        "tile/0/1000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/-1",
        "tile/0/000/",
        "tile/0/../../etc/passwd",
        "tile/0/٠٠٠",
        "/tile/0/000",
        "tile/0/000\n",
        "tile/0/" + "x999/" * 5000 + "999",
        "tile/7/001",
    ],
)
def test_a_path_that_no_log_has_is_refused(path: str) -> None:
    with pytest.raises(LedgerError) as refused:
        read_path(path)
    assert refused.value.code == "log_path_invalid"
    assert len(refused.value.message) < 200


@pytest.mark.parametrize(
    ("level", "index", "width"),
    [(-2, 0, 1), (8, 0, 1), (0, -1, 1), (0, 2**60, 1), (0, 0, 0), (0, 0, 257), (0, 0, -1)],
)
def test_a_tile_that_no_log_has_is_refused(level: int, index: int, width: int) -> None:
    with pytest.raises(LedgerError) as refused:
        Tile(level, index, width)
    assert refused.value.code == "log_path_invalid"


@given(st.lists(st.binary(max_size=70), min_size=1, max_size=WIDTH))
def test_entries_are_read_back(entries: list[bytes]) -> None:
    tile = Tile(ENTRIES, 0, len(entries))
    assert read_entries(write_entries(entries), tile) == entries


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20))
def test_hashes_are_read_back(hashes: list[bytes]) -> None:
    assert read_hashes(write_hashes(hashes), Tile(0, 0, len(hashes))) == hashes


@given(st.binary(max_size=600), WIDTHS)
def test_any_other_bytes_are_refused_or_are_a_bundle(content: bytes, width: int) -> None:
    tile = Tile(ENTRIES, 0, width)
    try:
        entries = read_entries(content, tile)
    except LedgerError as error:
        assert error.code == "log_damaged"  # noqa: PT017 - either end is right
    else:
        assert write_entries(entries) == content


@pytest.mark.parametrize("length", [0, 31, 33, 8191, 8193, 1_000_000])
def test_a_tile_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(LedgerError) as refused:
        read_hashes(b"\x00" * length, Tile(0, 0))
    assert refused.value.code == "log_damaged"


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"\x00\x05abc", b"\x00\x01a\x00", b"\x00\x01a\x00\x01b", b"\x00\x00" * 70_000],
)
def test_a_bundle_with_half_an_entry_or_too_many_is_refused(content: bytes) -> None:
    with pytest.raises(LedgerError) as refused:
        read_entries(content, Tile(ENTRIES, 0, 1))
    assert refused.value.code == "log_damaged"
