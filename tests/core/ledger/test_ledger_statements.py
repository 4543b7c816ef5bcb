"""A record is signed so that a forged copy is told from a true one, and from a checkpoint."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soi.core.ledger import LedgerError
from soi.core.ledger.keys import Signer
from soi.core.ledger.notes import write_note
from soi.core.ledger.statements import FIRST_LINE, read_statement, write_statement

AT = dt.datetime(2026, 11, 20, 5, 0, 1, 999, tzinfo=dt.UTC)
SIGNER = Signer("desk.example/log", b"\1" * 32)
OTHER = Signer("desk.example/log", b"\2" * 32)


def statement(record: bytes = b"{}") -> bytes:
    return bytes(write_statement(record, about="song-xanh", at=AT, signers=[SIGNER]))


def test_what_was_signed_is_told_with_who_and_when() -> None:
    found = read_statement(statement(), b"{}", [OTHER.key, SIGNER.key])
    assert (found.about, found.at, found.keys) == (
        "song-xanh",
        AT.replace(microsecond=0),
        (SIGNER.key,),
    )


@given(st.binary(max_size=50))
def test_no_other_record_fits(record: bytes) -> None:
    if record != b"{}":
        with pytest.raises(LedgerError) as refused:
            read_statement(statement(), record, [SIGNER.key])
        assert refused.value.code == "log_signature_wrong"


def test_a_key_that_is_not_trusted_says_nothing() -> None:
    with pytest.raises(LedgerError) as refused:
        read_statement(statement(), b"{}", [OTHER.key])
    assert refused.value.code == "log_key_invalid"


@pytest.mark.parametrize(
    "changed",
    [
        (b"song-xanh", b"song-xinh"),
        (b"05:00:01", b"06:00:01"),
        (b"v1", b"v2"),
        (b"\n\n", b"\n"),
        (b"2026-11", b"2026-13"),
    ],
)
def test_a_text_that_was_changed_is_refused(changed: tuple[bytes, bytes]) -> None:
    with pytest.raises(LedgerError):
        read_statement(statement().replace(*changed), b"{}", [SIGNER.key])


def test_a_checkpoint_is_no_statement_and_a_statement_no_checkpoint() -> None:
    checkpoint = write_note("desk.example/log\n1\nAAAA\n", SIGNER)
    with pytest.raises(LedgerError):
        read_statement(bytes(checkpoint), b"{}", [SIGNER.key])
    assert statement().startswith(FIRST_LINE.encode())
    assert " " in FIRST_LINE  # an origin, the first line of a checkpoint, has none
