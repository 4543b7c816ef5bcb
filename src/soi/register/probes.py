"""Tell quickly that a table holds none of some keys, which is what most look-ups of names find.

In: a table whose rows have `kind` and `key`, and keys by kind. Out: whether any row has one of
them. The library takes ten times as long to put a query of several tables together as the database
takes to look into an index: a link that nobody knows would spend nine tenths of its time there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import connection
from django.db.models import Model


def holds_any(model: type[Model], keys: Mapping[Any, Collection[str]], **same: str) -> bool:
    """Whether a row has one of `keys` (kind to keys), and in other columns what `same` says."""
    conditions: list[str] = []
    values: list[str] = []
    for kind, some in keys.items():
        if some:
            marks = ",".join(["%s"] * len(some))
            fixed = "".join(f" AND {column} = %s" for column in same)
            conditions.append(f"(kind = %s{fixed} AND key IN ({marks}))")
            values += [str(kind), *same.values(), *some]
    if not conditions:
        return False
    table = connection.ops.quote_name(model._meta.db_table)
    asked = f"SELECT 1 FROM {table} WHERE {' OR '.join(conditions)} LIMIT 1"  # noqa: S608  names of columns and of a table, no value
    with connection.cursor() as cursor:
        cursor.execute(asked, values)
        return cursor.fetchone() is not None
