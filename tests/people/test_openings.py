"""The trail read as sittings: breaks, midnight, pages, merged records, nobody's own acts."""

from datetime import timedelta
from uuid import uuid4

import pytest

from core.audit import SYSTEM, audit
from people import access, emergencies, openings
from people.emergencies import Finding
from people.links import survivor
from people.matching import service
from people.models import GrantBasis, ReviewVerdict
from people.residents.actor import Resident


async def looked(who, patient, *, purpose="record"):
    """One opening of the record."""
    await access.open_patient(who, patient.id, purpose=purpose)


async def listed(patient, *, before=None, limit=20):
    """The sittings."""
    return await openings.openings(patient.id, before=before, limit=limit)


async def test_one_sitting_is_one_line_until_a_break_of_half_an_hour(staff, resident, clock):
    patient, doctor = await resident(), await staff("village1")
    for minutes in (0, 5, 30, 31):
        clock.move(minutes=minutes)
        await looked(doctor, patient)
    last, first = await listed(patient)
    assert (len(first.acts), len(last.acts)) == (3, 1)
    assert first.ended_at - first.began_at == timedelta(minutes=35)
    assert (first.name, first.role, first.organization) == (
        doctor.name,
        "乡村医生",
        "大槐树村卫生室",
    )
    assert {act.basis for act in first.acts} == {"own"}


async def test_two_people_at_the_same_time_are_two_lines(staff, resident, clock):
    patient = await resident()
    one, other = await staff("village1"), await staff("county1")
    await access.grant(
        patient.id,
        basis=GrantBasis.CONSULTATION,
        subject="Consultation/1",
        granted_by=uuid4(),
        practitioner_id=other.practitioner_id,
    )
    for who in (one, other, one, other):
        clock.move(minutes=1)
        await looked(who, patient)
    newest, older = await listed(patient)
    assert (newest.name, older.name) == (other.name, one.name)
    assert {act.basis for act in newest.acts} == {"consultation"}


async def test_midnight_ends_a_sitting(staff, resident, clock):
    patient, doctor = await resident(), await staff("village1")
    clock.move(hours=23 - 9, minutes=50)  # the clock is held at nine
    await looked(doctor, patient)
    clock.move(minutes=20)
    await looked(doctor, patient)
    assert len(await listed(patient)) == 2


async def test_pages_follow_one_another_without_gap_or_repeat(staff, resident, clock, monkeypatch):
    monkeypatch.setattr(openings, "BATCH", 4)  # so that a page needs several reads
    patient = await resident()
    doctor, other = await staff("village1"), await staff("county1")
    await access.grant(
        patient.id,
        basis=GrantBasis.CONSULTATION,
        subject="Consultation/1",
        granted_by=uuid4(),
        practitioner_id=other.practitioner_id,
    )
    for number in range(25):
        clock.move(minutes=(7, 40, 300)[number % 3])
        await looked(doctor, patient)
        await looked(other if number % 2 else doctor, patient)
    whole = [one.place for one in await listed(patient, limit=100)]
    assert whole == sorted(whole, reverse=True)
    assert sum(len(one.acts) for one in await listed(patient, limit=100)) == 50
    paged, before = [], None
    while page := await listed(patient, before=before, limit=3):
        paged += [one.place for one in page]
        before = paged[-1]
    assert paged == whole


async def test_refusals_the_house_and_residents_are_not_openings(staff, resident):
    patient = await resident()
    await audit(SYSTEM, "appointment.miss", "Appointment/1", patient_id=patient.id)
    await audit(
        Resident(uuid4(), "openid", uuid4()), "resident.open", "Patient/1", patient_id=patient.id
    )
    doctor = await staff("county1")
    await audit(doctor, "open_patient", "Patient/1", patient_id=patient.id, outcome="refused")
    assert await listed(patient) == []


async def test_merged_records_are_read_together(staff, resident):
    patient = await resident()
    second = await resident(number="", clinic="YH-T2-V1")
    await looked(await staff("village2"), second)
    await looked(await staff("village1"), patient)
    await service.merge(await staff("admin1"), patient.id, second.id, "本人带两份病历本来过")
    assert await survivor(second.id) == patient.id
    both = [one.organization for one in await listed(second)]
    assert both == [one.organization for one in await listed(patient)]
    assert {"大槐树村卫生室", (await staff("village2")).organization_name} <= set(both)


@pytest.mark.parametrize("verdict", list(ReviewVerdict))
async def test_broken_glass_is_named_with_its_reason_and_what_came_of_it(staff, resident, verdict):
    patient, doctor = await resident(), await staff("village2")
    given = await access.break_glass(doctor, patient.id, reason="昏迷,要了解过敏史")
    await looked(doctor, patient)
    (sitting,) = await listed(patient)
    assert [(one.reason, one.verdict) for one in sitting.emergencies] == [
        ("昏迷,要了解过敏史", None)
    ]
    finding = Finding(verdict=verdict, note="和值班医生核实过")
    await emergencies.review(await staff("admin1"), given.id, finding)
    reviewed = next(one for one in await listed(patient) if one.emergencies)
    assert reviewed.emergencies[0].verdict is verdict
