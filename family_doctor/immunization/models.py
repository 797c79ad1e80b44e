"""Tables of vaccination. FHIR: Immunization, ImmunizationRecommendation."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class Status(StrEnum):
    """FHIR Immunization.status."""

    COMPLETED = "completed"
    ENTERED_IN_ERROR = "entered-in-error"


class Origin(StrEnum):
    """FHIR Immunization.reportOrigin."""

    HERE = "here"  # given here, recorded by the house that gave it
    BOOK = "book"  # copied from the vaccination book


class Immunization(Model):
    """One dose that was given. Never changed, only found wrong.

    The id comes from the page, so that a second tap counts once. `number` is the dose of its
    series in the calendar. `place` is in words, because most of the doses come from elsewhere.
    `counts` is `<patient>:<vaccine>:<number>` while the dose counts (unique).
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=16, default=Status.COMPLETED)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    vaccine = fields.CharField(max_length=24)
    number = fields.SmallIntField()
    counts = fields.CharField(max_length=70, null=True, unique=True)
    given_on = fields.DateField()
    lot = fields.CharField(max_length=40, default="")
    place = fields.CharField(max_length=60, default="")
    origin = fields.CharEnumField(Origin, max_length=8)
    by_id = fields.UUIDField()
    by_name = fields.CharField(max_length=40)
    recorded_at = fields.DatetimeField()
    wrong_at = fields.DatetimeField(null=True)
    wrong_by_name = fields.CharField(max_length=40, default="")
    wrong_reason = fields.CharField(max_length=200, default="")

    class Meta:
        table = "family_immunization"
        indexes = (("patient_id", "given_on"),)


class ImmunizationBook(Model):
    """The day on which the record was compared with the child's book.

    From then on what is missing is missing, and not only unknown. Before, nothing is called late
    and nobody is reminded. `planned_with` names the calendar that the child's visits were made
    with.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient: Any = fields.OneToOneField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    checked_on = fields.DateField()
    by_id = fields.UUIDField()
    by_name = fields.CharField(max_length=40)
    planned_with = fields.CharField(max_length=16, default="")

    class Meta:
        table = "family_immunization_book"
        indexes = (("planned_with",),)


class ImmunizationRecommendation(Model):
    """What may be given to a child from one day on, as one visit, while it is not all done.

    Made anew from the record after every change: `open` is `<patient>:<opens>` while it waits
    (unique), so the same day stays the same row. `due` is the first last day of what it holds,
    from `until` on the programme gives none of it any more.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    patient: Any = fields.ForeignKeyField(
        "people.Patient", related_name=False, on_delete=fields.RESTRICT
    )
    patient_id: UUID
    open = fields.CharField(max_length=50, null=True, unique=True)
    opens = fields.DateField()
    due = fields.DateField()
    until = fields.DateField()
    made_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "family_immunization_due"
        indexes = (("patient_id", "ended_at"), ("ended_at", "due"))
