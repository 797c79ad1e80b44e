"""FHIR × booking: appointments at the hospital that took place are Encounters for partners.

`care/fhir` may not know booking, and booking no FHIR. A source of rows is all that a search there
needs, so the composition root brings one more.
"""

from collections.abc import Mapping
from typing import Final

from tortoise.expressions import Q

from booking.models import Appointment, ServiceType
from booking.states import Status
from care.fhir.resources.parts import (
    TERMINOLOGY,
    About,
    Resource,
    Source,
    coded,
    concept,
    house,
    moment,
    named,
    resource,
    subject,
)
from people.specialties import SPECIALTIES

AMBULATORY: Final = coded(f"{TERMINOLOGY}v3-ActCode", "AMB", "ambulatory")
TOOK_PLACE: Final[Mapping[Status, str]] = {
    Status.IN_SERVICE: "in-progress",
    Status.DONE: "finished",
}
"""Whoever was not seen had no encounter, and what is booked for tomorrow is nobody's business."""


def attendance(row: Appointment, about: About) -> Resource:
    """One patient seen at the hospital; what was found stands in that hospital's own records."""
    clinic = row.schedule
    doctor = clinic.practitioner
    name = f"{doctor.name} {doctor.title}".strip() if doctor else clinic.name
    return resource(
        "Encounter",
        row.id,
        row.ended_at or row.began_at or row.starts_at,
        **{"class": AMBULATORY},
        status=TOOK_PLACE[row.status],
        type=[concept(text="门诊")],
        serviceType=concept(text=SPECIALTIES.get(clinic.department, clinic.department)),
        subject=subject(about),
        participant=[{"individual": named(name)}],
        period={
            "start": moment(row.began_at or row.starts_at),
            "end": moment(row.ended_at),
        },
        serviceProvider=house(about, clinic.organization.name, clinic.organization.code),
    )


SEEN: Final = Source(
    Appointment,
    "starts_at",
    attendance,
    ("schedule__organization", "schedule__practitioner"),
    Q(status__in=list(TOOK_PLACE), schedule__service_type=ServiceType.VISIT),
)
"""Online ones are visits of their own; examinations come with their results."""
