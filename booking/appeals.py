"""Missed appointments: the patient's side of it, and the office's word."""

from uuid import UUID

from tortoise.exceptions import IntegrityError

from booking.models import Appeal, Appointment
from booking.states import Status
from core import clock, db
from core.audit import Who, audit
from core.errors import Conflict, NotFound
from people.actor import Actor, Role


async def make(who: Who, appointment: Appointment, text: str) -> Appeal:
    """Say why a missed appointment should not count; once for each."""
    if appointment.status is not Status.NO_SHOW:
        raise Conflict("not_missed", "这个预约没有记为爽约,不用申诉。")
    try:
        async with db.atomic():
            row = await Appeal.create(
                appointment_id=appointment.id,
                text=text,
                made_by_name=who.name,
                made_at=clock.now(),
            )
            await audit(
                who,
                "no_show.appeal",
                f"Appointment/{appointment.id}",
                patient_id=appointment.patient_id,
            )
    except IntegrityError:
        raise Conflict("already_appealed", "已经申诉过,请等门诊办答复。") from None
    return row


async def decide(actor: Actor, appeal_id: UUID, *, upheld: bool, words: str) -> Appeal:
    """Uphold (it no longer counts, a block it made is lifted) or not, once."""
    actor.require(Role.SCHEDULER)
    async with db.atomic():
        row = await Appeal.get_or_none(
            id=appeal_id, appointment__schedule__organization_id=actor.organization_id
        ).select_related("appointment")
        if row is None:
            raise NotFound("not_found", "没有这个申诉。")
        open_ = Appeal.filter(id=row.id, upheld=None)
        decided = await open_.update(
            upheld=upheld, decision=words, decided_by_name=actor.name, decided_at=clock.now()
        )
        if not decided:
            raise Conflict("changed_meanwhile", "这个申诉刚才已经处理了。")
        if upheld:
            await Appointment.filter(id=row.appointment.id).update(excused_at=clock.now())
        await audit(
            actor,
            "no_show.excuse" if upheld else "no_show.reject",
            f"Appointment/{row.appointment.id}",
            patient_id=row.appointment.patient_id,
            reason=words,
        )
    return row
