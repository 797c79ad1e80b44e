"""One person, one patient."""

import asyncio
from datetime import date

import pytest
from pydantic import ValidationError

from core import crypto
from core.audit import AuditEvent, write_refusal
from core.db import connection
from core.errors import Conflict, Forbidden, Invalid, NotFound
from people import access, emergencies, registration, search
from people.models import IdentifierKind, Patient, PatientIdentifier, RecordGrant, Sex
from people.registration import LooksFamiliar
from people.schemas import ContactChange, Emergency, Masked, NewDocument, Registration

NUMBER = "11010519491231002X"
NEWBORN = {
    "name": "张小宝",
    "document_kind": "none",
    "birth_date": "2026-10-30",
    "sex": "male",
    "phone": "13812341234",
    "guardian_name": "李秀兰",
    "guardian_relation": "母亲",
}


def entry(**values):
    return Registration.model_validate({"name": "张桂英", "document_number": NUMBER, **values})


async def test_birth_date_and_sex_come_from_the_number(staff):
    doctor = await staff("village1")
    done = await registration.register(doctor, entry(birth_date="2001-01-01", sex="male"))
    patient = await Patient.get(id=done.patient_id)
    assert done.created
    assert (patient.birth_date, patient.sex) == (date(1949, 12, 31), Sex.FEMALE)
    assert patient.managing_organization_id == doctor.organization_id
    assert await AuditEvent.filter(action="register_patient", patient_id=patient.id).count() == 1


async def test_numbers_and_phones_are_sealed_in_the_table(staff):
    await registration.register(await staff("village1"), entry(phone="138-1234-1234"))
    for table in ("people_patient", "people_patient_identifier"):
        rows = await connection().execute_query_dict(f"SELECT * FROM {table}")
        assert NUMBER not in str(rows)
        assert "13812341234" not in str(rows)
    assert (await PatientIdentifier.get()).value == NUMBER
    assert (await Patient.get()).phone_index == crypto.keyring().index("13812341234")


async def test_the_same_document_and_name_open_the_record_elsewhere(staff):
    done = await registration.register(await staff("village1"), entry())
    other = await staff("village2")
    assert not await access.may_open(other, done.patient_id)
    again = await registration.register(other, entry(name="张 桂英"))
    assert (again.patient_id, again.created) == (done.patient_id, False)
    assert await access.may_open(other, done.patient_id)
    assert not await access.may_open(await staff("county1"), done.patient_id)
    assert (await RecordGrant.get()).basis == "presented"
    assert await AuditEvent.filter(action="open_by_document").count() == 1


async def test_the_same_document_under_another_name_is_refused_and_noted(staff):
    await registration.register(await staff("village1"), entry())
    with pytest.raises(Conflict) as refusal:
        await registration.register(await staff("village2"), entry(name="李秀兰"))
    assert refusal.value.code == "document_of_another"
    assert "张" not in refusal.value.detail
    await write_refusal(refusal.value)
    event = await AuditEvent.get(action="document_of_another")
    assert event.outcome == "refused"
    assert await Patient.all().count() == 1


async def test_two_clicks_at_once_make_one_patient(staff):
    doctor = await staff("village1")
    done = await asyncio.gather(*(registration.register(doctor, entry()) for _ in range(4)))
    assert len({one.patient_id for one in done}) == 1
    assert sorted(one.created for one in done) == [False, False, False, True]
    assert await Patient.all().count() == 1


async def test_a_newborn_without_a_number_needs_somebody_to_ask(staff, clock):
    doctor = await staff("village1")
    done = await registration.register(doctor, Registration.model_validate(NEWBORN))
    patient = await Patient.get(id=done.patient_id)
    assert (patient.guardian_name, patient.guardian_relation) == ("李秀兰", "母亲")
    assert not await PatientIdentifier.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"guardian_name": None, "guardian_relation": None}, "guardian_name"),
        ({"guardian_relation": None}, "guardian_relation"),
        ({"phone": None}, "phone"),
        ({"birth_date": None}, "birth_date"),
        ({"birth_date": "2027-01-01"}, "birth_date"),
        ({"sex": None}, "sex"),
        ({"document_kind": "id_card"}, "document_number"),
        ({"name": "张3"}, "name"),
        ({"phone": "123"}, "phone"),
    ],
)
def test_what_is_missing_is_named(clock, change, field):
    from core.http import invalid

    given = {k: v for k, v in {**NEWBORN, **change}.items() if v is not None}
    with pytest.raises(ValidationError) as refusal:
        Registration.model_validate(given)
    assert field in {error.field for error in invalid(refusal.value).errors}


async def test_somebody_alike_is_shown_before_a_second_record_is_made(staff, clock):
    doctor = await staff("village1")
    baby = Registration.model_validate(NEWBORN)
    first = await registration.register(doctor, baby)
    with pytest.raises(LooksFamiliar) as familiar:
        await registration.register(doctor, baby)
    assert familiar.value.patient_ids == [first.patient_id]
    twin = baby.model_copy(update={"confirmed": [first.patient_id]})
    second = await registration.register(doctor, twin)
    assert second.created
    assert second.patient_id != first.patient_id
    with pytest.raises(LooksFamiliar):  # what was ruled out before does not rule out a new one
        await registration.register(doctor, twin)


async def test_a_document_can_be_added_later_when_it_fits(staff, resident, clock):
    doctor = await staff("village1")
    patient = await resident(number="")
    with pytest.raises(Invalid, match="出生日期"):
        await registration.add_document(doctor, patient.id, _document("53010219200508011X"))
    await registration.add_document(doctor, patient.id, _document(NUMBER))
    await registration.add_document(doctor, patient.id, _document(NUMBER))
    assert (await PatientIdentifier.get()).patient_id == patient.id
    twin = await resident(name="张桂芳", number="")
    with pytest.raises(Conflict):
        await registration.add_document(doctor, twin.id, _document(NUMBER))


async def test_contact_changes_go_through_the_door(staff, resident):
    patient = await resident()
    contact = ContactChange(phone="13900001111", village="石桥村")
    with pytest.raises(NotFound):
        await registration.change_contact(await staff("village2"), patient.id, contact)
    await registration.change_contact(await staff("village1"), patient.id, contact)
    patient = await Patient.get(id=patient.id)
    assert (patient.phone, patient.village) == ("13900001111", "石桥村")
    found = await search.find(await staff("village1"), "139 0000 1111")
    assert [header.id for header in found.patients] == [patient.id]
    doctor = await staff("village1")
    await registration.change_contact(doctor, patient.id, ContactChange(village="下沟村"))
    assert (await Patient.get(id=patient.id)).phone == "13900001111"
    await registration.change_contact(doctor, patient.id, ContactChange(forget_phone=True))
    patient = await Patient.get(id=patient.id)
    assert (patient.phone, patient.phone_index) == (None, None)


async def test_full_numbers_are_shown_for_a_reason_that_is_kept(staff, resident):
    patient = await resident()
    doctor = await staff("village1")
    assert await registration.disclose(doctor, patient.id, Masked.ID_NUMBER, "填转诊单") == [NUMBER]
    assert await registration.disclose(doctor, patient.id, Masked.PHONE, "电话随访") == [
        "13812341234"
    ]
    events = await AuditEvent.filter(action__startswith="disclose").order_by("at")
    assert {(e.action, e.reason) for e in events} == {
        ("disclose_id_number", "填转诊单"),
        ("disclose_phone", "电话随访"),
    }
    assert NUMBER not in str([vars(event) for event in await AuditEvent.all()])


@pytest.mark.parametrize("words", ["002X", "1234", "110105", "1101051949123100", "张桂芳", "138"])
async def test_a_part_of_a_number_finds_nobody(staff, resident, words):
    await resident()
    assert (await search.find(await staff("village1"), words)).total == 0


@pytest.mark.parametrize("words", ["张桂英", "桂英", NUMBER, NUMBER.lower(), "138 1234 1234", ""])
async def test_finding_stays_within_reach(staff, resident, words):
    patient = await resident()
    found = await search.find(await staff("village1"), words)
    assert [header.id for header in found.patients] == [patient.id]
    for stranger in ("village2", "county1", "admin1", "supervisor1"):
        assert (await search.find(await staff(stranger), words)).total == 0


async def test_an_emergency_needs_name_and_number(staff, resident):
    patient = await resident()
    doctor = await staff("village2")
    for name, number in (("李秀兰", NUMBER), ("张桂英", "53010219200508011X"), ("张桂英", "002X")):
        with pytest.raises(NotFound) as refusal:
            await registration.open_in_emergency(doctor, _emergency(name, number))
        await write_refusal(refusal.value)
    given = await registration.open_in_emergency(doctor, _emergency("张桂英", NUMBER))
    assert given.patient_id == patient.id
    assert await access.may_open(doctor, patient.id)
    (row,) = await emergencies.emergency_accesses()
    assert (row.doctor, row.reason) == (doctor.name, "昏迷,要了解过敏史")
    assert await AuditEvent.filter(action="emergency_access", outcome="refused").count() == 3


@pytest.mark.parametrize("username", ["pharmacist1", "supervisor1", "admin1"])
async def test_only_clinicians_and_the_outpatient_office_register(staff, username):
    with pytest.raises(Forbidden):
        await registration.register(await staff(username), entry())


def _document(number):
    return NewDocument(document_kind=IdentifierKind.ID_CARD, document_number=number)


def _emergency(name, number):
    return Emergency(name=name, number=number, reason="昏迷,要了解过敏史")
