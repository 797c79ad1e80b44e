"""A follow-up is filled in: it is in the record, judged, the next contact is planned; once."""

from datetime import timedelta

import pytest

from care.record.models import Observation, VitalSign
from care.record.schemas import ConditionIn
from care.record.service import add_condition
from core import clock as time
from core.errors import Conflict, Invalid, NotFound
from core.outbox import OutboxEntry
from family_doctor.care_plan import service as plans
from family_doctor.care_plan.models import CarePlan, Task
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.care_plan.states import TaskStatus
from family_doctor.followup import queries, service
from family_doctor.followup.models import FollowUp
from family_doctor.followup.rules.table import Action, Row
from tests.family_doctor.conftest import filled
from tests.plumbing.families import ELSEWHERE, found_team, signed


def into(programme: str, **more) -> EnrolIn:
    return EnrolIn.model_validate(
        {"programme": programme, "began_from": time.today() - timedelta(days=400)} | more
    )


async def due_of(patient) -> Task:
    return await Task.get(patient_id=patient.id, code="follow_up", status=TaskStatus.REQUESTED)


async def test_gongwei_guifan_the_next_contact_follows_from_what_was_found(
    signed_resident, staff, clock
):
    nurse, patient = await staff("nurse1"), signed_resident
    plan = await plans.enrol(nurse, patient.id, into("hypertension"))
    assert (await plans.enrol(nurse, patient.id, into("hypertension"))).id == plan.id
    first = await due_of(patient)
    assert first.due == time.today() + timedelta(days=14)

    entry = filled(time.today(), pulse=76, weight=61.5, medicines="氨氯地平 5mg 每日一次")
    row = await service.record_follow_up(nurse, patient.id, entry)
    assert (row.action, row.classification) == (Action.CONTINUE, "1")
    assert row.next_by == time.today() + timedelta(days=90)
    assert (await service.record_follow_up(nurse, patient.id, entry)).id == row.id
    assert await FollowUp.all().count() == 1, "sent twice, written once"
    assert (await Task.get(id=first.id)).status is TaskStatus.COMPLETED
    following = await due_of(patient)
    assert (following.opens, following.due) == (
        time.today() + timedelta(days=76),
        time.today() + timedelta(days=90),
    )
    pressure = await Observation.get(patient_id=patient.id, code=VitalSign.BLOOD_PRESSURE)
    assert (int(pressure.value), int(pressure.diastolic)) == (128, 78)

    clock.move(days=80)
    high = filled(time.today(), systolic=152, diastolic=88)
    row = await service.record_follow_up(nurse, patient.id, high)
    assert row.action is Action.ADJUST
    assert (await due_of(patient)).due == time.today() + timedelta(days=14)
    clock.move(days=12)
    still = filled(time.today(), systolic=149, diastolic=88)
    row = await service.record_follow_up(nurse, patient.id, still)
    assert row.action is Action.REFER
    assert row.judged["hypertension"]["row"] == Row.STILL_UNCONTROLLED
    assert "转诊" in (await due_of(patient)).reason
    told = OutboxEntry.filter(name="family_doctor.FollowUpRecorded")
    assert await told.count() == 3


async def test_one_visit_for_two_diseases_and_the_lower_limit(signed_resident, staff):
    nurse, patient = await staff("nurse1"), signed_resident
    await plans.enrol(nurse, patient.id, into("hypertension"))
    await plans.enrol(nurse, patient.id, into("diabetes"))
    assert await Task.filter(patient_id=patient.id).count() == 1
    both = {"diseases": ["hypertension", "diabetes"]}
    with pytest.raises(Invalid) as unmeasured:
        await service.record_follow_up(nurse, patient.id, filled(time.today(), **both))
    assert unmeasured.value.errors[0].field == "fasting"
    urgent = filled(time.today(), other_glucose="17.2", **both)
    row = await service.record_follow_up(nurse, patient.id, urgent)
    assert row.action is Action.REFER_NOW
    assert row.classification is None
    glucose = await Observation.get(patient_id=patient.id, code=VitalSign.GLUCOSE)
    assert glucose.interpretation == "critical"


async def test_kidney_disease_in_the_record_takes_the_limit_of_the_old_away(staff, team, resident):
    nurse, old = await staff("nurse1"), await resident(number="")
    await signed(old, team)
    await plans.enrol(nurse, old.id, into("hypertension"))
    high = {"systolic": 146, "diastolic": 80}
    row = await service.record_follow_up(nurse, old.id, filled(time.today(), **high))
    assert row.action is Action.CONTINUE
    doctor = await staff("village1")
    await add_condition(doctor, old.id, ConditionIn(name="慢性肾脏病 3 期", icd10="N18.3"))
    row = await service.record_follow_up(nurse, old.id, filled(time.today(), **high))
    assert row.action is Action.ADJUST


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"met_on": "2020-01-01"}, "met_on"),
        ({"next_on": "2099-01-01"}, "next_on"),
        ({"systolic": 1280}, "systolic"),
        ({"systolic": 70, "diastolic": 90}, "diastolic"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_written(
    signed_resident, staff, more, field
):
    nurse = await staff("nurse1")
    await plans.enrol(nurse, signed_resident.id, into("hypertension"))
    with pytest.raises(Invalid) as refused:
        await service.record_follow_up(
            nurse,
            signed_resident.id,
            filled(time.today()).model_copy(
                update=filled(time.today(), **more).model_dump(include=set(more))
            ),
        )
    assert field in {one.field for one in refused.value.errors}
    assert await FollowUp.all().count() == 0
    assert await Observation.all().count() == 0


async def test_on_the_phone_without_a_cuff_nobody_is_called_controlled(signed_resident, staff):
    nurse = await staff("nurse1")
    await plans.enrol(nurse, signed_resident.id, into("hypertension"))
    told = filled(time.today(), mode="3", systolic=None, diastolic=None)
    with pytest.raises(Invalid):
        await service.record_follow_up(nurse, signed_resident.id, told)
    heard = filled(time.today(), mode="3", systolic=138, diastolic=82)
    await service.record_follow_up(nurse, signed_resident.id, heard)
    assert (await Observation.get(code=VitalSign.BLOOD_PRESSURE)).device == "电话自报"
    assert await queries.in_year(signed_resident.id, time.today().year) == (0, 0, 1)


async def test_strangers_and_another_patients_form_get_nothing(
    signed_resident, staff, team, resident
):
    nurse, stranger = await staff("nurse1"), await staff("village2")
    await found_team("柳湾乡团队", ELSEWHERE)
    await plans.enrol(nurse, signed_resident.id, into("hypertension"))
    entry = filled(time.today())
    with pytest.raises(NotFound):
        await service.record_follow_up(stranger, signed_resident.id, entry)
    await service.record_follow_up(nurse, signed_resident.id, entry)
    other = await resident("李建国", number="")
    await signed(other, team)
    with pytest.raises(Conflict):
        await service.record_follow_up(nurse, other.id, entry)
    assert await CarePlan.filter(patient_id=other.id).count() == 0


async def test_a_disease_without_a_plan_is_refused_and_nothing_is_written(signed_resident, staff):
    nurse = await staff("nurse1")
    await plans.enrol(nurse, signed_resident.id, into("hypertension"))
    both = filled(time.today(), diseases=["hypertension", "diabetes"], fasting=6)
    with pytest.raises(service.PlanOver):
        await service.record_follow_up(nurse, signed_resident.id, both)
    assert not await FollowUp.exists()
