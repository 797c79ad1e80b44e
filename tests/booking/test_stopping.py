"""A clinic stops: nobody gets in, everybody booked is told and offered a way on."""

from datetime import datetime

import pytest

from booking import appeals, residents, schedules, service, stopping, visits, waiting
from booking.models import (
    Appointment,
    CancelledBy,
    Channel,
    Disruption,
    Payment,
    Pool,
    ServiceType,
    Slot,
    WaitingWish,
)
from booking.schemas import ClosureIn, HolidayIn
from booking.states import Remedy, Status, Wish
from core.errors import Conflict
from core.outbox import OutboxEntry
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot, sound, weekly

pytestmark = pytest.mark.usefixtures("staff", "clock")


@pytest.fixture
async def stopped(staff, clock):
    """county1's Wednesday morning was stopped, with one paid and one unpaid patient."""
    schedule = await new_schedule(fee_fen=1500)
    await weekly(schedule)
    slots = await Slot.filter(schedule_id=schedule.id, day=at(4, 9).date()).order_by("starts_at")
    paid, unpaid = await new_patients(2)
    who = await actor("village1")
    rows = [
        await service.hold(who, slot_id=slot.id, patient_id=p.id, channel=Channel.VILLAGE)
        for slot, p in zip(slots, (paid, unpaid), strict=False)
    ]
    await service.confirm(who, rows[0].id, Payment.ONLINE)
    entry = ClosureIn(starts_at=at(4, 0), ends_at=at(5, 0), reason="医生临时手术")
    closure = await stopping.stop(await actor("scheduler1"), schedule.id, entry)
    return schedule, closure, rows


async def told(row):
    return await Disruption.get(appointment_id=row.id)


async def test_everybody_booked_is_listed_and_nobody_gets_in(stopped):
    schedule, closure, rows = stopped
    for row in rows:
        now = await Appointment.get(id=row.id)
        assert (now.status, now.cancelled_by) == (Status.CANCELLED, CancelledBy.HOSPITAL)
    assert await Disruption.filter(closure_id=closure.id, remedy=Remedy.OPEN).count() == 2
    assert await OutboxEntry.filter(name="booking.AppointmentStopped").count() == 2
    slot = await Slot.filter(schedule_id=schedule.id, day=at(4, 9).date()).first()
    (patient,) = await new_patients(1)
    with pytest.raises(Conflict) as refused:
        await service.hold(
            await actor("village1"),
            slot_id=slot.id,
            patient_id=patient.id,
            channel=Channel.VILLAGE,
        )
    assert refused.value.code == "slot_stopped"
    await sound()


async def test_who_waits_for_a_place_of_that_day_is_told_too(staff, clock):
    schedule = await new_schedule()
    slot = await new_slot(schedule, at(4, 9), remaining=0)
    for patient in await new_patients(2):
        await waiting.join(
            await actor("village1"),
            schedule_id=schedule.id,
            day=slot.day,
            patient_id=patient.id,
            channel=Channel.VILLAGE,
        )
    entry = ClosureIn(starts_at=at(4, 0), ends_at=at(5, 0), reason="医生临时手术")
    await stopping.stop(await actor("scheduler1"), schedule.id, entry)
    assert await WaitingWish.filter(status=Wish.LAPSED).count() == 2
    said = await OutboxEntry.filter(name="booking.LineEnded")
    assert {datetime.fromisoformat(one.payload["starts_at"]) for one in said} == {at(4, 9)}
    assert len({one.payload["wish_id"] for one in said}) == 2


@pytest.mark.parametrize("elsewhere", [True, False])
async def test_a_doctor_who_is_away_is_away_everywhere_if_the_office_says_so(elsewhere):
    here = await new_schedule()
    online = await new_schedule(service_type=ServiceType.ONLINE)
    somebody = await new_schedule("county2", department="endocrinology")
    slots = [await new_slot(one, at(4, 9)) for one in (here, online, somebody)]
    rows = []
    for slot, patient in zip(slots, await new_patients(3), strict=True):
        rows.append(await residents.book(await actor("village1"), patient.id, slot.id))
    entry = ClosureIn(
        starts_at=at(4, 0), ends_at=at(5, 0), reason="医生临时手术", elsewhere=elsewhere
    )
    await stopping.stop(await actor("scheduler1"), here.id, entry)
    stopped = [(await Appointment.get(id=row.id)).status is Status.CANCELLED for row in rows]
    assert stopped == [True, elsewhere, False]
    await sound()


async def test_what_was_paid_goes_along_to_another_time(stopped):
    schedule, _, rows = stopped
    other = await Slot.filter(schedule_id=schedule.id, day=at(5, 9).date()).first()
    moved = await stopping.move(await actor("village1"), (await told(rows[0])).id, other.id)
    assert (moved.status, moved.payment) == (Status.BOOKED, Payment.ONLINE)
    unpaid = await stopping.move(await actor("village1"), (await told(rows[1])).id, other.id)
    assert unpaid.status is Status.HELD, "who had not paid still has to"
    assert (await Slot.get(id=other.id)).remaining == 0
    with pytest.raises(Conflict):
        await stopping.refund(await actor("village1"), (await told(rows[0])).id)
    await sound()


async def test_or_the_money_back(stopped):
    _, _, rows = stopped
    await stopping.refund(await actor("village1"), (await told(rows[0])).id)
    assert (await Appointment.get(id=rows[0].id)).refund_fen == 1500
    entry = await OutboxEntry.get(name="booking.RefundChosen")
    assert (entry.payload["refund_fen"], entry.payload["payment"]) == (1500, "online")
    await sound()


async def test_a_time_with_another_fee_wants_the_money_back_first(stopped):
    _, _, rows = stopped
    dearer = await new_schedule("county4", fee_fen=2000)
    with pytest.raises(Conflict) as refused:
        await stopping.move(
            await actor("village1"),
            (await told(rows[0])).id,
            (await new_slot(dearer, at(5, 9))).id,
        )
    assert refused.value.code == "other_fee"
    await sound()


async def test_from_a_free_clinic_to_one_with_a_fee_the_place_waits_for_its_payment(clock):
    free, (patient,) = await new_schedule(), await new_patients(1)
    who = await actor("village1")
    row = await service.hold(
        who,
        slot_id=(await new_slot(free, at(4, 9))).id,
        patient_id=patient.id,
        channel=Channel.VILLAGE,
    )
    entry = ClosureIn(starts_at=at(4, 0), ends_at=at(5, 0), reason="医生临时手术")
    await stopping.stop(await actor("scheduler1"), free.id, entry)
    dearer = await new_schedule("county4", fee_fen=2000)
    slot = await new_slot(dearer, at(5, 9))
    moved = await stopping.move(who, (await told(row)).id, slot.id)
    assert (moved.status, moved.payment) == (Status.HELD, Payment.PENDING)
    await sound()


async def test_the_stop_is_lifted_and_the_day_opens_again(stopped):
    schedule, closure, _ = stopped
    await stopping.lift(await actor("scheduler1"), closure.id)
    day = await Slot.filter(schedule_id=schedule.id, day=at(4, 9).date())
    assert all(slot.open and slot.remaining == slot.quota for slot in day)
    await sound()


async def test_a_holiday_closes_every_clinic_and_later_ones_are_not_even_built(clock):
    first, second = await new_schedule(), await new_schedule("county4")
    await weekly(first)
    entry = HolidayIn(first=at(4, 0).date(), last=at(5, 0).date(), reason="放假")
    await stopping.holiday(await actor("scheduler1"), entry)
    await weekly(second)
    assert not await Slot.filter(schedule_id=second.id, day=at(4, 9).date()).exists()
    assert not await Slot.filter(day=at(5, 9).date(), open=True).exists()
    assert await Slot.filter(day=at(6, 9).date(), open=True).count() == 16


async def test_unused_kept_places_return_and_nothing_is_lost(clock):
    schedule = await new_schedule()
    await weekly(schedule, weekdays=[1], opens=540, closes=600, public=1, grassroots=2)
    clock.moment = at(2, 9, 1)  # Tuesday nine o'clock is 24 h away, half past nine is not
    assert await schedules.return_quotas() == 1
    assert await schedules.return_quotas() == 0
    nine = await Slot.get(schedule_id=schedule.id, pool=Pool.PUBLIC, starts_at=at(3, 9))
    half = await Slot.get(schedule_id=schedule.id, pool=Pool.PUBLIC, starts_at=at(3, 9, 30))
    assert (nine.quota, half.quota) == (3, 1)
    assert sum(await Slot.filter(day=at(3, 9).date()).values_list("quota", flat=True)) == 6
    await sound()


async def test_an_upheld_appeal_lifts_the_block(clock):
    schedule, (patient,) = await new_schedule(), await new_patients(1)
    who = await actor("village1")
    for day in (3, 4, 5):
        slot = await new_slot(schedule, at(day, 9))
        row = await service.hold(
            who, slot_id=slot.id, patient_id=patient.id, channel=Channel.VILLAGE
        )
    clock.move(days=4)
    await visits.miss_due()
    row = await Appointment.get(id=row.id)
    made = await appeals.make(who, row, "路上大雪封山")
    with pytest.raises(Conflict):
        await appeals.make(who, row, "再说一次")
    slot = await new_slot(schedule, at(10, 9))
    with pytest.raises(Conflict) as blocked:
        await service.hold(who, slot_id=slot.id, patient_id=patient.id, channel=Channel.VILLAGE)
    assert blocked.value.code == "blocked"
    office = await actor("scheduler1")
    await appeals.decide(office, made.id, upheld=True, words="情况属实")
    with pytest.raises(Conflict):
        await appeals.decide(office, made.id, upheld=False, words="再想想")
    await service.hold(who, slot_id=slot.id, patient_id=patient.id, channel=Channel.VILLAGE)
    await sound()
