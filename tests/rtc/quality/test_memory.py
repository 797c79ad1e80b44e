"""From reports to the row that the county keeps, on a real socket and in the database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app import reactions
from app.demo.people import organization_id, practitioner_id
from core import clock as time
from core.outbox import Dispatcher, OutboxEntry
from rtc.quality import rules, service
from rtc.quality.models import CallQuality, QualitySample
from tests.plumbing.clocks import HeldClock
from tests.plumbing.house import House
from tests.rtc.quality.reports import heard, report, said
from tests.rtc.tabs import Tab, ticket

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.fixture
def room() -> UUID:
    return uuid4()


@pytest.fixture
async def tab(house: House, room: UUID) -> AsyncIterator[Tab]:
    one = await Tab().connect(house.address, ticket(room))
    await one.ask("join")
    yield one
    if one.socket.connected:
        await one.vanish()


async def test_a_report_is_answered_with_bars(tab: Tab) -> None:
    answer = await tab.ask("quality", said(heard=[heard(2), heard(3, lost=80, concealed=0.3)]))
    assert answer["line"]["level"] == 4
    levels = {seat: one["level"] for seat, one in answer["heard"].items()}
    assert levels == {str(UUID(int=2)): 4, str(UUID(int=3)): 1}


async def test_whoever_reports_too_often_is_not_heard(tab: Tab, room: UUID) -> None:
    assert "line" in await tab.ask("quality", said())
    for _ in range(5):
        assert await tab.ask("quality", said()) == {"ok": True}
    await tab.ask("leave")
    (sample,) = await QualitySample.filter(room_id=room)
    assert sample.seconds == 5


async def test_a_minute_is_kept_on_leaving_and_on_vanishing(
    house: House, tab: Tab, room: UUID
) -> None:
    await tab.ask("quality", said())
    assert not await QualitySample.filter(room_id=room).exists(), "a minute is not over"
    other = await Tab().connect(house.address, ticket(room, 2))
    await other.ask("join")
    await other.ask("quality", said(heard=[heard(1)]))
    await other.vanish()
    await tab.ask("leave")
    async with asyncio.timeout(15):
        while await QualitySample.filter(room_id=room).count() < 2:
            await asyncio.sleep(0.05)
    assert {row.seat for row in await QualitySample.filter(room_id=room)} == {ONE, TWO}


async def test_nobody_measures_longer_than_the_time_that_passed(tab: Tab, room: UUID) -> None:
    await tab.ask("quality", said())
    async with asyncio.timeout(15):
        while not (await tab.ask("quality", said(seconds=120))).get("line"):
            await asyncio.sleep(0.2)
    await tab.ask("leave")
    (sample,) = await QualitySample.filter(room_id=room)
    assert 5 < sample.seconds < 5 + 16


@pytest.fixture
def doctor() -> UUID:
    return practitioner_id("village1")


async def test_a_call_becomes_one_row(house: House, clock: HeldClock, doctor: UUID) -> None:
    room = uuid4()
    for minute in range(10):
        bad = minute in (3, 4)
        await service.remember(
            room,
            doctor,
            report(
                seconds=60,
                path="relayed" if minute < 4 else "direct",
                rtt_ms=60 + minute,
                sent={"packets": 700 if bad else 1000, "lost": 300 if bad else 0, "kbps": 600},
                heard=[heard(2, freezes=1 if bad else 0, frozen_s=6 if bad else 0)],
            ),
        )
        clock.move(seconds=60)
    dispatcher = Dispatcher(reactions.bind(house.app))
    await dispatcher.drain()
    assert not await CallQuality.exists(), "the call may go on"
    clock.move(seconds=service.SETTLED.total_seconds())
    await dispatcher.drain()
    row = await CallQuality.get(room_id=room)
    assert row.organization_id == organization_id("YH-T1-V1")
    assert (row.seconds, row.bad_s, row.relayed_s) == (600, 120, 240)
    assert (row.freezes, row.frozen_s) == (2, 12)
    assert row.rtt_ms == 64
    assert row.loss_up == 0
    assert row.voice_score
    assert row.voice_score > 4.2
    assert row.worst_score
    assert row.worst_score < 2
    assert await OutboxEntry.filter(name="rtc.call_measured").count() == 1


async def test_coming_back_renews_the_row(house: House, clock: HeldClock, doctor: UUID) -> None:
    room = uuid4()
    for _ in range(2):
        await service.remember(room, doctor, report(seconds=60), farewell=True)
        clock.move(seconds=10)
        await Dispatcher(reactions.bind(house.app)).drain()
    assert (await CallQuality.get(room_id=room)).seconds == 120


async def test_people_who_are_no_staff_belong_to_no_clinic(house: House) -> None:
    room, stranger = uuid4(), uuid4()
    await service.remember(room, stranger, report(seconds=60))
    row = await service.sum_up(room, stranger)
    assert row
    assert row.organization_id is None
    assert await service.sum_up(uuid4(), stranger) is None


async def test_the_line_of_the_other_side_is_not_blamed_on_mine(house: House) -> None:
    room = uuid4()
    weak = {"packets": 710, "lost": 290, "kbps": 300}
    await service.remember(room, TWO, report(seconds=60, sent=weak, heard=[heard(1)]))
    sample = await service.remember(room, ONE, report(seconds=60, heard=[heard(2, lost=75)]))
    assert sample.loss_down == 0
    assert sample.voice_score
    assert sample.voice_score > 4.2


async def test_old_things_are_forgotten(house: House, clock: HeldClock) -> None:
    room = uuid4()
    await service.remember(room, ONE, report(seconds=60))
    await service.sum_up(room, ONE)
    clock.move(days=40)
    kept = {"samples": timedelta(days=30), "calls": timedelta(days=365)}
    await service.forget_old(**kept)
    assert not await QualitySample.exists()
    assert await CallQuality.filter(room_id=room).exists()
    clock.move(days=360)
    await service.forget_old(**kept)
    assert not await CallQuality.exists()


def test_the_median_is_over_time() -> None:
    assert rules.median([(1, 10), (2, 60), (9, 30)]) == 2
    assert rules.median([(1, 10)]) == 1
    assert rules.median([]) is None


def test_a_cut_minute_is_a_bad_one() -> None:
    good = QualitySample(seconds=60, cut_s=0, voice_score=4.3, at=time.now())
    cut = QualitySample(seconds=60, cut_s=20, voice_score=4.3, at=time.now())
    assert [rules.is_bad(one) for one in (good, cut)] == [False, True]
