"""Tables of packages. FHIR: PlanDefinition, its actions are the items."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from family_doctor.teams.models import MemberRole


class Group(StrEnum):
    """Whom a package is for."""

    BASIC = "basic"
    HYPERTENSION = "hypertension"
    DIABETES = "diabetes"
    ELDERLY = "elderly"
    CHILD = "child"
    PREGNANCY = "pregnancy"


class Mode(StrEnum):
    """How an item is done."""

    CLINIC = "clinic"
    HOME = "home"
    PHONE = "phone"
    VIDEO = "video"


class FulfilledBy(StrEnum):
    """What fulfils an item by itself, when it is done and written down elsewhere."""

    HYPERTENSION = "hypertension"
    DIABETES = "diabetes"
    ELDERLY = "elderly"
    PREGNANCY = "pregnancy"
    CHILD = "child"
    HOME_VISIT = "home_visit"


class ServicePackage(Model):
    """One package. Of `price_fen` a year the insurer pays `insurer_fen`, the resident the rest."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    code = fields.CharField(max_length=20, unique=True)
    name = fields.CharField(max_length=40)
    group = fields.CharEnumField(Group, max_length=16)
    words = fields.CharField(max_length=300, default="")
    price_fen = fields.IntField(default=0)
    insurer_fen = fields.IntField(default=0)
    active = fields.BooleanField(default=True)
    items: fields.ReverseRelation["PackageItem"]

    class Meta:
        table = "family_package"


class PackageItem(Model):
    """One thing that is done so many times a year.

    `fulfilled_by`: what counts for it by itself.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    package: Any = fields.ForeignKeyField(
        "family_doctor.ServicePackage", related_name="items", on_delete=fields.CASCADE
    )
    package_id: UUID
    code = fields.CharField(max_length=20)
    name = fields.CharField(max_length=60)
    times = fields.SmallIntField()
    mode = fields.CharEnumField(Mode, max_length=8)
    who = fields.CharEnumField(MemberRole, max_length=16)
    fulfilled_by = fields.CharEnumField(FulfilledBy, max_length=16, null=True)

    class Meta:
        table = "family_package_item"
        unique_together = (("package_id", "code"),)
