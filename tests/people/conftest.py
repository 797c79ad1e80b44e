"""People of the demo county, and residents for them."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from app.demo import people as demo
from core import clock, crypto
from people.actor import Actor
from people.models import Account, IdentifierKind, Patient, PatientIdentifier, Sex

Resident = Callable[..., Awaitable[Patient]]


async def actor(username: str) -> Actor:
    """A demo login as an actor, without a session."""
    account = await Account.get(username=username).select_related("practitioner__organization")
    person = account.practitioner
    return Actor(
        account_id=account.id,
        practitioner_id=person.id,
        name=person.name,
        title=person.title,
        organization_id=person.organization.id,
        organization_name=person.organization.name,
        tier=person.organization.tier.value,
        roles=frozenset(account.roles),
        session_id=account.id,
        reauthenticated_at=clock.now(),
    )


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
