"""`soi log`: where the public log stands, its audit, its witnesses, and another key."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from factories import declare

from soi.cli.program import soi
from soi.core.formats import HoldingKind
from soi.core.ledger import Algorithm, Signer, Trust, read_checkpoint, verify_handover, verify_log
from soi.core.ledger.notes import read_note
from soi.core.ledger.reader import fetch_from
from soi.publishing.log import keys
from soi.publishing.models import LogHead, LogLeaf

pytestmark = pytest.mark.django_db
WITNESS = Signer("witness.example/w", b"\x05" * 32, Algorithm.COSIGNATURE)
STRANGER = Signer("stranger.example/w", b"\x06" * 32, Algorithm.COSIGNATURE)


def run(*arguments: object, given: bytes | None = None) -> Result:
    return CliRunner().invoke(
        soi, ["log", *map(str, arguments)], env={"LANG": "en_US.UTF-8"}, input=given
    )


@pytest.fixture
def own_key(settings: Any, tmp_path: Path) -> None:
    """A desk whose key is in its data folder, as `soi init` makes it."""
    settings.SOI_LOG_KEY, settings.SOI_DATA_DIR = "", tmp_path
    assert keys.make()


def logged(number: int = 2) -> None:
    for each in range(number):
        declare(HoldingKind.DOMAIN, f"hoamai{each}.example")
    assert run("append").output == f"leaves: {number}\n"


def test_status_says_what_waits_and_what_is_written() -> None:
    declare(HoldingKind.DOMAIN, "hoamai.example")
    assert "waiting: 1" in run("status").output
    run("append")
    said = run("status").output
    assert "leaves: 1" in said
    assert "up to date" in said
    assert str(keys.verifier_keys()[0]) in said


def test_an_audit_ends_with_status_3_when_something_differs() -> None:
    logged()
    assert "no difference" in run("audit").output
    LogLeaf.objects.filter(index=0).update(sha256="ab" * 32)
    ended = run("audit")
    assert ended.exit_code == 3
    assert "leaf_changed: leaf 0" in ended.output
    assert "log_differs" in ended.output


def test_adopt_takes_in_what_only_the_files_hold() -> None:
    logged()
    LogLeaf.objects.all().delete()
    LogHead.objects.all().delete()
    assert "adopted: 2 with their event, 0 without" in run("adopt").output
    assert "no difference" in run("audit").output


def test_the_checkpoint_and_a_proof_are_printed() -> None:
    logged()
    note = read_note(run("checkpoint").stdout_bytes)
    assert read_checkpoint(note.text).tree.size == 2
    assert '"index": 1' in run("proof", 1).stdout
    refused = run("proof", 2)
    assert refused.exit_code == 2
    assert "log_outside" in refused.output


def test_a_key_is_made_for_the_desks_user_alone(own_key: None, settings: Any) -> None:
    settings.SOI_BASE_URL = "https://other.example"
    path = keys.path()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not keys.make()
    assert keys.verifier_keys()[0].name == "localhost:8000/log"


def test_a_key_is_replaced_in_two_steps(own_key: None, settings: Any) -> None:
    logged()
    (old,) = keys.verifier_keys()
    assert "new key" in run("new-key").output
    assert run("new-key").exit_code == 0, "what was begun is not begun twice"
    same, new = keys.verifier_keys()
    assert same == old
    statement = keys.handovers()
    assert len(statement) == 1
    assert verify_handover(statement[0].encode(), old.name, (old,)).new == new
    for key in (old, new):
        assert verify_log(fetch_from(settings.SOI_LOG_DIR), Trust((key,))).signed.tree.size == 2

    assert f"dropped: {old}" in run("drop-key", "--yes").output
    assert keys.verifier_keys() == (new,)
    assert stat.S_IMODE(keys.path().stat().st_mode) == 0o600
    declare(HoldingKind.DOMAIN, "neu.example")
    assert run("append").output == "leaves: 3\n"
    assert verify_log(fetch_from(settings.SOI_LOG_DIR), Trust((new,))).signed.keys == (new,)
    refused = run("drop-key", "--yes")
    assert "log_key_kept" in refused.output


def test_a_key_in_a_setting_is_not_changed_by_the_command() -> None:
    logged()
    assert "log_key_kept" in run("new-key").output


def reply_of(witness: Signer, request: bytes) -> bytes:
    """What a witness answers: the checkpoint below the blank line, signed."""
    note = read_note(request.partition(b"\n\n")[2])
    (signature,) = note.signed_with(witness, at=1_800_000_000).signatures[len(note.signatures) :]
    return str(signature).encode()


def test_a_witness_is_asked_and_its_signature_published(settings: Any) -> None:
    logged()
    request = run("witness", "request").stdout_bytes
    assert request.startswith(b"old 0\n\n")
    assert "log_witness_unknown" in run("witness", "add", "-", given=b"x").output

    settings.SOI_LOG_WITNESSES = (str(WITNESS.key),)
    added = run("witness", "add", "-", given=reply_of(WITNESS, request))
    assert "witness: witness.example/w, 1800000000" in added.output
    assert "witness: witness.example/w" in run("status").output
    trust = Trust(keys.verifier_keys(), (WITNESS.key,), 1)
    assert verify_log(fetch_from(settings.SOI_LOG_DIR), trust).signed.witnesses

    declare(HoldingKind.DOMAIN, "hoamai9.example")
    run("append")
    older = run("witness", "request", "--old-size", 2).stdout_bytes
    assert older.startswith(b"old 2\n")
    assert len(older.partition(b"\n\n")[0].splitlines()) == 2, "one hash proves 2 within 3"


def test_a_reply_of_a_stranger_or_to_another_checkpoint_is_refused(settings: Any) -> None:
    logged()
    settings.SOI_LOG_WITNESSES = (str(WITNESS.key),)
    request = run("witness", "request").stdout_bytes
    assert "log_witness_unreadable" in run(
        "witness", "add", "-", given=reply_of(STRANGER, request)
    ).output  # fmt: skip
    declare(HoldingKind.DOMAIN, "hoamai9.example")
    run("append")
    refused = run("witness", "add", "-", given=reply_of(WITNESS, request))
    assert "log_signature_wrong" in refused.output
