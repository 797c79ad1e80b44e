"""Family-doctor teams × conversations: who may write follows the contract and the team.

Every reaction asks what is true now (`present`) and brings the conversation there, so that they may
run twice and in any order.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

import structlog
from aiohttp import web

import chat.service
from chat import standing
from chat.draft import Said
from chat.models import Conversation, Member
from chat.pen import PEN
from chat.speakers import PersonKind
from core import clock, db, outbox
from core.live import HINT, Hint
from core.outbox import outside
from family_doctor.contracts.events import ContractActivated, ContractEnded
from family_doctor.policy import params
from family_doctor.talks import queries, words
from family_doctor.talks.access import subject
from family_doctor.talks.events import TalkOpened, TalkUnread
from family_doctor.talks.models import TeamTalk
from family_doctor.talks.queries import Present
from family_doctor.talks.seams import Heard
from family_doctor.teams.events import TeamChanged
from people.actor import Actor

log = structlog.get_logger(__name__)

KIND: Final = "TeamTalk"
REMEMBERED: Final = 10_000


async def open_conversation(event: TalkOpened) -> None:
    """Both sides can write from now on."""
    await bring(UUID(event.talk_id))


async def follow_contract(event: ContractActivated | ContractEnded) -> None:
    """A contract began, ended or changed: so do the talks of this resident with any team."""
    for talk_id in await queries.of_patient(UUID(event.patient_id)):
        await bring(talk_id)


@outside
async def follow_team(event: TeamChanged) -> None:
    """Somebody has joined or left: each talk of the team by itself."""
    for talk_id in await queries.of_team(UUID(event.team_id)):
        async with db.atomic():
            await bring(talk_id)


async def bring(talk_id: UUID) -> None:
    """Bring one conversation to what is true now. Whoever is not in the team any more, and
    everybody of the team after the contract, finds it no more; the resident keeps reading."""
    now = await queries.present(talk_id)
    talk, name = now.talk, subject(talk_id)
    conversation = await chat.service.start_conversation(subject=name, title="家庭医生团队")
    if now.running and await chat.service.reopen_conversation(conversation):
        await chat.service.say(conversation, words.AGAIN, key=f"again-{conversation.last_change}")
    await chat.service.add_member(
        conversation,
        person_id=talk.patient_id,
        name=talk.patient.name,
        organization="居民",
        kind=PersonKind.RESIDENT,
    )
    await chat.service.say(conversation, words.BEGUN, key="begun")
    await _seat_team(conversation, now)
    if not now.running:
        fresh = await Conversation.get(id=conversation.id)
        if fresh.closed_at is None:
            await chat.service.say(fresh, words.ENDED, key=f"ended-{fresh.last_change}")
            await chat.service.close_conversation(fresh)


async def _seat_team(conversation: Conversation, now: Present) -> None:
    rows = Member.filter(conversation_id=conversation.id, kind=PersonKind.STAFF, left_at=None)
    there = {row.person_id for row in await rows}
    wanted = {one.practitioner_id: one for one in now.members}
    for person_id in there - set(wanted):
        await chat.service.remove_member(conversation, person_id=person_id, keeps=False)
    for person_id, one in wanted.items():
        if person_id not in there:
            await chat.service.add_member(
                conversation,
                person_id=person_id,
                name=one.practitioner.name,
                organization=one.practitioner.organization.short_name,
            )


async def inbox(actor: Actor) -> list[Heard]:
    """What residents have written to the actor's teams: who waits longest first, then the rest."""
    found = await standing.last_said(actor.practitioner_id, KIND)
    talks = await queries.loaded([one.about for one in found])
    heard = [await _heard(one, talks[one.about]) for one in found if one.about in talks]
    waiting = [one for one in heard if one.waits_since]
    waiting.sort(key=lambda one: (one.waits_since or clock.now(), str(one.talk_id)))
    return waiting + [one for one in heard if not one.waits_since]


async def _heard(one: standing.Last, talk: TeamTalk) -> Heard:
    since = one.waits_since
    if since is not None and talk.settled_seq:
        later = talk.settled_seq < one.seq
        settled = await standing.first_after(one.id, talk.settled_seq) if later else None
        since = max(since, settled) if settled else None
    return Heard(
        talk_id=talk.id,
        last_at=one.at,
        last_by=one.by,
        last_words=one.words,
        unread=one.unread,
        waits_since=since,
        waits_seq=one.seq,
    )


async def waiting(actor: Actor) -> int:
    """For the navigation: how many residents wait for an answer."""
    found = await standing.last_said(actor.practitioner_id, KIND)
    asked = [one for one in found if one.waits_since]
    settled = await queries.settled([one.about for one in asked])
    return sum(one.seq > settled.get(one.about, 0) for one in asked)


class Listener:
    """Hears what is said in this process: the team's pages look again, and what the team wrote is
    looked after, in case the resident is away. Nobody who writes waits for it. Lost with its
    process, found again by `sweep`."""

    def __init__(self, hint: Hint) -> None:
        self._hint = hint
        self._said: asyncio.Queue[Said] = asyncio.Queue()
        self._talks: OrderedDict[UUID, tuple[UUID, UUID] | None] = OrderedDict()

    async def listen(self, kept: Sequence[Said]) -> None:
        """Messages that were kept just now."""
        for said in kept:
            if not said.again and self._talks.get(said.conversation_id, ()) is not None:
                self._said.put_nowait(said)

    async def run(self) -> None:
        """Pass on what was heard, until cancelled."""
        while True:
            said = await self._said.get()
            try:
                if found := await self._talk(said.conversation_id):
                    await self._pass_on(said, *found)
            except Exception as problem:  # found again by `sweep`; pages ask by themselves
                log.error("talk_not_passed_on", error=type(problem).__name__)

    async def _talk(self, conversation_id: UUID) -> tuple[UUID, UUID] | None:
        """Talk and patient behind a conversation, None for another kind; remembered."""
        if conversation_id not in self._talks:
            self._talks[conversation_id] = await _talk_behind(conversation_id)
            if len(self._talks) > REMEMBERED:
                self._talks.popitem(last=False)
        return self._talks[conversation_id]

    async def _pass_on(self, said: Said, talk_id: UUID, patient_id: UUID) -> None:
        if said.author_id != patient_id:
            await look_later(talk_id)
        rows = Member.filter(
            conversation_id=said.conversation_id, kind=PersonKind.STAFF, left_at=None
        )
        for member in await rows:
            topic = f"staff:{member.person_id}"
            await self._hint(topic, "family_doctor.TalkHeard", id=str(talk_id))


async def _talk_behind(conversation_id: UUID) -> tuple[UUID, UUID] | None:
    row = await Conversation.get_or_none(id=conversation_id, subject__startswith=f"{KIND}/")
    talk = await TeamTalk.get_or_none(id=row.subject.partition("/")[2]) if row else None
    return (talk.id, talk.patient_id) if talk else None


async def look_later(talk_id: UUID) -> None:
    """In a while, see whether the resident has read what the team wrote."""
    event = TalkUnread(talk_id=str(talk_id))
    due_at = clock.now() + params().talk_away
    key = f"team-talk-unread:{talk_id}"
    await outbox.schedule(event, due_at=due_at, key=key, subject=subject(talk_id))


async def listening(app: web.Application) -> AsyncIterator[None]:
    """While the application runs."""
    listener = Listener(app[HINT])
    work = asyncio.create_task(listener.run())
    PEN.listeners.add(listener.listen)
    yield
    PEN.listeners.discard(listener.listen)
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work


_UNREAD: Final = """
SELECT c.subject FROM chat_conversation AS c JOIN chat_member AS p ON p.conversation_id = c.id
WHERE c.subject LIKE 'TeamTalk/%' AND c.closed_at IS NULL AND p.kind = 'resident'
  AND p.left_at IS NULL AND p.read_seq < c.last_seq
"""


async def sweep() -> None:
    """Look after what a process that died had heard and not passed on; nobody is told twice."""
    for row in await db.fetch(_UNREAD):
        talk_id = row["subject"].partition("/")[2]
        if not await outbox.OutboxEntry.exists(key=f"team-talk-unread:{talk_id}"):
            await look_later(UUID(talk_id))
