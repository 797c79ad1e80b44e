"""Residents over HTTP: find, register, reach, and see the full number for a reason."""

import pytest

from core.audit import AuditEvent
from core.idempotency import IdempotentAnswer
from people.models import Patient, PatientIdentifier, RecordGrant

NUMBER = "11010519491231002X"
ENTRY = {"name": "张桂英", "document_kind": "id_card", "document_number": NUMBER}
NEWBORN = {
    "name": "张小宝",
    "document_kind": "none",
    "birth_date": "2026-10-30",
    "sex": "male",
    "phone": "13812341234",
    "guardian_name": "李秀兰",
    "guardian_relation": "母亲",
}


async def test_register_and_find_again(house):
    doctor = await house.signed_in("village1")
    page = await (await doctor.get("/patients/new")).text()
    assert 'name="once"' in page
    answer = await doctor.post("/patients", ENTRY | {"phone": "13812341234", "once": "k1"})
    patient = await Patient.get()
    assert (answer.status, answer.headers["Location"]) == (303, f"/patients/{patient.id}")
    for words in (NUMBER, "桂英", "13812341234"):
        text = await (await doctor.post("/patients/search", {"q": words})).text()
        assert f"/patients/{patient.id}" in text
        assert "110***********002X" in text
        assert "138****1234" in text
        assert NUMBER not in text.replace(f'value="{NUMBER}"', "")
    text = await (await doctor.get("/patients")).text()
    assert "张桂英" in text
    assert "共 1 条" in text


async def test_a_second_click_registers_nobody_twice(house):
    doctor = await house.signed_in("village1")
    first = await doctor.post("/patients", ENTRY | {"once": "k1"})
    again = await doctor.post("/patients", ENTRY | {"once": "k1"})
    assert first.headers["Location"] == again.headers["Location"]
    assert await Patient.all().count() == 1


async def test_what_was_typed_is_kept_and_what_is_wrong_is_named(house):
    doctor = await house.signed_in("village1")
    answer = await doctor.post("/patients", ENTRY | {"document_number": "110105194912310021"})
    text = await answer.text()
    assert answer.status == 422
    assert "号码校验不通过" in text
    assert 'value="张桂英"' in text
    assert 'href="#f-document_number"' in text
    assert not await Patient.exists()


async def test_a_document_of_somebody_else_is_refused_on_the_form(house, resident):
    await resident()
    doctor = await house.signed_in("village2")
    answer = await doctor.post("/patients", ENTRY | {"name": "李秀兰"})
    text = await answer.text()
    assert answer.status == 409
    assert "已经用另一个姓名登记过" in text
    assert "桂英" not in text
    assert await AuditEvent.filter(action="document_of_another", outcome="refused").count() == 1


async def test_a_look_alike_is_shown_masked_to_strangers_and_ruled_out_by_hand(house, clock):
    doctor, other = await house.signed_in("village1"), await house.signed_in("village2")
    await doctor.post("/patients", NEWBORN)
    first = await Patient.get()
    text = await (await doctor.post("/patients", NEWBORN)).text()
    assert f'href="/patients/{first.id}"' in text
    answer = await other.post("/patients", NEWBORN)
    text = await answer.text()
    assert answer.status == 409
    assert "张**" in text
    assert "大槐树村卫生室" in text
    assert f'href="/patients/{first.id}"' not in text
    assert f'name="confirmed" value="{first.id}"' in text
    answer = await other.post("/patients", NEWBORN | {"confirmed": str(first.id)})
    assert answer.status == 303
    assert await Patient.all().count() == 2


async def test_the_contact_page_shows_no_full_phone(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village1")
    text = await (await doctor.get(f"/patients/{patient.id}/contact")).text()
    assert "138****1234" in text
    assert "13812341234" not in text
    answer = await doctor.post(f"/patients/{patient.id}/contact", {"village": "石桥村"})
    assert answer.headers["Location"] == f"/patients/{patient.id}"
    patient = await Patient.get(id=patient.id)
    assert (patient.village, patient.phone) == ("石桥村", "13812341234")
    answer = await doctor.post(f"/patients/{patient.id}/contact", {"phone": "123"})
    assert answer.status == 422


async def test_a_document_added_later(house, resident):
    patient = await resident(number="")
    doctor = await house.signed_in("village1")
    path = f"/patients/{patient.id}/documents"
    fields = {"document_kind": "id_card", "document_number": NUMBER}
    wrong = await doctor.post(path, fields | {"document_number": "53010219200508011X"})
    assert wrong.status == 422
    assert "证件上的出生日期和登记的不一样" in await wrong.text()
    assert (await doctor.post(path, fields)).status == 303
    assert (await PatientIdentifier.get()).patient_id == patient.id


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
async def test_the_full_number_asks_for_a_reason_and_is_not_kept(house, resident, headers):
    patient = await resident()
    doctor = await house.signed_in("village1")
    path = f"/patients/{patient.id}/disclosure"
    page = await (await doctor.get(path, headers=headers)).text()
    assert ("<!doctype html>" in page) is not bool(headers)
    assert NUMBER not in page
    answer = await doctor.post(path, {"what": "id_number", "reason": " 看 "}, headers=headers)
    assert answer.status == 422
    fields = {"what": "id_number", "reason": "填转诊单", "once": "k1"}
    answer = await doctor.post(path, fields, headers=headers)
    assert NUMBER in await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"
    event = await AuditEvent.get(action="disclose_id_number")
    assert (event.patient_id, event.reason) == (patient.id, "填转诊单")
    assert not any(NUMBER in row.body for row in await IdempotentAnswer.all())


async def test_an_emergency_opens_and_is_listed_for_review(house, resident):
    patient = await resident()
    doctor = await house.signed_in("village2")
    fields = {"name": "张桂英", "number": "002X", "reason": "昏迷,要了解过敏史"}
    assert (await doctor.post("/patients/emergency", fields)).status == 422
    answer = await doctor.post("/patients/emergency", fields | {"number": NUMBER})
    assert answer.headers["Location"] == f"/patients/{patient.id}"
    assert await RecordGrant.all().count() == 1
    assert (await doctor.get(f"/patients/{patient.id}/contact")).status == 200
    text = await (await (await house.signed_in("supervisor1")).get("/emergency-accesses")).text()
    assert "马建国" in text
    assert "昏迷,要了解过敏史" in text
    assert "张**" in text
    assert "张桂英" not in text


async def test_a_long_list_has_pages(house, resident):
    for number in range(23):
        await resident(name=f"王{chr(0x4E00 + number)}", number="", phone="")
    doctor = await house.signed_in("village1")
    text = await (await doctor.get("/patients?page=2")).text()
    assert text.count('scope="row"') == 3
    for page in ("99", "0", "x", "-1", "²"):
        assert (await doctor.get(f"/patients?page={page}")).status == 200
