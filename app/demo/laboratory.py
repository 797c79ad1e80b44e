"""Two years of laboratory results of residents with high pressure or sugar; of one of them the
kidneys fail slowly. The same dice fall in every demo.
"""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from app.demo.places import organization_id
from app.demo.record import CLINICS, EACH, SEED
from app.demo.residents import patient_id
from app.demo.staff import practitioner_id
from app.settings import Settings
from care.laboratory import rules
from care.laboratory.catalogue import analytes, range_for
from care.laboratory.models import DiagnosticReport, LaboratoryObservation
from care.record.models import Condition
from core import clock
from people.ages import years
from people.models import Organization, Patient, Practitioner

LABORATORY: Final = "云河县人民医院检验科"
TIMES: Final = 6
BETWEEN: Final = 118
FAILING: Final = 5
"""Whose creatinine rises: every so manieth of those with a chronic disease."""

Values = Iterator[tuple[str, str]]


async def create(_settings: Settings) -> None:
    """Fill in results where there are none yet."""
    for username, clinic in CLINICS.items():
        by = await _typed_by(username, clinic)
        chronic = 0
        for number in range(EACH):
            patient = await Patient.get_or_none(id=patient_id(clinic, number))
            if patient is None or await DiagnosticReport.exists(patient_id=patient.id):
                continue
            found = await Condition.filter(patient_id=patient.id)
            codes = {one.icd10[:3] for one in found} & {"I10", "E11"}
            if codes:
                chronic += 1
                dice = random.Random(SEED + number)  # noqa: S311
                await _fill(dice, patient, "E11" in codes, chronic % FAILING == 1, by)


async def _typed_by(username: str, clinic: str) -> dict[str, Any]:
    doctor = await Practitioner.get(id=practitioner_id(username))
    place = await Organization.get(id=organization_id(clinic))
    return {
        "recorder_id": doctor.id,
        "recorder_name": doctor.name,
        "organization_id": place.id,
        "organization_name": place.name,
    }


async def _fill(
    dice: random.Random, patient: Patient, diabetes: bool, failing: bool, by: dict[str, Any]
) -> None:
    start = Decimal(dice.randint(62, 88))
    for turn in range(TIMES):
        day = clock.today() - timedelta(days=(TIMES - 1 - turn) * BETWEEN + dice.randint(6, 24))
        taken = datetime.combine(day, time(8, dice.randint(0, 40)), clock.SHANGHAI)
        report = DiagnosticReport(
            id=(own := uuid4()),
            document_id=own,
            patient_id=patient.id,
            taken_at=taken,
            hour_known=True,
            laboratory=LABORATORY,
            recorded_at=taken + timedelta(hours=7),
            **by,
        )
        creatinine = start + (turn * 26 + 20 if failing else dice.randint(-6, 6))
        values = list(_values(dice, turn, creatinine, diabetes=diabetes))
        await report.save(force_create=True)
        await LaboratoryObservation.bulk_create(
            [_row(patient, report, place, *each) for place, each in enumerate(values)]
        )


def _values(dice: random.Random, turn: int, creatinine: Decimal, *, diabetes: bool) -> Values:
    yield "creatinine", str(creatinine)
    yield "urea", _tenths(dice, 40, 78)
    yield "uric_acid", str(dice.randint(290, 450))
    yield "potassium", _tenths(dice, 38, 49)
    if diabetes:
        yield "fasting_glucose", _tenths(dice, 62 - turn, 96 - 3 * turn)
        yield "hba1c", _tenths(dice, 66 - turn, 88 - 3 * turn)
        yield "acr", str(dice.randint(8, 70))
    if turn % 2:
        yield "cholesterol", _tenths(dice, 42, 62)
        yield "triglycerides", _tenths(dice, 9, 26)
        yield "ldl", _tenths(dice, 20, 40)
        yield "hdl", _tenths(dice, 9, 16)
        yield "alt", str(dice.randint(12, 52))
    if turn == TIMES - 1:
        yield "urine_protein", dice.choice(["阴性", "阴性", "±", "1+"])


def _tenths(dice: random.Random, low: int, high: int) -> str:
    return str(Decimal(dice.randint(low, high)) / 10)


def _row(
    patient: Patient, report: DiagnosticReport, place: int, code: str, text: str
) -> LaboratoryObservation:
    analyte = analytes()[code]
    age = years(patient.birth_date, report.taken_at.date())
    usual = range_for(code, patient.sex.value, age)
    low, high = (usual.low, usual.high) if usual else (None, None)
    number = None if analyte.answers else rules.Number(Decimal(text))
    return LaboratoryObservation(
        id=uuid4(),
        report_id=report.id,
        patient_id=patient.id,
        taken_at=report.taken_at,
        code=code,
        place=place,
        value=number.value if number else None,
        answer="" if number else text,
        given_value=text,
        given_unit=analyte.unit.code,
        low=low,
        high=high,
        range_source=usual.source if usual else "",
        interpretation=rules.judge(number, low, high)
        if number
        else rules.judge_answer(analyte, text),
    )
