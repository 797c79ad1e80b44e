"""Verbs around the room: tickets, one more colleague, the end."""

from datetime import datetime
from typing import Any
from uuid import UUID

from care.teleconsultation import rules
from care.teleconsultation.access import Side, View, open_consultation
from care.teleconsultation.desk import GRANT_FOR, join_as
from care.teleconsultation.events import (
    ConsultationEnded,
    DoctorInvited,
    ObserverAdmitted,
    OpinionOverdue,
)
from care.teleconsultation.models import Consultation, Expert, Mode, Part, Presence
from care.teleconsultation.schemas import InvitationIn, RoomTicketOut
from care.teleconsultation.states import ROOM_OPEN, WORKING, ExpertStatus, Status
from care.teleconsultation.steps import move, move_expert, subject, write_down
from core import clock, db, outbox, tickets
from core.audit import audit
from core.errors import Conflict, FieldError, Forbidden, Invalid
from core.tickets import Right
from people import access as patients
from people.actor import CLINICIANS, Actor
from people.models import Account, GrantBasis, Practitioner

DOCTOR_RIGHTS = frozenset({Right.PUBLISH, Right.SUBSCRIBE, Right.RECORD, Right.INVITE})
LEADER_RIGHTS = DOCTOR_RIGHTS | {Right.END}
WATCHING = frozenset({Right.SUBSCRIBE})
MOST_SEATS = 6


def why_closed(consultation: Consultation, moment: datetime, *, somebody_there: bool) -> str:
    """Why the room cannot be entered now, in words; empty when it can."""
    status = consultation.status
    if consultation.mode == Mode.ASYNC:
        return "这是资料会诊,不用视频。请直接看资料、写意见。"
    if status not in ROOM_OPEN:
        return "会诊室已经关门。" if consultation.began_at else "会诊还没有开始,请等专家接诊。"
    booked = consultation.mode == Mode.SCHEDULED
    if booked and consultation.scheduled_at is None:
        return "会诊时间还没有定下来。"
    if status == Status.IN_SESSION:
        return ""
    at = consultation.scheduled_at if booked else None
    return rules.join_door(at, moment, somebody_there=somebody_there).sentence


async def somebody_there(consultation_id: UUID) -> bool:
    """Whether anybody is in the room just now."""
    return await Presence.filter(consultation_id=consultation_id, here=True).exists()


async def issue_ticket(actor: Actor, consultation_id: UUID) -> RoomTicketOut:
    """Leave to enter the room. An invited colleague accepts by entering; a supervisor watches.

    Raises Conflict `room_closed` with the reason, Forbidden, NotFound.
    """
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        consultation = view.consultation
        part = await _part(view)
        there = await somebody_there(consultation.id)
        if sentence := why_closed(consultation, clock.now(), somebody_there=there):
            raise Conflict("room_closed", sentence)
        if part == "observer":
            await _admit_observer(view)
        leads = view.mine or view.coordinates
        rights = WATCHING if part == "observer" else LEADER_RIGHTS if leads else DOCTOR_RIGHTS
        await audit(
            actor,
            "consultation.room_ticket",
            subject(consultation.id),
            patient_id=consultation.patient_id,
            reason=part,
        )
    ticket = tickets.issue(
        room=consultation.id,
        seat=actor.practitioner_id,
        name=actor.name,
        organization=actor.organization_name,
        tier=actor.tier,
        part=part,
        rights=rights,
    )
    return RoomTicketOut(
        ticket=ticket,
        room=consultation.id,
        seat=actor.practitioner_id,
        part=part,
        name=actor.name,
    )


async def _part(view: View) -> str:
    if view.mine or view.side == Side.EXPERT:
        return "doctor"
    expert = view.expert
    if expert is not None and view.invited_by_colleague:
        await join_as(view, expert.part, expert.specialty)
        await write_down(view.consultation, "join", view.actor, "接受邀请,进入会诊室")
        return "doctor"
    if view.side == Side.OVERSIGHT:
        return "observer"
    raise Forbidden("not_in_this_room", "您不在这次会诊的名单里,请让发起医生邀请您。")


async def _admit_observer(view: View) -> None:
    watched = await Presence.filter(
        consultation_id=view.consultation.id, practitioner_id=view.actor.practitioner_id
    ).exists()
    if watched:
        return
    await write_down(
        view.consultation,
        "observe",
        view.actor,
        "督导旁听(只看只听,各方可见)",
        ObserverAdmitted(
            consultation_id=str(view.consultation.id),
            practitioner_id=str(view.actor.practitioner_id),
        ),
    )


async def invite(actor: Actor, consultation_id: UUID, entry: InvitationIn) -> Expert:
    """Ask one more doctor in, as a colleague or as an expert who writes an opinion.

    Raises Invalid (unknown, in it already, room full), Forbidden, Conflict.
    """
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        if not (view.mine or view.side == Side.EXPERT):
            raise Forbidden("not_in_this_room", "只有参加会诊的医生可以邀请同事。")
        consultation = view.consultation
        if consultation.status not in ROOM_OPEN | {Status.MATERIAL_REQUESTED}:
            raise Conflict("not_now", "会诊已经结束,不能再邀请。")
        doctor = await _invitable(view, entry)
        before = next((e for e in view.experts if e.practitioner_id == doctor.id), None)
        part = Part.EXPERT if entry.gives_opinion else Part.COLLEAGUE
        changes: dict[str, Any] = {
            "part": part,
            "invited_by": actor.name,
            "invited_at": clock.now(),
        }
        if before is not None:
            await move_expert(before, "invite", **changes)
            expert = before
        else:
            expert = await Expert.create(
                consultation_id=consultation.id,
                practitioner_id=doctor.id,
                specialty=doctor.specialty,
                **changes,
            )
        await patients.grant(
            consultation.patient_id,
            practitioner_id=doctor.id,
            basis=GrantBasis.CONSULTATION,
            subject=subject(consultation.id),
            granted_by=actor.practitioner_id,
            until=clock.now() + GRANT_FOR,
        )
        await write_down(
            consultation,
            "invite",
            actor,
            f"邀请 {doctor.name} {doctor.title}({doctor.organization.name})加入",
            DoctorInvited(
                consultation_id=str(consultation.id),
                practitioner_id=str(doctor.id),
                part=part.value,
            ),
        )
    return expert


async def _invitable(view: View, entry: InvitationIn) -> Practitioner:
    doctor = await Practitioner.get_or_none(id=entry.doctor, active=True).select_related(
        "organization"
    )
    account = await Account.get_or_none(practitioner_id=entry.doctor, active=True)
    if doctor is None or account is None or not set(account.roles) & set(CLINICIANS):
        raise _doctor("请从列表里选一位医生")
    if doctor.id == view.consultation.inviter_id:
        raise _doctor("这位医生就是发起人")
    states = {e.practitioner_id: e.status for e in view.experts}
    if states.get(doctor.id) in (ExpertStatus.INVITED, *WORKING):
        raise _doctor("这位医生已经在会诊名单里")
    if sum(state in (ExpertStatus.INVITED, *WORKING) for state in states.values()) + 2 > MOST_SEATS:
        raise _doctor(f"会诊室最多坐 {MOST_SEATS} 位医生")
    if entry.gives_opinion and (
        refused := rules.invitee_may(doctor.licence, doctor.practising_since, clock.today())
    ):
        raise _doctor(refused.sentence)
    return doctor


def _doctor(sentence: str) -> Invalid:
    return Invalid("doctor", f"{sentence}。", errors=[FieldError("doctor", sentence)])


async def end(actor: Actor, consultation_id: UUID) -> None:
    """End the talk for everybody; from now on the experts owe their opinions."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        view.require_leader()
        consultation = view.consultation
        await move(consultation, "end", actor, "结束会诊", ended_at=clock.now())
        await _experts_owe_opinions(consultation)


async def read(actor: Actor, consultation_id: UUID) -> None:
    """Asynchronous: the coordinator has read the material and goes on to the opinion."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        if not view.coordinates:
            raise Forbidden("coordinator_only", "只有接诊的专家可以做这一步。")
        consultation = view.consultation
        if consultation.mode != Mode.ASYNC:
            raise Conflict("not_async", "这次会诊要先视频,再写意见。")
        await move(consultation, "read", actor, "已阅读资料,开始写意见", ended_at=clock.now())
        await _experts_owe_opinions(consultation)


async def _experts_owe_opinions(consultation: Consultation) -> None:
    name = str(consultation.id)
    for expert in await Expert.filter(consultation_id=consultation.id, status=ExpertStatus.INVITED):
        await move_expert(expert, "withdraw", answered_at=clock.now())
    await outbox.record(
        ConsultationEnded(consultation_id=name, status=consultation.status.value),
        subject=subject(name),
    )
    await outbox.schedule(
        OpinionOverdue(consultation_id=name),
        due_at=clock.now() + rules.REPORT_WITHIN,
        key=f"consultation-opinion:{name}",
    )
