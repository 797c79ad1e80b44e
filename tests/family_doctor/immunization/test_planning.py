"""A child's visits follow the record and the calendar, whoever writes at the same moment."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import pytest

from core import clock as time
from core.errors import Conflict
from family_doctor.immunization import planning, policy, reactions, recording, service
from family_doctor.immunization.calendar import FILE, read
from family_doctor.immunization.models import Immunization, ImmunizationRecommendation
from family_doctor.immunization.policy import Params
from family_doctor.immunization.schemas import ImmunizationIn
from people.deaths import service as deaths
from people.deaths.schemas import DeathIn
from people.events import DeathDisproved, PatientDied
from people.matching import service as matching
from people.models import Patient
from tests.plumbing.families import signed

BORN = date(2026, 9, 23)


@pytest.fixture
async def child(team, resident, staff):
    """Some weeks old, signed, the book compared."""
    patient = await resident("李小花", born=BORN, number="")
    await signed(patient, team)
    await service.compare(await staff("nurse1"), patient.id)
    yield patient
    policy.configure(Params())


def entry(dose, on, **more):
    return ImmunizationIn(**{"id": uuid4(), "dose": dose, "given_on": on, "origin": "book"} | more)


async def waiting():
    rows = await ImmunizationRecommendation.filter(ended_at=None).order_by("opens")
    return [row.opens for row in rows]


async def test_two_write_the_same_dose_at_once_and_it_is_one(child, staff):
    nurse, doctor = await staff("nurse1"), await staff("village1")
    both = (
        recording.record_dose(nurse, child.id, entry("hepb:1", BORN)),
        recording.record_dose(doctor, child.id, entry("hepb:1", BORN + timedelta(days=1))),
    )
    said = await asyncio.gather(*both, return_exceptions=True)
    assert {type(one) for one in said} == {Immunization, Conflict}
    assert await Immunization.all().count() == 1


async def test_a_second_tap_is_the_same_dose(child, staff):
    nurse, one = await staff("nurse1"), entry("hepb:1", BORN)
    taps = (recording.record_dose(nurse, child.id, one) for _ in range(3))
    assert {row.id for row in await asyncio.gather(*taps)} == {one.id}


async def test_another_calendar_makes_the_visits_anew(child, tmp_path):
    before = await waiting()
    assert await planning.follow_calendar() == 0
    file = tmp_path / "county.toml"
    text = FILE.read_text().replace('vaccine = "ipv", from = "2m"', 'vaccine = "ipv", from = "10w"')
    file.write_text(text)
    policy.configure(Params(), read(file))
    assert await planning.follow_calendar() == 1
    after = await waiting()
    assert set(after) - set(before) == {BORN + timedelta(weeks=10)}
    assert await planning.follow_calendar() == 0


async def test_who_died_waits_for_nothing_and_a_mistake_brings_it_back(child, staff):
    doctor = await staff("village1")
    proof = DeathIn(died_on=date(2026, 10, 1), ground="certificate", evidence="编号 4403")
    await deaths.record(doctor, child.id, proof)
    await reactions.follow(PatientDied(patient_id=str(child.id), died_on="2026-10-01"))
    assert await waiting() == []
    await Patient.filter(id=child.id).update(deceased_on=None)
    await reactions.follow(DeathDisproved(patient_id=str(child.id), was="recorded"))
    assert await waiting()


async def test_two_records_of_a_child_are_planned_as_one_at_once_and_parted_again(
    child, resident, staff
):
    """The other record's doses settle visits in the same transaction, and wait again after."""
    admin, nurse, reason = await staff("admin1"), await staff("nurse1"), "同一个孩子,两份档案"
    other = await resident("李小花", born=BORN, number="")
    before = await waiting()
    assert BORN in before, "the first doses are not on record here"
    await Immunization.create(
        id=uuid4(), patient_id=other.id, vaccine="hepb", number=1, counts=f"{other.id}:hepb:1",
        given_on=BORN, origin="book", by_id=nurse.practitioner_id, by_name=nurse.name,
        recorded_at=time.now(),
    )  # fmt: skip
    await Immunization.create(
        id=uuid4(), patient_id=other.id, vaccine="bcg", number=1, counts=f"{other.id}:bcg:1",
        given_on=BORN, origin="book", by_id=nurse.practitioner_id, by_name=nurse.name,
        recorded_at=time.now(),
    )  # fmt: skip
    link = await matching.merge(admin, child.id, other.id, reason)
    assert BORN not in await waiting(), "both were given, in the other record"
    await matching.unmerge(admin, link.id, "原来是两个孩子")
    assert await waiting() == before
    left = await ImmunizationRecommendation.filter(ended_at=None)
    assert {row.patient_id for row in left} == {child.id}, "nobody has seen the other one's book"
