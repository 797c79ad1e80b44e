"""The only door to a conversation: being a member of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from aiohttp import web

from chat import speakers
from chat.models import NOTHING, Conversation, Member
from chat.speakers import Speaker
from chat.store import MISSING, closed, read_only
from core.audit import Whose
from core.errors import NotFound
from core.gathering import Gathered
from people.actor import Actor
from people.residents import access as residents
from people.residents.actor import Resident
from people.residents.models import Scope

About = Callable[[str], Awaitable[Whose]]
ABOUT: Final[web.AppKey[About]] = web.AppKey("chat_about")
"""Whose record a conversation's subject belongs to; bound by the composition root."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A conversation and the speaker's place in it."""

    conversation: Conversation
    member: Member

    @property
    def readable_until(self) -> int | None:
        """The last message this member may read; None means all."""
        return self.member.left_seq

    def require_writing(self) -> None:
        """Raise Forbidden for those who only watch or have left, and when it is closed."""
        if self.conversation.closed_at is not None:
            raise closed()
        if not self.member.may_write or self.member.left_at is not None:
            raise read_only()


async def open_conversation(speaker: Speaker, conversation_id: UUID) -> Seat:
    """Open by id. Raises NotFound, the same for a missing one and for somebody else's."""
    return _seat(await _members.ask((conversation_id, frozenset({speaker.person_id}))))


async def open_by_subject(speaker: Speaker, subject: str) -> Seat:
    """Open by what it is about. Raises NotFound."""
    member = await Member.get_or_none(
        conversation__subject=subject, person_id=speaker.person_id
    ).select_related("conversation")
    return _seat(member)


async def seat_for(who: Actor | Resident, conversation_id: UUID) -> tuple[Speaker, Seat]:
    """As whom a signed-in person speaks there, and their place.

    Staff speak for themselves. A resident's account speaks for a patient whose bond says "chat",
    or as itself where it was invited as a relative; of several members for the one who joined
    first. Raises NotFound.
    """
    if isinstance(who, Actor):
        speaker = speakers.staff(who)
        return speaker, await open_conversation(speaker, conversation_id)
    persons = await residents.own_patient_ids(who, Scope.CHAT) | {who.account_id}
    seat = _seat(await _members.ask((conversation_id, frozenset(persons))))
    return speakers.resident(who, patient_id=seat.member.person_id), seat


_Asked = tuple[UUID, frozenset[UUID]]


async def _read(asked: Sequence[_Asked]) -> list[Member | None]:
    """Of each conversation the member among these persons: thousands come back at once."""
    rows = await (
        Member.filter(
            conversation_id__in={conversation for conversation, _ in asked},
            person_id__in={person for _, persons in asked for person in persons},
        )
        .order_by("id")
        .select_related("conversation")
    )
    found: dict[UUID, list[Member]] = {}
    for row in rows:
        found.setdefault(row.conversation.id, []).append(row)
    return [
        next((row for row in found.get(conversation, []) if row.person_id in persons), None)
        for conversation, persons in asked
    ]


_members: Final = Gathered(_read)


def _seat(member: Member | None) -> Seat:
    if member is None or member.left_seq == NOTHING:
        raise NotFound("not_found", MISSING)
    return Seat(member.conversation, member)
