"""Exactly what a signature under a prescription covers, and what it is worth later."""

from collections.abc import Mapping
from typing import Any, Final

from care.encounter.models import Encounter
from care.signatures.models import Signature
from care.signatures.service import Verdict, verify
from core import clock
from people.ages import age_in_words, years
from people.models import Patient
from people.queries import SEX_WORDS
from people.specialties import SPECIALTIES
from pharmacy.prescribing.composing import Composed, Line
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.policy import params
from pharmacy.prescribing.quantity import plain
from pharmacy.prescribing.rules import asks_agreement
from pharmacy.prescribing.words import AS_MUCH, TCM_WAYS, how_often

FORMAT: Final = 2
"""1: `confirmed` was a tick, 费别 always 自费."""


def put_together(
    visit: Encounter, composed: Composed, words: Mapping[str, Any], weight: str
) -> dict[str, Any]:
    """The whole prescription as plain values: 前记, 正文 and what the doctor adds to them.

    The patient stands on it as they are on this day (处方管理办法 附件1), the lines as the
    formulary named them, so that a later change of either changes nothing that was signed.
    """
    patient = visit.patient
    return {
        "format": FORMAT,
        "paper": paper_of(patient, words),
        "fee": words.get("fee") or params().fee,
        "organization": visit.organization.name,
        "department": SPECIALTIES.get(visit.practitioner.specialty, ""),
        "visit": str(visit.id),
        "patient": {
            "name": patient.name,
            "sex": SEX_WORDS[patient.sex],
            "age": age_in_words(patient.birth_date, clock.today()),
            "weight": weight,
        },
        "diagnosis": list(words.get("diagnosis", [])),
        "lines": [_line(line, composed) for line in composed.lines],
        **{name: words.get(name, "") for name in _WORDS},
        **{name: bool(words.get(name)) for name in _TICKS},
        "confirmed": _confirmed(composed, words),
        "doses": composed.doses,
        "way": how_to_take(composed, words),
        "preparation": composed.preparation.value if composed.preparation else "",
        "amount_fen": composed.amount_fen,
    }


_WORDS: Final = ("reason", "assessment", "advice", "valid_days", "tcm_disease", "tcm_pattern")
_TICKS: Final = ("urgent", "long_term", "stable")


def _confirmed(composed: Composed, words: Mapping[str, Any]) -> str:
    """How the patient confirms more than four weeks; empty where nobody asks."""
    longest = max((line.item.days for line in composed.lines), default=0)
    long_term = bool(words.get("long_term"))
    asked = asks_agreement(long_term=long_term, longest=longest, limits=params())
    return str(words.get("confirmed", "")) if asked else ""


def paper_of(patient: Patient, words: Mapping[str, Any]) -> str:
    """Whose colour it is printed on: emergency, child or general (处方管理办法 附件1)."""
    if words.get("urgent"):
        return "emergency"
    child = years(patient.birth_date, clock.today()) < params().child_years
    return "child" if child else "general"


def how_to_take(composed: Composed, words: Mapping[str, Any]) -> str:
    """每日 1 剂,分 2 次,口服; empty on the Western form."""
    if composed.category is not Category.TCM:
        return ""
    return f"{TCM_WAYS.get(composed.way, '')},{words.get('route', '')}"


def _line(line: Line, composed: Composed) -> dict[str, Any]:
    one, entry, supply = line.product, line.entry, line.supply
    if entry is None or supply is None:
        raise ValueError("an unreadable line is never signed")
    return {
        "medication_id": str(one.id),
        "code": one.code,
        "name": one.generic_name,
        "form": one.form,
        "strength": one.strength,
        "manufacturer": one.manufacturer,
        "dose": AS_MUCH if entry.dose is None else plain(entry.dose),
        "dose_unit": "" if entry.dose is None else entry.dose_unit,
        "route": entry.route,
        "frequency": entry.frequency,
        "how_often": how_often(entry.frequency) if composed.category is Category.WESTERN else "",
        "days": entry.days,
        "quantity": supply.units,
        "unit": one.unit,
        "packs": supply.packs,
        "pack_unit": one.pack_unit,
        "handed_out": line.handed_out,
        "price_fen": one.price_fen,
        "amount_fen": supply.amount_fen,
        "note": entry.note,
        "over_label": entry.over_label,
        "skin_test": entry.skin_test,
    }


def signed_content(row: MedicationRequest) -> dict[str, Any]:
    """Exactly what a signature under this version covers."""
    return {
        "document_id": row.document_id,
        "version": row.version,
        "number": row.number,
        "replaces": row.replaces_id,
        "subject": row.subject,
        "category": row.category,
        "patient_id": row.patient_id,
        "author_id": row.author_id,
        "organization_id": row.organization_id,
        "overrides": dict(row.overrides),
        "content": dict(row.content),
    }


async def proof(row: MedicationRequest) -> Verdict:
    """Whether the signed version is as it was when the doctor signed."""
    signature = await Signature.get(id=row.signature_id)
    return await verify(signature, signed_content(row))
