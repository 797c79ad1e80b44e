"""Which records are one person. Without a link each record is its own.

New rows go to the `survivor`; reads take the rows of all records of the `same_person`. A link
never leads to a record that is merged itself (`people.matching.service`), so one step is enough.
"""

from uuid import UUID

from tortoise.expressions import Q

from people.matching.models import PatientLink
from people.matching.states import LinkStatus


async def survivor(patient_id: UUID) -> UUID:
    """The record that new rows of this person belong to."""
    link = await PatientLink.get_or_none(merged_id=patient_id, status=LinkStatus.ACTIVE)
    return link.survivor_id if link else patient_id


async def same_person(patient_id: UUID) -> list[UUID]:
    """All records of this person, the survivor first."""
    mine = Q(survivor_id=patient_id) | Q(merged_id=patient_id)
    links = await PatientLink.filter(mine, status=LinkStatus.ACTIVE).order_by("made_at")
    if not links:
        return [patient_id]
    first = links[0].survivor_id
    if first != patient_id:
        links = await PatientLink.filter(survivor_id=first, status=LinkStatus.ACTIVE).order_by(
            "made_at"
        )
    return [first, *(link.merged_id for link in links)]
