"""The record of somebody with two records: one while they are joined, two again afterwards."""

import pytest

from care.consent.queries import of_patient
from care.record import queries, service
from care.record.models import AllergyCategory, AllergyIntolerance, Condition, EntryStatus
from care.record.schemas import AllergyIn, ConditionIn
from care.record.timeline import timeline
from people.matching import service as matching
from tests.plumbing.actors import actor

pytestmark = pytest.mark.usefixtures("staff", "clock")


@pytest.fixture
async def two(staff, resident):
    """One person, registered by two clinics, with something written in each record."""
    one = await resident()
    other = await resident(clinic="YH-T2-V1", number="53010219570302013X")
    doctors = await actor("village1"), await actor("village2")
    await service.add_condition(doctors[0], one.id, ConditionIn(name="原发性高血压"))
    none = AllergyIn(category=AllergyCategory.NONE_KNOWN)
    await service.add_allergy(doctors[0], one.id, none)
    await service.add_condition(doctors[1], other.id, ConditionIn(name="2 型糖尿病"))
    await service.add_allergy(doctors[1], other.id, none)
    return one, other


async def join(one, other):
    return await matching.merge(
        await actor("admin1"), one.id, other.id, "派出所证明是一人", basis=matching.Basis.REGISTRY
    )


async def seen(patient):
    found = await queries.summary(patient.id)
    return found.patient.id, {problem.name for problem in found.problems}


async def test_the_record_reads_as_one_until_they_part(two):
    one, other = two
    link = await join(one, other)
    for patient in two:
        assert await seen(patient) == (one.id, {"原发性高血压", "2 型糖尿病"})
        told = {happening.what for happening in await timeline(patient.id, [], [])}
        assert {"病史:原发性高血压", "病史:2 型糖尿病"} <= told
        assert await of_patient(patient.id) == []
    await matching.unmerge(await actor("admin1"), link.id, "看错了人")
    assert await seen(one) == (one.id, {"原发性高血压"})
    assert await seen(other) == (other.id, {"2 型糖尿病"})


async def test_what_is_written_goes_to_the_survivor_and_leaves_the_other_alone(two):
    one, other = two
    link = await join(one, other)
    second = await actor("village2")
    row = await service.add_condition(second, other.id, ConditionIn(name="痛风"))
    assert row.patient_id == one.id
    penicillin = AllergyIn(category=AllergyCategory.MEDICATION, substance="青霉素")
    await service.add_allergy(second, other.id, penicillin)
    for patient in two:
        assert [a.substance for a in await queries.allergies(patient.id)] == ["青霉素"]
    await matching.unmerge(await actor("admin1"), link.id, "看错了人")
    assert await queries.allergies(other.id) == [], "its own statement stands as it did"
    assert [a.substance for a in await queries.allergies(one.id)] == ["青霉素"]
    statements = AllergyIntolerance.filter(category=AllergyCategory.NONE_KNOWN)
    states = dict(await statements.values_list("patient_id", "status"))
    assert states == {one.id: EntryStatus.ENDED, other.id: EntryStatus.ACTIVE}
    assert await Condition.filter(patient_id=other.id).count() == 1


async def test_no_allergy_is_written_twice_across_the_two(two):
    one, other = two
    penicillin = AllergyIn(category=AllergyCategory.MEDICATION, substance="青霉素")
    await service.add_allergy(await actor("village2"), other.id, penicillin)
    await join(one, other)
    with pytest.raises(Exception, match="改"):
        await service.add_allergy(await actor("village1"), one.id, penicillin)
