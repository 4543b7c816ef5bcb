"""The model files are checked before they are believed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from soi.core.diacritics import model as reader
from soi.core.diacritics.model import (
    CLASSES,
    MAX_BYTES,
    ModelError,
    load_model,
    model_from,
    read_arrays,
)
from soi.core.diacritics.restore import with_marks

PACKED = files("soi.core.diacritics").joinpath("model.npz").read_bytes()


def small(**changed: Any) -> dict[str, Any]:
    """A model of five numbers: "uong uống" are 3 and 4; "0 uống" and "0 uống ." were seen."""
    arrays = {
        "syllables": list("\n".join([*CLASSES, "uong", "uống"]).encode()),
        "alone": [48, 48, 48, 60, 20],
        "after_one": [0, 5, 0, 0, 7],
        "pair_counts": [0, 1, 0, 0, 1],
        "seconds": [4, 0],
        "pairs": [3, 9],
        "after_two": [2, 0],
        "triple_counts": [1, 0],
        "thirds": [0],
        "triples": [1],
    } | changed
    wide = {"pair_counts", "seconds", "triple_counts", "thirds"}
    return {
        name: np.array(v, np.uint16 if name in wide else np.uint8) for name, v in arrays.items()
    }


def packed(**arrays: Any) -> bytes:
    held = io.BytesIO()
    np.savez_compressed(held, **arrays)
    return held.getvalue()


def test_a_pair_costs_what_was_counted_or_what_is_left() -> None:
    model = model_from(small())
    assert model.pair(1, 4) == (0, 3)
    assert model.pair(4, 0) == (1, 9)
    assert model.pair(4, 3) == (-1, 7 + 60)


def test_the_likeliest_syllable_of_a_spelling_comes_first() -> None:
    model = model_from(small())
    assert model.candidates == {"uong": (4, 3)}
    assert 0 < model.own_share["uong"] < 0.1
    assert with_marks("9 Uong!", model) == "9 Uống!"


def test_the_shipped_model_says_what_it_was_trained_on_and_how_good_it_is() -> None:
    facts = json.loads(files("soi.core.diacritics").joinpath("model.json").read_text("utf-8"))
    assert set(facts["trained_on"].values()) <= {"CC0-1.0", "CC BY-SA 4.0", "Apache-2.0"}
    assert facts["report"]["vi-own"]["right"] >= 0.85
    found = facts["report"]["found_by_meaning"]
    assert found["restored"]["success@1"] >= found["as_typed"]["success@1"] + 0.3


def test_the_shipped_files_belong_together() -> None:
    facts = json.loads(files("soi.core.diacritics").joinpath("model.json").read_text("utf-8"))
    assert facts["sizes"] == {name: len(each) for name, each in read_arrays(PACKED).items()}


def test_the_model_stays_small() -> None:
    assert len(PACKED) < 600_000
    assert sum(each.nbytes for each in read_arrays(PACKED).values()) < MAX_BYTES / 10


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"alone": [48, 48, 48, 60]}, "alone"),
        ({"after_one": []}, "after_one"),
        ({"pair_counts": [0, 1, 0, 0, 2]}, "pair_counts"),
        ({"pair_counts": [0, 1, 0, 1]}, "pair_counts"),
        ({"pairs": [3]}, "pairs"),
        ({"after_two": [2]}, "after_two"),
        ({"seconds": [4, 5]}, "names no syllable"),
        ({"seconds": [4, 3], "pair_counts": [0, 2, 0, 0, 0]}, "not sorted"),
        ({"seconds": [4, 4], "pair_counts": [0, 2, 0, 0, 0]}, "not sorted"),
        ({"thirds": [9]}, "names no syllable"),
        ({"triple_counts": [1, 1]}, "triple_counts"),
        ({"syllables": list(b"uong\nuong\n.\n0\n?")}, "classes"),
        ({"syllables": list(b".\n0\n?\nuong\nuong")}, "repeat"),
        ({"syllables": [0xFF, 0xFE]}, "UTF-8"),
    ],
)
def test_lists_that_do_not_fit_one_another_are_refused(changed: dict[str, Any], says: str) -> None:
    with pytest.raises(ModelError, match=says):
        model_from(small(**changed))


@pytest.mark.parametrize(
    "wrong",
    [np.zeros(5, np.float64), np.zeros(5, np.int8), np.zeros((1, 5), np.uint8), np.uint8(3)],
)
def test_numbers_of_another_kind_are_refused(wrong: Any) -> None:
    with pytest.raises(ModelError, match="alone"):
        model_from(small() | {"alone": np.asarray(wrong)})


def test_what_is_packed_can_be_read_again() -> None:
    read = read_arrays(packed(**small()))
    assert all(np.array_equal(read[name], each) for name, each in small().items())


@pytest.mark.parametrize("length", [0, 1, 100, 10_000, len(PACKED) - 1])
def test_a_file_that_ends_early_is_refused(length: int) -> None:
    with pytest.raises(ModelError, match="damaged"):
        read_arrays(PACKED[:length])


@pytest.mark.parametrize("place", [0.05, 0.2, 0.5, 0.8])
def test_a_file_with_changed_bytes_is_refused(place: float) -> None:
    at = int(place * len(PACKED))
    with pytest.raises(ModelError, match="damaged"):
        read_arrays(PACKED[:at] + bytes(byte ^ 0x55 for byte in PACKED[at : at + 64])
                    + PACKED[at + 64 :])  # fmt: skip


def test_a_file_without_one_of_its_lists_is_refused() -> None:
    arrays = small()
    del arrays["triples"]
    with pytest.raises(ModelError, match="triples"):
        read_arrays(packed(**arrays))


def test_python_objects_are_never_unpacked() -> None:
    bad = packed(**small() | {"alone": np.array([print], dtype=object)})
    with pytest.raises(ModelError, match="pickle"):
        read_arrays(bad)


def test_a_file_that_would_unpack_to_too_much_is_refused_before_it_is() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("alone.npy", bytes(MAX_BYTES + 1))
    assert len(held.getvalue()) < MAX_BYTES / 100
    with pytest.raises(ModelError, match="unpacks to"):
        read_arrays(held.getvalue())


def test_a_list_that_claims_to_be_endless_is_refused() -> None:
    held = io.BytesIO()
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (%d,), }" % (1 << 50)
    with zipfile.ZipFile(held, "w") as archive:
        for name in small():
            archive.writestr(
                f"{name}.npy", b"\x93NUMPY\x01\x00\x76\x00" + header.ljust(117) + b"\n"
            )
    with pytest.raises(ModelError, match="damaged"):
        read_arrays(held.getvalue())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The package's folder with the shipped files, to be damaged."""
    for name in ("model.json", "model.npz"):
        content = files("soi.core.diacritics").joinpath(name).read_bytes()
        (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(reader, "files", lambda _: tmp_path)
    load_model.cache_clear()
    yield tmp_path
    load_model.cache_clear()


def test_the_shipped_files_are_read_from_their_folder(folder: Path) -> None:
    assert load_model().candidates["nuoc"]


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "model.npz").unlink()
    with pytest.raises(ModelError, match=r"model\.npz"):
        load_model()


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ("{", "can't be read"),
        ("[]", "train"),
        ('{"format": 0}', "train"),
        ("\x00", "can't be read"),
    ],
)
def test_facts_of_another_format_are_refused(folder: Path, facts: str, says: str) -> None:
    (folder / "model.json").write_text(facts, "utf-8")
    with pytest.raises(ModelError, match=says):
        load_model()
