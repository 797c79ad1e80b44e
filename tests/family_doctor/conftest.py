"""The people of the demo county, residents for their teams, and packages to sign."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from core.audit import SYSTEM
from family_doctor import queries
from family_doctor.followup.form import FollowUpIn
from family_doctor.packages import service as packages
from family_doctor.packages.schemas import ItemIn, PackageIn
from people import memberships
from tests.people.conftest import resident
from tests.people.residents.conftest import account, county, inbox
from tests.plumbing.actors import actor
from tests.plumbing.families import found_team, signed

__all__ = ["account", "county", "inbox", "resident"]


@pytest.fixture
async def staff(county):
    """`await staff("team1")`: the county's people without the application around them."""
    return actor


@pytest.fixture(autouse=True)
def bound():
    """As the composition root does."""
    memberships.configure(queries.memberships)


@pytest.fixture
def offer():
    """`await offer("HTN", "hypertension", price="120")`: a package with a clinic visit 4 times."""

    async def make(code="BASE", group="basic", *, price="0", insurer="0"):
        entry = PackageIn(
            code=code,
            name=f"{code} 包",
            group=group,
            price=Decimal(price),
            insurer=Decimal(insurer),
            active=True,
        )
        row = await packages.offer(SYSTEM, entry)
        item = ItemIn(code="VISIT", name="面对面随访", times=4, mode="clinic", who="village_doctor")
        await packages.add_item(SYSTEM, row.id, item)
        return row

    return make


@pytest.fixture
async def team(clock, staff):
    """青石镇's team."""
    for login in ("team1", "county1", "village1", "nurse1", "pharmacist1"):
        await staff(login)
    return await found_team()


@pytest.fixture
async def signed_resident(team, resident):
    """A woman of 58, signed with the team."""
    patient = await resident(born=date(1968, 3, 4), number="")
    await signed(patient, team)
    return patient


def filled(on: date, **more) -> FollowUpIn:
    """A form of a well controlled patient with hypertension, and whatever else was found."""
    plain = {
        "id": uuid4(),
        "mode": "1",
        "met_on": on,
        "diseases": ["hypertension"],
        "systolic": 128,
        "diastolic": 78,
        "adherence": "1",
    }
    return FollowUpIn.model_validate(plain | more)
