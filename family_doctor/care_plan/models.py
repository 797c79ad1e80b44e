"""Tables of plans and tasks. FHIR: CarePlan, Task; a call is a Communication with its outcome."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from family_doctor.care_plan.states import PlanStatus, TaskStatus


class Programme(StrEnum):
    """For what somebody is looked after (公卫规范, one chapter each)."""

    HYPERTENSION = "hypertension"
    DIABETES = "diabetes"
    ELDERLY = "elderly"
    PREGNANCY = "pregnancy"
    CHILD = "child"
    MENTAL = "mental"
    TUBERCULOSIS = "tuberculosis"


class CarePlan(Model):
    """One patient in one programme. `open` is `<patient>:<programme>` while it lasts (unique).

    `began_from` is the day that the programme counts from: the diagnosis, the last period, the
    birth. `target_*` in mmHg is the patient's own limit, lower than the general one. `facts` is
    what the programme's dates need beside it (`rules.dates`).
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(PlanStatus, max_length=10, default=PlanStatus.ACTIVE)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    programme = fields.CharEnumField(Programme, max_length=14)
    open = fields.CharField(max_length=60, null=True, unique=True)
    team_id = fields.UUIDField()
    began_from = fields.DateField()
    diagnosis = fields.CharField(max_length=80, default="")
    target_systolic = fields.IntField(null=True)
    target_diastolic = fields.IntField(null=True)
    facts: Any = fields.JSONField(default=dict)
    opened_at = fields.DatetimeField()
    opened_by = fields.UUIDField()
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "family_care_plan"
        indexes = (("team_id", "status", "programme"), ("patient_id", "status"))


class TaskKind(StrEnum):
    """What has to be done. A check of a calendar (`rules.dates`) has its own `code`."""

    FOLLOW_UP = "follow_up"  # the next contact of hypertension, diabetes or both
    CHECK = "check"  # a date of the programme's calendar
    ASKED = "asked"  # what a doctor outside the team asked for, in a note or a referral


class Task(Model):
    """Something to be done for a patient between two days, both counted.

    `open` is `<patient>:<code>` while it is to be done (unique). `not_before` is set when somebody
    asked to be called later. `owner_id` is the member of the team who has it, null for the team's
    inbox. `calls` counts calls that reached nobody. A check belongs to its `plan`; a follow-up
    serves every plan that the table decides about; what was asked for needs none.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(TaskStatus, max_length=10, default=TaskStatus.REQUESTED)
    kind = fields.CharEnumField(TaskKind, max_length=14)
    code = fields.CharField(max_length=30)
    open = fields.CharField(max_length=70, null=True, unique=True)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    plan: Any = fields.ForeignKeyField(
        "family_doctor.CarePlan", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    plan_id: UUID | None
    team_id = fields.UUIDField()
    village = fields.CharField(max_length=60, default="")
    owner_id = fields.UUIDField(null=True)
    opens = fields.DateField()
    due = fields.DateField()
    not_before = fields.DateField(null=True)
    with_it: Any = fields.JSONField(default=list)
    reason = fields.CharField(max_length=200, default="")
    calls = fields.IntField(default=0)
    made_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    ended_by = fields.UUIDField(null=True)
    end_reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "family_task"
        indexes = (("team_id", "status", "due"), ("patient_id", "status"))


class Answer(StrEnum):
    """What came of a call."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    LATER = "later"
    REFUSED = "refused"
    MOVED = "moved"
    DIED = "died"


class Call(Model):
    """One attempt to speak with the patient about a task. Never changed: its id comes of the task
    and of its number among the task's calls, so that one call is written down once."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    task: Any = fields.ForeignKeyField(
        "family_doctor.Task", related_name=False, on_delete=fields.RESTRICT
    )
    task_id: UUID
    answer = fields.CharEnumField(Answer, max_length=14)
    note = fields.CharField(max_length=300, default="")
    again_on = fields.DateField(null=True)
    by_id = fields.UUIDField()
    by_name = fields.CharField(max_length=40)
    at = fields.DatetimeField()

    class Meta:
        table = "family_call"
        indexes = (("task_id", "at"),)


class Wanted(StrEnum):
    """What is to be measured at home."""

    BLOOD_PRESSURE = "blood_pressure"
    GLUCOSE = "glucose"


class ReadingRequest(Model):
    """A value that is wanted from home by a day. FHIR: ServiceRequest.

    `open` is `<patient>:<measure>` for the latest one (unique), `number` counts the times it was
    asked for in a row, `ended_at` is set when a value came or none is wanted any more.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    measure = fields.CharEnumField(Wanted, max_length=14)
    open = fields.CharField(max_length=60, null=True, unique=True)
    number = fields.SmallIntField()
    due_on = fields.DateField()
    made_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "family_reading_request"
        indexes = (("patient_id", "measure"),)
