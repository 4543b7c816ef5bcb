"""Rules that the database itself holds to, whoever writes to it: triggers for both databases.

In: guards, each a condition that a written row has to meet, and tables that keep their rows. Out:
the operation of a migration. What breaks one is an `IntegrityError`, from code, from a shell and
from another program alike. The conditions come from migrations alone; they hold no text of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


@dataclass(frozen=True, slots=True)
class Guard:
    """What must hold of a row (`NEW`, `OLD`) before `event` ("UPDATE", "INSERT", "DELETE").

    What is unknown (NULL) does not hold.
    """

    name: str
    table: str
    event: str
    holds: str
    refusal: str


@dataclass(frozen=True, slots=True)
class Guards:
    """The guards of some tables; `kept` says by table what names a row.

    Rows of those tables are replaced by no `INSERT OR REPLACE` of SQLite and emptied by no
    `TRUNCATE` of PostgreSQL, which ask no other trigger.
    """

    guards: Sequence[Guard]
    kept: Mapping[str, str]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that keep their rows."""
        return tuple(self.kept)

    def operation(self) -> migrations.RunPython:
        """The migration's operation that makes the triggers. Reversible."""

        def forwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
            for statement in self.creating(editor.connection.vendor):
                editor.execute(statement, None)

        def backwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
            for statement in self.dropping(editor.connection.vendor):
                editor.execute(statement, None)

        return migrations.RunPython(forwards, backwards)

    def creating(self, vendor: str) -> Sequence[str]:
        """The SQL that makes the triggers. Raises `ValueError` for other databases."""
        made = {"sqlite": self._sqlite, "postgresql": self._postgresql}.get(vendor)
        if made is None:
            raise ValueError(f"Soi does not know how to guard tables in {vendor}.")
        return list(made())

    def dropping(self, vendor: str) -> Sequence[str]:
        """The SQL that undoes `creating`, also where that was never done."""
        kind = "replaces_none" if vendor == "sqlite" else "is_not_emptied"
        named = [(each.name, each.table) for each in self.guards]
        named += [(f"{table}_{kind}", table) for table in self.kept]
        if vendor == "sqlite":
            return [f"DROP TRIGGER IF EXISTS {name}" for name, _ in named]
        return [
            statement
            for name, table in named
            for statement in (
                f"DROP TRIGGER IF EXISTS {name} ON {table}",
                f"DROP FUNCTION IF EXISTS {name}()",
            )
        ]

    def _sqlite(self) -> Iterator[str]:
        for table, row in self.kept.items():
            yield (
                f"CREATE TRIGGER {table}_replaces_none BEFORE INSERT ON {table} "  # noqa: S608
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {row}) "
                f"BEGIN SELECT RAISE(ABORT, '{table} keeps its rows'); END"
            )
        for each in self.guards:
            yield (
                f"CREATE TRIGGER {each.name} BEFORE {each.event} ON {each.table} "
                f"WHEN ({each.holds}) IS NOT TRUE "
                f"BEGIN SELECT RAISE(ABORT, '{each.refusal}'); END"
            )

    def _postgresql(self) -> Iterator[str]:
        for table in self.kept:
            yield from _triggered(
                f"{table}_is_not_emptied",
                f"BEFORE TRUNCATE ON {table} FOR EACH STATEMENT",
                _raising(f"{table} keeps its rows"),
            )
        for each in self.guards:
            row = "OLD" if each.event == "DELETE" else "NEW"
            yield from _triggered(
                each.name,
                f"BEFORE {each.event} ON {each.table} FOR EACH ROW",
                f"IF ({each.holds}) IS NOT TRUE THEN {_raising(each.refusal)} END IF; "
                f"RETURN {row};",
            )


def _raising(refusal: str) -> str:
    return f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation';"


def _triggered(name: str, when: str, body: str) -> Iterator[str]:
    yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
    yield f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()"
