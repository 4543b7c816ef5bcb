"""Restore the diacritics of Vietnamese typed without, so that its meaning can be looked up."""

from soi.core.diacritics.model import ModelError
from soi.core.diacritics.restore import needs_restoring, restore, restore_aligned

__all__ = ["ModelError", "needs_restoring", "restore", "restore_aligned"]
