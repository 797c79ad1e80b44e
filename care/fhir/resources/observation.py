"""Observation: vital signs, and blood sugar. Codes are LOINC, units UCUM (FHIR vital signs)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from tortoise.expressions import Q

from care.fhir.narrowing import Tokens
from care.fhir.resources.parts import (
    TERMINOLOGY,
    About,
    Resource,
    Source,
    coded,
    concept,
    moment,
    named,
    resource,
    subject,
)
from care.record.models import EntryStatus, Interpretation, Observation, VitalSign
from care.record.rules import MEALS, VITALS

LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
SYSTOLIC: Final = coded(LOINC, "8480-6", "Systolic blood pressure")
DIASTOLIC: Final = coded(LOINC, "8462-4", "Diastolic blood pressure")
CODES: Final[Mapping[VitalSign, tuple[str, str, str]]] = {
    VitalSign.BLOOD_PRESSURE: (
        "85354-9",
        "Blood pressure panel with all children optional",
        "mm[Hg]",
    ),
    VitalSign.PULSE: ("8867-4", "Heart rate", "/min"),
    VitalSign.TEMPERATURE: ("8310-5", "Body temperature", "Cel"),
    VitalSign.RESPIRATION: ("9279-1", "Respiratory rate", "/min"),
    VitalSign.SPO2: ("2708-6", "Oxygen saturation in Arterial blood", "%"),
    VitalSign.GLUCOSE: ("15074-8", "Glucose [Moles/volume] in Blood", "mmol/L"),
    VitalSign.WEIGHT: ("29463-7", "Body weight", "kg"),
    VitalSign.HEIGHT: ("8302-2", "Body height", "cm"),
}
PULSE_OXIMETRY: Final = coded(
    LOINC, "59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"
)
MEANS: Final[Mapping[Interpretation, tuple[str, str]]] = {
    Interpretation.NORMAL: ("N", "Normal"),
    Interpretation.LOW: ("L", "Low"),
    Interpretation.HIGH: ("H", "High"),
    Interpretation.CRITICAL: ("AA", "Critical abnormal"),
}


def shown(row: Observation, about: About) -> Resource:
    """One measurement; blood pressure has two components and no value of its own."""
    wrong = row.status is EntryStatus.ENTERED_IN_ERROR
    code, display, unit = CODES[row.code]
    codings = [coded(LOINC, code, display)]
    if row.code is VitalSign.SPO2:
        codings.append(PULSE_OXIMETRY)
    pressure = row.code is VitalSign.BLOOD_PRESSURE
    means = MEANS.get(row.interpretation)
    return resource(
        "Observation",
        row.id,
        row.changed_at or row.recorded_at,
        status="entered-in-error" if wrong else "final",
        category=[concept(_category(row.code))],
        code=concept(*codings, text=VITALS[row.code].name),
        subject=subject(about),
        effectiveDateTime=moment(row.measured_at),
        issued=moment(row.recorded_at),
        performer=[named(f"{row.recorder_name}({row.organization_name})")],
        valueQuantity=None if pressure else quantity(row.value, unit),
        component=_components(row) if pressure else None,
        interpretation=[
            concept(coded(f"{TERMINOLOGY}v3-ObservationInterpretation", means[0], means[1]))
        ]
        if means
        else None,
        note=[
            {"text": words}
            for words in (
                MEALS[row.meal] if row.meal else "",
                row.change_reason if wrong else "",
            )
            if words
        ],
        device=named(row.device) if row.device else None,
    )


def _category(code: VitalSign) -> Resource:
    kind = "laboratory" if code is VitalSign.GLUCOSE else "vital-signs"
    return coded(f"{TERMINOLOGY}observation-category", kind)


def _components(row: Observation) -> list[Resource]:
    unit = CODES[VitalSign.BLOOD_PRESSURE][2]
    values = ((SYSTOLIC, "高压", row.value), (DIASTOLIC, "低压", row.diastolic))
    return [
        {"code": concept(code, text=words), "valueQuantity": quantity(value, unit)}
        for code, words, value in values
        if value is not None
    ]


def quantity(value: Decimal, unit: str) -> Resource:
    """A number with its UCUM unit."""
    whole = value == value.to_integral_value()
    return {
        "value": int(value) if whole else float(value),
        "unit": unit,
        "system": UCUM,
        "code": unit,
    }


def _by_category(code: str) -> Q | None:
    glucose = Q(code=VitalSign.GLUCOSE)
    return {"laboratory": glucose, "vital-signs": ~glucose}.get(code)


def _by_code(code: str) -> Q | None:
    own = [sign for sign, (loinc, _, _) in CODES.items() if loinc == code]
    if code == PULSE_OXIMETRY["code"]:
        own = [VitalSign.SPO2]
    return Q(code__in=own) if own else None


MEASURED: Final = Source(
    Observation,
    "measured_at",
    shown,
    by={
        "category": Tokens(f"{TERMINOLOGY}observation-category", _by_category),
        "code": Tokens(LOINC, _by_code),
    },
)
