"""The only doors to an alert: the resident's team, and the county's duty once it is asked."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tortoise.expressions import Q

from core.audit import audit, refused
from core.errors import NotFound
from family_doctor.access import MEMBERS, my_team_ids
from family_doctor.alerts.models import Alert, Level
from people.actor import Actor, Role

DUTY: Final = (Role.SPECIALIST,)
"""Posts of the county hospital that answer when no team does."""
READERS: Final = MEMBERS


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert for somebody who may answer it; the patient is loaded."""

    alert: Alert
    actor: Actor


async def within(actor: Actor) -> Q:
    """Which alerts somebody may see."""
    mine = Q(team_id__in=await my_team_ids(actor))
    if actor.has(*DUTY) and actor.tier == "county":
        return mine | Q(level=Level.DUTY)
    return mine


async def open_alert(actor: Actor, alert_id: UUID) -> AlertView:
    """One alert, the look audited. Raises NotFound, which does not tell whether it exists."""
    row = await Alert.filter(await within(actor), id=alert_id).select_related("patient").first()
    name = f"Alert/{alert_id}"
    if row is None:
        missing = NotFound("alert_not_found", "没有找到这条危急值提醒。")
        raise refused(missing, actor, "alert.open", name)
    await audit(actor, "alert.open", name, patient_id=row.patient_id)
    return AlertView(row, actor)
