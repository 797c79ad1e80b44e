"""The door to a patient, for everybody who may knock."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core import clock as time
from core.audit import AuditEvent, write_refusal
from core.errors import Forbidden, Invalid, NotFound, Problem
from core.outbox import OutboxEntry
from people import access
from people.models import GrantBasis, Patient, Practitioner
from people.partners import access as partners
from people.partners.actor import PartnerSystem

OWN = ("village1",)
FOREIGN = ("village2", "township1", "county1", "county2", "team1", "nurse1", "pharmacist1")
NO_RECORDS = ("scheduler1", "supervisor1", "admin1")


@pytest.mark.parametrize("username", OWN)
async def test_the_managing_organization_opens_its_patient(staff, resident, username):
    patient = await resident()
    opened = await access.open_patient(await staff(username), patient.id, purpose="record")
    assert (opened.id, opened.managing_organization.short_name) == (patient.id, "大槐树村卫生室")
    event = await AuditEvent.get(action="open_patient")
    assert (event.patient_id, event.outcome, event.reason) == (
        patient.id,
        "success",
        "record (own)",
    )


@pytest.mark.parametrize("username", FOREIGN + NO_RECORDS)
async def test_a_closed_record_and_a_missing_one_look_the_same(staff, resident, username):
    patient, person = await resident(), await staff(username)
    answers = []
    for patient_id in (patient.id, uuid4()):
        with pytest.raises(Problem) as refusal:
            await access.open_patient(person, patient_id, purpose="record")
        answers.append(refusal.value)
        await write_refusal(refusal.value)
    assert answers[0].document() == answers[1].document()
    assert isinstance(answers[0], Forbidden if username in NO_RECORDS else NotFound)
    events = await AuditEvent.filter(action="open_patient")
    assert [event.outcome for event in events] == ["refused", "refused"]
    assert not await access.may_open(person, patient.id)


@pytest.mark.parametrize("username", NO_RECORDS)
async def test_no_grant_opens_records_for_those_without_patients(staff, resident, username):
    patient, person = await resident(), await staff(username)
    await _grant(patient, practitioner_id=person.practitioner_id)
    with pytest.raises(Forbidden):
        await access.open_patient(person, patient.id, purpose="record")
    assert not await access.may_open(person, patient.id)


async def test_a_grant_opens_until_it_is_revoked_or_over(staff, resident, clock):
    patient, person = await resident(), await staff("county1")
    await _grant(patient, practitioner_id=person.practitioner_id)
    await access.open_patient(person, patient.id, purpose="record")
    assert not await access.may_open(await staff("county2"), patient.id)

    assert await access.revoke("Consultation/1", practitioner_id=uuid4()) == 0
    assert await access.revoke("Consultation/1") == 1
    assert not await access.may_open(person, patient.id)

    until = time.now() + timedelta(hours=1)
    await _grant(patient, practitioner_id=person.practitioner_id, until=until)
    assert await access.may_open(person, patient.id)
    clock.move(hours=1)
    assert not await access.may_open(person, patient.id)


async def test_a_grant_to_an_organization_opens_for_its_people(staff, resident):
    patient, person = await resident(), await staff("county2")
    await _grant(patient, organization_id=person.organization_id)
    assert await access.may_open(person, patient.id)
    assert await access.may_open(await staff("pharmacist1"), patient.id)
    assert not await access.may_open(await staff("village2"), patient.id)
    assert await Patient.filter(access.reachable(person)).count() == 1


async def test_a_grant_names_one_holder(resident, staff):
    patient = await resident()
    with pytest.raises(ValueError, match="one organization or one team"):
        await _grant(patient)


async def test_an_emergency_opens_for_two_hours_and_leaves_its_reason(staff, resident, clock):
    patient, person = await resident(), await staff("village2")
    with pytest.raises(Invalid):
        await access.break_glass(person, patient.id, reason=" 急 ")
    await access.break_glass(person, patient.id, reason="路边昏迷,需要了解过敏史")
    await access.open_patient(person, patient.id, purpose="record")
    clock.move(hours=2)
    assert not await access.may_open(person, patient.id)
    event = await AuditEvent.get(action="emergency_access")
    assert (event.patient_id, event.reason) == (patient.id, "路边昏迷,需要了解过敏史")
    assert await OutboxEntry.filter(name="people.EmergencyAccessOpened").count() == 1


@pytest.mark.parametrize("username", ["pharmacist1", "scheduler1", "supervisor1", "admin1"])
async def test_only_clinicians_may_break_the_glass(staff, resident, username):
    patient, person = await resident(), await staff(username)
    with pytest.raises(Forbidden):
        await access.break_glass(person, patient.id, reason="想看看这份档案")


async def _grant(patient, **holder):
    return await access.grant(
        patient.id,
        basis=GrantBasis.CONSULTATION,
        subject="Consultation/1",
        granted_by=uuid4(),
        **holder,
    )


async def test_a_departments_grant_is_for_who_works_in_it_and_for_its_houses_system(
    staff, resident
):
    patient, heart, sugar = await resident(), await staff("county1"), await staff("county2")
    await access.grant(
        patient.id,
        basis=GrantBasis.REFERRAL,
        subject="ServiceRequest/1",
        granted_by=uuid4(),
        organization_id=heart.organization_id,
        department="cardiology",
    )
    assert await access.may_open(heart, patient.id)
    assert not await access.may_open(sugar, patient.id)
    for nobody in ("pharmacist1", "village2", "team1"):
        assert not await access.may_open(await staff(nobody), patient.id), nobody
    await Practitioner.filter(id=heart.practitioner_id).update(specialty="neurology")
    assert not await access.may_open(heart, patient.id)
    assert await Patient.filter(access.reachable(sugar), id=patient.id).count() == 0
    system = PartnerSystem(uuid4(), "县医院HIS", heart.organization_id, frozenset())
    wanted = {"action": "fhir.read", "subject": "x", "what": "Patient"}
    assert await partners.open_patient(system, patient.id, **wanted) == [patient.id]
    await access.revoke("ServiceRequest/1")
    with pytest.raises(NotFound):
        await partners.open_patient(system, patient.id, **wanted)
