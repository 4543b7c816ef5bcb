"""The evidence of a fraud as one zip: whole, the same each time, and verified by anybody."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from factories import declare

from soi.captures import actions as captures
from soi.captures import storage
from soi.captures.queries import digests_of
from soi.core.formats import HoldingKind
from soi.core.lookalike import NameKind
from soi.incidents import actions, codes, evidence, following, handling, reports
from soi.incidents.errors import BundleTooLarge, IncidentUnknown, NotConfirmedYet, OnlyForFraud
from soi.incidents.types import FRAUD, Form, IncidentKind, StepWord
from soi.register.queries import all_holdings_of, known_organisation
from soi.watch.actions import confirm
from soi.watch.noting import note_names
from soi.watch.queries import newest_id
from soi.watch.types import Name, State

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 12, 1, 8, 30, tzinfo=dt.UTC)
BANK = "hoamaibank"
PAGE = "<!doctype html><html><body><p>Nhập mật khẩu của bạn vào đây nhé.</p></body></html>"


@pytest.fixture(autouse=True)
def desk(time_machine: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    time_machine.move_to(NOW, tick=False)
    monkeypatch.setattr(codes, "COST", 2**4)  # slow on purpose; the tests are not about that
    declare(HoldingKind.DOMAIN, "hoamaibank.example")
    declare(HoldingKind.ACCOUNT, "hoamaibank", platform="facebook")


def holding() -> int:
    return next(row.id for row in all_holdings_of(BANK) if row.value == "hoamaibank")


@pytest.fixture
def phishing() -> int:
    note_names([Name(NameKind.HOST, "hoamaibank-login.top")], source="tip:1", by="worker")
    confirm([newest_id()], state=State.SCAM, reason="Trang thu mật khẩu", by="person:1")
    number = handling.open_incident(
        BANK, IncidentKind.PHISHING, words="=Thu mật khẩu", by="person:1", lookalike=newest_id()
    )
    kept = captures.keep_file("trang.html", BytesIO(PAGE.encode()), by="person:1")
    handling.add_capture(number, kept, by="person:1")
    return number


@pytest.fixture
def hijack() -> int:
    kit = actions.make_kit(BANK, by="person:1")
    number = handling.open_incident(
        BANK, IncidentKind.HIJACK, words="Bị chiếm.", by="person:1", holding=holding()
    )
    notice = next(each.id for each in kit.notices if each.untrusted[0].value == "hoamaibank")
    actions.publish_with_code(kit.code, notice, since=NOW)
    return number


def zipped(number: int) -> bytes:
    return b"".join(evidence.bundle_of(number).stream())


def report_of(number: int, made: int) -> reports.PlatformReport:
    row = following.incident_with_id(number)
    return reports.report_of(row, known_organisation(row.organisation), made)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_newcomer_verifies_it_with_sha256sum(phishing: int, tmp_path: Path) -> None:
    path = tmp_path / "incident.zip"
    path.write_bytes(zipped(phishing))
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "out")
    command = shutil.which("sha256sum")
    assert command, "coreutils are on every machine that runs the tests"

    def verified() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [command, "-c", "--strict", "SHA256SUMS"],
            cwd=tmp_path / "out",
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C"},
        )

    ended = verified()
    files = [each for each in (tmp_path / "out").rglob("*") if each.is_file()]
    assert (ended.returncode, len(ended.stdout.splitlines())) == (0, len(files) - 1)
    (tmp_path / "out" / "timeline.csv").write_text("khác", encoding="utf-8")
    assert verified().returncode != 0


def test_it_is_the_same_bytes_until_something_is_added(phishing: int, time_machine: Any) -> None:
    first = zipped(phishing)
    digest = evidence.bundle_of(phishing).digest
    handling.note_prepared(phishing, Form.BUNDLE, digest, by="person:1")
    reports.prepare_report(phishing, by="person:2")
    time_machine.move_to(NOW + dt.timedelta(days=2), tick=False)
    assert zipped(phishing) == first
    assert {each.digest for each in following.prepared_of(phishing)} == {digest}
    handling.do_step(phishing, StepWord.TELL_KEEPER, by="person:1")
    assert evidence.bundle_of(phishing).digest != digest


def test_it_holds_the_copies_the_story_and_the_events(phishing: int) -> None:
    files = unpacked(zipped(phishing))
    (number,) = (each.id for each in following.captures_of(phishing))
    assert files[f"captures/{number}/content.html.txt"].decode() == PAGE
    assert "mật khẩu" in files[f"captures/{number}/text.txt"].decode()
    story = json.loads(files["incident.json"])
    assert story["lookalike"]["name"] == "hoamaibank-login.top"
    assert story["lookalike"]["seen"] == [{"on": "2026-12-01", "source": "tip:1"}]
    assert {each["value"] for each in story["official"]} == {"hoamaibank.example", "hoamaibank"}
    assert "'=Thu mật khẩu" in files["timeline.csv"].decode()
    verbs = [line.split(",")[3] for line in files["journal.csv"].decode().splitlines()[1:]]
    assert verbs == ["incident.opened", "incident.capture_added"]
    manifest = json.loads(files["manifest.json"])
    assert manifest["left_out"] == []
    listed = {each["path"]: each["sha256"] for each in manifest["files"]}
    others = set(files) - {"manifest.json", "SHA256SUMS"}
    assert listed == {name: hashlib.sha256(files[name]).hexdigest() for name in others}
    assert manifest["captures"][0]["sha256"] == digests_of(number)["content"]


def test_it_holds_the_notices_of_the_incident_as_they_were_signed(hijack: int) -> None:
    files = unpacked(zipped(hijack))
    (notice,) = following.notices_in(following.incident_with_id(hijack))
    assert files[f"notices/{notice.id}/note.txt"].decode() == notice.note
    assert json.loads(files[f"notices/{notice.id}/record.json"])["state"] == "published"
    journal = files["journal.csv"].decode()
    assert "notice.published" in journal
    assert "incident.notice_linked" in journal
    (official,) = json.loads(files["incident.json"])["official"]
    assert (official["value"], official["state"]) == ("hoamaibank", "compromised")


def test_a_copy_that_is_lost_or_altered_is_left_out_and_said_so(phishing: int) -> None:
    (number,) = (each.id for each in following.captures_of(phishing))
    path = storage.path_of(digests_of(number)["content"])
    path.chmod(0o640)
    path.write_bytes(b"anders")
    files = unpacked(zipped(phishing))
    left_out = json.loads(files["manifest.json"])["left_out"]
    assert left_out == [{"capture": number, "file": "content", "why": "capture_file_altered"}]
    path.unlink()
    files = unpacked(zipped(phishing))
    assert json.loads(files["manifest.json"])["left_out"][0]["why"] == "capture_file_missing"
    assert f"captures/{number}/content.html.txt" not in files


def test_its_size_has_a_bound_that_is_told_before_the_first_byte(
    phishing: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = sum(each.size for each in evidence.bundle_of(phishing).files)
    monkeypatch.setattr(evidence, "BUNDLE_LIMIT", size)
    evidence.bundle_of(phishing)
    monkeypatch.setattr(evidence, "BUNDLE_LIMIT", size - 1)
    with pytest.raises(BundleTooLarge):
        evidence.bundle_of(phishing)
    monkeypatch.setattr(evidence, "BUNDLE_LIMIT", 10)
    with pytest.raises(BundleTooLarge):
        evidence.bundle_of(phishing)


def test_it_is_streamed_file_by_file(phishing: int) -> None:
    big = captures.keep_file("to.txt", BytesIO(b"chu " * 1_000_000), by="person:1")
    handling.add_capture(phishing, big, by="person:1")
    made = evidence.bundle_of(phishing)
    pieces = list(made.stream())
    largest = max(each.size for each in made.files)
    assert len(pieces) == len(made.files) + 1
    assert max(len(piece) for piece in pieces) < largest + 1000
    assert unpacked(b"".join(pieces))["SHA256SUMS"]


@pytest.mark.parametrize("kind", sorted(frozenset(IncidentKind) - FRAUD))
def test_c8_there_is_neither_bundle_nor_report_of_what_is_no_fraud(kind: IncidentKind) -> None:
    number = handling.open_incident(BANK, kind, words="Có chuyện.", by="t", holding=holding())
    for way in (
        lambda: evidence.bundle_of(number),
        lambda: reports.prepare_report(number, by="t"),
        lambda: report_of(number, 1),
    ):
        with pytest.raises(OnlyForFraud):
            way()
    assert not following.prepared_of(number)


def test_what_nobody_confirmed_is_not_reported() -> None:
    note_names([Name(NameKind.HOST, "hoamaibank-login.top")], source="tip:1", by="worker")
    number = handling.open_incident(
        BANK, IncidentKind.PHISHING, words="Lạ.", by="t", lookalike=newest_id()
    )
    with pytest.raises(NotConfirmedYet):
        evidence.bundle_of(number)


def test_a_report_says_who_for_which_account_against_what(phishing: int, hijack: int) -> None:
    made = reports.prepare_report(phishing, by="person:1")
    found = report_of(phishing, made.id)
    assert found.lookalike is not None
    assert (found.lookalike.key, found.sightings) == ("hoamaibank-login.top", 1)
    assert {each.value for each, _ in found.official} == {"hoamaibank.example"}
    assert [each.file_name for each in found.captures] == ["trang.html"]
    for incident, number in ((hijack, made.id), (phishing, 10**20), (phishing, 0)):
        with pytest.raises(IncidentUnknown):
            report_of(incident, number)
    other = reports.prepare_report(hijack, by="person:1")
    assert len(report_of(hijack, other.id).notices) == 1


def test_a_bundle_can_not_be_opened_as_a_report(phishing: int) -> None:
    made = handling.note_prepared(phishing, Form.BUNDLE, "0" * 64, by="t")
    with pytest.raises(IncidentUnknown):
        report_of(phishing, made.id)
