"""The house falls over between two steps, and nothing is lost."""

import asyncio

import pytest
from aiohttp.test_utils import TestServer

from app.demo.people import practitioner_id
from app.main import create_app
from app.settings import SETTINGS
from care.documents.models import ArchivedDocument
from care.teleconsultation import reactions, reports
from care.teleconsultation.models import Seat
from care.teleconsultation.states import Status
from core import tickets
from core.blobs import STORE
from core.outbox import Dispatcher, OutboxEntry, OutboxStatus
from core.tickets import Right
from tests.care.teleconsultation.conftest import DECISION, OPINION


@pytest.fixture
def deaf(monkeypatch):
    """The house's own dispatcher delivers nothing, as if it had died after the commit."""

    async def deliver(self):
        return 0

    monkeypatch.setattr(Dispatcher, "deliver", deliver)
    return monkeypatch


async def rise_again(story, monkeypatch):
    """A new process over the same database and files."""
    monkeypatch.undo()
    settings = story.house.app[SETTINGS]
    await story.house.server.close()
    server = TestServer(create_app(settings))
    await server.start_server()
    story.house.server = server
    await story.come_back()


async def test_an_escalation_survives_a_dead_process(deaf, story, clock):
    consultation_id = await story.ask()
    clock.move(minutes=11)
    assert (await Seat.get(consultation_id=consultation_id)).round == 1
    await rise_again(story, deaf)
    await story.drain()
    seat = await Seat.get(consultation_id=consultation_id)
    assert seat.asked_id == practitioner_id("county4")


async def test_the_report_is_made_after_a_dead_process(deaf, story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.meet(consultation_id, "village1", "county1")
    await story.do("county1", f"{here}/closure")
    await story.do("county1", f"{here}/opinion", OPINION)
    await story.do("village1", f"{here}/decision", DECISION)
    assert await story.status(consultation_id) == Status.FEEDBACK
    waiting = OutboxEntry.filter(status=OutboxStatus.WAITING, name="care.decision_made")
    assert await waiting.count() == 1
    await rise_again(story, deaf)
    await story.drain()
    assert await story.status(consultation_id) == Status.ARCHIVED
    assert await ArchivedDocument.filter(subject_id=consultation_id).count() == 2


async def test_a_report_that_was_archived_twice_is_one_report(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.meet(consultation_id, "village1", "county1")
    await story.do("county1", f"{here}/closure")
    await story.do("county1", f"{here}/opinion", OPINION)
    await story.do("village1", f"{here}/decision", DECISION)
    await story.drain()
    store = story.house.app[STORE]
    await reports.archive_report(consultation_id, store=store, base_url="http://test")
    assert await ArchivedDocument.filter(subject_id=consultation_id).count() == 2


async def test_entering_twice_and_out_of_order_moves_nothing_twice(story):
    consultation_id = await story.ask()
    room = str(consultation_id)
    await story.do("county1", f"/consultations/{consultation_id}/acceptance")
    seats = [str(practitioner_id(name)) for name in ("village1", "county1")]
    await asyncio.gather(
        *(reactions.participant_entered(room=room, seat=seat) for seat in seats * 3)
    )
    assert await story.status(consultation_id) == Status.IN_SESSION
    await reactions.participant_left(room=room, seat=seats[0])
    await reactions.participant_left(room=room, seat=seats[0])
    assert await story.status(consultation_id) == Status.IN_SESSION
    unknown = "00000000-0000-0000-0000-000000000000"
    await reactions.participant_entered(room=unknown, seat=seats[0])


async def test_a_watching_supervisor_begins_no_session_and_is_seen(story):
    consultation_id = await story.ask()
    here = f"/consultations/{consultation_id}"
    await story.do("county1", f"{here}/acceptance")
    await story.enter("village1", consultation_id)
    answer = await story.ticket("supervisor1", consultation_id)
    ticket = tickets.check((await answer.json())["ticket"])
    assert (ticket.part, ticket.rights) == ("observer", {Right.SUBSCRIBE})
    supervisor = str(practitioner_id("supervisor1"))
    await reactions.participant_entered(room=str(consultation_id), seat=supervisor)
    assert await story.status(consultation_id) == Status.WAITING
    assert "督导旁听" in await story.read("village1", here)
