"""Checkable or not: the type of a statement."""

from soi.core.checkable.judge import statement_type
from soi.core.checkable.types import Judged, StatementType

__all__ = ["Judged", "StatementType", "statement_type"]
