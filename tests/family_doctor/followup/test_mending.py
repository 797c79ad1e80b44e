"""A follow-up that was another patient's takes its measurements along."""

from care.record.models import EntryStatus, Observation
from core import clock as time
from family_doctor.care_plan import service as plans
from family_doctor.followup import mending, service
from tests.family_doctor.conftest import filled
from tests.family_doctor.followup.test_recording import into


async def test_what_a_wrong_form_measured_is_no_value_of_this_patient(signed_resident, staff):
    nurse, patient = await staff("nurse1"), signed_resident
    await plans.enrol(nurse, patient.id, into("hypertension"))
    await plans.enrol(nurse, patient.id, into("diabetes"))
    both = {"diseases": ["hypertension", "diabetes"], "fasting": "17.2", "other_glucose": "18"}
    row = await service.record_follow_up(
        nurse, patient.id, filled(time.today(), systolic=186, diastolic=104, pulse=70, **both)
    )
    await mending.find_wrong(nurse, row.id, "填成邻居的了")
    left = Observation.filter(patient_id=patient.id, status=EntryStatus.ACTIVE)
    assert await left.count() == 0
    assert await Observation.filter(patient_id=patient.id).count() == 4, "struck through, not gone"
