"""Proof files: what is written verifies everywhere, what is changed nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import ledger_naive as naive
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ledger_samples import SIGNER, TRUST, leaf, leaves, opened

from soi.core.ledger import (
    Checkpoint,
    Leaf,
    LeafKind,
    LedgerError,
    Proof,
    Tree,
    digest,
    merkle,
    read_proof,
    sign_checkpoint,
    verify_proof,
)
from soi.core.ledger.proofs import LARGEST_FILE

SIZE, INDEX = 300, 77
ENTRIES = [bytes(each) for each in leaves(0, SIZE)]
PROOF = Proof(
    leaf(INDEX),
    INDEX,
    tuple(naive.path(INDEX, ENTRIES)),
    sign_checkpoint(Checkpoint(SIGNER.key.name, Tree(SIZE, naive.mth(ENTRIES))), [SIGNER]),
)
DATA: dict[str, Any] = json.loads(PROOF.as_json())
TEXT = PROOF.as_text()


def refused(content: bytes) -> str:
    with pytest.raises(LedgerError) as caught:
        verify_proof(read_proof(content), TRUST)
    return caught.value.code


def test_a_proof_of_a_log_is_read_back_and_verified_by_both(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 600))
    for index in range(0, 600, 41):
        proof = log.proof(index)
        for form in (proof.as_json(), proof.as_text()):
            assert read_proof(form) == proof
            report = verify_proof(read_proof(form), TRUST)
            assert (report.leaf, report.index) == (leaf(index), index)
        assert naive.tlog_proof(proof.as_text(), str(SIGNER.key)) == bytes(leaf(index))


def test_the_file_has_the_documented_form() -> None:
    assert list(DATA) == ["format", "leaf", "index", "hashes", "checkpoint"]
    assert DATA["leaf"] == json.loads(bytes(leaf(INDEX)))
    assert DATA["checkpoint"].startswith(f"{SIGNER.key.name}\n{SIZE}\n")
    assert TEXT.startswith(b"c2sp.org/tlog-proof@v1\nextra ")


def test_a_log_of_one_leaf_needs_no_hashes(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append([leaf(0)])
    proof = log.proof(0)
    assert proof.hashes == ()
    assert verify_proof(read_proof(proof.as_text()), TRUST).index == 0
    assert verify_proof(read_proof(proof.as_json()), TRUST).index == 0


def test_how_the_file_is_spaced_does_not_matter() -> None:
    squeezed = json.dumps(DATA, separators=(",", ":"), sort_keys=True).encode()
    assert read_proof(squeezed) == PROOF


@given(st.integers(0), st.sampled_from(["json", "text"]))
def test_one_flipped_bit_proves_nothing_else(bit: int, form: str) -> None:
    content = bytearray(PROOF.as_json() if form == "json" else TEXT)
    content[bit // 8 % len(content)] ^= 1 << (bit % 8)
    try:
        report = verify_proof(read_proof(bytes(content)), TRUST)
    except LedgerError:
        return
    # A bit that only changes the white space of JSON changes nothing that is said.
    assert (report.leaf, report.index) == (leaf(INDEX), INDEX)
    assert form == "json"
    assert read_proof(bytes(content)) == PROOF


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": "soi.proof/v2"}, "log_proof_invalid"),
        ({"format": None}, "log_proof_invalid"),
        ({"more": 1}, "log_proof_invalid"),
        ({"index": -1}, "log_proof_invalid"),
        ({"index": 2**53 - 1}, "log_proof_wrong"),
        ({"index": 2**63}, "log_proof_invalid"),
        ({"index": 10**5000}, "log_proof_invalid"),
        ({"index": True}, "log_proof_invalid"),
        ({"index": "77"}, "log_proof_invalid"),
        ({"index": INDEX + 1}, "log_proof_wrong"),
        ({"index": SIZE}, "log_proof_wrong"),
        ({"hashes": []}, "log_proof_wrong"),
        ({"hashes": {}}, "log_proof_invalid"),
        ({"hashes": DATA["hashes"][::-1]}, "log_proof_wrong"),
        ({"hashes": [*DATA["hashes"], DATA["hashes"][0]]}, "log_proof_wrong"),
        ({"hashes": DATA["hashes"] * 20}, "log_proof_invalid"),
        ({"hashes": [1]}, "log_proof_invalid"),
        ({"hashes": ["AAAA"]}, "log_proof_invalid"),
        ({"hashes": ["A" * 44]}, "log_proof_invalid"),
        ({"hashes": ["_" * 43 + "="]}, "log_proof_invalid"),
        ({"hashes": ["A" * 42 + "B="]}, "log_proof_invalid"),
        ({"leaf": None}, "log_proof_invalid"),
        ({"leaf": []}, "log_proof_invalid"),
        ({"leaf": DATA["leaf"] | {"note": "An"}}, "log_proof_invalid"),
        ({"leaf": DATA["leaf"] | {"id": "An"}}, "log_leaf_invalid"),
        ({"leaf": DATA["leaf"] | {"id": ["78.1"]}}, "log_leaf_invalid"),
        ({"leaf": DATA["leaf"] | {"id": "78.2"}}, "log_proof_wrong"),
        ({"leaf": DATA["leaf"] | {"type": "withdrawal"}}, "log_proof_wrong"),
        ({"leaf": DATA["leaf"] | {"at": "2026-03-01T08:15:00Z"}}, "log_proof_wrong"),
        ({"leaf": DATA["leaf"] | {"sha256": "0" * 64}}, "log_proof_wrong"),
        ({"checkpoint": ""}, "log_note_invalid"),
        ({"checkpoint": 5}, "log_proof_invalid"),
        ({"checkpoint": "\ud800"}, "log_proof_invalid"),
        ({"checkpoint": DATA["checkpoint"].replace("300", "301")}, "log_signature_wrong"),
        ({"checkpoint": "a\n" * 200_000}, "log_note_invalid"),
    ],
)
def test_a_changed_field_is_refused(change: dict[str, Any], code: str) -> None:
    try:
        content = json.dumps(DATA | change).encode()
    except ValueError:  # Python does not write numbers so long
        content = json.dumps(DATA).replace(str(INDEX), "9" * 5000, 1).encode()
    assert refused(content) == code


def test_every_field_is_needed() -> None:
    for name in DATA:
        rest = {key: value for key, value in DATA.items() if key != name}
        assert refused(json.dumps(rest).encode()) == "log_proof_invalid"
    for name in DATA["leaf"]:
        rest = {key: value for key, value in DATA["leaf"].items() if key != name}
        assert refused(json.dumps(DATA | {"leaf": rest}).encode()) == "log_proof_invalid"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"format":' * 50_000,
        PROOF.as_json()[:-5],
        PROOF.as_json() + b"x",
        PROOF.as_json().replace(b'"index"', b'"index": 5, "index"'),
        PROOF.as_json().replace(b": 77", b": 77.0"),
        PROOF.as_json().replace(b": 77", b": NaN"),
        b" " * (LARGEST_FILE + 1),
        TEXT.replace(b"@v1", b"@v2"),
        TEXT.replace(b"extra ", b"Extra "),
        TEXT.replace(b"extra ", b""),
        TEXT.replace(b"index 77", b"index 077"),
        TEXT.replace(b"index 77", b"index -7"),
        TEXT.replace(b"index 77", b"index " + b"9" * 100_000),
        TEXT.replace(b"index 77\n", b"index 77\nshort\n"),
        TEXT.replace(b"index 77\n", b"index 77\n" + b"A" * 43 + b"=\n" + b"B" * 43 + b"=\n" * 9),
        TEXT.split(b"\n\n")[0],
        b"c2sp.org/tlog-proof@v1\n\n",
        b"c2sp.org/tlog-proof@v1" + b"\n" * 100_000,
        "c2sp.org/tlog-proof@v1\nextra ộ\nindex 1\n\n".encode(),
    ],
)
def test_bytes_that_are_no_proof_file_are_refused(content: bytes) -> None:
    assert refused(content) == "log_proof_invalid"


def test_the_same_content_is_recognised_and_any_other_refused() -> None:
    content = {"claim": "Cầu Bến Sậy đã sập", "verdict": "false", "edition": 2}
    made = Leaf(LeafKind.EDITION, "17.2", leaf(0).at, digest(content))
    root = merkle.leaf_hash(bytes(made))
    note = sign_checkpoint(Checkpoint(SIGNER.key.name, Tree(1, root)), [SIGNER])
    proof = Proof(made, 0, (), note)
    given_as = json.dumps(content, indent=3).encode()
    assert "content" in verify_proof(proof, TRUST, content=given_as).proved
    for changed, code in (
        (given_as.replace(b"2", b"3"), "log_proof_wrong"),
        (b"{", "log_not_canonical"),
        (b'{"a": 0.5}', "log_not_canonical"),
    ):
        with pytest.raises(LedgerError) as caught:
            verify_proof(proof, TRUST, content=changed)
        assert caught.value.code == code
