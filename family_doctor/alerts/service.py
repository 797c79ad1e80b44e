"""The verbs: raise, notify, acknowledge (read back), handle, close; escalate by the clock; and
end, when the resident has died.

Each moves by compare-and-swap, writes a step that stays, and is safe to repeat.
"""

from collections.abc import Collection
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from care.record import home
from core import clock, db, outbox
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict, FieldError, Invalid
from core.states import advance
from family_doctor.alerts import rules
from family_doctor.alerts.access import AlertView
from family_doctor.alerts.events import AlertMoved, AlertUnanswered
from family_doctor.alerts.models import Alert, AlertStep, Level, Measure
from family_doctor.alerts.policy import params
from family_doctor.alerts.schemas import CloseIn, HandleIn
from family_doctor.alerts.states import ALERT, OPEN, UNANSWERED, Status
from family_doctor.alerts.words import STAYS_ENDED
from family_doctor.care_plan import tasks
from family_doctor.queries import team_of
from family_doctor.teams.models import CareTeam
from people.models import Patient

DIED: Final = "居民已登记去世"
AFTER: Final = "危急值之后随访:现在怎么样,药吃了没有"


async def raise_alert(patient_id: UUID, panel_id: UUID) -> Alert | None:
    """For a dangerous round; None when its value was taken back meanwhile, or the resident has
    died. One for each round."""
    worst = rules.worst(await home.panel(panel_id))
    if worst is None:
        return await Alert.get_or_none(panel_id=panel_id)
    team = await team_of(patient_id)
    row = Alert(
        id=uuid4(),
        patient_id=patient_id,
        team_id=team.id if team else None,
        level=Level.TEAM if team else Level.DUTY,
        panel_id=panel_id,
        value=rules.digits(worst),
        words=rules.in_words(worst),
        measured_at=worst.measured_at,
        raised_at=clock.now(),
    )
    try:
        async with db.atomic():
            if not await _lives(patient_id):
                return None
            await row.save(force_create=True)
            await _wrote(SYSTEM, row, "raise")
            await _ring(row)
    except IntegrityError:
        return await Alert.get(panel_id=panel_id)
    return row


async def _lives(patient_id: UUID) -> bool:
    """Held until the transaction ends, so that a death is recorded before or after, not beside."""
    living = Patient.filter(id=patient_id, deceased_on=None)
    return await living.select_for_update().first() is not None


async def _ring(row: Alert) -> None:
    following = rules.NEXT.get(row.level)
    if following is None:
        return
    event = AlertUnanswered(alert_id=str(row.id), level=following)
    due_at = rules.asked_at(following, row.raised_at, params())
    await outbox.schedule(event, due_at=due_at, key=f"alert-{row.id}", subject=f"Alert/{row.id}")


async def notify(alert_id: UUID) -> None:
    """The team's screens have been told."""
    row = await Alert.get(id=alert_id)
    if row.status is not Status.RAISED:
        return
    async with db.atomic():
        await advance(row, ALERT, "notify", notified_at=clock.now())
        await _wrote(SYSTEM, row, "notify")


async def escalate(alert_id: UUID, level: Level) -> None:
    """Nobody has answered: the next one is asked."""
    row = await Alert.get(id=alert_id)
    if row.status not in UNANSWERED or rules.NEXT.get(row.level) is not level:
        return
    async with db.atomic():
        rows = Alert.filter(id=row.id, level=row.level, status__in=list(UNANSWERED))
        if not await rows.update(level=level, escalated_at=clock.now()):
            return
        row.level = level
        await _wrote(SYSTEM, row, "escalate", note=level.value)
        await _ring(row)


async def follow_patient(row: Alert, team: CareTeam | None) -> None:
    """The resident has another team now, or none: nobody has answered, so that one is asked, or the
    county hospital at once. The clock goes on."""
    team_id = team.id if team else None
    level = row.level if team else Level.DUTY
    async with db.atomic():
        rows = Alert.filter(id=row.id, team_id=row.team_id, status__in=list(UNANSWERED))
        if row.team_id == team_id or not await rows.update(team_id=team_id, level=level):
            return
        row.team_id, row.level = team_id, level
        await _wrote(SYSTEM, row, "move")


async def acknowledge(view: AlertView, said: str) -> Alert:
    """Read the value back and take it on. Raises Invalid for another value, Conflict when somebody
    else has it already."""
    row = view.alert
    if not rules.is_read_back(said, row.value):
        sentence = "和居民测的不一样,请看清楚再复述一遍。"
        raise Invalid("read_back", sentence, errors=[FieldError("value", sentence)])
    if row.acknowledged_by == view.actor.practitioner_id:
        return row
    if row.status not in UNANSWERED:
        raise Conflict("answered", f"{row.acknowledged_name}已经接了,不用再接。")
    return await _step(
        view,
        "acknowledge",
        acknowledged_at=clock.now(),
        acknowledged_by=view.actor.practitioner_id,
        acknowledged_name=view.actor.name,
    )


async def handle(view: AlertView, entry: HandleIn) -> Alert:
    """Something was done; more may follow until it is closed."""
    row, first = view.alert, view.alert.handled_at is None
    async with db.atomic():
        at = row.handled_at or clock.now()
        await _step(view, "handle", entry.note, measure=entry.measure, handled_at=at)
        if first and row.team_id is not None:
            await tasks.follow_soon(row.patient, reason=AFTER)
    return row


async def close(view: AlertView, entry: CloseIn) -> Alert:
    """How it ended. Raises Conflict before anything was done."""
    if view.alert.status is Status.CLOSED:
        return view.alert
    return await _step(view, "close", entry.outcome, closed_at=clock.now(), outcome=entry.outcome)


async def end_of_dead(patient_ids: Collection[UUID]) -> None:
    """The resident has died: nobody is asked or rung any more. A repeat changes nothing."""
    async with db.atomic():
        for row in await Alert.filter(patient_id__in=patient_ids, status__in=list(OPEN)):
            await advance(row, ALERT, "end", closed_at=clock.now(), outcome=DIED)
            await _wrote(SYSTEM, row, "end")


async def say_it_stays(patient_ids: Collection[UUID]) -> None:
    """The death was taken back: what it ended stays ended, and says so, once."""
    async with db.atomic():
        for row in await Alert.filter(patient_id__in=patient_ids, status=Status.ENDED):
            if not await AlertStep.exists(alert_id=row.id, action="disprove"):
                await _wrote(SYSTEM, row, "disprove", note=STAYS_ENDED)


async def _step(
    view: AlertView, action: str, note: str = "", *, measure: Measure | None = None, **changes: Any
) -> Alert:
    row = view.alert
    async with db.atomic():
        await advance(row, ALERT, action, **changes)
        await _wrote(view.actor, row, action, note=note, measure=measure)
    return row


async def _wrote(
    who: Who, row: Alert, action: str, *, note: str = "", measure: Measure | None = None
) -> None:
    await AlertStep.create(
        alert_id=row.id,
        action=action,
        measure=measure,
        by_name=who.name,
        note=note,
        at=clock.now(),
    )
    await audit(who, f"alert.{action}", f"Alert/{row.id}", patient_id=row.patient_id)
    moved = AlertMoved(
        alert_id=str(row.id),
        patient_id=str(row.patient_id),
        team_id=str(row.team_id or ""),
        action=action,
        status=row.status,
    )
    await outbox.record(moved, subject=f"Alert/{row.id}")
