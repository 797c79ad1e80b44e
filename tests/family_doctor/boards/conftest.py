"""The town that is counted by hand, on its day."""

import pytest

from tests.family_doctor.boards.town import Town, settle
from tests.family_doctor.conftest import staff, team
from tests.people.conftest import resident
from tests.people.residents.conftest import county

__all__ = ["county", "resident", "staff", "team"]


@pytest.fixture
async def town(clock, team, resident) -> Town:
    """20 November 2026."""
    clock.move(days=18)
    return await settle(team, resident)
