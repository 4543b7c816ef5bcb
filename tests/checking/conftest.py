"""What every test of the desk's own work shares."""

from __future__ import annotations

import pytest

from tests.checking_desk import CheckingDesk


@pytest.fixture
def desk(db: None) -> CheckingDesk:
    """An, Bình and Chi at their desk."""
    return CheckingDesk()
