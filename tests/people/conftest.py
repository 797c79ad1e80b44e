"""People of the demo county, and residents for them."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from app.demo import people as demo
from core import clock, crypto
from people.actor import Actor
from people.models import IdentifierKind, Patient, PatientIdentifier, Sex
from tests.plumbing.actors import actor

Resident = Callable[..., Awaitable[Patient]]


@pytest.fixture
async def staff(database: str) -> Callable[[str], Awaitable[Actor]]:
    """`await staff("village1")`: the county's people without the application around them."""
    await demo.found_organizations()
    await demo.hire_staff()
    return actor


@pytest.fixture
def resident() -> Resident:
    """`await resident("张桂英", number="11010519491231002X")`: somebody of 大槐树村."""

    async def move_in(
        name: str = "张桂英",
        *,
        number: str = "11010519491231002X",
        clinic: str = "YH-T1-V1",
        phone: str = "13812341234",
        born: date = date(1949, 12, 31),
        **more: Any,
    ) -> Patient:
        keys = crypto.keyring()
        patient = await Patient.create(
            name=name,
            sex=more.pop("sex", Sex.FEMALE),
            birth_date=born,
            phone=phone,
            phone_index=keys.index(phone),
            village="大槐树村",
            managing_organization_id=demo.organization_id(clinic),
            created_at=clock.now(),
            created_by=demo.practitioner_id("village1"),
            **more,
        )
        if number:
            await PatientIdentifier.create(
                patient=patient,
                kind=IdentifierKind.ID_CARD,
                value=number,
                value_index=keys.index(number),
            )
        return patient

    return move_in
