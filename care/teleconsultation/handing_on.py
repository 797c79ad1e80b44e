"""Seats change hands: a redirection, and an expert who is let go."""

from uuid import UUID

from care.teleconsultation import asking
from care.teleconsultation.access import Side, View, open_consultation
from care.teleconsultation.desk import call_off_others, seat_for
from care.teleconsultation.events import ConsultationRedirected, DoctorWithdrew
from care.teleconsultation.hours import Booking
from care.teleconsultation.models import Consultation, Expert, Part, Seat
from care.teleconsultation.schemas import RedirectionIn
from care.teleconsultation.states import ExpertStatus
from care.teleconsultation.steps import move, move_expert, subject, write_down
from core import clock, db, outbox
from core.errors import FieldError, Forbidden, Invalid
from people import access as patients
from people.actor import Actor
from people.models import Practitioner
from people.specialties import SPECIALTIES


async def redirect(actor: Actor, consultation_id: UUID, entry: RedirectionIn) -> None:
    """Hand on to another specialty or doctor: by the one asked, or by the coordinator.

    Raises Invalid when nobody there can answer.
    """
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        consultation = view.consultation
        seat = await _seat_to_hand_on(view)
        specialty, doctor = await _target(view, seat, entry)
        if view.expert is not None and view.expert.status in (
            ExpertStatus.INVITED,
            ExpertStatus.ACCEPTED,
        ):
            await _withdraw(view, view.expert, entry.reason)
        await call_off_others(view, seat)
        await outbox.cancel(asking.answer_key(seat.id))
        seat.update_from_dict({"specialty": specialty, "round": seat.round + 1})
        seat.wanted_id, seat.taken_by_id, seat.asked_id = doctor, None, None
        await seat.save(
            update_fields=["specialty", "round", "wanted_id", "taken_by_id", "asked_id"]
        )
        event = ConsultationRedirected(consultation_id=str(consultation.id))
        sentence = f"已转给{SPECIALTIES[specialty]}"
        if seat.position == 0:
            await move(
                consultation,
                "redirect",
                actor,
                sentence,
                event,
                note=entry.reason,
                accepted_at=None,
            )
        else:
            await write_down(consultation, "redirect", actor, sentence, event, note=entry.reason)
        asked = await asking.ask_next(consultation, seat, invited_by=actor.name)
        if asked is None:
            raise Invalid(
                "nobody_there",
                "那个专科现在没有可以应答的医生,请换一个专科或医生。",
                errors=[FieldError("specialty", "现在没有可以应答的医生")],
            )


async def _seat_to_hand_on(view: View) -> Seat:
    mine = view.actor.practitioner_id
    if view.side == Side.EXPERT:
        held = [seat for seat in view.seats if seat.taken_by_id == mine]
        if not held:
            raise Forbidden("not_asked", "您在这次会诊里没有可以转出的席位。")
        return held[0]
    return await seat_for(view)


async def _target(view: View, seat: Seat, entry: RedirectionIn) -> tuple[str, UUID | None]:
    if entry.doctor is not None:
        doctor = await Practitioner.get_or_none(id=entry.doctor, active=True)
        asked = {e.practitioner_id for e in view.experts} | {view.actor.practitioner_id}
        await view.consultation.fetch_related("agreement")
        house = view.consultation.agreement.invitee_organization_id
        if doctor is None or doctor.organization_id != house or not doctor.specialty:
            raise Invalid("doctor", "请从列表里选医生。", errors=[FieldError("doctor", "请重选")])
        if doctor.id in asked:
            raise Invalid(
                "doctor_asked",
                "这位医生已经问过了,请选其他医生。",
                errors=[FieldError("doctor", "已经问过这位医生")],
            )
        return doctor.specialty, doctor.id
    if entry.specialty not in SPECIALTIES:
        raise Invalid(
            "specialty",
            "请选要转给的专科或医生。",
            errors=[FieldError("specialty", "请选专科,或在下面选医生")],
        )
    if entry.specialty == seat.specialty:
        raise Invalid(
            "same_specialty",
            "选的还是原来的专科。",
            errors=[FieldError("specialty", "请选另一个专科,或指定医生")],
        )
    return entry.specialty, None


async def _withdraw(view: View, expert: Expert, reason: str) -> None:
    accepted = expert.status == ExpertStatus.ACCEPTED
    await move_expert(expert, "withdraw", answered_at=clock.now(), reason=reason)
    if accepted:
        await leave(view.consultation, expert)


async def leave(consultation: Consultation, expert: Expert) -> None:
    """Close the record again for a doctor who is no longer part of it, and free their time."""
    await patients.revoke(subject(consultation.id), practitioner_id=expert.practitioner_id)
    await Booking.filter(
        consultation_id=consultation.id, practitioner_id=expert.practitioner_id
    ).delete()
    await outbox.record(
        DoctorWithdrew(
            consultation_id=str(consultation.id), practitioner_id=str(expert.practitioner_id)
        ),
        subject=subject(consultation.id),
    )


async def release_expert(actor: Actor, consultation_id: UUID, expert_id: UUID, reason: str) -> None:
    """The coordinator lets an expert go who cannot write after all; two specialties must remain."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        if not view.coordinates:
            raise Forbidden("coordinator_only", "只有牵头专家可以调整会诊成员。")
        expert = next((e for e in view.experts if e.id == expert_id), None)
        if expert is None or expert.part == Part.COORDINATOR:
            raise Invalid("expert", "请选一位会诊成员。")
        await _withdraw(view, expert, reason)
        await Seat.filter(
            consultation_id=consultation_id, taken_by_id=expert.practitioner_id
        ).update(taken_by_id=None)
        person = await Practitioner.get(id=expert.practitioner_id)
        await write_down(
            view.consultation, "release", actor, f"{person.name} 不再参加会诊", note=reason
        )
