"""The page on the log's format: its examples verify, and it names all there is to name."""

from __future__ import annotations

import json
import re
from pathlib import Path

import ledger_naive as naive
import pytest
from ledger_samples import OTHER, SIGNER, WITNESSES

from soi.core.ledger import (
    Finding,
    LeafKind,
    Trust,
    canonical_json,
    digest,
    read_card_code,
    read_key,
    read_leaf,
    read_proof,
    verify_checkpoint,
    verify_handover,
    verify_proof,
)
from soi.core.ledger.notes import LARGEST_NOTE, MOST_SIGNATURES
from soi.core.ledger.proofs import LARGEST_FILE

PAGE = (Path(__file__).parents[3] / "docs/reference/log-format.md").read_text("utf-8")


def examples(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


LOG, WITNESS = (read_key(line.strip()) for line in examples("key"))
TRUST = Trust((LOG,), (WITNESS,), 1)


def test_the_keys_are_those_of_the_tests() -> None:
    assert (SIGNER.key, WITNESSES[0].key) == (LOG, WITNESS)


def test_the_leaf_stands_for_the_canonical_json() -> None:
    [content], [entry] = examples("canonical"), examples("leaf")
    data = json.loads(content)
    assert canonical_json(data) == content.rstrip("\n").encode()
    leaf = read_leaf(entry.rstrip("\n").encode())
    assert leaf.sha256 == digest(data)
    [proof] = examples("proof")
    assert read_proof(proof.encode()).leaf == leaf
    assert (
        "content"
        in verify_proof(read_proof(proof.encode()), TRUST, content=content.encode()).proved
    )


def test_the_checkpoint_is_verified_by_both() -> None:
    [note] = examples("checkpoint")
    signed = verify_checkpoint(note.encode(), TRUST)
    assert signed.tree.size == 3
    assert naive.signers(note.encode(), [str(LOG), str(WITNESS)]) == [str(LOG), str(WITNESS)]


def test_both_forms_of_the_proof_say_the_same() -> None:
    [data], [text] = examples("proof"), examples("tlog-proof")
    assert read_proof(data.encode()) == read_proof(text.encode())
    assert read_proof(data.encode()).as_json() == data.encode()
    assert read_proof(data.encode()).as_text() == text.encode()
    assert naive.tlog_proof(text.encode(), str(LOG)) == bytes(read_proof(data.encode()).leaf)


def test_the_statement_of_a_new_key_is_verified() -> None:
    [note] = examples("handover")
    assert verify_handover(note.encode(), LOG.name, (LOG,)).new == OTHER.key


def test_the_code_of_a_card_is_of_the_same_edition() -> None:
    [proof], [code] = examples("proof"), examples("card-code")
    report = verify_proof(read_proof(proof.encode()), TRUST, code=read_card_code(code))
    assert "card" in report.proved


@pytest.mark.parametrize("named", [*Finding, *LeafKind], ids=str)
def test_every_finding_and_every_type_is_named(named: str) -> None:
    assert f"`{named}`" in PAGE


def test_the_limits_are_those_of_the_code() -> None:
    for limit in (LARGEST_NOTE, LARGEST_FILE):
        assert f"{limit:,} bytes" in PAGE
    assert f"{MOST_SIGNATURES} signatures" in PAGE
