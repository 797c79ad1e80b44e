"""Review in the demo: pharmacists who are trained for it, and four prescriptions of county1 in
four states: one waits, one waits long, one is back with the doctor, one has passed.

Everything happens through the verbs that doctors and pharmacists use, some minutes before now.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from app.demo.places import demo_id
from app.demo.staff import practitioner_id
from app.demo.teleconsultation import actor
from app.settings import Settings
from care.encounter.models import (
    EligibilityVerdict,
    Encounter,
    EncounterEvidence,
    EvidenceSource,
    EvidenceType,
    Kind,
    Verdict,
)
from care.encounter.states import Status as Visit
from care.record.models import Condition
from core import clock
from core.drafts import BaseIn
from people.models import Patient
from people.rechecks import PASSWORD, IdentityCheck
from pharmacy.formulary.models import Medication
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.signing import sign
from pharmacy.review import checklist, service
from pharmacy.review.models import ReviewerTraining, ReviewShift
from pharmacy.review.schemas import DecisionIn

TRAINED: Final = ("pharmacist1", "pharmacist2")
DOCTOR: Final = "county1"
DISEASE: Final = "原发性高血压"
AMLODIPINE: Final = "W001"
WAITING: Final = (7, 42)
"""Minutes since two prescriptions were signed that nobody has taken."""
DECIDED: Final = (95, 150)
"""Minutes since the one that is back with the doctor and the one that has passed."""
ADVICE: Final = DecisionIn(
    then="return",
    faults=["fit-dose"],
    reason="家测血压已经偏低,请核对这次的用量",
    suggestion="可以先减到每日半片,一周后再看血压",
)
PASSED: Final = DecisionIn(
    then="approve",
    fit=[point.code for point in checklist.points_of(Category.WESTERN)],
)


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction."""
    await _training()
    people = await _people()
    for minutes, patient in zip(WAITING, people[:2], strict=False):
        with _ago(minutes):
            await _prescribed(patient)
    for minutes, patient in zip(DECIDED, people[2:], strict=False):
        with _ago(minutes):
            row = await _prescribed(patient)
        with _ago(minutes - 12):
            await _decided(row, returned=minutes == DECIDED[0])


async def _training() -> None:
    for username in TRAINED:
        await ReviewerTraining.create(
            practitioner_id=practitioner_id(username),
            passed_on=clock.today() - timedelta(days=200),
            recorded_by=practitioner_id("admin1"),
            recorded_by_name="谢斌",
            recorded_at=clock.now(),
        )


async def _people() -> list[Patient]:
    """Grown people whose hypertension county1 has diagnosed, always the same ones."""
    known = await Condition.filter(name=DISEASE).order_by("patient_id").select_related("patient")
    own = [row.patient for row in known if row.recorder_id == practitioner_id(DOCTOR)]
    return list({patient.id: patient for patient in own}.values())[:4]


async def _prescribed(patient: Patient) -> MedicationRequest:
    """A visit of county1 with its prescription; the visit is over afterwards."""
    doctor = await actor(DOCTOR)
    visit = await _visit(patient, doctor.organization_id)
    product = await Medication.get(code=AMLODIPINE)
    line = {
        "medication": str(product.id),
        "dose": "5",
        "dose_unit": "mg",
        "route": "口服",
        "frequency": "qd",
        "days": "7",
    }
    words: dict[str, Any] = {
        "diagnosis": [f"I10.x00 {DISEASE}"],
        "valid_days": "3",
        "lines": [line],
    }
    check = IdentityCheck(PASSWORD, clock.now(), "")
    row = await sign(doctor, visit.id, Category.WESTERN, words, BaseIn(), check=check)
    await Encounter.filter(id=visit.id).update(status=Visit.FINISHED, ended_at=clock.now())
    return row


async def _visit(patient: Patient, house: UUID) -> Encounter:
    moment = clock.now()
    doctor = practitioner_id(DOCTOR)
    visit = await Encounter.create(
        id=demo_id("prescribed-visit", str(patient.id)),
        status=Visit.IN_PROGRESS,
        kind=Kind.TEXT,
        patient_id=patient.id,
        practitioner_id=doctor,
        organization_id=house,
        account_id=demo_id("resident-account", "nobody"),
        condition="hypertension",
        icd10="I10.x00",
        consent_version="1",
        consent_sha256="0" * 64,
        consent_relation="self",
        consented_at=moment,
        asked_at=moment,
        began_at=moment,
        advice="药按时吃,不要自己停。每周量两三次血压,记下来。",
    )
    await EncounterEvidence.create(
        encounter=visit,
        type=EvidenceType.OUTPATIENT_RECORD,
        source=EvidenceSource.OWN_HIS,
        institution="云河县人民医院",
        visit_date=clock.today() - timedelta(days=40),
        icd10="I10.x00",
        diagnosis_text=DISEASE,
        reference=f"Condition/{demo_id('condition', str(patient.id))}",
        added_at=moment,
    )
    await EligibilityVerdict.create(
        encounter=visit,
        verdict=Verdict.ELIGIBLE,
        reason="本院确诊,同一诊断复诊",
        practitioner_id=doctor,
        practitioner_name="刘明华",
        at=moment,
    )
    return visit


async def _decided(row: MedicationRequest, *, returned: bool) -> None:
    """By pharmacist1, in a duty that is over."""
    person, moment = await actor("pharmacist1"), clock.now()
    await ReviewShift.create(
        practitioner_id=person.practitioner_id,
        organization_id=person.organization_id,
        live=person.practitioner_id,
        method=PASSWORD,
        checked_at=moment,
        opened_at=moment,
        acted_at=moment,
    )
    await service.claim(person, row.id)
    if returned:
        await service.return_(person, row.id, ADVICE)
    else:
        check = IdentityCheck(PASSWORD, moment, "")
        await service.approve(person, row.id, PASSED, check=check)
    await service.end_duty(person)


@contextmanager
def _ago(minutes: int) -> Iterator[None]:
    """Let things happen some time before now."""
    moment = clock.now() - timedelta(minutes=minutes)
    with clock.set_clock(lambda: moment):
        yield
