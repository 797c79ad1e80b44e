"""Online visits × conversations × rooms: who may talk where follows the visit's state."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import socketio

import chat.queries
import chat.service
import rtc.service
from care.encounter.events import (
    EncounterArrived,
    EncounterBegan,
    EncounterEnded,
    EncounterKindChanged,
    GuestJoined,
    GuestLeft,
)
from care.encounter.guests.models import EncounterGuest
from care.encounter.guests.states import GuestStatus
from care.encounter.guests.words import title
from care.encounter.models import Encounter, Kind
from care.encounter.states import TALKING
from care.encounter.steps import subject
from care.encounter.words import KINDS
from chat.models import Conversation
from chat.speakers import PersonKind
from core.outbox import outside
from people.masking import mask_name
from people.queries import practitioner


async def _conversation(encounter_id: str) -> Conversation:
    return await chat.service.start_conversation(subject=subject(encounter_id), title="在线复诊")


async def open_conversation(event: EncounterArrived) -> None:
    """From the waiting room on, the two can write to each other."""
    row = await Encounter.get(id=event.encounter_id).select_related("patient")
    if row.status not in TALKING:
        return
    conversation = await _conversation(event.encounter_id)
    doctor = await practitioner(row.practitioner_id)
    await chat.service.add_member(
        conversation,
        person_id=doctor.id,
        name=doctor.name,
        organization=doctor.organization_name,
    )
    await chat.service.add_member(
        conversation,
        person_id=row.patient_id,
        name=mask_name(row.patient.name),
        organization="居民",
        kind=PersonKind.RESIDENT,
    )
    await chat.service.say(conversation, "居民已进候诊室,可以先留言", key="arrived")


async def say_began(event: EncounterBegan) -> None:
    """A line in the conversation."""
    await chat.service.say(await _conversation(event.encounter_id), "复诊开始", key="began")


async def say_kind(event: EncounterKindChanged) -> None:
    """A line in the conversation, with the way in."""
    kind = KINDS[Kind(event.kind)]
    row = await Encounter.get(id=event.encounter_id)
    conversation = await _conversation(event.encounter_id)
    words = f"医生改成了{kind}" + (",请点“进视频”" if row.kind is Kind.VIDEO else "")
    await chat.service.say(conversation, words, key=f"kind-{conversation.last_seq}")


async def close_conversation(event: EncounterEnded) -> None:
    """Over: it can only be read."""
    conversation = await _conversation(event.encounter_id)
    await chat.service.say(conversation, "这次复诊结束了", key="ended")
    await chat.service.close_conversation(conversation)


@outside
async def close_room(event: EncounterEnded, *, sockets: socketio.AsyncServer) -> None:
    """Everybody leaves the video room; nobody enters it again."""
    await rtc.service.end_room(UUID(event.encounter_id), sockets=sockets)


async def welcome_guest(event: GuestJoined) -> None:
    """A third person reads and writes from now on; everybody is told who it is."""
    guest = await EncounterGuest.get(id=event.guest_id)
    conversation = await _conversation(event.encounter_id)
    if guest.status is not GuestStatus.JOINED:
        return
    await chat.service.add_member(
        conversation,
        person_id=guest.id,
        name=title(guest),
        kind=PersonKind.GUEST,
        from_now=not guest.history,
    )
    times = f"{guest.joined_at:%H%M%S}" if guest.joined_at else ""
    key = f"guest-{guest.id}-in-{times}"
    await chat.service.say(conversation, f"{title(guest)}来了,能看到现在说的话", key=key)


async def see_guest_out(event: GuestLeft) -> None:
    """They keep nothing: their page closes, and everybody is told."""
    guest = await EncounterGuest.get(id=event.guest_id)
    conversation = await _conversation(event.encounter_id)
    await chat.service.remove_member(conversation, person_id=guest.id)
    if event.how != GuestStatus.WITHDRAWN:
        word = "离开了" if event.how == GuestStatus.LEFT else "被移出了"
        times = f"{guest.ended_at:%H%M%S}" if guest.ended_at else ""
        key = f"guest-{guest.id}-out-{times}"
        await chat.service.say(conversation, f"{title(guest)}{word}", key=key)


@outside
async def empty_guest_seat(event: GuestLeft, *, sockets: socketio.AsyncServer) -> None:
    """Out of the video too, whatever tickets they still hold."""
    if event.how == GuestStatus.REMOVED:
        await rtc.service.remove_seat(
            UUID(event.encounter_id), UUID(event.guest_id), sockets=sockets
        )


async def last_words(practitioner_id: UUID, visits: Collection[UUID]) -> datetime | None:
    """When the doctor last wrote, spoke or sent something in these visits."""
    return await chat.queries.last_said(practitioner_id, [subject(one) for one in visits])
