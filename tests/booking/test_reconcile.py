"""The checker finds what does not agree, and operators can run it."""

import pytest

from booking import reconcile, service
from booking.models import Appointment, CashEntry, Channel, Payment, Slot
from booking.states import Status
from core import clock as time
from core import db
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot, sound

pytestmark = pytest.mark.usefixtures("staff")


@pytest.fixture
async def row(clock, staff):
    schedule, (patient,) = await new_schedule(fee_fen=1500), await new_patients(1)
    slot = await new_slot(schedule, at(4, 9), places=3)
    return await service.hold(
        await actor("village1"), slot_id=slot.id, patient_id=patient.id, channel=Channel.VILLAGE
    )


async def faults():
    return " | ".join((await reconcile.check()).faults)


async def test_a_sound_house_has_no_faults(row):
    report = await sound()
    assert (report.slots, report.places, report.used, report.appointments) == (1, 3, 1, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": Status.EXPIRED, "ended_at": at(2, 9)}, "quota 3 is not remaining 2 + used 0"),
        ({"starts_at": at(4, 10)}, "not at the time of its slot"),
        ({"status": Status.BOOKED}, "times say otherwise"),
        ({"status": Status.BOOKED, "booked_at": at(2, 9)}, "fee is pending"),
        ({"payment": Payment.CASH}, "no cash entry"),
        ({"hold_expires_at": at(2, 8)}, "held although its time was over"),
    ],
)
async def test_each_disagreement_is_named(row, changes, said):
    await Appointment.filter(id=row.id).update(**changes)
    assert said in await faults()


async def test_a_lost_place_and_a_sold_one_too_many(row):
    await Slot.filter(id=row.slot_id).update(remaining=1)
    assert "quota 3 is not remaining 1 + used 1" in await faults()
    await Slot.filter(id=row.slot_id).update(remaining=-1, quota=0)
    assert "remaining -1" in await faults()


async def test_money_without_its_appointment(row):
    who = await actor("village1")
    await CashEntry.create(
        appointment_id=row.id,
        kind="fee",
        amount_fen=1500,
        organization_id=who.organization_id,
        organization_name=who.organization_name,
        practitioner_id=who.practitioner_id,
        practitioner_name=who.name,
        at=time.now(),
    )
    assert "which says it is pending" in await faults()


async def test_the_index_that_stands_behind_the_code(row):
    twin = await Appointment.get(id=row.id)
    twin.id, twin.code = row.patient_id, "ANOTHERONE"
    twin._saved_in_db = False
    with pytest.raises(Exception, match=r"(?i)unique"):
        async with db.atomic():
            await twin.save(force_create=True)
