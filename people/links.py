"""Which records are one person. Without a link each record is its own.

New rows go to the `survivor`; reads take the rows of all records of the `same_person`. A link
never leads to a record that is merged itself (`people.matching.service`), so one step is enough.
"""

from collections.abc import Collection
from uuid import UUID

from tortoise.expressions import Q, Subquery

from people.matching.models import PatientLink
from people.matching.states import LinkStatus
from people.models import Patient


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


async def all_records(patient_ids: Collection[UUID]) -> set[UUID]:
    """All records of several people."""
    asked = set(patient_ids)
    ours = Q(survivor_id__in=asked) | Q(merged_id__in=asked)
    links = PatientLink.filter(ours, status=LinkStatus.ACTIVE)
    heads = {link.survivor_id for link in await links}
    if not heads:
        return asked
    whole = PatientLink.filter(survivor_id__in=heads, status=LinkStatus.ACTIVE)
    return asked | heads | {link.merged_id for link in await whole}


def is_survivor() -> Q:
    """The filter for records that are not merged into another one: what lists show."""
    merged = PatientLink.filter(status=LinkStatus.ACTIVE).values("merged_id")
    return ~Q(id__in=Subquery(merged))


def or_merged(wanted: Q) -> Q:
    """The filter for records that fit `wanted` themselves or through one merged into them."""
    fitting = Patient.filter(wanted).values("id")
    links = PatientLink.filter(status=LinkStatus.ACTIVE, merged_id__in=Subquery(fitting))
    return wanted | Q(id__in=Subquery(links.values("survivor_id")))
