"""Tables of what is promised and what was done. FHIR: CarePlan.activity, Procedure."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from family_doctor.fulfilment.states import Status
from family_doctor.packages.models import FulfilledBy, Group, Mode
from family_doctor.teams.models import MemberRole


class ContractItem(Model):
    """One item of one contract, as it was signed."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    contract: Any = fields.ForeignKeyField(
        "family_doctor.Contract", related_name=False, on_delete=fields.CASCADE
    )
    contract_id: UUID
    position = fields.SmallIntField()
    package_code = fields.CharField(max_length=20)
    group = fields.CharEnumField(Group, max_length=16)
    code = fields.CharField(max_length=20)
    name = fields.CharField(max_length=60)
    times = fields.SmallIntField()
    mode = fields.CharEnumField(Mode, max_length=8)
    who = fields.CharEnumField(MemberRole, max_length=16)
    fulfilled_by = fields.CharEnumField(FulfilledBy, max_length=16, null=True)

    class Meta:
        table = "family_contract_item"
        unique_together = (("contract_id", "package_code", "code"),)


class Confirmed(StrEnum):
    """Where the resident said yes."""

    PHONE = "phone"
    DESK = "desk"


class ServiceRecord(Model):
    """One item done once. `reference` names the evidence in the record (Encounter/…,
    Observation/…, FollowUp/…, Task/…), `words` say it where there is none. `answered_by` is the
    account that confirmed or disputed it. `source` is set where it wrote itself down, and unique by
    an index of the migration."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    status = fields.CharEnumField(Status, max_length=10, default=Status.DONE)
    item: Any = fields.ForeignKeyField(
        "family_doctor.ContractItem", related_name=False, on_delete=fields.RESTRICT
    )
    item_id: UUID
    contract: Any = fields.ForeignKeyField(
        "family_doctor.Contract", related_name=False, on_delete=fields.RESTRICT
    )
    contract_id: UUID
    done_at = fields.DatetimeField()
    by: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, on_delete=fields.RESTRICT
    )
    by_id: UUID
    mode = fields.CharEnumField(Mode, max_length=8)
    reference = fields.CharField(max_length=100, default="")
    words = fields.CharField(max_length=300, default="")
    recorded_at = fields.DatetimeField()
    answered_at = fields.DatetimeField(null=True)
    answered_by = fields.UUIDField(null=True)
    answered_how = fields.CharEnumField(Confirmed, max_length=8, null=True)
    answer = fields.CharField(max_length=200, default="")
    source = fields.CharField(max_length=90, null=True)

    class Meta:
        table = "family_service_record"
        indexes = (("contract_id", "done_at"), ("item_id", "status"))
