"""Encounter: online follow-up visits, and remote consultations."""

from collections.abc import Mapping
from typing import Final

from tortoise.expressions import Q

from care.encounter.conditions import name_of
from care.encounter.models import Encounter
from care.encounter.states import Status
from care.fhir.resources.condition import diagnosis
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
from care.teleconsultation.models import Consultation
from care.teleconsultation.states import Status as Asked

VIRTUAL: Final = coded(f"{TERMINOLOGY}v3-ActCode", "VR", "virtual")
VISIT: Final[Mapping[Status, str]] = {
    Status.PLANNED: "planned",
    Status.WAITING: "arrived",
    Status.AWAY: "arrived",
    Status.CALLED: "arrived",
    Status.IN_PROGRESS: "in-progress",
    Status.FINISHED: "finished",
    Status.TERMINATED: "finished",
    Status.DID_NOT_HAPPEN: "cancelled",
    Status.CANCELLED: "cancelled",
}
"""A visit stopped as unfit was one all the same once it had begun; before that it is cancelled."""
CONSULTATION: Final[Mapping[Asked, str]] = {
    Asked.SUBMITTED: "planned",
    Asked.ACCEPTED: "planned",
    Asked.MATERIAL_REQUESTED: "planned",
    Asked.MATERIAL_READY: "planned",
    Asked.SCHEDULED: "planned",
    Asked.WAITING: "arrived",
    Asked.IN_SESSION: "in-progress",
    Asked.OPINION_DRAFT: "finished",
    Asked.OPINION_SIGNED: "finished",
    Asked.FEEDBACK: "finished",
    Asked.ARCHIVED: "finished",
    Asked.DECLINED: "cancelled",
    Asked.EXPIRED: "cancelled",
    Asked.CANCELLED: "cancelled",
    Asked.ABORTED: "cancelled",
    Asked.CONVERTED_TO_REFERRAL: "cancelled",
}
"""A draft was asked of nobody yet: it is none."""


def visit(row: Encounter, about: About) -> Resource:
    """One online visit."""
    status = VISIT[row.status]
    if row.status is Status.TERMINATED and row.began_at is None:
        status = "cancelled"
    doctor = row.practitioner
    return resource(
        "Encounter",
        row.id,
        row.ended_at or row.began_at or row.arrived_at or row.asked_at,
        **{"class": VIRTUAL},
        status=status,
        type=[concept(text="在线复诊")],
        subject=subject(about),
        participant=[{"individual": named(f"{doctor.name} {doctor.title}".strip())}],
        period={"start": moment(row.began_at or row.booked_for), "end": moment(row.ended_at)},
        reasonCode=[diagnosis(row.icd10, name_of(row.condition), about)],
        serviceProvider=house(about, row.organization.name, row.organization.code),
    )


def consultation(row: Consultation, about: About) -> Resource:
    """One remote consultation, by the institution that asked."""
    asker, institution = row.inviter, row.inviter_organization
    ended = row.ended_at or row.closed_at
    return resource(
        "Encounter",
        row.id,
        ended or row.began_at or row.submitted_at or row.created_at,
        **{"class": VIRTUAL},
        status=CONSULTATION[row.status],
        type=[concept(text="远程会诊")],
        subject=subject(about),
        participant=[{"individual": named(f"{asker.name} {asker.title}".strip())}],
        period={
            "start": moment(row.began_at or row.scheduled_at),
            "end": moment(ended) if row.began_at else None,
        },
        reasonCode=[concept(text=row.working_diagnosis or row.chief_complaint)],
        serviceProvider=house(about, institution.name, institution.code),
    )


SOURCES: Final = (
    Source(Encounter, "asked_at", visit, ("practitioner", "organization")),
    Source(
        Consultation,
        "created_at",
        consultation,
        ("inviter", "inviter_organization"),
        ~Q(status=Asked.DRAFT),
    ),
)
