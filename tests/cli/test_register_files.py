"""The register goes from desk to desk: `soi import register-json`, `soi export register`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from factories import declare

from soi.cli.program import soi
from soi.core.formats import HoldingKind, HoldingState, read_trusttxt
from soi.core.ledger import Signer
from soi.publishing import register as published
from soi.publishing.log import keys
from soi.register import queries
from soi.register.models import Organisation

pytestmark = pytest.mark.django_db
BANK = "hoamaibank"
STRANGER = str(Signer("stranger.example/log", b"\x07" * 32).key)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(soi, list(map(str, arguments)), env={"LANG": "en_US.UTF-8"})


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A record, its signature, and the whole register; afterwards the register is empty."""
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.PHONE, "19000009")
    content = published.record(BANK)
    assert content is not None
    (tmp_path / "record.json").write_bytes(content)
    (tmp_path / "record.sig").write_bytes(published.signature(BANK, content))
    ended = run("export", "register", tmp_path / "all.jsonl", "--format", "jsonl")
    assert ended.output.endswith("1 organisations\n")
    assert run("export", "register", tmp_path / "all.csv").output.endswith("2 holdings\n")
    Organisation.objects.all().delete()
    return tmp_path


def states() -> set[HoldingState]:
    return {row.state for row in queries.all_holdings_of(BANK)}


def test_another_desks_word_is_proposed_and_counts_when_this_desk_stands_for_it(
    files: Path,
) -> None:
    key = keys.verifier_keys()[0]
    signed = ("--key", key, "--signature", files / "record.sig")
    assert "2 added" in run("import", "register-json", files / "record.json", *signed).output
    assert states() == {HoldingState.PROPOSED}
    Organisation.objects.all().delete()
    run("import", "register-json", files / "record.json", *signed, "--vouch")
    assert states() == {HoldingState.ACTIVE}


def test_lines_are_taken_when_their_signature_fits(files: Path) -> None:
    key = keys.verifier_keys()[0]
    assert "2 added" in run("import", "register-json", files / "all.jsonl", "--key", key).output
    Organisation.objects.all().delete()
    ended = run("import", "register-json", files / "all.jsonl", "--key", STRANGER)
    assert "signature_wrong" in ended.output
    assert queries.organisation_count() == 0


def test_a_record_that_was_changed_or_signed_by_others_is_not_taken(files: Path) -> None:
    key, path = keys.verifier_keys()[0], files / "record.json"
    signature = ("--signature", files / "record.sig")
    assert run("import", "register-json", path, "--key", STRANGER, *signature).exit_code != 0
    path.write_bytes(path.read_bytes().replace(b"hoamaibank.example", b"hoamaibonk.example"))
    assert run("import", "register-json", path, "--key", key, *signature).exit_code != 0
    assert run("import", "register-json", path, "--key", key).exit_code == 2
    assert run("import", "register-json", path, *signature).exit_code == 2
    assert queries.organisation_count() == 0


def test_the_csv_comes_back_as_it_was(files: Path) -> None:
    assert "2 added" in run("import", "register", files / "all.csv").output
    assert states() == {HoldingState.ACTIVE}


def test_a_trust_txt_is_written_for_the_organisation(tmp_path: Path) -> None:
    for host in ("hoamaibank.example", "hoamai.example"):
        declare(HoldingKind.DOMAIN, host)
    target = tmp_path / "trust.txt"
    command = ("export", "trust-txt", target, "--domain", "hoamaibank.example")
    assert run(*command, "--organisation", BANK).exit_code == 0
    assert [e.value for e in read_trusttxt(target.read_bytes()).entries] == ["hoamai.example"]
    assert run(*command, "--organisation", "nobody").exit_code == 2
