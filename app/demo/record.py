"""Records of residents whom village1 and village2 look after: months of measurements, problems,
allergies, medicines and some lab slips. The same dice fall in every demo.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from app.demo.lab_slips import Row, lab_slip
from app.demo.places import organization_id
from app.demo.residents import patient_id
from app.demo.staff import practitioner_id
from app.settings import Settings
from care.record import rules
from care.record.models import (
    AllergyCategory,
    AllergyIntolerance,
    AttachmentKind,
    Condition,
    DocumentReference,
    Meal,
    MedicationStatement,
    Method,
    Observation,
    Severity,
    VitalSign,
)
from core import clock
from core.blobs import Store
from people.ages import years
from people.models import Organization, Patient, Practitioner

SEED: Final = 20261121
CLINICS: Final = {"village1": "YH-T1-V1", "village2": "YH-T2-V1"}
EACH: Final = 15
ALLERGIES: Final = (
    (AllergyCategory.MEDICATION, "青霉素", "皮疹", Severity.MILD),
    (AllergyCategory.MEDICATION, "磺胺类", "全身红斑、发热", Severity.SEVERE),
    (AllergyCategory.FOOD, "花生", "喉头水肿", Severity.SEVERE),
    (AllergyCategory.MEDICATION, "头孢类", "荨麻疹", Severity.MILD),
)
DEVICE: Final = "上臂式电子血压计"
BLOOD: Final[tuple[Row, ...]] = (
    ("白细胞 WBC", "11.8 ↑", "10^9/L", "3.5–9.5"),
    ("血红蛋白 HGB", "128", "g/L", "115–150"),
    ("血小板 PLT", "212", "10^9/L", "125–350"),
    ("中性粒细胞 %", "78.6 ↑", "%", "40–75"),
)
SUGAR: Final[tuple[Row, ...]] = (
    ("空腹血糖 GLU", "8.4 ↑", "mmol/L", "3.9–6.1"),
    ("糖化血红蛋白", "7.9 ↑", "%", "4.0–6.0"),
    ("总胆固醇 TC", "5.6 ↑", "mmol/L", "0–5.2"),
    ("肌酐 Cr", "76", "μmol/L", "41–81"),
)


@dataclass(frozen=True, slots=True)
class Course:
    """What somebody has, drawn from the dice."""

    hypertension: bool
    diabetes: bool
    systolic: int
    glucose: Decimal
    weight: Decimal
    height: Decimal


async def create(settings: Settings) -> None:
    """Fill in records where there are none yet."""
    dice, store = random.Random(SEED), Store(settings.data_dir / "blobs")  # noqa: S311
    for username, clinic in CLINICS.items():
        by = await _signed_by(username, clinic)
        for number in range(EACH):
            patient = await Patient.get_or_none(id=patient_id(clinic, number))
            if patient and not await Observation.exists(patient_id=patient.id):
                await _fill(dice, store, patient, by)


async def _signed_by(username: str, clinic: str) -> dict[str, Any]:
    doctor = await Practitioner.get(id=practitioner_id(username))
    place = await Organization.get(id=organization_id(clinic))
    return {
        "recorder_id": doctor.id,
        "recorder_name": doctor.name,
        "organization_id": place.id,
        "organization_name": place.name,
    }


async def _fill(dice: random.Random, store: Store, patient: Patient, by: dict[str, Any]) -> None:
    age = years(patient.birth_date, clock.today())
    course = _course(dice, age)
    said = {**by, "patient_id": patient.id, "recorded_at": _at(dice, 300)}
    await Observation.bulk_create(list(_measured(dice, course, age, patient.id, by)))
    await _history(dice, course, said)
    if age >= 18 and dice.random() < 0.3:
        await _slip(dice, store, patient, course, said)


def _course(dice: random.Random, age: int) -> Course:
    old = age >= 45
    return Course(
        hypertension=old and dice.random() < 0.6,
        diabetes=old and dice.random() < 0.35,
        systolic=dice.randint(136, 168) if old else dice.randint(104, 126),
        glucose=Decimal(dice.randint(62, 104)) / 10,
        weight=Decimal(dice.randint(480, 780)) / 10 if age >= 14 else Decimal(4 + 2 * age),
        height=Decimal(dice.randint(150, 174)) if age >= 14 else Decimal(52 + 7 * age),
    )


def _at(dice: random.Random, days_ago: int) -> datetime:
    """Some working hour of that day; today's is in the past."""
    day = clock.today() - timedelta(days=max(days_ago, 1))
    return datetime.combine(day, time(dice.randint(8, 17), dice.randint(0, 59)), clock.SHANGHAI)


def _measured(
    dice: random.Random, course: Course, age: int, patient: UUID, by: dict[str, Any]
) -> Iterator[Observation]:
    """Every few weeks for months; treated blood pressure comes down slowly."""
    chronic = course.hypertension or course.diabetes
    for visit in range(dice.randint(6, 9) if chronic else 2, 0, -1):
        at = _at(dice, visit * 26 + dice.randint(-6, 6) - 18)
        common = {"panel_id": uuid4(), "measured_at": at, "recorded_at": at, **by}
        for code, value, extra in _values(dice, course, age, visit):
            finding = rules.judge(
                code,
                value,
                diastolic=extra.get("diastolic"),
                meal=extra.get("meal"),
                age_years=age,
            )
            yield Observation(
                id=uuid4(),
                patient_id=patient,
                code=code,
                value=value,
                interpretation=finding.level,
                **common,
                **extra,
            )


def _values(
    dice: random.Random, course: Course, age: int, visit: int
) -> Iterator[tuple[VitalSign, Decimal, dict[str, Any]]]:
    if age >= 3:
        systolic = course.systolic + visit * (2 if course.hypertension else 0)
        systolic += dice.randint(-7, 7)
        machine = {"method": Method.DEVICE, "device": DEVICE}
        diastolic = Decimal(round(systolic * 0.58) + dice.randint(-4, 5))
        yield VitalSign.BLOOD_PRESSURE, Decimal(systolic), {"diastolic": diastolic, **machine}
    pulse = dice.randint(64, 92) if age >= 10 else dice.randint(95, 125)
    yield VitalSign.PULSE, Decimal(pulse), {}
    yield VitalSign.TEMPERATURE, Decimal(dice.randint(362, 369)) / 10, {}
    if course.diabetes:
        swing = Decimal(dice.randint(-9, 9) + visit) / 10
        yield VitalSign.GLUCOSE, course.glucose + swing, {"meal": Meal.FASTING}
    if visit % 3 == 1:
        yield VitalSign.WEIGHT, course.weight + Decimal(dice.randint(-8, 8)) / 10, {}
        yield VitalSign.HEIGHT, course.height, {}


async def _history(dice: random.Random, course: Course, said: dict[str, Any]) -> None:
    if course.hypertension:
        since = f"{clock.today().year - dice.randint(3, 15)}年"
        await Condition.create(
            id=uuid4(), name="原发性高血压", icd10="I10.x00", onset=since, **said
        )
        dosage = dice.choice(["5 mg,每天早上一次", "5 mg,每天一次,有时忘"])
        await MedicationStatement.create(
            id=uuid4(), name="氨氯地平片", dosage=dosage, since=since, **said
        )
    if course.diabetes:
        since = f"{clock.today().year - dice.randint(2, 10)}年"
        await Condition.create(id=uuid4(), name="2 型糖尿病", icd10="E11.900", onset=since, **said)
        await MedicationStatement.create(
            id=uuid4(), name="二甲双胍片", dosage="0.5 g,一天两次,饭后", since=since, **said
        )
    roll = dice.random()
    if roll < 0.25:
        category, substance, reaction, severity = dice.choice(ALLERGIES)
        await AllergyIntolerance.create(
            id=uuid4(),
            category=category,
            substance=substance,
            reaction=reaction,
            severity=severity,
            **said,
        )
    elif roll < 0.85:
        await AllergyIntolerance.create(
            id=uuid4(), category=AllergyCategory.NONE_KNOWN, substance="", **said
        )


async def _slip(
    dice: random.Random, store: Store, patient: Patient, course: Course, said: dict[str, Any]
) -> None:
    title, rows = ("血糖血脂", SUGAR) if course.diabetes else ("血常规", BLOOD)
    at = _at(dice, dice.randint(5, 60))
    slip = lab_slip(title, patient.name, at.date(), rows)
    blob = await store.receive(slip, name=f"{title}.png")
    await DocumentReference.create(
        id=uuid4(),
        kind=AttachmentKind.LAB_SLIP,
        title=f"{title}(示例)",
        taken_on=at.date(),
        blob_id=blob.id,
        **{**said, "recorded_at": at},
    )
