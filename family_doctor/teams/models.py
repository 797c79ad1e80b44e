"""Tables of teams. FHIR: CareTeam, CareTeam.participant."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model


class MemberRole(StrEnum):
    """What somebody does in the team, which is not their post in the house."""

    COUNTY_DOCTOR = "county_doctor"
    TOWNSHIP_DOCTOR = "township_doctor"
    VILLAGE_DOCTOR = "village_doctor"
    NURSE = "nurse"
    PUBLIC_HEALTH = "public_health"
    PHARMACIST = "pharmacist"


class CareTeam(Model):
    """A family-doctor team (家庭医生团队) of a health centre.

    `responsible` is the family doctor who signs and answers first (第一责任人), a member. A team
    that is not `active` takes no new residents and keeps those it has.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    name = fields.CharField(max_length=40, unique=True)
    organization: Any = fields.ForeignKeyField(
        "people.Organization", related_name=False, on_delete=fields.RESTRICT
    )
    organization_id: UUID
    responsible: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    responsible_id: UUID | None
    phone = fields.CharField(max_length=20, default="")
    words = fields.CharField(max_length=300, default="")
    active = fields.BooleanField(default=True)
    created_at = fields.DatetimeField()

    class Meta:
        table = "family_care_team"


class TeamMember(Model):
    """Somebody in a team from `since` until before `until`. None: still there.

    `live` is team and person while they belong to it, so that nobody is in it twice.
    """

    id = fields.UUIDField(primary_key=True, default=uuid4)
    team: Any = fields.ForeignKeyField(
        "family_doctor.CareTeam", related_name=False, on_delete=fields.RESTRICT
    )
    team_id: UUID
    practitioner: Any = fields.ForeignKeyField(
        "people.Practitioner", related_name=False, on_delete=fields.RESTRICT
    )
    practitioner_id: UUID
    role = fields.CharEnumField(MemberRole, max_length=16)
    since = fields.DatetimeField()
    until = fields.DatetimeField(null=True)
    live = fields.CharField(max_length=80, null=True, unique=True)

    class Meta:
        table = "family_team_member"
        indexes = (("team_id", "until"), ("practitioner_id", "until"))


class TeamVillage(Model):
    """A village the team serves, by the name that residents' addresses have."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    team: Any = fields.ForeignKeyField(
        "family_doctor.CareTeam", related_name=False, on_delete=fields.CASCADE
    )
    team_id: UUID
    village = fields.CharField(max_length=60, db_index=True)

    class Meta:
        table = "family_team_village"
        unique_together = (("team_id", "village"),)
