"""What all tests of intake share."""

from __future__ import annotations

import pytest

from soi.intake.grouping import tasks


@pytest.fixture(autouse=True)
def patient_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """One look of the worker groups all that waits, however slow the machine is."""
    monkeypatch.setattr(tasks, "SECONDS", float("inf"))
