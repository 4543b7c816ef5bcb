"""Whoever writes to the database, nothing goes out on one person's word (charter C3 and C5)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from soi.checking import triggers
from soi.checking.models import Approval, Claim, Draft, Edition, Recusal, Revision
from soi.checking.types import SENSITIVE, ClaimState, EditionKind
from soi.core.ledger import canonical_json
from soi.people.types import Member, Role
from tests.members import member
from tests.past import changeable_checking

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 30, 9, tzinfo=dt.UTC)


@dataclass
class Desk:
    """A draft of An's at its first version, and people who could approve it."""

    an: Member
    binh: Member
    chi: Member
    claim: Claim
    content: str
    digest: str

    def says(self, **changes: Any) -> tuple[str, str]:
        """The canonical JSON of a content like the draft's, and its digest."""
        plain = canonical_json(json.loads(self.content) | changes)
        return plain.decode(), hashlib.sha256(plain).hexdigest()

    def edit(self, by: Member, **changes: Any) -> str:
        """What the product does when somebody changes the draft."""
        content, digest = self.says(**changes)
        draft = Draft.objects.get(claim=self.claim)
        draft.version += 1
        draft.digest, draft.edited_by_id = digest, by.id
        draft.save()
        revision(self.claim, draft.version, content, digest, by)
        return digest

    def approve(self, by: Member, digest: str = "") -> Approval:
        return Approval.objects.create(
            claim=self.claim, digest=digest or self.digest, by_id=by.id, at=NOW
        )

    def publish(self, digest: str = "", **changes: Any) -> Edition:
        draft = Draft.objects.get(claim=self.claim)
        said = Revision.objects.filter(claim=self.claim, version=draft.version)
        values: dict[str, Any] = {
            "claim": self.claim,
            "number": 1,
            "kind": EditionKind.FIRST.value,
            "content": "".join(each.content for each in said),
            "digest": digest or draft.digest,
            "written_by_id": draft.written_by_id,
            "edited_by_id": draft.edited_by_id,
            "published_by_id": self.an.id,
            "published_at": NOW,
        }
        return Edition.objects.create(**(values | changes))


def revision(claim: Claim, version: int, content: str, digest: str, by: Member) -> Revision:
    return Revision.objects.create(
        claim=claim, version=version, content=content, digest=digest, by_id=by.id, at=NOW
    )


def claim(*, is_demo: bool = False) -> Claim:
    return Claim.objects.create(
        wording="Cầu Bến Sậy đã sập trong đêm qua.",
        language="vi",
        state=ClaimState.OPEN.value,
        opened_at=NOW,
        last_asked_at=NOW,
        is_demo=is_demo,
    )


def desk_of(item: Claim, topics: tuple[str, ...] = ()) -> Desk:
    an, binh, chi = (member(each) for each in (Role.CHECKER, Role.EDITOR, Role.ADMINISTRATOR))
    empty = {"claim": item.pk, "edition": 1, "correction": None, "topics": list(topics)}
    plain = canonical_json(empty | {"summary": "Cầu còn nguyên."})
    digest = hashlib.sha256(plain).hexdigest()
    Draft.objects.create(
        claim=item, version=1, digest=digest, written_by_id=an.id, edited_by_id=an.id, edited_at=NOW
    )
    revision(item, 1, plain.decode(), digest, an)
    return Desk(an, binh, chi, item, plain.decode(), digest)


@pytest.fixture
def desk() -> Desk:
    return desk_of(claim())


@pytest.fixture
def published(desk: Desk) -> Desk:
    desk.approve(desk.binh)
    edition = desk.publish()
    Approval.objects.update(edition=edition)
    return desk


def refused(what: str, step: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError, match=what), transaction.atomic():
        step()


def run(statement: str, *values: object) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def test_what_a_second_person_approved_may_be_published(desk: Desk) -> None:
    desk.approve(desk.binh)

    assert desk.publish().number == 1


def test_an_edition_that_nobody_approved_is_refused(desk: Desk) -> None:
    refused("what others have approved", desk.publish)


@pytest.mark.parametrize("state", ["written", "edited"])
def test_neither_the_author_nor_the_last_editor_can_approve(desk: Desk, state: str) -> None:
    digest = desk.digest if state == "written" else desk.edit(desk.binh, summary="Cầu còn đứng.")
    for who in [desk.an] if state == "written" else [desk.an, desk.binh]:
        refused("by somebody else", lambda who=who: desk.approve(who, digest))

    desk.approve(desk.chi, digest)
    assert desk.publish().digest == digest


def test_somebody_who_recused_cannot_approve(desk: Desk) -> None:
    Recusal.objects.create(claim=desk.claim, by_id=desk.binh.id, at=NOW)

    refused("by somebody else", lambda: desk.approve(desk.binh))


def test_recusing_afterwards_ends_the_approval(desk: Desk) -> None:
    approval = desk.approve(desk.binh)
    Recusal.objects.create(claim=desk.claim, by_id=desk.binh.id, at=NOW)
    approval.refresh_from_db()

    assert approval.voided_at is not None
    assert abs(approval.voided_at - timezone.now()) < dt.timedelta(minutes=5)
    refused("what others have approved", desk.publish)


def test_an_approval_of_what_the_draft_no_longer_says_is_refused(desk: Desk) -> None:
    desk.edit(desk.an, summary="Cầu còn đứng.")

    refused("what the draft says now", lambda: desk.approve(desk.binh, desk.digest))


def test_an_edit_ends_the_approval_also_when_the_old_words_come_back(desk: Desk) -> None:
    desk.approve(desk.binh)
    digest = desk.edit(desk.an, summary="Cầu còn đứng.")
    refused("what others have approved", lambda: desk.publish(digest))

    assert desk.edit(desk.an, summary="Cầu còn nguyên.") == desk.digest
    refused("what others have approved", desk.publish)


def test_an_ended_approval_cannot_be_brought_back(desk: Desk) -> None:
    desk.approve(desk.binh)
    desk.edit(desk.an, summary="Cầu còn đứng.")

    for change in ("voided_at = NULL", "digest = (SELECT digest FROM checking_draft)"):
        refused(
            "does not become another",
            lambda change=change: run(f"UPDATE checking_approval SET {change}"),
        )


@pytest.mark.parametrize("column", ["claim_id", "digest", "by_id", "at"])
def test_an_approval_does_not_become_anothers(desk: Desk, column: str) -> None:
    desk.approve(desk.binh)
    other = {"claim_id": claim().pk, "digest": "0" * 64, "by_id": desk.chi.id}

    refused(
        "does not become another",
        lambda: run(
            f"UPDATE checking_approval SET {column} = %s", other.get(column, timezone.now())
        ),
    )


def test_an_approval_is_bound_only_to_the_edition_of_its_bytes(published: Desk) -> None:
    edition = Edition.objects.get()
    another = desk_of(claim())
    another.approve(another.binh)

    refused(
        "does not become another",
        lambda: run(
            "UPDATE checking_approval SET edition_id = %s WHERE claim_id = %s",
            edition.pk,
            another.claim.pk,
        ),
    )


@pytest.mark.parametrize("topic", sorted(SENSITIVE))
def test_a_sensitive_topic_needs_two_others(topic: str) -> None:
    desk = desk_of(claim(), (topic.value, "school"))
    desk.approve(desk.binh)
    refused("what others have approved", desk.publish)

    desk.approve(desk.chi)
    assert desk.publish().number == 1


def test_one_person_is_not_two(desk: Desk) -> None:
    digest = desk.edit(desk.an, topics=["health"])
    desk.approve(desk.binh, digest)
    refused("unique|keeps its rows|duplicate", lambda: desk.approve(desk.binh, digest))

    Approval.objects.update(voided_at=NOW)
    desk.approve(desk.binh, digest)
    refused("what others have approved", desk.publish)


def test_the_words_under_an_approved_digest_cannot_be_exchanged(desk: Desk) -> None:
    desk.approve(desk.binh)
    other, _ = desk.says(summary="Cầu đã sập.")
    run("UPDATE checking_draft SET version = 2")

    refused("names one content", lambda: revision(desk.claim, 2, other, desk.digest, desk.an))
    refused("what others have approved", lambda: desk.publish(content=other))


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 2, "kind": EditionKind.MINOR.value},
        {"kind": EditionKind.WITHDRAWAL.value, "number": 1},
        {"digest": "0" * 64},
        {"content": "{}"},
    ],
    ids=["number", "kind", "digest", "content"],
)
def test_an_edition_says_what_was_approved_and_nothing_else(
    desk: Desk, changes: dict[str, Any]
) -> None:
    desk.approve(desk.binh)

    refused("what others have approved", lambda: desk.publish(**changes))


def test_an_edition_names_those_who_wrote_and_edited(desk: Desk) -> None:
    desk.approve(desk.binh)
    for column in ("written_by_id", "edited_by_id"):
        refused(
            "what others have approved",
            lambda column=column: desk.publish(**{column: desk.chi.id}),
        )


def test_an_approval_serves_one_edition(published: Desk) -> None:
    refused(
        "what others have approved|keeps its rows",
        lambda: published.publish(number=2, kind=EditionKind.MINOR.value),
    )


def test_a_correction_needs_an_approval_of_its_own(published: Desk) -> None:
    digest = published.edit(
        published.an, edition=2, correction={"kind": "minor", "note": "Lỗi chính tả."}
    )
    refused(
        "what others have approved",
        lambda: published.publish(number=2, kind=EditionKind.MINOR.value),
    )

    published.approve(published.binh, digest)
    refused(
        "what others have approved",
        lambda: published.publish(number=2, kind=EditionKind.UPDATE.value),
    )
    assert published.publish(number=2, kind=EditionKind.MINOR.value).digest == digest


@pytest.mark.parametrize(
    "change",
    [
        "written_by_id = %s, version = version + 1",
        "edited_by_id = %s",
        "version = version - %s",
    ],
)
def test_the_people_behind_a_draft_are_not_exchanged(desk: Desk, change: str) -> None:
    value = 1 if "version -" in change else desk.binh.id

    refused("keeps its author", lambda: run(f"UPDATE checking_draft SET {change}", value))
    refused("keeps its author", lambda: run("UPDATE checking_draft SET digest = 'x'"))


FROM = {
    "checking_claim": "wording = 'x', is_demo",
    "checking_revision": "content = '{}'",
    "checking_edition": "content = '{}'",
    "checking_recusal": "by_id = 1",
}


@pytest.mark.parametrize("table", ["checking_revision", "checking_edition", "checking_recusal"])
def test_what_was_said_is_never_changed(published: Desk, table: str) -> None:
    Recusal.objects.create(claim=published.claim, by_id=published.chi.id, at=NOW)

    refused("append-only", lambda: run(f"UPDATE {table} SET {FROM[table]}"))


GONE = ("checking_approval", "checking_edition", "checking_revision", "checking_recusal")


@pytest.mark.parametrize("table", [*GONE, "checking_draft", "checking_claim"])
def test_nothing_of_a_check_is_removed(published: Desk, table: str) -> None:
    Recusal.objects.create(claim=published.claim, by_id=published.chi.id, at=NOW)
    refused("keeps its rows", lambda: run(f"DELETE FROM {table}"))
    if connection.vendor == "postgresql":
        connection.check_constraints()  # those that wait for the commit stand in the way
        refused("keeps its rows", lambda: run(f"TRUNCATE {table} CASCADE"))


@pytest.mark.parametrize(
    "model", [Approval, Edition, Revision, Recusal, Draft, Claim], ids=lambda each: each.__name__
)
def test_insert_or_replace_replaces_nothing(published: Desk, model: type[models.Model]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has this statement")
    Recusal.objects.create(claim=published.claim, by_id=published.chi.id, at=NOW)
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields]
    same = ", ".join(columns)
    statements = [f"INSERT OR REPLACE INTO {table} ({same}) SELECT {same} FROM {table}"]
    if columns[0] == "id" and model is not Claim:
        # Another number, so that only what else is unique stands in the way.
        moved = ", ".join(columns[1:])
        statements.append(f"INSERT OR REPLACE INTO {table} ({moved}) SELECT {moved} FROM {table}")

    for statement in statements:
        refused(
            "keeps its rows|by somebody else|what others have approved",
            lambda statement=statement: run(statement),
        )


def test_no_claim_takes_the_place_of_another(published: Desk) -> None:
    other = claim()
    replace = "OR REPLACE " if connection.vendor == "sqlite" else ""

    refused(
        "does not become another",
        lambda: run(
            f"UPDATE {replace}checking_claim SET id = %s WHERE id = %s",
            published.claim.pk,
            other.pk,
        ),
    )


def test_only_what_was_a_demonstration_from_its_start_can_be_removed() -> None:
    real, shown = desk_of(claim()), desk_of(claim(is_demo=True))
    for each in (real, shown):
        each.approve(each.binh)
        edition = each.publish()
        Approval.objects.filter(claim=each.claim).update(edition=edition)

    refused("does not become another", lambda: run("UPDATE checking_claim SET is_demo = true"))
    for table in ("checking_approval", "checking_edition", "checking_revision", "checking_draft"):
        assert run(f"DELETE FROM {table} WHERE claim_id = %s", shown.claim.pk) == 1
    assert run("DELETE FROM checking_claim WHERE id = %s", shown.claim.pk) == 1
    assert Edition.objects.get().claim_id == real.claim.pk


def test_without_the_triggers_the_same_statements_go_through(desk: Desk) -> None:
    with changeable_checking():
        desk.publish(content="{}")
        run("DELETE FROM checking_revision")
    assert Edition.objects.count() == 1
    refused("append-only", lambda: run("UPDATE checking_edition SET content = 'x'"))


def test_every_trigger_stands_after_all_migrations() -> None:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(catalogue[connection.vendor])
        standing = {name for (name,) in cursor.fetchall()}

    assert len(triggers.names(connection.vendor)) > 20
    assert triggers.names(connection.vendor) <= standing


def test_another_database_is_refused_and_not_left_open() -> None:
    with pytest.raises(ValueError, match="oracle"):
        triggers.creating("oracle")
