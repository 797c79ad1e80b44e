"""What residents see and do: clinics, days, times, their appointments, the line, the door."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.demo import people as demo
from booking import doors, residents, service, stopping, visits
from booking.models import (
    ActorKind,
    Appointment,
    CancelledBy,
    Channel,
    Closure,
    Payment,
    Pool,
    ServiceType,
    Slot,
)
from booking.schemas import ClosureIn, HolidayIn
from booking.states import Remedy, Status, Wish
from core import audit
from core.errors import Conflict, Invalid, NotFound
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot, sound

pytestmark = pytest.mark.usefixtures("staff", "clock")

WHO = audit.System(account_id=UUID(int=7), name="居民账号")


async def booked(slot, patient, payment=Payment.ONLINE):
    """A place of this patient, paid when it costs something."""
    row = await residents.book(WHO, patient.id, slot.id)
    return await service.confirm(WHO, row.id, payment) if row.status is Status.HELD else row


async def test_days_say_what_is_free_full_stopped_and_still_to_come(clock):
    schedule = await new_schedule()
    await new_slot(schedule, at(3, 9), places=2)
    await new_slot(schedule, at(3, 10), places=1)
    await new_slot(schedule, at(3, 11), places=9, pool=Pool.GRASSROOTS)
    await new_slot(schedule, at(4, 9), remaining=0)
    await new_slot(schedule, at(5, 9), open=False)
    await new_slot(schedule, at(6, 9), places=4, release_at=clock.moment + timedelta(hours=1))
    found = await residents.days(schedule.practitioner_id)
    assert [(d.day.day, d.state, d.remaining) for d in found] == [
        (3, "free", 3),
        (4, "full", 0),
        (5, "stopped", 0),
        (6, "soon", 0),
    ]
    assert found[3].releases_at == clock.moment + timedelta(hours=1)
    assert await residents.days(schedule_id=schedule.id) == found
    assert await residents.days(uuid4()) == []


async def test_slots_show_the_public_times_with_fee_place_and_needs(clock):
    echo = await new_schedule(
        kind=ActorKind.DEVICE,
        practitioner_id=None,
        service_type=ServiceType.EXAM,
        needs=["fasting"],
        fee_fen=12000,
    )
    later = await new_slot(echo, at(3, 10), places=3)
    first = await new_slot(echo, at(3, 9), remaining=0)
    await new_slot(echo, at(3, 9), pool=Pool.GRASSROOTS)
    await new_slot(echo, at(4, 9))
    found = await residents.slots(None, later.day, schedule_id=echo.id)
    assert [(s.id, s.state, s.remaining) for s in found] == [
        (first.id, "full", 0),
        (later.id, "free", 3),
    ]
    assert (found[0].fee_fen, found[0].pool, found[0].service_type) == (12000, "public", "exam")
    assert found[0].needs[0].key == "fasting"
    assert found[0].starts_at == first.starts_at
    assert found[0].cancel_until == at(2, 15)
    clock.moment = at(2, 15, 1)
    too_near = await residents.slots(None, later.day, schedule_id=echo.id)
    assert [one.cancel_until for one in too_near] == [None, None]
    clock.move(days=1, hours=2)
    assert [s.id for s in await residents.slots(None, later.day, schedule_id=echo.id)] == []


async def test_clinics_name_the_first_free_time(clock):
    busy = await new_schedule()
    idle = await new_schedule("county2", department="endocrinology")
    await new_slot(busy, at(3, 9), remaining=0)
    await new_slot(busy, at(4, 9), places=2)
    await new_slot(busy, at(5, 9), places=3)
    found = {c.schedule.id: c for c in await residents.clinics()}
    assert (found[busy.id].remaining, found[busy.id].next_at) == (5, at(4, 9))
    assert (found[idle.id].remaining, found[idle.id].next_at) == (0, None)
    assert found[busy.id].schedule.organization.name
    only = await residents.clinics(department="endocrinology")
    assert [c.schedule.id for c in only] == [idle.id]
    assert len(await residents.clinics(practitioner_ids=[busy.practitioner_id])) == 1


async def test_an_appointment_says_what_can_be_done_with_it(clock):
    schedule, (patient,) = await new_schedule(fee_fen=1500), await new_patients(1)
    slot = await new_slot(schedule, at(5, 9))
    held = await residents.book(WHO, patient.id, slot.id, key="k")
    view = await residents.appointment_view(held)
    assert (view.status, view.fee_fen, view.from_line) == (Status.HELD, 1500, False)
    assert view.cancel_until == held.hold_expires_at
    await service.confirm(WHO, held.id, Payment.ONLINE)
    view = await residents.appointment_view(await residents.appointment_of([patient.id], held.id))
    assert view.cancel_until == at(4, 15), "the working day before, 15:00"
    assert view.check_in_from == at(5, 7, 30)
    assert view.place == "门诊楼 2 层 203"
    assert view.organization_name
    assert view.queue is None
    assert view.remedy is None
    with pytest.raises(NotFound):
        await residents.appointment_of([uuid4()], held.id)
    clock.moment = at(4, 16)
    assert (
        await residents.appointment_view(await Appointment.get(id=held.id))
    ).cancel_until is None
    with pytest.raises(Conflict) as late:
        await residents.cancel(WHO, await Appointment.get(id=held.id))
    assert late.value.code == "too_late"


async def test_a_holiday_is_no_working_day_for_the_deadline(clock):
    schedule, (patient,) = await new_schedule(), await new_patients(1)
    slot = await new_slot(schedule, at(5, 9))
    row = await booked(slot, patient)
    entry = HolidayIn(first=at(3, 0).date(), last=at(4, 0).date(), reason="院庆")
    closure = await stopping.holiday(await actor("scheduler1"), entry)
    assert (await residents.appointment_view(row)).cancel_until == at(2, 15), "Monday"
    offered = await residents.slots(None, slot.day, schedule_id=schedule.id)
    assert [one.cancel_until for one in offered] == [at(2, 15)], "said before it is taken"
    await Closure.filter(id=closure.id).update(lifted_at=clock.moment)
    assert (await residents.appointment_view(row)).cancel_until == at(4, 15)
    await residents.cancel(WHO, row)
    assert (await residents.cancel(WHO, row)).status is Status.CANCELLED, "a repeat"
    await sound()


async def test_pages_of_appointments_leave_none_out(clock):
    people, rows = await new_patients(2), []
    for n in range(5):
        schedule = await new_schedule(name=f"诊室{n}", department=("tcm", "cardiology")[n % 2])
        slot = await new_slot(schedule, at(3 + n, 9))
        rows.append(await booked(slot, people[n % 2]))
    ids = [p.id for p in people]
    first = await residents.appointments(ids, limit=3)
    rest = await residents.appointments(ids, limit=3, after=(first[-1].starts_at, first[-1].id))
    assert [r.id for r in (*first, *rest)] == [r.id for r in reversed(rows)]
    await residents.cancel(WHO, rows[0])
    assert len(await residents.appointments(ids, live=True)) == 4
    assert [r.id for r in await residents.appointments(ids, live=False)] == [rows[0].id]
    assert len(await residents.appointment_views(first)) == 3


async def test_the_queue_counts_who_is_ahead_by_booked_time(clock):
    schedule, people = await new_schedule(), await new_patients(3)
    rows = [
        await booked(await new_slot(schedule, at(3, 9 + n)), patient)
        for n, patient in enumerate(people)
    ]
    clock.moment = at(3, 8, 45)
    code = doors.code_of(schedule.organization_id, schedule.department)
    last, middle = rows[1], rows[0]
    assert await residents.queue_place(last) is None
    with pytest.raises(Invalid):
        await residents.check_in(WHO, last, door="ABCDEFGH")
    with pytest.raises(Invalid):
        await residents.check_in(WHO, last)
    last = await residents.check_in(WHO, last, door=f" {code[:4]}-{code[4:].lower()} ")
    middle = await residents.check_in(WHO, middle, door=code)
    assert (await residents.check_in(WHO, middle, door="")).queue_number == 2, "a repeat"
    place = await residents.queue_place(last)
    assert (place.number, place.ahead, place.now) == (1, 1, None), "who came later is first by time"
    await visits.call_next(WHO, schedule.id, middle.day)
    place = (await residents.appointment_view(last)).queue
    assert (place.number, place.ahead, place.now) == (1, 0, 2)
    with pytest.raises(Conflict) as early:
        await residents.check_in(WHO, rows[2], door=code)
    assert early.value.code == "too_early"
    await sound()


async def test_an_online_visit_needs_no_door(clock):
    schedule, (patient,) = (
        await new_schedule(service_type=ServiceType.ONLINE),
        await new_patients(1),
    )
    row = await booked(await new_slot(schedule, at(3, 9)), patient)
    clock.moment = at(3, 8, 45)
    assert (await residents.check_in(WHO, row)).status is Status.CHECKED_IN


@pytest.mark.parametrize("fee_fen", [0, 1500])
async def test_an_offer_from_the_line_is_accepted_or_declined(clock, fee_fen):
    schedule, people = await new_schedule(fee_fen=fee_fen), await new_patients(3)
    slot = await new_slot(schedule, at(5, 9))
    row = await booked(slot, people[0])
    with pytest.raises(NotFound):
        await residents.join_line(WHO, people[1].id, schedule.id, at(9, 9).date())
    first, second = [
        await residents.join_line(WHO, p.id, schedule.id, slot.day) for p in people[1:]
    ]
    views = await residents.wishes([p.id for p in people])
    assert [(v.patient_id, v.position) for v in views] == [(people[1].id, 1), (people[2].id, 2)]
    with pytest.raises(Conflict) as early:
        await residents.accept(WHO, first)
    assert early.value.code == "no_offer"
    await residents.cancel(WHO, row)
    first = await residents.wish_of([people[1].id], first.id)
    offered = await Appointment.get(id=first.appointment_id)
    assert (await residents.appointment_view(offered)).from_line
    await residents.leave_line(WHO, first)
    with pytest.raises(Conflict) as over:
        await residents.accept(WHO, await residents.wish_of([people[1].id], first.id))
    assert over.value.code == "offer_over"
    second = await residents.wish_of([people[2].id], second.id)
    taken = await residents.accept(WHO, second)
    assert taken.status is (Status.HELD if fee_fen else Status.BOOKED)
    again = await residents.accept(WHO, await residents.wish_of([people[2].id], second.id))
    assert again.id == taken.id
    with pytest.raises(NotFound):
        await residents.wish_of([people[0].id], second.id)
    await sound()


async def test_who_waits_may_step_out(clock):
    schedule, people = await new_schedule(), await new_patients(2)
    slot = await new_slot(schedule, at(5, 9))
    await booked(slot, people[0])
    wish = await residents.join_line(WHO, people[1].id, schedule.id, slot.day)
    await residents.leave_line(WHO, wish)
    await residents.leave_line(WHO, await residents.wish_of([people[1].id], wish.id))
    assert (await residents.wish_of([people[1].id], wish.id)).status is Wish.LEFT
    assert await residents.wishes([people[1].id]) == []


async def test_after_a_stop_the_patient_chooses_another_time_or_the_money(clock):
    schedule, people = await new_schedule(fee_fen=1500), await new_patients(2)
    wednesday, thursday = [await new_slot(schedule, at(day, 9), places=3) for day in (4, 5)]
    elsewhere = await new_slot(await new_schedule(name="别科", department="tcm"), at(5, 9))
    rows = [await booked(wednesday, patient) for patient in people]
    with pytest.raises(Conflict):
        await residents.choose_refund(WHO, rows[0])
    entry = ClosureIn(starts_at=at(4, 0), ends_at=at(5, 0), reason="医生临时手术")
    await stopping.stop(await actor("scheduler1"), schedule.id, entry)
    rows = [await residents.appointment_of([row.patient_id], row.id) for row in rows]
    view = await residents.appointment_view(rows[0])
    assert (view.cancelled_by, view.remedy.state) == (CancelledBy.HOSPITAL, Remedy.OPEN)
    with pytest.raises(NotFound):
        await residents.choose_move(WHO, rows[0], elsewhere.id)
    moved = await residents.choose_move(WHO, rows[0], thursday.id)
    assert (moved.status, moved.payment, moved.channel) == (
        Status.BOOKED,
        Payment.ONLINE,
        Channel.RESIDENT,
    )
    assert (await residents.choose_move(WHO, rows[0], thursday.id)).id == moved.id, "a repeat"
    with pytest.raises(Conflict):
        await residents.choose_refund(WHO, rows[0])
    refunded = await residents.choose_refund(WHO, rows[1])
    assert refunded.refund_fen == 1500
    assert (await residents.choose_refund(WHO, rows[1])).refund_fen == 1500, "a repeat"
    assert (await residents.appointment_view(rows[0])).remedy.moved_to_id == moved.id
    assert (await Slot.get(id=thursday.id)).remaining == 2
    await sound()


def test_each_door_has_a_code_of_its_own(keys):
    house = demo.organization_id("YH-H1")
    codes = {doors.code_of(house, name) for name in ("cardiology", "tcm", "neurology")}
    assert len(codes) == 3
    assert all(len(code) == doors.LENGTH for code in codes)
