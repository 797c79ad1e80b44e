"""Health cards at the office's desks and in the village."""

import re
from datetime import timedelta

import pytest

from app.demo import people as demo
from booking import service
from booking.models import Appointment, Channel, Payment, Slot
from core import clock as time
from people.cards import service as cards
from people.models import PatientIdentifier
from tests.booking.conftest import actor, sound
from tests.booking.test_pages import COUNTY1, people

__all__ = ["people"]


@pytest.fixture
async def resident(people):
    """Somebody of village1's clinic with a card."""
    patient_id = demo.patient_id("YH-T1-V1", 0)
    await cards.issue(await actor("village1"), patient_id)
    return patient_id


async def code_of(patient_id):
    return (await cards.dynamic_code(await actor("village1"), patient_id)).qr_text


async def booked(patient_id):
    """A place later today, to be paid at the visit."""
    later = Slot.filter(schedule_id=COUNTY1, pool="public", starts_at__gt=time.now())
    slot = await later.filter(day=time.today()).order_by("starts_at").first()
    return await service.hold(
        await actor("scheduler1"),
        slot_id=slot.id,
        patient_id=patient_id,
        channel=Channel.COUNTER,
        payment=Payment.AT_VISIT,
    )


async def test_the_village_doctor_finds_a_neighbour_by_card(people, resident):
    to = await people.do("village1", "/bookings/new", {"q": await code_of(resident)})
    assert to == f"/bookings/new/{resident}"
    card = await cards.card_of(resident)
    asked = await people.post("village1", "/bookings/new", {"q": card.card_no})
    assert asked.status == 422
    assert "证件号最后 4 位" in await asked.text()
    number = (await PatientIdentifier.get(patient_id=resident)).value
    fields = {"q": card.card_no, "document": number[-4:]}
    assert await people.do("village1", "/bookings/new", fields) == to


async def test_a_card_lists_what_its_person_has_today(people, resident, clock):
    row = await booked(resident)
    clock.moment = row.starts_at - timedelta(minutes=30)
    code = await code_of(resident)
    answer = await people.post("scheduler1", "/outpatient/check-in", {"code": code})
    text = await answer.text()
    assert answer.status == 200
    assert f"/bookings/{row.id}/check-in" in text
    await people.do("scheduler1", f"/bookings/{row.id}/check-in")
    again = await people.post("scheduler1", "/outpatient/check-in", {"code": code})
    text = await again.text()
    assert again.status == 409
    assert "已经用过一次" in text
    assert code not in text


async def test_a_printed_card_at_the_door_asks_for_the_document_first(people, resident):
    card = await cards.card_of(resident)
    answer = await people.post("scheduler1", "/outpatient/check-in", {"code": card.grouped})
    text = await answer.text()
    assert answer.status == 422
    assert "证件号最后 4 位" in text
    assert "请先改好" not in text
    number = (await PatientIdentifier.get(patient_id=resident)).value
    fields = {"code": card.card_no, "document": "0000" if number[-4:] != "0000" else "1111"}
    wrong = await people.post("scheduler1", "/outpatient/check-in", fields)
    assert "和登记的证件对不上" in await wrong.text()
    fields = {"number": card.card_no, "document": number[-4:]}
    found = await people.post("scheduler1", "/outpatient/walk-in/search", fields)
    assert found.status == 200
    assert 'name="shown" value="' in await found.text()


async def test_the_slip_still_checks_in_also_through_an_input_method(people, resident, clock):
    row = await booked(resident)
    clock.moment = row.starts_at - timedelta(minutes=30)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in row.code.lower())
    answer = await people.post("scheduler1", "/outpatient/check-in", {"code": wide})
    assert "已签到" in await answer.text()


async def test_a_walk_in_by_card_is_remembered_for_the_second_step(people, resident, clock):
    clock.move(minutes=1)
    code = await code_of(resident)
    answer = await people.post("scheduler1", "/outpatient/walk-in/search", {"number": code})
    text = await answer.text()
    assert answer.status == 200
    receipt = re.search(r'name="shown" value="([^"]+)"', text)[1]
    slot = await Slot.filter(
        schedule_id=COUNTY1, day=time.today(), pool="onsite", ends_at__gt=time.now()
    ).first()
    for wrong in (receipt[:-1] + "x", "", "é.1795000000.é", receipt.replace(".", "。")):
        fields = {"shown": wrong, "slot_id": str(slot.id)}
        assert (await people.post("scheduler1", "/outpatient/walk-in", fields)).status == 422
    fields = {"shown": receipt, "slot_id": str(slot.id), "paid": "1"}
    await people.do("scheduler1", "/outpatient/walk-in", fields)
    made = Appointment.filter(patient_id=resident, channel=Channel.COUNTER)
    assert await made.count() == 1
    clock.move(minutes=16)
    late = await people.post("scheduler1", "/outpatient/walk-in", fields)
    assert late.status == 422
    assert "重新扫健康卡" in await late.text()
    await sound()
