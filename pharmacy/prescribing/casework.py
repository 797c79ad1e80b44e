"""What screening is told: the lines, and what the record knows of the person."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from care.laboratory import queries as laboratory
from care.note.icd10 import coded
from care.record import queries as record
from care.record.measurements import measurements
from care.record.models import VitalSign
from core import clock
from people.links import same_person
from people.models import Patient
from pharmacy.formulary.models import Medication
from pharmacy.prescribing.composing import Composed, Line
from pharmacy.prescribing.models import Category, PrescribedLine
from pharmacy.prescribing.policy import params
from pharmacy.prescribing.quantity import spelled
from pharmacy.prescribing.states import Status
from pharmacy.prescribing.words import AS_MUCH, FREQUENCIES
from pharmacy.screening import (
    Amount,
    Case,
    Controlled,
    Drug,
    Finding,
    Kind,
    Medicine,
    Person,
    Pregnancy,
    Problem,
    Screening,
    Sex,
    ingredients,
    screen,
)
from pharmacy.screening import Line as ScreenedLine

TAKEN: Final = (Status.ON_HOLD, Status.ACTIVE, Status.DISPENSING, Status.COMPLETED)
LONGEST: Final = timedelta(days=100)


async def screened(
    patient: Patient,
    composed: Composed,
    words: Mapping[str, Any],
    *,
    but: Sequence[UUID] = (),
) -> Screening:
    """What software finds about what is written so far; `but` are prescriptions it replaces."""
    return screen(await case_of(patient, composed, words, but=but))


def keyed(found: Iterable[Finding]) -> list[tuple[str, Finding]]:
    """Each finding with the name under which its reason is typed: the rule's, and where one rule
    finds several things, the rule's with a mark of the drugs."""
    seen: set[str] = set()
    named = []
    for one in found:
        mark = hashlib.sha256("+".join(one.drugs).encode()).hexdigest()[:6]
        key = f"{one.rule_id}@{mark}" if one.rule_id in seen else one.rule_id
        seen.add(one.rule_id)
        named.append((key, one))
    return named


async def case_of(
    patient: Patient,
    composed: Composed,
    words: Mapping[str, Any],
    *,
    but: Sequence[UUID] = (),
) -> Case:
    """The prescription and the person, as screening knows them."""
    return Case(
        on=clock.today(),
        person=await _person(patient, words),
        lines=tuple(_line(line, composed) for line in composed.lines),
        diagnoses=tuple(_problem(one) for one in words.get("diagnosis", [])),
        tcm_disease=words.get("tcm_disease", ""),
        tcm_pattern=words.get("tcm_pattern", ""),
        current=await _current(patient, but),
    )


def _problem(line: str) -> Problem:
    code, name = coded(line)
    return Problem(name, code)


async def _person(patient: Patient, words: Mapping[str, Any]) -> Person:
    known = await record.problems(patient.id)
    allergies = await record.allergies(patient.id)
    heavy = await weight(patient.id)
    said = words.get("pregnancy", "")
    kidneys = await laboratory.filtration(patient)
    return Person(
        birth_date=patient.birth_date,
        sex=Sex(patient.sex.value),
        weight_g=int(heavy * 1000) if heavy is not None else None,
        egfr=kidneys.egfr if kidneys else None,
        egfr_from=kidneys.words if kidneys else "",
        egfr_stale=bool(kidneys and _too_old(kidneys)),
        pregnancy=Pregnancy(said) if said in set(Pregnancy) else Pregnancy.UNKNOWN,
        lactating=True if said == "lactating" else None,
        allergies=None if allergies is None else tuple(one.substance for one in allergies),
        conditions=tuple(Problem(one.name, one.icd10) for one in known if one.active),
        history=tuple(f"{one.name} {one.note}".strip() for one in known),
    )


def _too_old(kidneys: laboratory.Filtration) -> bool:
    return (clock.today() - kidneys.taken_on).days > params().creatinine_days


async def weight(patient_id: UUID) -> Decimal | None:
    """The newest weight of the record, in kg."""
    found = await measurements(patient_id, limit=200)
    return next((one.value for one in found if one.code is VitalSign.WEIGHT), None)


async def _current(patient: Patient, but: Sequence[UUID]) -> tuple[Medicine, ...]:
    """What they say they take, and what was prescribed here and should still be taken."""
    found = [Medicine(one.name) for one in await record.medicines(patient.id) if one.active]
    rows = PrescribedLine.filter(
        request__patient_id__in=await same_person(patient.id),
        request__status__in=list(TAKEN),
        request__signed_at__gt=clock.now() - LONGEST,
    ).exclude(request_id__in=list(but))
    found += [
        Medicine(line.name, ingredients(line.medication.ingredients))
        for line in await rows.select_related("request", "medication")
        if line.request.signed_at + timedelta(days=max(line.days, 1)) > clock.now()
    ]
    return tuple(dict.fromkeys(found))


def _line(line: Line, composed: Composed) -> ScreenedLine:
    entry = line.entry
    drug = drug_of(line.product)
    if entry is None:
        return ScreenedLine(drug)
    often = FREQUENCIES.get(entry.frequency)
    per_day = Decimal(often.times) / often.in_days if often else None
    pieces = composed.category is Category.TCM
    counted = entry.dose is not None and entry.dose_unit != AS_MUCH
    return ScreenedLine(
        drug=drug,
        dose=Amount(entry.dose, entry.dose_unit) if counted and entry.dose else None,
        times_per_day=None if pieces else per_day,
        days=entry.days or None,
        route=entry.route,
        footnote=entry.note if pieces else "",
        as_needed=bool(often and often.as_needed),
        skin_test=entry.skin_test,
    )


def drug_of(one: Medication) -> Drug:
    """A product of the formulary."""
    return Drug(
        name=one.generic_name,
        ingredients=ingredients(one.ingredients),
        kind=Kind(one.kind.value),
        form=one.form,
        route=one.route,
        unit=one.unit,
        strength=Amount(one.strength_value, spelled(one.strength_unit))
        if one.strength_value
        else None,
        antimicrobial=one.antimicrobial.value,
        controlled=Controlled(one.controlled.value),
        injection=one.injection,
        cold_chain=one.cold_chain,
    )
