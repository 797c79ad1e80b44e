"""The specialists' verbs at the desk: accept, decline, ask for material."""

from datetime import datetime, timedelta
from uuid import UUID

from care.teleconsultation import asking, rules
from care.teleconsultation.access import Side, View, on_duty, open_consultation, wanted_from
from care.teleconsultation.events import (
    ConsultationAccepted,
    ConsultationDeclined,
    DoctorInvited,
    MaterialRequested,
)
from care.teleconsultation.models import (
    Expert,
    MaterialRequest,
    Mode,
    Part,
    Seat,
)
from care.teleconsultation.schemas import MaterialRequestIn
from care.teleconsultation.states import ExpertStatus, Status
from care.teleconsultation.steps import move, move_expert, subject, write_down
from care.teleconsultation.times import settle_time
from core import clock, db, outbox
from core.errors import Conflict, Forbidden
from people import access as patients
from people.actor import Actor
from people.models import GrantBasis, Practitioner
from people.specialties import SPECIALTIES

GRANT_FOR = timedelta(days=30)
TAKING = frozenset(
    {
        Status.SUBMITTED,
        Status.ACCEPTED,
        Status.MATERIAL_REQUESTED,
        Status.MATERIAL_READY,
        Status.SCHEDULED,
        Status.WAITING,
        Status.IN_SESSION,
    }
)


async def accept(actor: Actor, consultation_id: UUID, time: datetime | None = None) -> None:
    """Take a seat; for a booked request also settle the time when one is given.

    Raises Conflict `already_accepted` with the name of the colleague who was faster, Forbidden
    with the article when 远程规范 does not let this doctor answer.
    """
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        consultation = view.consultation
        await _require_eligible(actor)
        seat = await seat_for(view)
        if not await Seat.filter(id=seat.id, taken_by_id=None).update(
            taken_by_id=actor.practitioner_id, asked_id=None, answer_by=None
        ):
            raise await _too_late(view, seat)
        await outbox.cancel(asking.answer_key(seat.id))
        await call_off_others(view, seat)
        lead = seat.position == 0
        await join_as(view, Part.COORDINATOR if lead else Part.EXPERT, seat.specialty)
        event = ConsultationAccepted(
            consultation_id=str(consultation.id),
            practitioner_id=str(actor.practitioner_id),
            lead=lead,
        )
        sentence = f"已接诊({SPECIALTIES.get(seat.specialty, seat.specialty)})"
        if lead:
            await move(consultation, "accept", actor, sentence, event, accepted_at=clock.now())
        else:
            await write_down(consultation, "accept", actor, sentence, event)
        if lead and time is not None and consultation.mode == Mode.SCHEDULED:
            await settle_time(consultation, actor, time, "schedule")


async def _require_eligible(actor: Actor) -> None:
    person = await Practitioner.get(id=actor.practitioner_id)
    refused = rules.invitee_may(person.licence, person.practising_since, clock.today())
    if refused is not None:
        raise Forbidden("invitee_not_allowed", f"{refused.sentence}(依据:{refused.source})")


async def seat_for(view: View) -> Seat:
    """The free seat this person may take: the one they are asked for, else their specialty's."""
    actor, consultation = view.actor, view.consultation
    if view.side == Side.EXPERT:
        raise Conflict("already_yours", "您已经接诊了这次会诊。")
    if view.side != Side.ASKED:
        raise Forbidden("not_asked", "这次会诊没有请您接诊。")
    fields = await wanted_from(actor)
    duty = await on_duty(actor)
    mine = [
        seat
        for seat in view.seats
        if seat.asked_id == actor.practitioner_id or seat.specialty in fields or duty
    ]
    if not mine:
        raise Forbidden("not_asked", "这次会诊请的不是您的专科。")
    free = [seat for seat in mine if seat.taken_by_id is None]
    if consultation.status not in TAKING or not free:
        raise await _too_late(view, mine[0])
    return min(free, key=lambda s: (s.asked_id != actor.practitioner_id, s.position))


async def _too_late(view: View, seat: Seat) -> Conflict:
    """Tell the slower one who was faster, or what else became of it."""
    consultation = view.consultation
    taken = await Seat.get(id=seat.id).select_related("taken_by__organization")
    if taken.taken_by is None:
        return Conflict("no_longer_open", "这次会诊已经结束或取消,不用再接诊。")
    winner = taken.taken_by
    expert = await Expert.get_or_none(consultation_id=consultation.id, practitioner_id=winner.id)
    at = expert.answered_at if expert and expert.answered_at else clock.now()
    return Conflict(
        "already_accepted",
        f"{winner.name} {winner.title}({winner.organization.name})"
        f"已在 {clock.in_words(at)} 接诊,不用再处理。",
    )


async def call_off_others(view: View, seat: Seat) -> None:
    """Nobody else of this specialty is waited for any more."""
    for expert in view.experts:
        waiting = expert.status == ExpertStatus.INVITED and expert.part != Part.COLLEAGUE
        same = expert.specialty == seat.specialty
        if waiting and same and expert.practitioner_id != view.actor.practitioner_id:
            await move_expert(expert, "withdraw", answered_at=clock.now())


async def join_as(view: View, part: Part, specialty: str) -> Expert:
    """Make the actor a member of the expert side, with the record open to them."""
    actor, consultation = view.actor, view.consultation
    moment = clock.now()
    expert = view.expert
    if expert is None:
        expert = await Expert.create(
            consultation_id=consultation.id,
            practitioner_id=actor.practitioner_id,
            status=ExpertStatus.ACCEPTED,
            part=part,
            specialty=specialty,
            invited_by="会诊工作台",
            invited_at=moment,
            answered_at=moment,
        )
    else:
        if expert.status in (ExpertStatus.DECLINED, ExpertStatus.WITHDRAWN):
            await move_expert(expert, "invite")
        await move_expert(expert, "accept", answered_at=moment, part=part, specialty=specialty)
    await patients.grant(
        consultation.patient_id,
        practitioner_id=actor.practitioner_id,
        basis=GrantBasis.CONSULTATION,
        subject=subject(consultation.id),
        granted_by=consultation.inviter_id,
        until=moment + GRANT_FOR,
    )
    await outbox.record(
        DoctorInvited(
            consultation_id=str(consultation.id),
            practitioner_id=str(actor.practitioner_id),
            part=part.value,
        ),
        subject=subject(consultation.id),
    )
    return expert


async def decline(actor: Actor, consultation_id: UUID, reason: str) -> None:
    """Say no with a reason. For the leading seat that answers the request as a whole; another
    specialty of an MDT asks its next doctor."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        consultation = view.consultation
        expert = view.expert
        if expert is not None and expert.part == Part.COLLEAGUE:
            await _excuse_colleague(view, expert, reason)
            return
        seat = await seat_for(view)
        if expert is not None and expert.status == ExpertStatus.INVITED:
            await move_expert(expert, "decline", answered_at=clock.now(), reason=reason)
        if seat.position == 0:
            await asking.release_seats(consultation)
            await move(
                consultation,
                "decline",
                actor,
                "婉拒了会诊申请",
                ConsultationDeclined(consultation_id=str(consultation.id)),
                note=reason,
                closed_at=clock.now(),
                ending_note=reason,
            )
            return
        await write_down(consultation, "decline", actor, "不能参加会诊", note=reason)
        following = await asking.ask_next(consultation, seat, invited_by=actor.name)
        if following is None:
            await asking.nobody_left(consultation, seat, "这个专科没有其他可以应答的医生")


async def _excuse_colleague(view: View, expert: Expert, reason: str) -> None:
    await move_expert(expert, "decline", answered_at=clock.now(), reason=reason)
    await write_down(view.consultation, "decline", view.actor, "不能参加会诊", note=reason)


async def request_material(actor: Actor, consultation_id: UUID, wanted: MaterialRequestIn) -> None:
    """Ask the inviter for more before beginning."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        view.require_expert()
        consultation = view.consultation
        await move(
            consultation,
            "request_material",
            actor,
            "请补充资料",
            MaterialRequested(consultation_id=str(consultation.id)),
            note=wanted.text,
        )
        await MaterialRequest.create(
            consultation_id=consultation.id,
            asked_by_id=actor.practitioner_id,
            text=wanted.text,
            asked_at=clock.now(),
        )
