"""The answer to a booking is what a look at the appointment shows, whoever booked before."""

from typing import Any

from booking import taking
from booking.models import Schedule
from tests.mini_program_api.conftest import NewPhone
from tests.mini_program_api.phones import Phone


async def _book(phone: Phone, slot_id: object) -> dict[str, Any]:
    body = {"slot_id": str(slot_id), "patient_id": phone.patient_id}
    answer = await phone.post("/appointments", body, key="once")
    assert answer.status == 201, answer.body
    booked: dict[str, Any] = answer.body
    shown = (await phone.get(f"/appointments/{booked['id']}")).body
    assert booked == shown
    return booked


async def test_who_books_the_same_time_reads_their_own(phone: NewPhone, clinic: Any) -> None:
    guiying = await phone("guiying", add="王桂英")
    jianguo = await phone("jianguo", add="李建国")
    first, second = await _book(guiying, clinic.nine.id), await _book(jianguo, clinic.nine.id)
    assert (first["patient_name"], second["patient_name"]) == ("王桂英", "李建国")
    own = {key for key in first if first[key] != second[key]}
    always = {"id", "code", "patient_id", "patient_name"}
    assert always <= own <= always | {"hold_expires_at", "cancel_until", "next_step"}


async def test_another_time_of_the_clinic_has_its_own(phone: NewPhone, clinic: Any) -> None:
    guiying = await phone("guiying", add="王桂英")
    jianguo = await phone("jianguo", add="李建国")
    nine, ten = await _book(guiying, clinic.nine.id), await _book(jianguo, clinic.ten.id)
    assert nine["start"] != ten["start"]
    assert (nine["slot_id"], ten["slot_id"]) == (str(clinic.nine.id), str(clinic.ten.id))


async def test_a_room_that_moved_is_told_as_soon_as_the_clinic_is_read_again(
    phone: NewPhone, clinic: Any
) -> None:
    guiying = await phone("guiying", add="王桂英")
    jianguo = await phone("jianguo", add="李建国")
    await _book(guiying, clinic.nine.id)
    await Schedule.filter(id=clinic.id).update(place="三楼 302")
    taking._slots.clear()  # 30 seconds later
    body = {"slot_id": str(clinic.nine.id), "patient_id": jianguo.patient_id}
    assert (await jianguo.post("/appointments", body, key="k")).body["place"] == "三楼 302"
