"""Processes are killed at random during a release; afterwards everything agrees."""

import asyncio
import json
import random
import sys
from contextlib import suppress
from datetime import timedelta

from bench.media.server import free_port
from booking.models import Appointment, Slot
from booking.states import Status
from core import clock
from tests.booking.conftest import new_patients, new_schedule, new_slot, sound

KILLS = 3


async def open_door(database_url, port):
    door = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.booking.door", database_url, str(port)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    async with asyncio.timeout(60):
        assert await door.stdout.readline() == b"ready\n"
    return door


async def close_door(door):
    with suppress(ProcessLookupError):
        door.kill()
    await door.wait()


async def test_killed_processes_leave_nothing_half_done(staff, database):
    schedule = await new_schedule(fee_fen=1500)
    first = clock.now() + timedelta(days=2)
    slots = [
        await new_slot(schedule, first + timedelta(minutes=30 * n), places=5) for n in range(8)
    ]
    people = await new_patients(150)
    given = {
        "slots": [str(s.id) for s in slots],
        "residents": [{"patient": str(p.id)} for p in people],
    }
    port, dice = free_port(), random.Random()
    door = await open_door(database, port)
    crowd = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.booking.crowd", str(port), "3"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        answers = asyncio.create_task(crowd.communicate(json.dumps(given).encode()))
        for _ in range(KILLS):
            wanted = await Appointment.all().count() + dice.randint(2, 8)
            async with asyncio.timeout(60):
                while await Appointment.all().count() < min(wanted, 38) and not answers.done():
                    await asyncio.sleep(0.005)
            await close_door(door)
            await sound()
            door = await open_door(database, port)
        async with asyncio.timeout(120):
            said = json.loads((await answers)[0])
    finally:
        await close_door(door)
        with suppress(ProcessLookupError):
            crowd.kill()
        await crowd.wait()
    held = await Appointment.filter(status=Status.HELD)
    assert len(held) == 40, "every place is sold"
    assert len({row.patient_id for row in held}) == 40, "to somebody else each"
    assert {str(row.id) for row in held} >= set(said["won"]), "what was answered is kept"
    assert {str(row.id) for row in held} == set(said["won"]), "a repeat with its key finds its own"
    assert sum(await Slot.all().values_list("remaining", flat=True)) == 0
    assert "unreachable" not in said["answers"]
    await sound()
