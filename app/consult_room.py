"""Reactions that join packages which do not know one another: consultation, chat and rooms."""

from uuid import UUID

import socketio

import chat.service
import rtc.service
from care.teleconsultation import reactions as consultations
from care.teleconsultation.events import (
    ConsultationAccepted,
    ConsultationEnded,
    DoctorInvited,
    DoctorWithdrew,
    PhoneCallLogged,
    SessionBegan,
)
from care.teleconsultation.models import Consultation
from care.teleconsultation.states import OVER, Status
from care.teleconsultation.steps import subject
from care.teleconsultation.telephone import rules as telephone
from care.teleconsultation.telephone.models import PhoneCall
from chat.models import Conversation
from core.outbox import outside
from people.queries import practitioner
from rtc.events import ParticipantEntered, ParticipantLeft, RoomEmptied


async def _conversation(consultation: Consultation) -> Conversation:
    return await chat.service.start_conversation(subject=subject(consultation.id), title="远程会诊")


async def open_conversation(event: ConsultationAccepted) -> None:
    """The two sides can write to each other from the moment somebody has accepted."""
    consultation = await Consultation.get(id=event.consultation_id)
    await _add(await _conversation(consultation), consultation.inviter_id)


async def add_to_conversation(event: DoctorInvited) -> None:
    """Whoever belongs to the consultation belongs to its conversation."""
    consultation = await Consultation.get(id=event.consultation_id)
    conversation = await _conversation(consultation)
    await _add(conversation, consultation.inviter_id)
    await _add(conversation, UUID(event.practitioner_id))


async def _add(conversation: Conversation, person_id: UUID) -> None:
    person = await practitioner(person_id)
    await chat.service.add_member(
        conversation,
        person_id=person.id,
        name=person.name,
        organization=person.organization_name,
    )


async def remove_from_conversation(event: DoctorWithdrew) -> None:
    """They keep what they could read until now."""
    consultation = await Consultation.get(id=event.consultation_id)
    await chat.service.remove_member(
        await _conversation(consultation), person_id=UUID(event.practitioner_id)
    )


async def say_began(event: SessionBegan) -> None:
    """A line in the conversation."""
    consultation = await Consultation.get(id=event.consultation_id)
    await chat.service.say(
        await _conversation(consultation), "双方已进入会诊室,会诊开始", key="session-began"
    )


async def say_phone_call(event: PhoneCallLogged) -> None:
    """A line in the conversation, with the number masked."""
    call = await PhoneCall.get(id=event.phone_call_id).select_related("consultation")
    await chat.service.say(
        await _conversation(call.consultation),
        f"电话联系:{telephone.line(call)}",
        key=f"phone-call-{call.id}",
    )


@outside
async def close_room(event: ConsultationEnded, *, sockets: socketio.AsyncServer) -> None:
    """Everybody leaves the room; nobody enters it again."""
    await rtc.service.end_room(UUID(event.consultation_id), sockets=sockets)


async def close_conversation(event: ConsultationEnded) -> None:
    """After the talk doctors may still write, until it is over for good."""
    consultation = await Consultation.get(id=event.consultation_id)
    if consultation.status in OVER - {Status.ARCHIVED}:
        await chat.service.close_conversation(await _conversation(consultation))


async def participant_entered(event: ParticipantEntered) -> None:
    """Presence moves the consultation from waiting to in session."""
    await consultations.participant_entered(room=event.room, seat=event.seat)


async def participant_left(event: ParticipantLeft) -> None:
    """The seat is empty for now."""
    await consultations.participant_left(room=event.room, seat=event.seat)


async def room_emptied(event: RoomEmptied) -> None:
    """Ends nothing."""
    await consultations.room_emptied(room=event.room)
