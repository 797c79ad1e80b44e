"""The outpatient office stops a doctor on the pages: everybody is listed, told and helped on."""

import pytest

from app.demo import booking as clinics
from app.demo import people as demo
from app.demo.places import demo_id
from booking import residents
from booking.models import Appointment, Closure, Disruption, ServiceType, Slot
from booking.states import Remedy, Status
from core.audit import AuditEvent
from core.outbox import OutboxEntry
from people.models import Patient
from tests.booking.conftest import actor, at, new_schedule, new_slot, sound
from tests.care.teleconsultation.conftest import words_of

COUNTY1 = demo_id("schedule", "county1")
STOP = {"starts_at": "2026-11-04T08:00", "ends_at": "2026-11-04T18:00", "reason": "外出会诊"}


@pytest.fixture
async def office(clock, house):
    """The office's browser, with the demo's clinics of the next days."""
    await demo.move_in_residents()
    await clinics.create(None)
    return await house.signed_in("scheduler1")


async def read(visitor, path):
    answer = await visitor.get(path)
    assert answer.status == 200, path
    return await answer.text()


async def taken(schedule_id, patient):
    slot = (
        await Slot.filter(
            schedule_id=schedule_id, pool="public", starts_at__gte=at(4, 9), day=at(4, 9).date()
        )
        .order_by("starts_at")
        .first()
    )
    return await residents.book(await actor("village1"), patient.id, slot.id)


async def online():
    """The same doctor's clinic by video."""
    made = await new_schedule("county1", service_type=ServiceType.ONLINE)
    await new_slot(made, at(4, 9))
    return made


async def test_a_doctor_is_stopped_with_all_clinics_and_everybody_is_helped_on(office):
    other = await online()
    patients = await Patient.filter(birth_date__lt="1970-01-01").order_by("id").limit(2)
    rows = [
        await taken(where, one) for where, one in zip((COUNTY1, other.id), patients, strict=True)
    ]
    page = await read(office, f"/schedules/{COUNTY1}")
    assert "刘明华的其他号一起停:在线复诊" in words_of(page)
    answer = await office.post(f"/schedules/{COUNTY1}/stop", STOP | {"elsewhere": "1"})
    assert answer.status == 303
    path = answer.headers["Location"]
    listed = words_of(await read(office, path))
    assert patients[0].name in listed
    assert patients[1].name not in listed
    twin = await Closure.get(schedule_id=other.id)
    assert f"/closures/{twin.id}" in await read(office, path)
    assert patients[1].name in words_of(await read(office, f"/closures/{twin.id}"))
    assert {(await Appointment.get(id=row.id)).status for row in rows} == {Status.CANCELLED}
    assert await OutboxEntry.filter(name="booking.AppointmentStopped").count() == 2

    numbers = await office.post(f"{path}/phones", {})
    assert patients[0].phone in await numbers.text()
    assert await AuditEvent.exists(action="disclose_phone", patient_id=patients[0].id)

    told = await Disruption.get(appointment_id=rows[0].id)
    page = await read(office, f"/disruptions/{told.id}?day=2026-11-05")
    slot = (
        await Slot.filter(schedule_id=COUNTY1, pool="public", day=at(5, 9).date())
        .order_by("starts_at")
        .first()
    )
    assert str(slot.id) in page
    moved = await office.post(f"/disruptions/{told.id}/move", {"slot_id": str(slot.id)})
    assert moved.status == 303
    assert (await Disruption.get(id=told.id)).remedy is Remedy.MOVED
    again = await office.post(f"/disruptions/{told.id}/refund", {})
    assert again.status == 409
    await sound()


async def test_only_this_clinic_when_the_box_is_not_ticked(office):
    assert (await office.post(f"/schedules/{COUNTY1}/stop", STOP)).status == 303
    assert await Closure.all().count() == 1


async def test_a_stop_that_cannot_be_says_why_and_keeps_what_was_typed(office):
    backwards = STOP | {"ends_at": "2026-11-04T07:00", "elsewhere": "1"}
    answer = await office.post(f"/schedules/{COUNTY1}/stop", backwards)
    assert answer.status == 422
    page = await answer.text()
    assert "结束要晚于开始" in page
    assert "外出会诊" in page
    past = STOP | {"starts_at": "2026-11-01T08:00", "ends_at": "2026-11-01T18:00"}
    assert (await office.post(f"/schedules/{COUNTY1}/stop", past)).status == 422
    assert await Closure.all().count() == 0


async def test_strangers_stop_nothing_and_read_no_list(office, house):
    assert (await office.post(f"/schedules/{COUNTY1}/stop", STOP)).status == 303
    closure = await Closure.get()
    for name in ("village1", "county1", "supervisor1"):
        visitor = await house.signed_in(name)
        assert (await visitor.get(f"/closures/{closure.id}")).status in (403, 404)
        answer = await visitor.post(f"/schedules/{COUNTY1}/stop", STOP)
        assert answer.status in (403, 404)
    assert await Closure.all().count() == 1
