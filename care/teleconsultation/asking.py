"""Whom to ask for a seat, in which order, and what happens when nobody answers.

The wanted doctor first, then those on call by position, then (when it need not be at once) any
colleague of the specialty, at last the county's duty manager. Everybody is asked once.
"""

from uuid import UUID

from care.teleconsultation import rules
from care.teleconsultation.access import DUTY
from care.teleconsultation.events import AnswerOverdue, ConsultationEscalated, ConsultationExpired
from care.teleconsultation.hours import Shift
from care.teleconsultation.models import (
    Consultation,
    Expert,
    Mode,
    Part,
    Seat,
)
from care.teleconsultation.policy import answers
from care.teleconsultation.states import ExpertStatus, Status
from care.teleconsultation.steps import move, move_expert, write_down
from core import clock, outbox
from core.audit import SYSTEM
from people.actor import Role
from people.models import Account, Practitioner
from people.specialties import SPECIALTIES


def answer_key(seat_id: UUID) -> str:
    """The key of the due-time row that watches a seat."""
    return f"consultation-answer:{seat_id}"


async def on_call(organization_id: UUID, specialty: str) -> list[Practitioner]:
    """Who is on call now, first to be asked first."""
    moment = clock.now()
    shifts = (
        await Shift.filter(
            organization_id=organization_id,
            specialty=specialty,
            starts_at__lte=moment,
            ends_at__gt=moment,
        )
        .order_by("position", "starts_at")
        .select_related("practitioner")
    )
    return [shift.practitioner for shift in shifts]


async def candidates(consultation: Consultation, seat: Seat) -> list[Practitioner]:
    """Everybody who may be asked for this seat and has not been, in order."""
    await consultation.fetch_related("agreement")
    house = consultation.agreement.invitee_organization_id
    wanted = [await Practitioner.get(id=seat.wanted_id)] if seat.wanted_id else []
    pool = wanted + await on_call(house, seat.specialty)
    if consultation.mode != Mode.INSTANT:
        pool += await _of_specialty(house, seat)
    pool += await on_call(house, DUTY)
    asked = {e.practitioner_id for e in await Expert.filter(consultation_id=consultation.id)}
    asked.add(consultation.inviter_id)
    fitting: dict[UUID, Practitioner] = {}
    for person in pool:
        refused = rules.invitee_may(person.licence, person.practising_since, clock.today())
        if person.active and person.id not in asked and refused is None:
            fitting.setdefault(person.id, person)
    return list(fitting.values())


async def _of_specialty(house: UUID, seat: Seat) -> list[Practitioner]:
    people = await Practitioner.filter(
        organization_id=house, specialty=seat.specialty, active=True
    ).order_by("name")
    accounts = await Account.filter(practitioner_id__in=[p.id for p in people], active=True)
    working = {account.practitioner_id for account in accounts if Role.SPECIALIST in account.roles}
    able = [p for p in people if p.id in working]
    return sorted(able, key=lambda p: p.title != seat.wanted_title)


async def ask_next(
    consultation: Consultation, seat: Seat, *, invited_by: str
) -> Practitioner | None:
    """Ask the next one and set the clock; None when everybody has been asked."""
    line = await candidates(consultation, seat)
    if not line:
        await Seat.filter(id=seat.id).update(asked_id=None, answer_by=None)
        seat.asked_id, seat.answer_by = None, None
        return None
    person = line[0]
    answer_by = answers().until(consultation.mode, consultation.urgency, clock.now())
    seat.update_from_dict({"round": seat.round + 1, "answer_by": answer_by})
    seat.asked_id = person.id
    await Seat.filter(id=seat.id).update(round=seat.round, answer_by=answer_by, asked_id=person.id)
    await Expert.create(
        consultation_id=consultation.id,
        practitioner_id=person.id,
        part=Part.COORDINATOR if seat.position == 0 else Part.EXPERT,
        specialty=seat.specialty,
        invited_by=invited_by,
        invited_at=clock.now(),
    )
    await outbox.schedule(
        AnswerOverdue(consultation_id=str(consultation.id), seat_id=str(seat.id), round=seat.round),
        due_at=answer_by,
        key=answer_key(seat.id),
    )
    return person


async def escalate(consultation: Consultation, seat: Seat) -> None:
    """The asked doctor did not answer: ask the next, or give the inviter the way out."""
    waited = answers().within(consultation.mode, consultation.urgency)
    silent = await Expert.filter(
        consultation_id=consultation.id,
        practitioner_id=seat.asked_id,
        status=ExpertStatus.INVITED,
    ).first()
    if silent is not None:
        await move_expert(silent, "miss", answered_at=clock.now())
    following = await ask_next(consultation, seat, invited_by="系统(超时转下一位)")
    field = SPECIALTIES.get(seat.specialty, seat.specialty)
    silence = f"{clock.span(waited)}没有人应答"
    if following is not None:
        await _note_escalation(
            consultation,
            following,
            f"{silence},已转给下一位:{following.name} {following.title}({field})",
        )
    else:
        await nobody_left(consultation, seat, f"{field}:值班人员都没有应答")


async def _note_escalation(
    consultation: Consultation, following: Practitioner, sentence: str
) -> None:
    event = ConsultationEscalated(
        consultation_id=str(consultation.id), practitioner_id=str(following.id)
    )
    if consultation.status == Status.SUBMITTED:
        await move(consultation, "escalate", SYSTEM, sentence, event)
    else:
        await write_down(consultation, "escalate", SYSTEM, sentence, event)


async def nobody_left(consultation: Consultation, seat: Seat, sentence: str) -> None:
    """Everybody has been asked. Without a coordinator the request expires with advice."""
    if seat.position == 0 and consultation.status == Status.SUBMITTED:
        await release_seats(consultation)
        await move(
            consultation,
            "expire",
            SYSTEM,
            sentence,
            ConsultationExpired(consultation_id=str(consultation.id)),
            note=rules.ADVICE,
            closed_at=clock.now(),
            ending_note=rules.ADVICE,
        )
        return
    await write_down(consultation, "seat_open", SYSTEM, f"{sentence},牵头专家可以改请其他医生")


async def release_seats(consultation: Consultation) -> None:
    """Stop all clocks and call back everybody who has not answered."""
    for seat in await Seat.filter(consultation_id=consultation.id):
        await outbox.cancel(answer_key(seat.id))
    await Seat.filter(consultation_id=consultation.id).update(asked_id=None, answer_by=None)
    open_invitations = Expert.filter(consultation_id=consultation.id, status=ExpertStatus.INVITED)
    for expert in await open_invitations:
        await move_expert(expert, "withdraw", answered_at=clock.now())


async def answer_overdue(event: AnswerOverdue) -> None:
    """Due-time reaction. Runs twice or late without harm: the round must still be the one asked."""
    consultation = await Consultation.filter(id=event.consultation_id).select_for_update().first()
    seat = await Seat.get_or_none(id=event.seat_id)
    if consultation is None or seat is None:
        return
    open_still = seat.taken_by_id is None and seat.round == event.round and seat.asked_id
    if open_still and consultation.status not in NOT_ASKING:
        await escalate(consultation, seat)


NOT_ASKING = frozenset(
    {
        Status.DRAFT,
        Status.OPINION_DRAFT,
        Status.OPINION_SIGNED,
        Status.FEEDBACK,
        Status.ARCHIVED,
        Status.DECLINED,
        Status.EXPIRED,
        Status.CANCELLED,
        Status.ABORTED,
        Status.CONVERTED_TO_REFERRAL,
    }
)
