"""Whether somebody has died. None of this is a door."""

from collections.abc import Collection
from uuid import UUID

from core.errors import Conflict
from people.deaths.models import Death
from people.deaths.states import Status
from people.deaths.words import DECEASED
from people.links import same_person
from people.models import Patient


async def is_deceased(patient_id: UUID) -> bool:
    """Whether a death of this person is on record. Merged records say the same."""
    return await Patient.filter(id=patient_id, deceased_on__isnull=False).exists()


async def require_living(patient_id: UUID) -> None:
    """Raise Conflict `deceased`: nothing new is begun for the dead."""
    if await is_deceased(patient_id):
        raise Conflict("deceased", DECEASED)


async def deceased_among(patient_ids: Collection[UUID]) -> set[UUID]:
    """Of these, those who have died: one question for a whole batch."""
    rows = Patient.filter(id__in=list(patient_ids), deceased_on__isnull=False)
    return {UUID(str(one)) for one in await rows.values_list("id", flat=True)}


async def standing(patient_id: UUID) -> Death | None:
    """The report that stands: proposed or recorded."""
    rows = Death.filter(
        patient_id__in=await same_person(patient_id),
        status__in=[Status.PROPOSED, Status.RECORDED],
    )
    found = await rows.order_by("heard_at", "id")
    return next((one for one in found if one.status is Status.RECORDED), None) or next(
        iter(found), None
    )


async def reports(patient_id: UUID) -> list[Death]:
    """Everything that was ever written down about it, the newest first."""
    rows = await Death.filter(patient_id__in=await same_person(patient_id))
    return sorted(rows, key=lambda one: (one.recorded_at or one.heard_at, str(one.id)))[::-1]
