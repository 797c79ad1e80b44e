"""What staff are told by text message because something happened; wired in `app.reactions`."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from care.teleconsultation.events import ConsultationEvent
from care.teleconsultation.models import Consultation, Expert, Mode, Urgency
from care.teleconsultation.states import ExpertStatus
from core import clock
from core.db import as_id
from family_doctor.alerts.access import DUTY
from family_doctor.alerts.events import AlertMoved
from family_doctor.alerts.models import Alert, Level
from family_doctor.alerts.states import UNANSWERED
from family_doctor.queries import members_of
from family_doctor.teams.models import CareTeam
from notifications.duty import service
from notifications.models import Communication
from notifications.reminders import Said, Source
from notifications.service import Message, tell_staff
from notifications.states import COMMUNICATION, Stage
from people.models import Account, Tier
from pharmacy.prescribing.events import MedicationRequestReturned

TITLES: Final = {
    Level.TEAM: "有一条危急值等您的团队处理",
    Level.DOCTOR: "有一条危急值还没有人接,请您处理",
    Level.DUTY: "有一条危急值还没有人接,请县医院处理",
}


def _name(level: Level) -> str:
    """Of the reminder's source; each level speaks once to each person."""
    return f"Alert-{level.value}"


def _topic(level: Level) -> str:
    return f"staff_alert_{level.value}"


async def tell_alert(event: AlertMoved) -> None:
    """Raised, escalated, moved to another team: those who are asked now. Answered: nobody more."""
    row = await Alert.get(id=event.alert_id)
    if row.status not in UNANSWERED:
        await _withdraw(row.id)
    elif event.action in ("raise", "escalate", "move"):
        people = await service.reachable(await _asked(row), alert=True)
        title = TITLES[row.level]
        message = Message(_topic(row.level), title, title, {"at": clock.now()})
        await tell_staff(people, row.patient_id, f"{_name(row.level)}/{row.id}", message)


async def _asked(row: Alert) -> Collection[UUID]:
    """Who may answer at this level, as `family_doctor.alerts.access` has it."""
    if row.level is Level.TEAM and row.team_id is not None:
        return {one.practitioner_id for one in await members_of(row.team_id)}
    if row.level is Level.DOCTOR and row.team_id is not None:
        team = await CareTeam.get(id=row.team_id)
        return [team.responsible_id] if team.responsible_id else []
    county = Account.filter(
        practitioner__active=True,
        practitioner__organization__tier=Tier.COUNTY,
        practitioner__organization__provides_care=True,
    )
    found = await county.values_list("practitioner_id", "roles")
    return {as_id(one) for one, roles in found if {*roles} & {*DUTY}}


async def _withdraw(alert_id: UUID) -> None:
    subjects = [f"{_name(level)}/{alert_id}" for level in Level]
    waits = Communication.filter(subject__in=subjects, status=Stage.WAITING)
    topics = [_topic(level) for level in Level]
    await waits.filter(topic__in=topics).update(status=COMMUNICATION[Stage.WAITING, "withdraw"])


async def _unanswered(ids: Collection[UUID]) -> set[UUID]:
    rows = Alert.filter(id__in=list(ids), status__in=list(UNANSWERED))
    return {as_id(one) for one in await rows.values_list("id", flat=True)}


async def _said_at_once(id: UUID) -> Said:
    raise LookupError(f"staff are told when something moves, not by the clock: {id}")


CONSULTATION: Final = "ConsultationAsked"


async def tell_asked(event: ConsultationEvent) -> None:
    """An urgent consultation waits: who is asked now, each once. When they stay silent the next one
    is asked by the consultation's own clock, and told in the same way."""
    row = await Consultation.get(id=event.consultation_id)
    if row.mode is not Mode.INSTANT and row.urgency is Urgency.ORDINARY:
        return
    title = "有一个急会诊请您应答"
    message = Message("staff_consultation", title, title, {"at": clock.now()})
    alert = row.urgency is Urgency.EMERGENCY
    asked = Expert.filter(consultation_id=row.id, status=ExpertStatus.INVITED)
    for expert in await asked.order_by("invited_at", "id"):
        people = await service.reachable([expert.practitioner_id], alert=alert)
        await tell_staff(people, row.patient_id, f"{CONSULTATION}/{expert.id}", message)


async def _still_asked(ids: Collection[UUID]) -> set[UUID]:
    """Neither answered, nor silent for too long, nor called off."""
    rows = Expert.filter(id__in=list(ids), status=ExpertStatus.INVITED)
    return {as_id(one) for one in await rows.values_list("id", flat=True)}


SOURCES: Final = (
    *(Source(_name(level), _topic(level), _unanswered, _said_at_once) for level in Level),
    Source(CONSULTATION, "staff_consultation", _still_asked, _said_at_once),
)
"""So that one which waited (the gateway was down) is asked once more whether it is still true."""


async def tell_returned(event: MedicationRequestReturned) -> None:
    """The pharmacist has given a prescription back to the doctor who wrote it."""
    title = "有一张处方被退回,请您修改"
    message = Message("staff_prescription", title, title, {"at": clock.now()})
    people = await service.reachable([UUID(event.author_id)], alert=False)
    subject = f"MedicationRequest/{event.request_id}/returned"
    await tell_staff(people, UUID(event.patient_id), subject, message)
