"""The table of referrals. FHIR: ServiceRequest, its Consent beside it."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from care.referral.states import Status


class Direction(StrEnum):
    """Between the tiers of the county (国办发〔2015〕70号: 双向转诊)."""

    UP = "up"
    DOWN = "down"
    HORIZONTAL = "horizontal"


class Urgency(StrEnum):
    """How soon. An emergency is no referral: it is 120."""

    ROUTINE = "routine"
    URGENT = "urgent"


class ServiceRequest(Model):
    """One referral. What the visit says (answers, evidence, note) is read from the visit.

    Without a visit it came from the family-doctor team: `about` names the task or alert it began
    from, and `summary` has the lines that the next doctor reads instead.

    `department` is a specialty of the receiving house. `live` is the visit's name, or `about`,
    while it runs and null afterwards: one at a time (unique). `sent_at` is when the resident
    agreed, to which words and in which relation; before that nobody but the doctor and the resident
    knows of it. `answer_by` is the department's clock, `expires_at` the end by itself. `answer` is
    what the department said to the patient or why it declined, `keep_place` that it wants a place
    of its own clinic kept for them, `outcome` what came of it.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=10, default=Status.PROPOSED)
    encounter: Any = fields.ForeignKeyField(
        "care.Encounter", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    encounter_id: UUID | None
    about = fields.CharField(max_length=60, default="")
    summary = fields.TextField(default="")
    live = fields.CharField(max_length=60, null=True, unique=True)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    requester: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, on_delete=fields.RESTRICT
    )
    requester_id: UUID
    from_organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    from_organization_id: UUID
    to_organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    to_organization_id: UUID
    department = fields.CharField(max_length=30)
    direction = fields.CharEnumField(Direction, max_length=10)
    urgency = fields.CharEnumField(Urgency, max_length=8)
    reason = fields.CharField(max_length=500)
    proposed_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    account_id = fields.UUIDField(null=True)
    consent_version = fields.CharField(max_length=20, default="")
    consent_sha256 = fields.CharField(max_length=64, default="")
    consent_relation = fields.CharField(max_length=12, default="")
    sent_at = fields.DatetimeField(null=True)
    answer_by = fields.DatetimeField(null=True)
    answered_at = fields.DatetimeField(null=True)
    answered_by: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    answered_by_id: UUID | None
    answer = fields.CharField(max_length=500, default="")
    keep_place = fields.BooleanField(default=False)
    ended_at = fields.DatetimeField(null=True)
    outcome = fields.CharField(max_length=1000, default="")
    cancelled_by = fields.CharField(max_length=10, default="")

    class Meta:
        table = "care_service_request"
        indexes = (
            ("to_organization_id", "department", "status"),
            ("requester_id", "proposed_at"),
            ("patient_id", "proposed_at"),
            ("encounter_id", "proposed_at"),
        )
