"""Forms that arrive late or ask about one disease only, and records that became one."""

import asyncio
from datetime import timedelta

import pytest

from core import clock as time
from core import db
from core.errors import Invalid
from family_doctor.care_plan import service as plans
from family_doctor.care_plan import tasks
from family_doctor.care_plan.models import Task
from family_doctor.care_plan.states import TaskStatus
from family_doctor.followup import service
from family_doctor.followup.models import FollowUp
from people.matching import service as matching
from tests.family_doctor.conftest import filled
from tests.family_doctor.followup.test_recording import due_of, into


async def test_a_form_of_last_week_takes_nothing_from_what_was_found_yesterday(
    signed_resident, staff, clock
):
    nurse, patient = await staff("nurse1"), signed_resident
    await plans.enrol(nurse, patient.id, into("hypertension"))
    last_week = time.today()
    clock.move(days=6)
    urgent = filled(time.today(), systolic=192, diastolic=100)
    await service.record_follow_up(nurse, patient.id, urgent)
    soon = await due_of(patient)
    clock.move(days=1)
    row = await service.record_follow_up(nurse, patient.id, filled(last_week))
    there = await due_of(patient)
    assert (there.id, there.due, there.reason) == (soon.id, soon.due, soon.reason)
    assert row.met_on == last_week, "it is written down all the same"


async def test_a_resident_with_two_records_is_followed_up_after_they_became_one(
    signed_resident, staff, resident
):
    nurse, patient = await staff("nurse1"), signed_resident
    await plans.enrol(nurse, patient.id, into("hypertension"))
    before = await service.record_follow_up(nurse, patient.id, filled(time.today()))
    other = await resident(born=patient.birth_date, number="")
    admin = await staff("admin1")
    await matching.merge(admin, other.id, patient.id, "同一个人,两份档案")
    row = await service.record_follow_up(nurse, patient.id, filled(time.today()))
    assert row.next_by == time.today() + timedelta(days=90)
    again = filled(time.today(), id=before.id)
    assert (await service.record_follow_up(nurse, patient.id, again)).id == before.id
    open_ = await Task.filter(status=TaskStatus.REQUESTED)
    assert [task.due for task in open_] == [row.next_by]


@pytest.mark.parametrize("more", [{"diastolic": None}, {"systolic": None}])
async def test_half_a_pressure_is_asked_for_again(more, signed_resident, staff):
    nurse, patient = await staff("nurse1"), signed_resident
    await plans.enrol(nurse, patient.id, into("diabetes"))
    half = {"diseases": ["diabetes"], "fasting": "6.1", "systolic": 190, "diastolic": 100} | more
    with pytest.raises(Invalid):
        await service.record_follow_up(nurse, patient.id, filled(time.today(), **half))


async def test_a_visit_for_one_disease_does_not_put_the_other_off(signed_resident, staff, clock):
    nurse, patient = await staff("nurse1"), signed_resident
    await plans.enrol(nurse, patient.id, into("hypertension"))
    await plans.enrol(nurse, patient.id, into("diabetes"))
    both = {"diseases": ["hypertension", "diabetes"], "fasting": "6.1"}
    await service.record_follow_up(
        nurse, patient.id, filled(time.today(), systolic=156, diastolic=96, **both)
    )
    by = time.today() + timedelta(days=14)
    clock.move(days=2)
    sugar = {"diseases": ["diabetes"], "fasting": "6.0", "systolic": None, "diastolic": None}
    row = await service.record_follow_up(nurse, patient.id, filled(time.today(), **sugar))
    assert (row.next_by, (await due_of(patient)).due) == (by, by)
    clock.move(days=2)
    row = await service.record_follow_up(nurse, patient.id, filled(time.today(), **both))
    assert (await due_of(patient)).due == time.today() + timedelta(days=90)


async def test_a_visit_before_a_dangerous_reading_does_not_answer_it(signed_resident, staff, clock):
    nurse, patient = await staff("nurse1"), signed_resident
    await plans.enrol(nurse, patient.id, into("hypertension"))
    await service.record_follow_up(nurse, patient.id, filled(time.today()))
    clock.move(days=20)
    visit = time.today()
    clock.move(days=1)
    async with db.atomic():
        await tasks.follow_soon(patient, reason="危急值之后随访")
    soon = await due_of(patient)
    clock.move(days=1)
    await service.record_follow_up(nurse, patient.id, filled(visit))
    assert (await due_of(patient)).id == soon.id
    assert (await due_of(patient)).due == soon.due
    await service.record_follow_up(nurse, patient.id, filled(time.today()))
    assert (await due_of(patient)).due == time.today() + timedelta(days=90)


async def test_forms_of_two_members_at_the_same_moment_are_both_written(signed_resident, staff):
    nurse, village, patient = await staff("nurse1"), await staff("village1"), signed_resident
    await plans.enrol(nurse, patient.id, into("hypertension"))
    for _ in range(3):
        high = {"systolic": 152, "diastolic": 92}
        await asyncio.gather(
            service.record_follow_up(nurse, patient.id, filled(time.today())),
            service.record_follow_up(village, patient.id, filled(time.today(), **high)),
            service.record_follow_up(village, patient.id, filled(time.today(), **high)),
        )
    assert await FollowUp.all().count() == 9
    assert await Task.filter(status=TaskStatus.REQUESTED).count() == 1
