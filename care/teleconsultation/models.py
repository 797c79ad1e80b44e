"""Tables of the remote consultation. Fields of the application: 远程规范 (domain-facts §3)."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from care.teleconsultation.states import ExpertStatus, Status
from core import clock


class Mode(StrEnum):
    """How it takes place: at once, at a booked time, or by reading what was sent."""

    INSTANT = "instant"
    SCHEDULED = "scheduled"
    ASYNC = "async"


class Format(StrEnum):
    """One specialist, or several specialties with a coordinator."""

    SINGLE = "single"
    MDT = "mdt"


class Urgency(StrEnum):
    """Emergency: life may be in danger, urgent: today, ordinary: may wait for a time."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ORDINARY = "ordinary"


class ServiceKind(StrEnum):
    """Which rules apply: an opinion for the inviter, or a visit with prescription."""

    TELECONSULT = "teleconsult"
    CONSULT_RX = "consult_rx"


class Part(StrEnum):
    """What an invited doctor does: the coordinator leads and writes the joint opinion."""

    COORDINATOR = "coordinator"
    EXPERT = "expert"
    COLLEAGUE = "colleague"


class OpinionKind(StrEnum):
    """An expert's own opinion, or the coordinator's joint one."""

    EXPERT = "expert"
    JOINT = "joint"


class Agreement(Model):
    """The written agreement between two institutions, without which none may invite the other."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    number = fields.CharField(max_length=40, unique=True)
    inviter_organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    inviter_organization_id: UUID
    invitee_organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    invitee_organization_id: UUID
    purpose = fields.CharField(max_length=200, default="")
    valid_from = fields.DateField()
    valid_until = fields.DateField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "care_agreement"


class Consultation(Model):
    """One remote consultation. `times` are the inviter's offers, `room` is this id."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, default=Status.DRAFT, max_length=24, db_index=True)
    mode = fields.CharEnumField(Mode, default=Mode.INSTANT, max_length=12)
    format = fields.CharEnumField(Format, default=Format.SINGLE, max_length=8)
    urgency = fields.CharEnumField(Urgency, default=Urgency.ORDINARY, max_length=12)
    service_kind = fields.CharEnumField(ServiceKind, default=ServiceKind.TELECONSULT, max_length=16)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name="consultations", on_delete=fields.RESTRICT
    )
    patient_id: UUID
    inviter: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name="consultations_asked", on_delete=fields.RESTRICT
    )
    inviter_id: UUID
    inviter_organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    inviter_organization_id: UUID
    agreement: Any = fields.ForeignKeyField(
        "care.Agreement", related_name="consultations", null=True, on_delete=fields.RESTRICT
    )
    agreement_id: UUID | None
    typed: Any = fields.JSONField(default=dict)
    aim = fields.TextField(default="")
    chief_complaint = fields.TextField(default="")
    history = fields.TextField(default="")
    exam = fields.TextField(default="")
    working_diagnosis = fields.TextField(default="")
    questions: Any = fields.JSONField(default=list)
    times: Any = fields.JSONField(default=list)
    attachments: Any = fields.JSONField(default=list)
    vitals: Any = fields.JSONField(default=list)
    gaps: Any = fields.JSONField(default=list)
    sent_anyway_reason = fields.CharField(max_length=300, default="")
    fee_fen = fields.IntField(default=0)
    consent_id = fields.UUIDField(null=True)
    created_at = fields.DatetimeField(default=clock.now)
    saved_at = fields.DatetimeField(default=clock.now)
    submitted_at = fields.DatetimeField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    scheduled_at = fields.DatetimeField(null=True)
    opened_at = fields.DatetimeField(null=True)
    began_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)
    closed_at = fields.DatetimeField(null=True)
    missed_at = fields.DatetimeField(null=True)
    ending_note = fields.CharField(max_length=500, default="")
    referral: Any = fields.JSONField(null=True)

    class Meta:
        table = "care_consultation"
        indexes = (("inviter_organization_id", "status"), ("status", "submitted_at"))


class Seat(Model):
    """One specialty that is wanted, and who is being asked for it just now.

    `taken_by` is the compare-and-swap of acceptance: one doctor per seat. `asked` and
    `answer_by` say who is asked and until when; `round` counts who was asked before.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    consultation: Any = fields.ForeignKeyField(
        "care.Consultation", related_name="seats", on_delete=fields.CASCADE
    )
    consultation_id: UUID
    position = fields.IntField()
    specialty = fields.CharField(max_length=30)
    wanted_title = fields.CharField(max_length=20, default="")
    wanted: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    wanted_id: UUID | None
    asked: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    asked_id: UUID | None
    round = fields.IntField(default=0)
    answer_by = fields.DatetimeField(null=True)
    taken_by: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    taken_by_id: UUID | None

    class Meta:
        table = "care_consultation_seat"
        unique_together = (("consultation_id", "position"),)


class Expert(Model):
    """One doctor invited to one consultation, with a state of their own."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    consultation: Any = fields.ForeignKeyField(
        "care.Consultation", related_name="experts", on_delete=fields.CASCADE
    )
    consultation_id: UUID
    practitioner: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name="consultations_invited", on_delete=fields.RESTRICT
    )
    practitioner_id: UUID
    status = fields.CharEnumField(ExpertStatus, default=ExpertStatus.INVITED, max_length=12)
    part = fields.CharEnumField(Part, default=Part.EXPERT, max_length=12)
    specialty = fields.CharField(max_length=30, default="")
    invited_by = fields.CharField(max_length=60, default="")
    invited_at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)
    reason = fields.CharField(max_length=300, default="")

    class Meta:
        table = "care_consultation_expert"
        unique_together = (("consultation_id", "practitioner_id"),)


class Step(Model):
    """One thing that happened, as both sides read it in the timeline. Never changed."""

    id = fields.BigIntField(primary_key=True)
    consultation: Any = fields.ForeignKeyField(
        "care.Consultation", related_name="steps", on_delete=fields.CASCADE
    )
    consultation_id: UUID
    at = fields.DatetimeField()
    action = fields.CharField(max_length=40)
    status = fields.CharEnumField(Status, max_length=24)
    who = fields.CharField(max_length=120)
    practitioner_id = fields.UUIDField(null=True)
    sentence = fields.CharField(max_length=300)
    note = fields.TextField(default="")

    class Meta:
        table = "care_consultation_step"
        indexes = (("consultation_id", "id"),)


class MaterialRequest(Model):
    """What a specialist asked for beyond the application, and the inviter's answer."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    consultation: Any = fields.ForeignKeyField(
        "care.Consultation", related_name="material_requests", on_delete=fields.CASCADE
    )
    consultation_id: UUID
    asked_by: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, on_delete=fields.RESTRICT
    )
    asked_by_id: UUID
    text = fields.TextField()
    asked_at = fields.DatetimeField()
    answer = fields.TextField(default="")
    attachments: Any = fields.JSONField(default=list)
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "care_material_request"


class Presence(Model):
    """Who is in the room just now, and who was, one row per doctor and consultation."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    consultation: Any = fields.ForeignKeyField(
        "care.Consultation", related_name="presences", on_delete=fields.CASCADE
    )
    consultation_id: UUID
    practitioner_id = fields.UUIDField()
    here = fields.BooleanField(default=True)
    entered_at = fields.DatetimeField()
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "care_consultation_presence"
        unique_together = (("consultation_id", "practitioner_id"),)


class Opinion(Model):
    """One version of one opinion. Signed rows never change, a correction names the old one.

    `document_id` is the id of the first version and stays; signatures count (document, version).
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    document_id = fields.UUIDField(db_index=True)
    consultation: Any = fields.ForeignKeyField(
        "care.Consultation", related_name="opinions", on_delete=fields.CASCADE
    )
    consultation_id: UUID
    author: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, on_delete=fields.RESTRICT
    )
    author_id: UUID
    kind = fields.CharEnumField(OpinionKind, default=OpinionKind.EXPERT, max_length=8)
    version = fields.IntField(default=1)
    corrects: Any = fields.ForeignKeyField(
        "care.Opinion", related_name="corrections", null=True, on_delete=fields.RESTRICT
    )
    corrects_id: UUID | None
    correction_reason = fields.CharField(max_length=300, default="")
    content: Any = fields.JSONField(default=dict)
    saved_at = fields.DatetimeField()
    signed_at = fields.DatetimeField(null=True)
    signature_id = fields.UUIDField(null=True)
    author_name = fields.CharField(max_length=40, default="")
    author_title = fields.CharField(max_length=20, default="")
    author_organization = fields.CharField(max_length=80, default="")

    class Meta:
        table = "care_opinion"
        unique_together = (("consultation_id", "author_id", "kind", "version"),)


class CoSignature(Model):
    """An expert's signature under one version of the joint opinion."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    opinion: Any = fields.ForeignKeyField(
        "care.Opinion", related_name="co_signatures", on_delete=fields.CASCADE
    )
    opinion_id: UUID
    practitioner: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, on_delete=fields.RESTRICT
    )
    practitioner_id: UUID
    signature_id = fields.UUIDField()
    signed_at = fields.DatetimeField()

    class Meta:
        table = "care_opinion_co_signature"
        unique_together = (("opinion_id", "practitioner_id"),)


class Decision(Model):
    """What the inviter decided with reference to the opinion: hers is the responsibility."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    consultation: Any = fields.OneToOneField(
        "care.Consultation", related_name="decision", on_delete=fields.CASCADE
    )
    consultation_id: UUID
    adoption = fields.CharField(max_length=12)
    diagnosis = fields.TextField()
    plan = fields.TextField()
    note = fields.TextField(default="")
    signed_at = fields.DatetimeField()
    signature_id = fields.UUIDField()

    class Meta:
        table = "care_consultation_decision"
