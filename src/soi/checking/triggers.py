"""What the database itself refuses about approvals, editions and challenges (charter C3, C5, C6).

In: migrations. Out: triggers by which SQLite and PostgreSQL keep "two people" true whoever writes:
the product, a shell, another program. What they hold to:

- An approval names the digest that the draft has now, and is not by its author, its last editor or
  somebody who has recused. It can only be ended, once, or bound to the edition published on it.
- A draft that changes by one byte ends the approvals of what it was; so does recusing.
- An edition is what the draft says now and what its history holds under that digest. It follows
  the one before it, is of the kind that was approved, and has one standing approval, or two where
  its topics ask for them.
- Revisions, recusals and editions are never changed. A challenge keeps its words, and once decided
  its answer. Nothing of this is removed, but for the demonstration, which is marked from its start.

SQLite remakes a table that a migration alters: its triggers go with it, and those that name it
stand in the way. Such a migration begins with `without_them()` and ends with `operation()`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_SENSITIVE = "('election', 'health', 'legal')"
"""The topics of `types.SENSITIVE`; a test holds the two together."""


@dataclass(frozen=True, slots=True)
class _Guard:
    """A trigger that refuses what does not hold. `{…}` are spelled differently by each database."""

    name: str
    table: str
    event: str
    holds: str
    refusal: str
    locks_draft: bool = False
    """Wait for whoever is changing the draft: a trigger of PostgreSQL sees what was committed."""


@dataclass(frozen=True, slots=True)
class _Effect:
    """A trigger that does something."""

    name: str
    table: str
    event: str
    does: str


_APPROVER_IS_ANOTHER = """EXISTS (
    SELECT 1 FROM checking_draft d
    WHERE d.claim_id = NEW.claim_id AND d.digest = NEW.digest
      AND d.written_by_id <> NEW.by_id AND d.edited_by_id <> NEW.by_id
  ) AND NOT EXISTS (
    SELECT 1 FROM checking_recusal r WHERE r.claim_id = NEW.claim_id AND r.by_id = NEW.by_id
  ) AND NEW.voided_at IS NULL AND NEW.edition_id IS NULL"""

_APPROVAL_IS_THE_SAME = """NEW.id = OLD.id AND NEW.claim_id = OLD.claim_id
  AND NEW.digest = OLD.digest AND NEW.by_id = OLD.by_id AND NEW.at = OLD.at
  AND (OLD.voided_at IS NULL OR NEW.voided_at = OLD.voided_at)
  AND (OLD.edition_id IS NULL OR NEW.edition_id = OLD.edition_id)
  AND (NEW.edition_id IS NULL OR (NEW.voided_at IS NULL AND EXISTS (
    SELECT 1 FROM checking_edition e
    WHERE e.id = NEW.edition_id AND e.claim_id = NEW.claim_id AND e.digest = NEW.digest
  )))"""

_EDITION_IS_APPROVED = """EXISTS (
    SELECT 1 FROM checking_draft d
    JOIN checking_revision r ON r.claim_id = d.claim_id AND r.version = d.version
    WHERE d.claim_id = NEW.claim_id AND d.digest = NEW.digest
      AND r.digest = NEW.digest AND r.content = NEW.content
      AND d.written_by_id = NEW.written_by_id AND d.edited_by_id = NEW.edited_by_id
      AND (
        SELECT COUNT(DISTINCT a.by_id) FROM checking_approval a
        WHERE a.claim_id = NEW.claim_id AND a.digest = NEW.digest
          AND a.voided_at IS NULL AND a.edition_id IS NULL
          AND a.by_id <> d.written_by_id AND a.by_id <> d.edited_by_id
          AND NOT EXISTS (
            SELECT 1 FROM checking_recusal q WHERE q.claim_id = NEW.claim_id AND q.by_id = a.by_id
          )
      ) >= CASE WHEN {is_sensitive} THEN 2 ELSE 1 END
  ) AND NEW.number = 1 + (
    SELECT COALESCE(MAX(e.number), 0) FROM checking_edition e WHERE e.claim_id = NEW.claim_id
  ) AND NOT EXISTS (
    SELECT 1 FROM checking_edition e WHERE e.claim_id = NEW.claim_id AND e.digest = NEW.digest
  ) AND {claim} = NEW.claim_id AND {edition} = NEW.number
  AND COALESCE({correction}, 'first') = NEW.kind"""

_DRAFT_KEEPS_ITS_PEOPLE = """NEW.claim_id = OLD.claim_id
  AND NEW.written_by_id = OLD.written_by_id AND NEW.version >= OLD.version
  AND (NEW.edited_by_id = OLD.edited_by_id OR NEW.version > OLD.version)
  AND (NEW.digest = OLD.digest OR NEW.version > OLD.version)"""

# Without this, whoever writes to SQLite could put other words under a digest that was approved.
_DIGEST_NAMES_ONE_CONTENT = """NOT EXISTS (
    SELECT 1 FROM checking_revision r
    WHERE r.claim_id = NEW.claim_id AND r.digest = NEW.digest AND r.content <> NEW.content
  ){is_hash}"""

_CHALLENGE_KEEPS_ITS_WORDS = """NEW.id = OLD.id AND NEW.edition_id = OLD.edition_id
  AND NEW.text = OLD.text AND NEW.digest = OLD.digest AND NEW.received_at = OLD.received_at
  AND (OLD.state NOT IN ('upheld', 'rejected') OR (NEW.state = OLD.state
    AND NEW.answer = OLD.answer AND NEW.answered_by_id = OLD.answered_by_id
    AND NEW.answered_at = OLD.answered_at))"""

_VOID = (
    "UPDATE checking_approval SET voided_at = {now} WHERE claim_id = NEW.claim_id "
    "AND voided_at IS NULL AND edition_id IS NULL AND"
)

_OF_THE_DEMONSTRATION = (
    "EXISTS (SELECT 1 FROM checking_claim c WHERE c.id = OLD.claim_id AND c.is_demo)"
)
_CHALLENGE_OF_THE_DEMONSTRATION = (
    "EXISTS (SELECT 1 FROM checking_edition e JOIN checking_claim c ON c.id = e.claim_id "
    "WHERE e.id = OLD.edition_id AND c.is_demo)"
)

_KEPT = {
    # table: what names a row, each of which INSERT OR REPLACE would take for another
    "checking_claim": ("id = NEW.id",),
    "checking_draft": ("claim_id = NEW.claim_id",),
    "checking_revision": ("id = NEW.id", "claim_id = NEW.claim_id AND version = NEW.version"),
    "checking_recusal": ("id = NEW.id", "claim_id = NEW.claim_id AND by_id = NEW.by_id"),
    "checking_edition": (
        "id = NEW.id",
        "claim_id = NEW.claim_id AND (number = NEW.number OR digest = NEW.digest)",
    ),
    "checking_approval": (
        "id = NEW.id",
        "claim_id = NEW.claim_id AND digest = NEW.digest AND by_id = NEW.by_id "
        "AND voided_at IS NULL",
    ),
    "checking_challenge": ("id = NEW.id", "edition_id = NEW.edition_id AND digest = NEW.digest"),
}
TABLES = tuple(_KEPT)
"""What is guarded."""

_UNCHANGED = ("checking_revision", "checking_recusal", "checking_edition")


def _guards() -> Iterator[_Guard]:
    yield from (
        _Guard(f"{table}_never_changes", table, "BEFORE UPDATE", "1 = 0", f"{table} is append-only")
        for table in _UNCHANGED
    )
    for table in TABLES:
        holds = {
            "checking_claim": "OLD.is_demo",
            "checking_challenge": _CHALLENGE_OF_THE_DEMONSTRATION,
        }.get(table, _OF_THE_DEMONSTRATION)
        yield _Guard(f"{table}_stays", table, "BEFORE DELETE", holds, f"{table} keeps its rows")
    yield _Guard(
        "checking_claim_stays_what_it_is",
        "checking_claim",
        "BEFORE UPDATE",
        "NEW.id = OLD.id AND NEW.is_demo = OLD.is_demo",
        "a claim does not become another",
    )
    yield _Guard(
        "checking_draft_keeps_its_people",
        "checking_draft",
        "BEFORE UPDATE",
        _DRAFT_KEEPS_ITS_PEOPLE,
        "a draft keeps its author, and a change has a version",
    )
    yield _Guard(
        "checking_revision_is_named",
        "checking_revision",
        "BEFORE INSERT",
        _DIGEST_NAMES_ONE_CONTENT,
        "a digest names one content",
    )
    yield _Guard(
        "checking_approval_is_anothers",
        "checking_approval",
        "BEFORE INSERT",
        _APPROVER_IS_ANOTHER,
        "an approval is by somebody else, of what the draft says now",
        locks_draft=True,
    )
    yield _Guard(
        "checking_approval_is_kept",
        "checking_approval",
        "BEFORE UPDATE",
        _APPROVAL_IS_THE_SAME,
        "an approval does not become another",
    )
    yield _Guard(
        "checking_edition_is_approved",
        "checking_edition",
        "BEFORE INSERT",
        _EDITION_IS_APPROVED,
        "an edition is what others have approved",
        locks_draft=True,
    )
    yield _Guard(
        "checking_challenge_keeps_its_words",
        "checking_challenge",
        "BEFORE UPDATE",
        _CHALLENGE_KEEPS_ITS_WORDS,
        "a challenge keeps its words and its answer",
    )


_EFFECTS = (
    _Effect(
        "checking_draft_ends_approvals",
        "checking_draft",
        "AFTER UPDATE",
        f"{_VOID} digest <> NEW.digest",
    ),
    _Effect(
        "checking_recusal_ends_approvals",
        "checking_recusal",
        "AFTER INSERT",
        f"{_VOID} by_id = NEW.by_id",
    ),
)

_SPELLED = {
    "sqlite": {
        "is_sensitive": "EXISTS (SELECT 1 FROM json_each(NEW.content, '$.topics') t "
        f"WHERE t.value IN {_SENSITIVE})",
        "claim": "json_extract(NEW.content, '$.claim')",
        "edition": "json_extract(NEW.content, '$.edition')",
        "correction": "json_extract(NEW.content, '$.correction.kind')",
        "is_hash": "",  # SQLite knows no SHA-256
        "now": "strftime('%Y-%m-%d %H:%M:%f000', 'now')",
    },
    "postgresql": {
        "is_sensitive": "EXISTS (SELECT 1 FROM jsonb_array_elements_text("
        f"NEW.content::jsonb -> 'topics') t WHERE t IN {_SENSITIVE})",
        "claim": "(NEW.content::jsonb ->> 'claim')::bigint",
        "edition": "(NEW.content::jsonb ->> 'edition')::bigint",
        "correction": "NEW.content::jsonb #>> '{correction,kind}'",
        "is_hash": "\n  AND NEW.digest = encode(sha256(convert_to(NEW.content, 'UTF8')), 'hex')",
        "now": "clock_timestamp()",
    },
}


def operation() -> migrations.RunPython:
    """The migration's operation that makes the triggers, anew if they are there. Reversible."""
    return migrations.RunPython(_make, _drop)


def without_them() -> migrations.RunPython:
    """The operation that takes the triggers away while tables are altered. Reversible."""
    return migrations.RunPython(_drop, _make)


def _make(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    vendor = editor.connection.vendor
    for statement in (*dropping(vendor), *creating(vendor)):
        editor.execute(statement, None)


def _drop(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in dropping(editor.connection.vendor):
        editor.execute(statement, None)


def names(vendor: str) -> set[str]:
    """The names of all triggers."""
    return {name for name, _ in _named(vendor)}


def creating(vendor: str) -> Sequence[str]:
    """The SQL that makes the triggers. Raises `ValueError` for other databases."""
    if vendor == "sqlite":
        return [*_sqlite()]
    if vendor == "postgresql":
        return [*_postgresql()]
    raise ValueError(f"Soi does not know how to guard approvals in {vendor}.")


def dropping(vendor: str) -> Sequence[str]:
    """The SQL that undoes `creating`, also where that was never done."""
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {name}" for name, _ in _named(vendor)]
    return [
        statement
        for name, table in _named(vendor)
        for statement in (
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"DROP FUNCTION IF EXISTS {name}()",
        )
    ]


def _named(vendor: str) -> Iterator[tuple[str, str]]:
    yield from ((each.name, each.table) for each in _guards())
    yield from ((each.name, each.table) for each in _EFFECTS)
    kind = "replaces_none" if vendor == "sqlite" else "is_not_emptied"
    yield from ((f"{table}_{kind}", table) for table in TABLES)


def _sqlite() -> Iterator[str]:
    spelled = _SPELLED["sqlite"]
    for table, rows in _KEPT.items():
        # INSERT OR REPLACE removes the old row without asking the triggers of DELETE.
        known = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {row})" for row in rows)
        yield (
            f"CREATE TRIGGER {table}_replaces_none BEFORE INSERT ON {table} WHEN {known} "
            f"BEGIN SELECT RAISE(ABORT, '{table} keeps its rows'); END"
        )
    for guard in _guards():
        # What is unknown (NULL) does not hold.
        yield (
            f"CREATE TRIGGER {guard.name} {guard.event} ON {guard.table} "
            f"WHEN ({guard.holds.format(**spelled)}) IS NOT TRUE "
            f"BEGIN SELECT RAISE(ABORT, '{guard.refusal}'); END"
        )
    for effect in _EFFECTS:
        yield (
            f"CREATE TRIGGER {effect.name} {effect.event} ON {effect.table} "
            f"BEGIN {effect.does.format(**spelled)}; END"
        )


def _postgresql() -> Iterator[str]:
    spelled = _SPELLED["postgresql"]
    for table in TABLES:
        yield from _postgresql_trigger(
            f"{table}_is_not_emptied", f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
            _raising(f"{table} keeps its rows"),
        )  # fmt: skip
    for guard in _guards():
        lock = "PERFORM 1 FROM checking_draft WHERE claim_id = NEW.claim_id FOR UPDATE; "
        row = "OLD" if guard.event == "BEFORE DELETE" else "NEW"
        yield from _postgresql_trigger(
            guard.name,
            f"{guard.event} ON {guard.table} FOR EACH ROW",
            f"{lock if guard.locks_draft else ''}IF ({guard.holds.format(**spelled)}) IS NOT TRUE "
            f"THEN {_raising(guard.refusal)} END IF; RETURN {row};",
        )
    for effect in _EFFECTS:
        yield from _postgresql_trigger(
            effect.name,
            f"{effect.event} ON {effect.table} FOR EACH ROW",
            f"{effect.does.format(**spelled)}; RETURN NULL;",
        )


def _raising(refusal: str) -> str:
    return f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation';"


def _postgresql_trigger(name: str, when: str, body: str) -> Iterator[str]:
    yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    yield f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()"
