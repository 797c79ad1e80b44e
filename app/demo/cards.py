"""Health cards in people's pockets, and two records for the administrator to compare."""

from datetime import timedelta
from typing import Final

from app.demo.people import organization_id, patient_id, practitioner_id
from app.demo.places import VILLAGES, demo_id
from app.settings import Settings
from core import clock, crypto
from core.audit import SYSTEM
from people.cards import service
from people.models import Patient

WITH_CARD: Final = 3  # in each village
TWICE: Final = ("YH-T1-V1", 4)
"""Who was registered again at the health centre, without the identity card."""


async def create(settings: Settings) -> None:
    """The first neighbours of each village have a card; one of 大槐树村 has two records."""
    for centre, villages in VILLAGES.items():
        for number in range(1, len(villages) + 1):
            for resident in range(WITH_CARD):
                await service.issue(SYSTEM, patient_id(f"{centre}-V{number}", resident))
    known = await Patient.get(id=patient_id(*TWICE))
    phone = known.phone or ""
    await Patient.create(
        id=demo_id("patient", "YH-T1/again"),
        name=known.name,
        sex=known.sex,
        birth_date=known.birth_date,
        phone=phone,
        phone_index=crypto.keyring().index(phone),
        village=known.village,
        managing_organization_id=organization_id("YH-T1"),
        created_at=clock.now() - timedelta(days=2),
        created_by=practitioner_id("township1"),
    )
