"""All tables of the Tortoise app `family_doctor`, gathered from its rooms."""

from family_doctor.alerts.models import Alert, AlertStep
from family_doctor.care_plan.models import Call, CarePlan, ReadingRequest, Task
from family_doctor.contracts.models import Contract, ContractCode
from family_doctor.followup.models import FollowUp, FollowUpNote
from family_doctor.fulfilment.models import ContractItem, ServiceRecord
from family_doctor.immunization.models import (
    Immunization,
    ImmunizationBook,
    ImmunizationRecommendation,
)
from family_doctor.leads.models import Lead
from family_doctor.packages.models import PackageItem, ServicePackage
from family_doctor.talks.models import TeamTalk
from family_doctor.teams.models import CareTeam, TeamMember, TeamVillage

__all__ = [
    "Alert",
    "AlertStep",
    "Call",
    "CarePlan",
    "CareTeam",
    "Contract",
    "ContractCode",
    "ContractItem",
    "FollowUp",
    "FollowUpNote",
    "Immunization",
    "ImmunizationBook",
    "ImmunizationRecommendation",
    "Lead",
    "PackageItem",
    "ReadingRequest",
    "ServicePackage",
    "ServiceRecord",
    "Task",
    "TeamMember",
    "TeamTalk",
    "TeamVillage",
]
