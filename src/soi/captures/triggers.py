"""Have the database itself refuse to change what a capture holds, whoever writes to it.

In: a kind of database, in a migration. Out: triggers for the table of captures. A row that is
captured keeps its bytes, its text, its time and its address for ever; a picture and a timestamp may
be added once. What is still waiting or has failed may be tried again.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "captures_capture"
_KEPT = (
    "state",
    "requested_url",
    "file_name",
    "url",
    "http_status",
    "captured_at",
    "sha256",
    "size",
    "media_type",
    "charset",
    "title",
    "publisher",
    "text_sha256",
    "record_sha256",
    "previous_id",
)
_ADDED_ONCE = ("screenshot_sha256", "timestamp_sha256")
_REFUSAL = "a capture keeps what it holds"


def keeps_its_content() -> migrations.RunPython:
    """The migration's operation; reversible."""

    def forwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in creating(editor.connection.vendor):
            editor.execute(statement)

    def backwards(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in dropping(editor.connection.vendor):
            editor.execute(statement)

    return migrations.RunPython(forwards, backwards)


def creating(vendor: str) -> Sequence[str]:
    """The SQL that makes the triggers. Raises `ValueError` for other databases."""
    differs = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}.get(vendor)
    if differs is None:
        raise ValueError(f"Soi does not know how to protect captures in {vendor}.")
    changes = [f"NEW.{name} {differs} OLD.{name}" for name in _KEPT]
    changes += [f"(OLD.{name} <> '' AND NEW.{name} <> OLD.{name})" for name in _ADDED_ONCE]
    changed = f"OLD.state = 'captured' AND ({' OR '.join(changes)})"
    if vendor == "sqlite":
        return (
            f"CREATE TRIGGER {TABLE}_keeps BEFORE UPDATE ON {TABLE} WHEN {changed} "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
        )
    return (
        f"CREATE FUNCTION {TABLE}_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
        f"CREATE TRIGGER {TABLE}_keeps BEFORE UPDATE ON {TABLE} FOR EACH ROW WHEN ({changed}) "
        f"EXECUTE FUNCTION {TABLE}_refuses()",
    )


def dropping(vendor: str) -> Sequence[str]:
    """The SQL that undoes `creating`."""
    if vendor == "sqlite":
        return (f"DROP TRIGGER IF EXISTS {TABLE}_keeps",)
    return (
        f"DROP TRIGGER IF EXISTS {TABLE}_keeps ON {TABLE}",
        f"DROP FUNCTION IF EXISTS {TABLE}_refuses()",
    )
