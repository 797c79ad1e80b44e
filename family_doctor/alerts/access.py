"""The only doors to an alert: the resident's team, and the county's duty once it is asked."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tortoise.expressions import Q, Subquery

from core.audit import audit, refused
from core.errors import NotFound
from family_doctor.access import MEMBERS, my_team_ids
from family_doctor.alerts.models import Alert, Level
from family_doctor.alerts.states import OPEN, Status
from family_doctor.queries import signed_with
from people.actor import Actor, Role
from people.matching.models import PatientLink
from people.matching.states import LinkStatus
from people.models import Patient

DUTY: Final = (Role.SPECIALIST,)
"""Posts of the county hospital that answer when no team does."""
READERS: Final = MEMBERS


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert for somebody who may answer it; the patient is loaded."""

    alert: Alert
    actor: Actor


async def asked(actor: Actor) -> Q:
    """Which alerts somebody is or was asked about. Not what they may open: `within`."""
    mine = Q(team_id__in=await my_team_ids(actor))
    if actor.has(*DUTY) and actor.tier == "county":
        return mine | Q(level=Level.DUTY)
    return mine


async def within(actor: Actor) -> Q:
    """Which alerts somebody may see: those asked about while they are open. Afterwards the team
    while the resident is signed with it, or has died meanwhile, and whoever answered."""
    team_ids = await my_team_ids(actor)
    signed = Patient.filter(signed_with(team_ids)).values("id")
    joined = PatientLink.filter(status=LinkStatus.ACTIVE, survivor_id__in=Subquery(signed))
    ours = Q(patient_id__in=Subquery(signed)) | Q(
        patient_id__in=Subquery(joined.values("merged_id"))
    )
    ours |= Q(status=Status.ENDED, patient__deceased_on__isnull=False)
    after = Q(acknowledged_by=actor.practitioner_id) | (Q(team_id__in=team_ids) & ours)
    return await asked(actor) & (Q(status__in=list(OPEN)) | after)


async def open_alert(actor: Actor, alert_id: UUID) -> AlertView:
    """One alert, the look audited. Raises NotFound, which does not tell whether it exists."""
    row = await Alert.filter(await within(actor), id=alert_id).select_related("patient").first()
    name = f"Alert/{alert_id}"
    if row is None:
        missing = NotFound("alert_not_found", "没有找到这条危急值提醒。")
        raise refused(missing, actor, "alert.open", name)
    await audit(actor, "alert.open", name, patient_id=row.patient_id)
    return AlertView(row, actor)
