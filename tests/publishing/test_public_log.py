"""What is published becomes leaves of the public log, each once, and an audit sees what differs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from factories import declare

from soi.core.formats import HoldingKind
from soi.core.ledger import LeafKind, LogFault, Trust, canonical_json, verify_log, verify_proof
from soi.core.ledger.reader import fetch_from
from soi.journal.models import Event
from soi.journal.queries import Asked, EventRow, events
from soi.publishing.log import actions, audit, keys, leaves, queries
from soi.publishing.log.audit import Difference
from soi.publishing.models import LogHead, LogLeaf
from soi.register import queries as register
from soi.register.actions import remove_demo_organisations
from tests.past import changeable_journal

pytestmark = pytest.mark.django_db


def published(number: int = 1) -> None:
    """Change the register so many times, in public."""
    for each in range(number):
        declare(HoldingKind.DOMAIN, f"hoamai{Event.objects.count()}-{each}.example")


def differences() -> list[str]:
    return [str(each.difference) for each in audit.audit().found]


def held() -> list[bytes]:
    """The entries that the files hold, proved to be whole."""
    reader = actions.opened().reader()
    return [reader.entry(index) for index in range(reader.tree.size)]


def test_a_change_of_the_register_is_one_leaf_with_the_hash_of_the_public_record() -> None:
    published()
    signed = actions.follow()

    assert signed.tree.size == 1
    leaf = actions.opened().leaf(0)
    event = next(iter(events(Asked(subject="organisation"))))
    assert (leaf.kind, leaf.id) == (LeafKind.REGISTER_CHANGE, str(event.subject_id))
    record = canonical_json(register.public_record("hoamaibank"))
    report = verify_proof(queries.proof(0), Trust(keys.verifier_keys()), content=record)
    assert "content" in report.proved
    assert differences() == []


def test_what_changes_nothing_public_is_no_leaf() -> None:
    declare(HoldingKind.DOMAIN, "hoamai.example")
    declare(HoldingKind.DOMAIN, "hoamai.example")
    assert actions.follow().tree.size == 1


def test_what_is_gone_is_a_leaf_with_the_hash_of_null(demo_desk: None) -> None:
    size = actions.follow().tree.size
    gone = remove_demo_organisations(by="test")

    assert actions.follow().tree.size == size + gone
    report = verify_proof(queries.proof(size), Trust(keys.verifier_keys()), content=b"null")
    assert "content" in report.proved
    assert differences() == []


def test_following_again_adds_nothing() -> None:
    published(3)
    first = actions.follow()
    assert bytes(actions.follow().note) == bytes(first.note)
    published()
    assert actions.follow().tree.size == 4
    assert LogLeaf.objects.count() == LogLeaf.objects.values("seq").distinct().count() == 4


def test_an_empty_log_has_a_checkpoint_from_the_start(settings: Any) -> None:
    actions.follow()
    report = verify_log(fetch_from(settings.SOI_LOG_DIR), Trust(keys.verifier_keys()))
    assert report.signed.tree.size == 0


def test_a_log_that_was_lost_is_made_again_with_the_same_root(settings: Any) -> None:
    published(5)
    before = actions.follow().tree
    shutil.rmtree(settings.SOI_LOG_DIR)
    actions._opened = None

    assert actions.follow().tree == before
    assert differences() == []


def test_a_log_restored_from_an_older_copy_is_brought_up(settings: Any, tmp_path: Path) -> None:
    published(2)
    actions.follow()
    shutil.copytree(settings.SOI_LOG_DIR, tmp_path / "older")
    published(3)
    whole = actions.follow().tree
    shutil.rmtree(settings.SOI_LOG_DIR)
    shutil.copytree(tmp_path / "older", settings.SOI_LOG_DIR)
    actions._opened = None

    assert actions.follow().tree == whole


def forget_events_after(count: int) -> None:
    """As a database is that was restored from an older copy."""
    rows = LogLeaf.objects.order_by("index")[count:]
    with changeable_journal():
        Event.objects.filter(seq__in=[row.seq for row in rows]).delete()
    LogLeaf.objects.filter(index__gte=count).delete()
    last = LogLeaf.objects.order_by("-index").first()
    LogHead.objects.update(settled=count, followed_seq=last.seq if last and last.seq else 0)


def test_a_restored_database_never_rewrites_the_log_and_adopts_what_it_lost() -> None:
    published(4)
    actions.follow()
    before = held()
    forget_events_after(2)

    with pytest.raises(LogFault, match="holds 4 leaves") as refused:
        actions.follow()
    assert refused.value.code == "log_conflict"
    published()
    assert differences()
    taken = audit.adopt(by="test")

    assert (taken.known, taken.unknown) == (0, 2)
    assert actions.follow().tree.size == 5
    assert held()[:4] == before
    seen = audit.audit()
    # The record in the database is that of the lost events: that is what an audit still sees.
    assert {each.difference for each in seen.found} <= {Difference.CONTENT_DIFFERS}
    assert seen.adopted == 2
    assert Event.objects.filter(verb="log.adopted").count() == 1


def test_changes_made_after_a_restore_are_not_lost_when_they_took_the_places_of_others() -> None:
    published(4)
    actions.follow()
    before = held()
    forget_events_after(2)
    published(2)

    with pytest.raises(LogFault) as refused:
        actions.follow()
    assert refused.value.code == "log_conflict"
    audit.adopt(by="test")
    assert actions.follow().tree.size == 6
    assert held()[:4] == before
    assert LogLeaf.objects.filter(seq=None).count() == 2
    assert differences() == []


def test_places_that_were_lost_are_joined_with_their_events_again() -> None:
    published(4)
    whole = actions.follow().tree
    LogLeaf.objects.all().delete()
    LogHead.objects.all().delete()

    taken = audit.adopt(by="test")
    assert (taken.known, taken.unknown) == (4, 0)
    assert actions.follow().tree == whole
    assert differences() == []


def test_other_rules_read_the_journal_again_and_log_nothing_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    published(2)
    real = leaves.is_logged

    def passes_over_the_second(event: EventRow) -> bool:
        return not event.before and real(event)

    for module in (leaves, queries):
        monkeypatch.setattr(module, "is_logged", passes_over_the_second)
    assert actions.follow().tree.size == 1
    for module in (leaves, queries):
        monkeypatch.setattr(module, "is_logged", real)
    for module in (actions, queries):
        monkeypatch.setattr(module, "RULES", "another")
    assert differences() == [Difference.EVENT_UNLOGGED]
    assert queries.standing().waiting == 1

    assert actions.follow().tree.size == 2
    assert differences() == []


def test_an_audit_sees_a_changed_tile(settings: Any) -> None:
    published(2)
    actions.follow()
    bundle = settings.SOI_LOG_DIR / "tile/entries/000.p/2"
    bundle.write_bytes(bundle.read_bytes().replace(b"register_change", b"register_changE"))
    assert Difference.FILES_DAMAGED in differences()


def test_an_audit_sees_a_change_that_left_no_event() -> None:
    published(2)
    actions.follow()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE register_holding SET value = 'other.example'")
    assert differences() == [Difference.CONTENT_DIFFERS]


def test_an_audit_sees_a_leaf_whose_event_was_removed_or_changed() -> None:
    published(3)
    actions.follow()
    with changeable_journal():
        Event.objects.filter(seq=LogLeaf.objects.get(index=1).seq).delete()
        Event.objects.filter(seq=LogLeaf.objects.get(index=0).seq).update(after="ab" * 32)
    assert differences() == [Difference.EVENT_DIFFERS, Difference.EVENT_MISSING]


def test_an_audit_sees_places_that_the_files_do_not_have() -> None:
    published(3)
    actions.follow()
    row = LogLeaf.objects.get(index=1)
    row.sha256 = "cd" * 32
    row.save()
    LogLeaf.objects.filter(index=2).delete()
    assert differences()[:2] == [Difference.LEAF_CHANGED, Difference.LEAF_UNKNOWN]


def test_a_desk_without_a_key_writes_nothing(settings: Any, tmp_path: Path) -> None:
    settings.SOI_LOG_KEY, settings.SOI_DATA_DIR = "", tmp_path
    with pytest.raises(Exception, match="no key") as refused:
        actions.follow()
    assert refused.value.code == "log_key_missing"
    assert not settings.SOI_LOG_DIR.exists()


def test_a_proof_is_verified_by_the_command_without_the_desk(tmp_path: Path) -> None:
    from click.testing import CliRunner

    from soi.cli.program import soi

    published(3)
    actions.follow()
    (tmp_path / "proof.json").write_bytes(queries.proof(1).as_json())
    (tmp_path / "record.json").write_bytes(canonical_json(register.public_record("hoamaibank")))
    call = ["verify", "--key", str(keys.verifier_keys()[0]), "--json"]
    seen = CliRunner().invoke(soi, [*call, str(tmp_path / "proof.json")])
    assert seen.exit_code == 0
    assert json.loads(seen.stdout)["index"] == 1
    content = ["--content", str(tmp_path / "record.json")]
    older = CliRunner().invoke(soi, [*call, *content, str(tmp_path / "proof.json")])
    assert json.loads(older.stdout)["code"] == "log_proof_wrong", "the record has changed since"
