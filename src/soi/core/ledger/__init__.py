"""The tamper-evident public log: leaves, Merkle tiles, checkpoints, proofs, and their verification.

A desk writes with `Log`; anybody verifies with `verify_proof` and `verify_log` and the `Trust` that
they have from elsewhere. The forms are those of RFC 6962 and of C2SP signed-note, tlog-checkpoint,
tlog-tiles, tlog-cosignature, tlog-witness and tlog-proof, so that other implementations read them.
Nothing here knows a database or opens a connection, and no leaf has room for words about people.
"""

from __future__ import annotations

from soi.core.ledger.canonical import canonical_json, digest
from soi.core.ledger.cardcode import CardCode, read_card_code
from soi.core.ledger.checkpoints import (
    Checkpoint,
    SignedCheckpoint,
    Trust,
    Witnessed,
    read_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from soi.core.ledger.codes import SENTENCES, Code
from soi.core.ledger.errors import LedgerError, LogFault
from soi.core.ledger.handover import Handover, sign_handover, verify_handover
from soi.core.ledger.keys import Algorithm, Signer, VerifierKey, read_key, read_signer
from soi.core.ledger.leaves import Leaf, LeafKind, read_leaf
from soi.core.ledger.merkle import Tree, verify_consistency, verify_inclusion
from soi.core.ledger.proofs import Proof, read_proof
from soi.core.ledger.reader import LogReader, Tiles, fetch_from
from soi.core.ledger.store import Log
from soi.core.ledger.verify import Finding, Report, verify_log, verify_proof
from soi.core.ledger.witnesses import WitnessAtOtherSize, read_reply, submission

__all__ = [
    "SENTENCES",
    "Algorithm",
    "CardCode",
    "Checkpoint",
    "Code",
    "Finding",
    "Handover",
    "Leaf",
    "LeafKind",
    "LedgerError",
    "Log",
    "LogFault",
    "LogReader",
    "Proof",
    "Report",
    "SignedCheckpoint",
    "Signer",
    "Tiles",
    "Tree",
    "Trust",
    "VerifierKey",
    "WitnessAtOtherSize",
    "Witnessed",
    "canonical_json",
    "digest",
    "fetch_from",
    "read_card_code",
    "read_checkpoint",
    "read_key",
    "read_leaf",
    "read_proof",
    "read_reply",
    "read_signer",
    "sign_checkpoint",
    "sign_handover",
    "submission",
    "verify_checkpoint",
    "verify_consistency",
    "verify_handover",
    "verify_inclusion",
    "verify_log",
    "verify_proof",
]
