"""A doctor's shift: the person is checked again at its start (监管细则), and what becomes of those
who wait when it pauses or ends."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from care.encounter import rules, visiting
from care.encounter.access import DOCTORS
from care.encounter.events import ShiftChanged, ShiftIdle
from care.encounter.models import Encounter, OnlineShift
from care.encounter.policy import params
from care.encounter.reasons import NotHappened
from care.encounter.schemas import ShiftIn
from care.encounter.states import LIVE, SHIFT, ShiftStatus, Status
from core import clock, db, outbox
from core.audit import SYSTEM, AuditEvent, Who, audit
from core.errors import Conflict, Forbidden
from core.states import advance
from people import rechecks
from people.actor import Actor
from people.models import Practitioner

Spoke = Callable[[UUID, Collection[UUID]], Awaitable[datetime | None]]
"""When this practitioner last said something in these visits; None: nothing."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Whether this doctor may run a queue, and the shift that runs; `refusal` says why not."""

    shift: OnlineShift | None
    refusal: rules.Refusal | None


async def desk_of(actor: Actor) -> Desk:
    """The doctor's own desk."""
    doctor = await Practitioner.get(id=actor.practitioner_id)
    refusal = rules.doctor_may(doctor.licence, doctor.practising_since, clock.today())
    return Desk(await OnlineShift.get_or_none(live=actor.practitioner_id), refusal)


async def start(actor: Actor, entry: ShiftIn, *, device: str = "") -> OnlineShift:
    """Begin, after the person has proven again who they are; one shift at a time.

    Raises Forbidden (诊疗办法 art. 25), Invalid (wrong password or code), TooMany.
    """
    actor.require(*DOCTORS)
    desk = await desk_of(actor)
    if desk.refusal:
        raise Forbidden(desk.refusal.code, desk.refusal.sentence)
    check = await rechecks.check_again(actor, entry.password, entry.code, device=device)
    if desk.shift:
        return desk.shift
    try:
        async with db.atomic():
            shift = await OnlineShift.create(
                id=uuid4(),
                practitioner_id=actor.practitioner_id,
                organization_id=actor.organization_id,
                live=actor.practitioner_id,
                walk_ins=entry.walk_ins,
                message=entry.message,
                method=check.method,
                checked_at=check.at,
                device=check.device[:200],
                opened_at=check.at,
            )
            await _tell(actor, shift, "start", check.method)
            await _look_again(shift, check.at)
    except IntegrityError:
        return await OnlineShift.get(live=actor.practitioner_id)
    return shift


async def change(actor: Actor, action: str) -> OnlineShift:
    """Pause, leave or resume. Raises Conflict."""
    async with db.atomic():
        shift = await _mine(actor)
        await advance(shift, SHIFT, action)
        await _tell(actor, shift, action)
    return shift


async def say(actor: Actor, message: str) -> OnlineShift:
    """What all who wait read from now on."""
    async with db.atomic():
        shift = await _mine(actor)
        await OnlineShift.filter(id=shift.id).update(message=message)
        shift.message = message
        await _tell(actor, shift, "message")
    return shift


async def end(actor: Actor) -> int:
    """End the shift; those who were not reached are told, offered another time and owed nothing.

    Returns how many. Raises Conflict while a visit is in progress.
    """
    async with db.atomic():
        shift = await _mine(actor)
        running = Encounter.filter(practitioner_id=actor.practitioner_id, status=Status.IN_PROGRESS)
        if await running.exists():
            raise Conflict("visit_running", "还有没结束的复诊,请先结束,再下班。")
        return await _end(actor, shift)


async def _end(who: Who, shift: OnlineShift, why: str = "") -> int:
    left = await visiting.close_all(who, shift.practitioner_id, NotHappened.NOT_REACHED)
    await advance(shift, SHIFT, "end", live=None, ended_at=clock.now())
    await _tell(who, shift, "end", f"{why}{left} not reached")
    return left


async def end_if_idle(shift_id: UUID, spoke: Spoke) -> None:
    """End a shift that was forgotten. A visit still in progress stays the doctor's to finish."""
    async with db.atomic():
        shift = await OnlineShift.filter(id=shift_id).select_for_update().first()
        if shift is None or shift.status is ShiftStatus.ENDED:
            return
        last = await _last_act(shift, spoke)
        if clock.now() - last < params().idle:
            await _look_again(shift, last)
        else:
            await _end(SYSTEM, shift, "idle, ")


async def _last_act(shift: OnlineShift, spoke: Spoke) -> datetime:
    """When the doctor did something in it: at the desk, with a resident, or in writing to one."""
    acts = await AuditEvent.filter(subject=f"OnlineShift/{shift.id}").order_by("-at").limit(1)
    mine = Encounter.filter(practitioner_id=shift.practitioner_id)
    seen = await mine.filter(Q(status__in=list(LIVE)) | Q(ended_at__gt=shift.opened_at))
    said = await spoke(shift.practitioner_id, [row.id for row in seen])
    moments = [shift.opened_at, said, *(one.at for one in acts)]
    for row in seen:
        moments += [row.called_at, row.began_at, row.ended_at]
    return max(one for one in moments if one is not None)


async def _look_again(shift: OnlineShift, last: datetime) -> None:
    due = last + params().idle
    await outbox.schedule(
        ShiftIdle(shift_id=str(shift.id)), due_at=due, key=f"shift-idle:{shift.id}"
    )


async def _mine(actor: Actor) -> OnlineShift:
    shift = await OnlineShift.filter(live=actor.practitioner_id).select_for_update().first()
    if shift is None:
        raise Conflict("no_shift", "请先开始接诊。")
    return shift


async def _tell(who: Who, shift: OnlineShift, action: str, note: str = "") -> None:
    await audit(who, f"online_shift.{action}", f"OnlineShift/{shift.id}", reason=note)
    event = ShiftChanged(
        shift_id=str(shift.id),
        practitioner_id=str(shift.practitioner_id),
        status=shift.status.value,
    )
    await outbox.record(event, subject=f"OnlineShift/{shift.id}")
