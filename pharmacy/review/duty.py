"""A pharmacist's duty at the review desk: the person is checked again at its start, and it ends by
itself when it was forgotten. At least one is on duty during business hours (医院办法 附录)."""

from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db, outbox
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict
from core.states import advance
from people import rechecks
from people.actor import Actor
from pharmacy.review.access import require_reviewer
from pharmacy.review.events import ReviewShiftChanged, ReviewShiftIdle
from pharmacy.review.models import ReviewShift
from pharmacy.review.policy import params
from pharmacy.review.schemas import DutyIn
from pharmacy.review.states import DUTY, DutyStatus


async def mine(actor: Actor) -> ReviewShift | None:
    """The duty that runs."""
    return await ReviewShift.get_or_none(live=actor.practitioner_id)


async def start(actor: Actor, entry: DutyIn, *, device: str = "") -> ReviewShift:
    """Begin, after the person has proven again who they are; one at a time.

    Raises Forbidden (may not review), Invalid (wrong password or code), TooMany.
    """
    await require_reviewer(actor)
    check = await rechecks.check_again(actor, entry.password, entry.code, device=device)
    if found := await mine(actor):
        return found
    try:
        async with db.atomic():
            shift = await ReviewShift.create(
                id=uuid4(),
                practitioner_id=actor.practitioner_id,
                organization_id=actor.organization_id,
                live=actor.practitioner_id,
                method=check.method,
                checked_at=check.at,
                device=check.device[:200],
                opened_at=check.at,
                acted_at=check.at,
            )
            await _tell(actor, shift, "start", check.method)
            await _look_again(shift)
    except IntegrityError:
        return await ReviewShift.get(live=actor.practitioner_id)
    return shift


async def change(actor: Actor, action: str) -> ReviewShift:
    """Pause or resume. What is held stays held. Raises Conflict."""
    async with db.atomic():
        shift = await _locked(actor)
        await advance(shift, DUTY, action, acted_at=clock.now())
        await _tell(actor, shift, action)
    return shift


async def finish(actor: Actor, given_back: int) -> None:
    """Go off duty. Call inside `service.end_duty`'s transaction. Raises Conflict."""
    shift = await _locked(actor)
    await advance(shift, DUTY, "end", live=None, ended_at=clock.now())
    await _tell(actor, shift, "end", f"{given_back} given back")


async def end_if_idle(shift_id: UUID) -> None:
    """End a duty that was forgotten. What was held times out by itself."""
    async with db.atomic():
        shift = await ReviewShift.filter(id=shift_id).select_for_update().first()
        if shift is None or shift.status is DutyStatus.ENDED:
            return
        if clock.now() - shift.acted_at < params().idle:
            await _look_again(shift)
        else:
            await advance(shift, DUTY, "end", live=None, ended_at=clock.now())
            await _tell(SYSTEM, shift, "end", "idle")


async def acted(actor: Actor) -> None:
    """The pharmacist has done something."""
    await ReviewShift.filter(live=actor.practitioner_id).update(acted_at=clock.now())


async def require(actor: Actor) -> None:
    """Raise Conflict unless this pharmacist is on duty and not pausing."""
    shift = await mine(actor)
    if shift is None:
        raise Conflict("not_on_duty", "请先点“上岗”,再审方。")
    if shift.status is DutyStatus.PAUSED:
        raise Conflict("paused", "您现在暂停着,请先点“继续审方”。")
    await acted(actor)


async def _locked(actor: Actor) -> ReviewShift:
    shift = await ReviewShift.filter(live=actor.practitioner_id).select_for_update().first()
    if shift is None:
        raise Conflict("not_on_duty", "您现在没有在岗。")
    return shift


async def _look_again(shift: ReviewShift) -> None:
    event = ReviewShiftIdle(shift_id=str(shift.id))
    due = shift.acted_at + params().idle
    await outbox.schedule(event, due_at=due, key=f"review-shift-idle:{shift.id}")


async def _tell(who: Who, shift: ReviewShift, action: str, note: str = "") -> None:
    name = f"ReviewShift/{shift.id}"
    await audit(who, f"review_shift.{action}", name, reason=note)
    event = ReviewShiftChanged(
        shift_id=str(shift.id),
        practitioner_id=str(shift.practitioner_id),
        status=shift.status.value,
    )
    await outbox.record(event, subject=name)
