"""The conversation with a witness, against one that follows C2SP tlog-witness by itself."""

from __future__ import annotations

import base64
from pathlib import Path

import ledger_naive as naive
import pytest
from ledger_samples import SIGNER, WITNESSES, leaves, opened

from soi.core.ledger import (
    Checkpoint,
    LedgerError,
    Log,
    Tree,
    WitnessAtOtherSize,
    read_reply,
    sign_checkpoint,
    submission,
)
from soi.core.ledger.merkle import EMPTY

WITNESS = WITNESSES[0]
NOTE = sign_checkpoint(Checkpoint(SIGNER.key.name, EMPTY), [SIGNER])
COSIGNED = str(NOTE.signed_with(WITNESS, at=1).signatures[-1]).encode()


class NaiveWitness:
    """Keeps the leaves itself instead of believing a proof, which is stricter than any witness."""

    def __init__(self, entries: list[bytes]) -> None:
        self.entries = entries
        self.size = 0

    def add_checkpoint(self, body: bytes) -> tuple[int, bytes]:
        head, note = body.split(b"\n\n", 1)
        old, *hashes = head.decode().split("\n")
        _, size, root = naive.checkpoint(note, str(SIGNER.key))
        if old != f"old {self.size}":
            return 409, b"%d\n" % self.size
        steps = [base64.b64decode(line) for line in hashes]
        if self.size and steps != naive.proof(self.size, self.entries[:size]):
            return 422, b""
        assert naive.mth(self.entries[:size]) == root
        self.size = size
        text = note[: note.rindex(b"\n\n") + 1]
        blob = base64.b64encode(WITNESS.key.id + WITNESS.sign(text, 1_800_000_000))
        return 200, "— ".encode() + WITNESS.key.name.encode() + b" " + blob + b"\n"


def asked(witness: NaiveWitness, log: Log, old: Tree) -> tuple[int, bytes]:
    proof = log.reader().consistency_proof(old)
    return witness.add_checkpoint(submission(old.size, proof, log.checkpoint().note))


def test_a_witness_follows_a_log_that_grows(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    witness = NaiveWitness([bytes(each) for each in leaves(0, 40)])
    old = EMPTY
    for stop in (1, 3, 8, 40):
        log.append(leaves(old.size, stop), at=old.size)
        status, body = asked(witness, log, old)
        signatures = read_reply(status, body, log.checkpoint().note, [WITNESS.key])
        old = log.add_cosignatures(signatures, [WITNESS.key]).tree
        keys = [str(SIGNER.key), str(WITNESS.key)]
        assert naive.signers((tmp_path / "log/checkpoint").read_bytes(), keys) == keys


def test_a_witness_that_is_behind_says_where_it_is(tmp_path: Path) -> None:
    log = opened(tmp_path / "log")
    log.append(leaves(0, 9))
    witness = NaiveWitness([bytes(each) for each in leaves(0, 9)])
    witness.size = 4
    status, body = asked(witness, log, EMPTY)
    with pytest.raises(WitnessAtOtherSize) as refused:
        read_reply(status, body, log.checkpoint().note, [WITNESS.key])
    assert refused.value.size == 4
    status, body = asked(witness, log, log.reader().tree_of(refused.value.size))
    assert len(read_reply(status, body, log.checkpoint().note, [WITNESS.key])) == 1


def test_other_signatures_in_a_reply_are_passed_over() -> None:
    [other] = NOTE.signed_with(WITNESSES[1], at=1).signatures[1:]
    [found] = read_reply(200, COSIGNED + str(other).encode(), NOTE, [WITNESS.key])
    assert found.name == WITNESS.key.name


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (404, b"", "log_witness_refused"),
        (403, b"no", "log_witness_refused"),
        (500, b"<html>", "log_witness_refused"),
        (302, COSIGNED, "log_witness_refused"),
        (409, b"", "log_witness_conflict"),
        (409, b"-5\n", "log_witness_conflict"),
        (409, b"9" * 10_000_000, "log_witness_conflict"),
        (200, b"", "log_witness_unreadable"),
        (200, b"\xff\n", "log_witness_unreadable"),
        (200, b"<html>\n", "log_witness_unreadable"),
        (200, COSIGNED[:-1], "log_witness_unreadable"),
        (200, COSIGNED.replace(b"/w0", b"/w9"), "log_witness_unreadable"),
        (200, COSIGNED * 5_000, "log_witness_unreadable"),
        (200, b"a" * 10_000_000, "log_witness_unreadable"),
        (200, COSIGNED.replace(b"AAAAAA", b"AAAAAB"), "log_signature_wrong"),
    ],
)
def test_every_other_reply_is_refused(status: int, body: bytes, code: str) -> None:
    with pytest.raises(LedgerError) as refused:
        read_reply(status, body, NOTE, [WITNESS.key])
    assert refused.value.code == code


def test_a_proof_that_no_log_has_is_not_sent() -> None:
    with pytest.raises(LedgerError) as refused:
        submission(1, [b"\x00" * 32] * 64, NOTE)
    assert refused.value.code == "log_proof_invalid"
