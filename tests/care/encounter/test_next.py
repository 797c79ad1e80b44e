"""The day that a note names becomes a place with the same doctor, kept for the resident."""

from datetime import timedelta

from booking.models import Appointment, ServiceType, Slot
from core import clock as time
from tests.booking.conftest import at, new_schedule, new_slot
from tests.care.encounter.conftest import desk, noted
from tests.care.encounter.test_note import visit
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import heard, until

__all__ = ["desk", "phone", "visit"]


async def next_place():
    await until(Appointment.filter(key__startswith="offer:NextVisit/").count, bool)
    return await Appointment.get(key__startswith="offer:NextVisit/").select_related("schedule")


async def test_the_same_doctor_on_the_day_named_and_the_resident_takes_it(visit, desk):
    li, _, here = visit
    other = await new_schedule("county2", name="孙雅琴")
    await new_slot(other, at(5, 9))
    mine = await new_schedule("county1")
    for hour, day in ((9, 3), (10, 6)):
        await new_slot(mine, at(day, hour))
    day = (time.today() + timedelta(days=4)).isoformat()
    done = await noted(desk, here, next_on=day, next_way="clinic")
    assert done.status == 303, await done.text()
    kept = await next_place()
    assert (kept.schedule_id, kept.starts_at) == (mine.id, at(6, 10))
    await heard(li, "给您留了下次复诊的号")
    taken = await li.post(f"/appointments/{kept.id}/acceptance")
    assert taken.body["status"] in ("booked", "held")


async def test_a_day_that_is_not_open_yet_is_kept_when_it_opens(visit, desk, clock):
    _, _, here = visit
    day = time.today() + timedelta(days=20)
    await noted(desk, here, next_on=day.isoformat(), next_way="clinic")
    mine = await new_schedule("county1")
    slot = await new_slot(mine, at(day.day, 9))
    await Slot.filter(id=slot.id).update(release_at=time.now())
    assert await Appointment.filter(key__startswith="offer:NextVisit/").count() == 0
    clock.move(days=8)
    kept = await next_place()
    assert kept.schedule.service_type is ServiceType.VISIT
    assert kept.starts_at == at(day.day, 9)
