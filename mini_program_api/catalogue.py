"""Houses, departments and people of the county as a resident looks for them."""

from collections.abc import Collection, Iterable, Sequence
from typing import Final
from uuid import UUID

from booking.models import ActorKind, Schedule
from booking.residents import Clinic, clinics
from booking.words import SERVICE
from mini_program_api import distance, symptoms
from mini_program_api.schemas.catalogue import (
    DepartmentHint,
    DepartmentOut,
    EmergencyOut,
    OrganizationOut,
    PractitionerOut,
    SearchOut,
    ServiceOut,
)
from people import queries
from people.models import Tier
from people.queries import TIER_WORDS, OrganizationCard
from people.specialties import SPECIALTIES

MOST_FOUND: Final = 20


def department_id(organization_id: UUID, code: str) -> str:
    """A department is a specialty of one house."""
    return f"{organization_id}.{code}"


def read_department_id(text: str) -> tuple[UUID, str] | None:
    """The house and the specialty; None when there can be no such department."""
    house, _, code = text.partition(".")
    try:
        return UUID(house), code
    except ValueError:
        return None


async def organizations(
    *, near: distance.Point | None = None, tier: str | None = None, bookable: bool | None = None
) -> list[OrganizationOut]:
    """All houses that care for people, the nearest first when `near` is given, else by code."""
    open_houses = set(
        await Schedule.filter(active=True).distinct().values_list("organization_id", flat=True)
    )
    cards = await queries.organizations(tier=tier)
    found = [
        _organization(card, card.id in open_houses, near) for card in cards if card.provides_care
    ]
    if bookable is not None:
        found = [house for house in found if house.bookable is bookable]
    if near is not None:
        found.sort(key=lambda house: (house.distance_m is None, house.distance_m or 0))
    return found


def _organization(
    card: OrganizationCard, bookable: bool, near: distance.Point | None
) -> OrganizationOut:
    there = None
    if card.latitude is not None and card.longitude is not None:
        there = (card.latitude, card.longitude)
    return OrganizationOut(
        id=card.id,
        name=card.name,
        short_name=card.short_name,
        tier=card.tier,
        tier_name=TIER_WORDS[Tier(card.tier)],
        address=card.address,
        phone=card.phone,
        latitude=card.latitude,
        longitude=card.longitude,
        distance_m=distance.between(near, there) if near and there else None,
        bookable=bookable,
    )


async def departments(organization_id: UUID | None = None) -> list[DepartmentOut]:
    """Where something can be booked, house by house."""
    groups: dict[tuple[UUID, str], list[Clinic]] = {}
    for clinic in await clinics(organization_id=organization_id):
        row = clinic.schedule
        groups.setdefault((row.organization_id, row.department), []).append(clinic)
    return [
        DepartmentOut(
            id=department_id(house, code),
            code=code,
            name=SPECIALTIES.get(code, code),
            organization_id=house,
            organization_name=group[0].schedule.organization.name,
            remaining=sum(clinic.remaining for clinic in group),
            next_at=min((c.next_at for c in group if c.next_at), default=None),
        )
        for (house, code), group in groups.items()
    ]


async def practitioners(
    *, organization_id: UUID | None = None, department: str = ""
) -> list[PractitionerOut]:
    """Whose time can be booked; a doctor's clinics in one department stand together."""
    return grouped(await clinics(organization_id=organization_id, department=department))


def grouped(found: Iterable[Clinic]) -> list[PractitionerOut]:
    """One entry for a doctor (room, device) and department, those with places first."""
    groups: dict[tuple[UUID, UUID, str], list[Clinic]] = {}
    for clinic in found:
        row = clinic.schedule
        key = (subject_id(row), row.organization_id, row.department)
        groups.setdefault(key, []).append(clinic)
    entries = [_practitioner(group) for group in groups.values()]
    return sorted(entries, key=lambda entry: entry.remaining == 0)


def subject_id(row: Schedule) -> UUID:
    """What stands for a practitioner: the doctor, else the schedule of the room or device."""
    return row.practitioner_id or row.id


def _practitioner(group: Sequence[Clinic]) -> PractitionerOut:
    row = group[0].schedule
    doctor = row.practitioner if row.kind is ActorKind.DOCTOR else None
    return PractitionerOut(
        id=subject_id(row),
        kind=row.kind.value,
        name=row.name,
        title=doctor.title if doctor else "",
        department_id=department_id(row.organization_id, row.department),
        department_name=SPECIALTIES.get(row.department, row.department),
        organization_id=row.organization_id,
        organization_name=row.organization.name,
        services=[_service(clinic) for clinic in group],
        remaining=sum(clinic.remaining for clinic in group),
        next_at=min((c.next_at for c in group if c.next_at), default=None),
    )


def _service(clinic: Clinic) -> ServiceOut:
    row = clinic.schedule
    return ServiceOut(
        schedule_id=row.id,
        service_type=row.service_type.value,
        service_name=SERVICE[row.service_type],
        place=row.place,
        fee_fen=row.fee_fen,
        remaining=clinic.remaining,
        next_at=clinic.next_at,
    )


async def search(words: str) -> SearchOut:
    """What these words may lead to; danger first, then departments where somebody can be booked."""
    said, danger = symptoms.tidy(words), symptoms.emergency(words)
    hints = symptoms.hints(words)
    named = [code for code, name in SPECIALTIES.items() if said and said in symptoms.tidy(name)]
    because = {hint.code: list(hint.because) for hint in hints}
    everybody = await practitioners()
    open_ones = {_department(one) for one in everybody}
    codes = _open_first([*named, *because], open_ones)
    houses = await organizations()
    return SearchOut(
        emergency=EmergencyOut(
            title=danger.title, sentence=danger.sentence, phone=symptoms.EMERGENCY_PHONE
        )
        if danger
        else None,
        departments=[
            DepartmentHint(
                code=code,
                name=SPECIALTIES[code],
                because=because.get(code, []),
                bookable=code in open_ones,
            )
            for code in codes
        ],
        practitioners=_fitting(everybody, said, codes),
        organizations=[
            house
            for house in houses
            if said and (said in symptoms.tidy(house.name) or said in symptoms.tidy(house.address))
        ][:MOST_FOUND],
        note=symptoms.book().note,
    )


def _open_first(codes: Iterable[str], open_ones: Collection[str]) -> list[str]:
    """Each once, those with somebody to book first; where there is none, general practice."""
    found = list(dict.fromkeys(codes))
    if found and not set(found) & set(open_ones):
        found.append(symptoms.WHEN_IN_DOUBT)
    return sorted(dict.fromkeys(found), key=lambda code: code not in open_ones)


def _department(one: PractitionerOut) -> str:
    return one.department_id.partition(".")[2]


def _fitting(
    everybody: Sequence[PractitionerOut], said: str, codes: Sequence[str]
) -> list[PractitionerOut]:
    """Those of that name first, then those of the departments, in the departments' order."""
    by_name = [one for one in everybody if said and said in symptoms.tidy(one.name)]
    rest = [
        one
        for code in codes
        for one in everybody
        if _department(one) == code and one not in by_name
    ]
    return [*by_name, *rest][:MOST_FOUND]
