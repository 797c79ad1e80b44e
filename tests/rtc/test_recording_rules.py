"""Who must agree, who may stop, and what newcomers do to a recording; without a node."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from core import clock, tickets
from core.errors import Conflict, Forbidden, Problem
from core.states import after, mermaid
from rtc import presence, queries, recordings, signals
from rtc.models import (
    LIVE,
    RECORDING,
    Participant,
    Recording,
    RecordingFile,
    RecordingStatus,
    Room,
    Stretch,
)
from tests.rtc.tabs import ALL, WATCH, ticket

S = RecordingStatus
ACTIONS = sorted({action for _, action in RECORDING})


@pytest.fixture
def room(database: str) -> UUID:
    return uuid4()


async def sit(room: UUID, seat: int, **said: Any) -> Participant:
    seating = await presence.take_seat(
        tickets.check(ticket(room, seat, **said)),
        session=f"{seat:032d}",
        socket=f"socket{seat}",
        process="here",
    )
    return seating.participant


async def status(room: UUID) -> RecordingStatus:
    found = await Recording.filter(room_id=room).order_by("-asked_at").first()
    assert found is not None
    return found.status


async def ended_stretch(room: UUID) -> None:
    """The node has confirmed that it does not write any more."""
    await Recording.filter(room_id=room).update(part_state=Stretch.NONE)


@pytest.mark.parametrize("state", list(RecordingStatus))
@pytest.mark.parametrize("action", ACTIONS)
def test_the_table_allows_its_moves_and_no_other(state: RecordingStatus, action: str) -> None:
    if (state, action) in RECORDING:
        assert after(RECORDING, state, action) == RECORDING[state, action]
    else:
        with pytest.raises(Conflict):
            after(RECORDING, state, action)


def test_the_page_shows_the_table() -> None:
    page = Path(__file__).parents[2] / "docs" / "states" / "recording.md"
    assert f"```mermaid\n{mermaid(RECORDING)}\n```" in page.read_text()


async def test_alone_one_records_at_once(room: UUID) -> None:
    await recordings.ask(await sit(room, 1))
    assert await status(room) == S.ON


async def test_everybody_present_must_agree_observers_too(room: UUID) -> None:
    first, second = await sit(room, 1), await sit(room, 2)
    observer = await sit(room, 3, part="observer", rights=WATCH)
    with pytest.raises(Forbidden):
        await recordings.ask(observer)
    await recordings.ask(first)
    with pytest.raises(Conflict):
        await recordings.ask(second)
    await recordings.vote(second, agreed=True)
    shown = (await queries.snapshot(room)).recording
    assert (shown.state, shown.waiting_for) == ("asked", [observer.seat])
    await recordings.vote(observer, agreed=True)
    assert await status(room) == S.ON
    with pytest.raises(Conflict):
        await recordings.vote(observer, agreed=True)


async def test_whoever_is_cut_off_must_agree_as_well(room: UUID) -> None:
    first, second = await sit(room, 1), await sit(room, 2)
    await presence.lose("socket2")
    await recordings.ask(first)
    assert await status(room) == S.ASKED
    await presence.give_up(room, second.seat, second.session, why="left")
    assert await recordings.review(room)
    assert await status(room) == S.ON


async def test_a_newcomer_pauses_until_agreeing(room: UUID) -> None:
    first = await sit(room, 1)
    await recordings.ask(first)
    late = await sit(room, 2)
    assert await recordings.review(room)
    assert await status(room) == S.PAUSED
    await recordings.vote(late, agreed=True)
    assert await status(room) == S.PAUSED, "the stretch before has not ended yet"
    await ended_stretch(room)
    await recordings.review(room)
    found = await recordings.live(room)
    assert found is not None
    assert (found.status, found.part) == (S.ON, 2)


async def test_a_newcomer_who_refuses_ends_it(room: UUID) -> None:
    await recordings.ask(await sit(room, 1))
    late = await sit(room, 2)
    await recordings.review(room)
    await recordings.vote(late, agreed=False)
    assert await status(room) == S.STOPPED
    assert (await queries.snapshot(room)).recording.state == "off"


async def test_whoever_agreed_may_come_back_without_a_pause(room: UUID) -> None:
    first, second = await sit(room, 1), await sit(room, 2)
    await recordings.ask(first)
    await recordings.vote(second, agreed=True)
    await presence.give_up(room, second.seat, second.session, why="left")
    await recordings.review(room)
    await sit(room, 2)
    assert not await recordings.review(room)
    assert await status(room) == S.ON


async def test_anybody_stops_it_and_an_empty_room_does(room: UUID) -> None:
    first = await sit(room, 1)
    observer = await sit(room, 3, part="observer", rights=WATCH)
    await recordings.ask(first)
    await recordings.vote(observer, agreed=True)
    await recordings.stop(observer)
    assert await status(room) == S.STOPPED
    with pytest.raises(Conflict):
        await recordings.stop(first)
    await ended_stretch(room)
    await presence.give_up(room, observer.seat, observer.session, why="left")
    await recordings.ask(first)
    await presence.give_up(room, first.seat, first.session, why="left")
    await recordings.review(room)
    assert await status(room) == S.STOPPED
    assert not await Recording.filter(room_id=room, status__in=LIVE).exists()


async def test_two_ask_at_once_and_one_is_told(room: UUID) -> None:
    first, second = await sit(room, 1), await sit(room, 2)

    async def ask(person: Participant) -> str:
        try:
            await recordings.ask(person)
        except Problem as problem:
            return problem.code
        return "asked"

    assert sorted(await asyncio.gather(ask(first), ask(second))) == ["asked", "recording_exists"]


async def test_files_told_twice_are_kept_once(room: UUID) -> None:
    person = await sit(room, 1)
    await recordings.ask(person)
    found = await recordings.live(room)
    assert found is not None
    name = recordings.name_of(found)
    file = signals.RecordedFile(
        name=f"{name}.webm",
        seat=str(person.seat),
        sources=["microphone"],
        started_at=1.0,
        duration_s=2.0,
        bytes=3,
        codecs=["opus"],
    )
    for length in (2.0, 2.5):
        again = file.model_copy(update={"duration_s": length})
        assert await recordings.keep_files("http://node", name, [again]) == room
    (kept,) = await RecordingFile.all()
    assert kept.duration_s == 2.5
    for strange in ("", "nonsense", f"{uuid4().hex}-1", "../../etc/passwd"):
        assert await recordings.keep_files("http://node", strange, [file]) is None
    foreign = file.model_copy(update={"name": "x.webm", "seat": "not-a-seat"})
    await recordings.keep_files("http://node", name, [foreign])
    assert await RecordingFile.all().count() == 1


async def test_an_ended_room_records_no_more(room: UUID) -> None:
    person = await sit(room, 1)
    await recordings.ask(person)
    await Room.filter(id=room).update(ended_at=clock.now())
    await recordings.end_all(room)
    assert await status(room) == S.STOPPED
    with pytest.raises(Problem):
        await sit(room, 2, rights=ALL)
