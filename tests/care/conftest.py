"""A patient of village1's clinic, and people who may or may not see them."""

from datetime import date
from uuid import uuid4

import pytest

from app.demo import people as demo
from core import clock as time
from core import crypto
from people.models import IdentifierKind, Patient, PatientIdentifier, Sex


@pytest.fixture
def resident():
    """`await resident(birth_date=...)`: a patient of village1's clinic in 大槐树村."""

    async def make(
        name="王秀兰",
        *,
        birth_date=date(1957, 3, 2),
        clinic="YH-T1-V1",
        number="53010219570302011X",
    ):
        patient = await Patient.create(
            id=uuid4(),
            name=name,
            sex=Sex.FEMALE,
            birth_date=birth_date,
            village="大槐树村",
            managing_organization_id=demo.organization_id(clinic),
            created_at=time.now(),
            created_by=demo.practitioner_id("village1"),
        )
        await PatientIdentifier.create(
            patient=patient,
            kind=IdentifierKind.ID_CARD,
            value=number,
            value_index=crypto.keyring().index(f"{number}{patient.id}"),
        )
        return patient

    return make


@pytest.fixture
async def staff(database):
    """The county's organizations and staff, without the application around them."""
    await demo.found_organizations()
    await demo.hire_staff()
