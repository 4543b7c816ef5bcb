"""Make a table append-only by the database itself, whoever writes to it.

In: a table and its primary key, in a migration. Out: triggers by which SQLite and PostgreSQL refuse
to change and to remove its rows, from code, from a shell and from another program alike. What the
database's owner can still do is drop a trigger; that is why the public log exists.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def append_only(table: str, *, key: str) -> migrations.RunPython:
    """The migration's operation for `table`, whose primary key is the column `key`.

    From then on an UPDATE, a DELETE, a TRUNCATE and an INSERT OR REPLACE of its rows are an
    `IntegrityError`. Reversible.
    """

    def forwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in creating(editor.connection.vendor, table, key=key):
            editor.execute(statement)

    def backwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in dropping(editor.connection.vendor, table):
            editor.execute(statement)

    return migrations.RunPython(forwards, backwards)


def creating(vendor: str, table: str, *, key: str) -> Sequence[str]:
    """The SQL that makes `table` append-only. Raises `ValueError` for other databases.

    The names come from migrations alone, and no database takes them as parameters.
    """
    if vendor == "sqlite":
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        return (
            f"CREATE TRIGGER {table}_keeps_rows BEFORE UPDATE ON {table} {refusal}",
            f"CREATE TRIGGER {table}_loses_none BEFORE DELETE ON {table} {refusal}",
            # INSERT OR REPLACE removes the old row without asking the trigger above.
            f"CREATE TRIGGER {table}_replaces_none BEFORE INSERT ON {table} "  # noqa: S608
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key}) {refusal}",
        )
    if vendor == "postgresql":
        return (
            f"CREATE FUNCTION {table}_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; "
            "END $$",
            f"CREATE TRIGGER {table}_keeps_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuses()",
        )
    raise ValueError(f"Soi does not know how to make a table of {vendor} append-only.")


def dropping(vendor: str, table: str) -> Sequence[str]:
    """The SQL that undoes `creating`."""
    if vendor == "sqlite":
        names = ("keeps_rows", "loses_none", "replaces_none")
        return tuple(f"DROP TRIGGER IF EXISTS {table}_{name}" for name in names)
    return (
        f"DROP TRIGGER IF EXISTS {table}_keeps_rows ON {table}",
        f"DROP FUNCTION IF EXISTS {table}_refuses()",
    )
