"""The verbs of the queue: look at a call, and say what came of it."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tortoise.queryset import QuerySet

from core import clock, db
from core.audit import audit, refused
from core.errors import NotFound
from core.outbox import record
from core.states import advance
from notifications.events import CallEnded
from notifications.models import CallTask, Communication
from notifications.policy import params
from notifications.states import CALL, COMMUNICATION, Call, Stage
from people.actor import Actor, Role

CALLERS: Final = (
    Role.VILLAGE_DOCTOR,
    Role.TOWNSHIP_DOCTOR,
    Role.TEAM_LEAD,
    Role.NURSE,
    Role.SCHEDULER,
)
TRIES: Final = 3
AGAIN: Final = timedelta(hours=4)
MISSING: Final = "没有找到这个电话任务,可能已经有人打过了。"
THEN: Final = {"reach": "reach", "find_wrong": "exhaust", "give_up": "exhaust"}
"""What a call's end means for the communication."""


async def waiting(actor: Actor) -> int:
    """How many calls the house should make now, for the navigation."""
    return await _due(actor).count() if actor.has(*CALLERS) else 0


async def due(actor: Actor, *, limit: int = 200) -> list[CallTask]:
    """The house's calls, the longest due first."""
    actor.require(*CALLERS)
    return await _due(actor).select_related("communication").order_by("due_at").limit(limit)


def _due(actor: Actor) -> QuerySet[CallTask]:
    mine = CallTask.filter(organization_id=actor.organization_id, status=Call.OPEN)
    return mine.filter(due_at__lte=clock.now())


async def open_call(actor: Actor, id: UUID) -> CallTask:
    """One call with its text and number, for somebody of the house. Raises NotFound.

    The look is written down: the text may speak of care.
    """
    task = await CallTask.get_or_none(id=id).select_related("communication", "patient")
    subject = f"CallTask/{id}"
    if task is None or not actor.has(*CALLERS) or task.organization_id != actor.organization_id:
        patient_id = task.patient_id if task else None
        problem = NotFound("not_found", MISSING)
        raise refused(problem, actor, "call.open", subject, patient_id=patient_id)
    await audit(actor, "call.open", subject, patient_id=task.patient_id)
    return task


async def end(actor: Actor, id: UUID, action: str, note: str = "") -> CallTask:
    """They were reached, nobody answered, or the number is wrong. Raises NotFound, Conflict.

    Said again it changes nothing: the same end, or "nobody answered" before it is time to call
    again (`is_resting`).
    """
    async with db.atomic():
        task = await open_call(actor, id)
        if _is_said(task, action):
            return task
        tries = task.tries + 1
        if action == "miss" and tries >= TRIES:
            action = "give_up"
        again = action == "miss"
        done = {} if again else {"done_at": clock.now(), "done_by_name": actor.name}
        later = {"due_at": _later(clock.now())} if again else {}
        await advance(task, CALL, action, tries=tries, note=note[:200], **later, **done)
        row: Communication = task.communication
        if action in THEN and row.status is Stage.CALLING:
            await advance(row, COMMUNICATION, THEN[action])
        await audit(actor, f"call.{action}", f"CallTask/{id}", patient_id=task.patient_id)
        if not again:
            event = CallEnded(
                task_id=str(id),
                patient_id=str(task.patient_id),
                organization_id=str(task.organization_id),
                status=task.status.value,
            )
            await record(event, subject=f"CallTask/{id}")
    return task


def is_resting(task: CallTask) -> bool:
    """Whether somebody has called in vain and it is not yet time to try again."""
    return task.status is Call.OPEN and task.tries > 0 and task.due_at > clock.now()


def _is_said(task: CallTask, action: str) -> bool:
    if action == "miss":
        return is_resting(task) or task.status is Call.UNREACHED
    return CALL[Call.OPEN, action] is task.status


async def drop(mine: QuerySet[CallTask]) -> None:
    """Nobody has to make these calls any more. Within a transaction."""
    for task in await mine.filter(status=Call.OPEN).select_related("communication"):
        await advance(task, CALL, "drop", done_at=clock.now())
        if task.communication.status is Stage.CALLING:
            await advance(task.communication, COMMUNICATION, "withdraw")


def _later(moment: datetime) -> datetime:
    """Some hours on, and not at night."""
    then = moment + AGAIN
    return params().quiet.until(then) or then
