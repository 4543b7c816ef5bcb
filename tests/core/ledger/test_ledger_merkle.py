"""The tree against RFC 6962: known roots, every proof of every small tree, and what is refused."""

from __future__ import annotations

import ledger_naive as naive
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_samples import entries, subtrees_of

from soi.core.ledger import LedgerError, Tree, merkle, verify_consistency, verify_inclusion

MOST = 300
# The eight leaves with which implementations of Certificate Transparency compare themselves; the
# roots follow from RFC 6962, section 2.1, and are computed twice more below.
CT_LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [merkle.leaf_hash(entry) for entry in entries(MOST)]
SUBTREES = subtrees_of(HASHES)
TREES = [Tree(n, merkle.root_of_range(0, n, SUBTREES)) for n in range(MOST + 1)]
INDEX_AND_SIZE = st.integers(1, MOST).flatmap(
    lambda size: st.tuples(st.integers(0, size - 1), st.just(size))
)
TWO_SIZES = st.integers(1, MOST).flatmap(lambda new: st.tuples(st.integers(0, new), st.just(new)))


def flipped(content: bytes, bit: int) -> bytes:
    number = int.from_bytes(content, "big") ^ (1 << bit)
    return number.to_bytes(len(content), "big")


@pytest.mark.parametrize("size", range(9))
def test_the_known_roots_come_out(size: int) -> None:
    root = bytes.fromhex(CT_ROOTS[size])
    assert merkle.root_over([merkle.leaf_hash(each) for each in CT_LEAVES[:size]]) == root
    assert naive.mth(CT_LEAVES[:size]) == root


def test_every_root_is_that_of_the_naive_verifier() -> None:
    for tree in TREES[:70] + TREES[250:260]:
        assert tree.root == naive.mth(entries(tree.size))
        assert tree.root == merkle.root_over(HASHES[: tree.size])


def test_every_leaf_of_every_size_is_proved() -> None:
    for tree in TREES:
        for index in range(tree.size):
            proof = merkle.inclusion_proof(index, tree.size, SUBTREES)
            verify_inclusion(HASHES[index], index, tree, proof)


def test_every_two_sizes_are_shown_to_be_consistent() -> None:
    for new in TREES:
        for old in TREES[: new.size + 1]:
            proof = merkle.consistency_proof(old.size, new.size, SUBTREES)
            verify_consistency(old, new, proof)


@given(INDEX_AND_SIZE)
def test_proofs_of_inclusion_are_those_of_the_naive_verifier(place: tuple[int, int]) -> None:
    index, size = place
    proof = merkle.inclusion_proof(index, size, SUBTREES)
    assert proof == naive.path(index, entries(size))
    assert naive.root_from_path(HASHES[index], index, size, proof) == TREES[size].root


@given(TWO_SIZES.filter(lambda sizes: sizes[0] > 0))
def test_proofs_of_consistency_are_those_of_the_naive_verifier(sizes: tuple[int, int]) -> None:
    old, new = sizes
    assert merkle.consistency_proof(old, new, SUBTREES) == naive.proof(old, entries(new))


@given(INDEX_AND_SIZE, st.integers(0), st.integers(0, 255))
def test_one_flipped_bit_breaks_a_proof_of_inclusion(
    place: tuple[int, int], which: int, bit: int
) -> None:
    index, size = place
    proof = merkle.inclusion_proof(index, size, SUBTREES)
    parts = [HASHES[index], TREES[size].root, *proof]
    parts[which % len(parts)] = flipped(parts[which % len(parts)], bit)
    leaf, root, *steps = parts
    with pytest.raises(LedgerError, match="another root"):
        verify_inclusion(leaf, index, Tree(size, root), steps)


@given(TWO_SIZES.filter(lambda sizes: 0 < sizes[0] < sizes[1]), st.integers(0), st.integers(0, 255))
def test_one_flipped_bit_breaks_a_proof_of_consistency(
    sizes: tuple[int, int], which: int, bit: int
) -> None:
    old, new = sizes
    parts = [TREES[old].root, TREES[new].root, *merkle.consistency_proof(old, new, SUBTREES)]
    parts[which % len(parts)] = flipped(parts[which % len(parts)], bit)
    with pytest.raises(LedgerError) as refused:
        verify_consistency(Tree(old, parts[0]), Tree(new, parts[1]), parts[2:])
    assert refused.value.code == "log_proof_wrong"


@given(INDEX_AND_SIZE, st.integers(-2, MOST + 2))
def test_a_proof_proves_no_other_place(place: tuple[int, int], index: int) -> None:
    proof = merkle.inclusion_proof(*place, SUBTREES)
    if index == place[0]:
        return
    with pytest.raises(LedgerError):
        verify_inclusion(HASHES[place[0]], index, TREES[place[1]], proof)


@given(INDEX_AND_SIZE, st.booleans())
def test_a_longer_or_shorter_proof_is_refused(place: tuple[int, int], longer: bool) -> None:
    index, size = place
    proof = merkle.inclusion_proof(index, size, SUBTREES)
    changed = [*proof, HASHES[0]] if longer else proof[:-1]
    if changed != proof:
        with pytest.raises(LedgerError, match=r"too (long|short)"):
            verify_inclusion(HASHES[index], index, TREES[size], changed)


@given(TWO_SIZES, st.booleans())
def test_a_longer_or_shorter_proof_of_consistency_is_refused(
    sizes: tuple[int, int], longer: bool
) -> None:
    old, new = sizes
    proof = merkle.consistency_proof(old, new, SUBTREES)
    changed = [*proof, HASHES[0]] if longer else proof[:-1]
    if changed != proof:
        with pytest.raises(LedgerError) as refused:
            verify_consistency(TREES[old], TREES[new], changed)
        assert refused.value.code == "log_proof_wrong"


def test_a_log_that_became_shorter_or_another_is_refused() -> None:
    with pytest.raises(LedgerError, match="shorter"):
        verify_consistency(TREES[9], TREES[8], [])
    with pytest.raises(LedgerError, match="another root"):
        verify_consistency(TREES[8], Tree(8, HASHES[0]), [])


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (2**80, 5)])
def test_a_leaf_outside_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(LedgerError) as refused:
        merkle.inclusion_proof(index, size, SUBTREES)
    assert refused.value.code == "log_outside"
    with pytest.raises(LedgerError) as refused:
        verify_inclusion(HASHES[0], index, TREES[size], [])
    assert refused.value.code == "log_proof_wrong"


@pytest.mark.parametrize(("old", "new"), [(-1, 5), (6, 5)])
def test_sizes_outside_have_no_proof_of_consistency(old: int, new: int) -> None:
    with pytest.raises(LedgerError) as refused:
        merkle.consistency_proof(old, new, SUBTREES)
    assert refused.value.code == "log_outside"


@pytest.mark.parametrize(
    ("size", "root"),
    [(-1, HASHES[0]), (2**63, HASHES[0]), (1, b"short"), (1, b""), (0, HASHES[0])],
)
def test_a_tree_that_can_not_be_is_refused(size: int, root: bytes) -> None:
    with pytest.raises(LedgerError) as refused:
        Tree(size, root)
    assert refused.value.code == "log_checkpoint_invalid"


def test_a_proof_without_end_costs_nothing() -> None:
    with pytest.raises(LedgerError, match="too long"):
        verify_inclusion(HASHES[0], 0, Tree(2**63 - 1, HASHES[0]), [HASHES[0]] * 1_000_000)
    with pytest.raises(LedgerError, match="not 32 bytes"):
        verify_inclusion(HASHES[0], 0, TREES[2], [b"\x00" * 33])


def test_the_proof_of_the_largest_log_is_as_long_as_the_standard_says() -> None:
    proof = merkle.inclusion_proof(2**62 + 5, 2**63 - 1, lambda height, place: HASHES[0])
    assert len(proof) <= merkle.LONGEST_PROOF
