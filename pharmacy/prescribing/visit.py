"""The visit a prescription belongs to: whose, about what, and whether it may have one."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from care.encounter import evidence, visiting
from care.encounter.access import DoctorView, open_encounter
from care.encounter.models import Encounter
from care.encounter.noting import about as note_about
from care.encounter.steps import subject
from care.note import drafts as notes
from care.note.signing import line_of, typed_of
from core.errors import Conflict, NotFound
from people.actor import Actor
from people.models import Organization, Practitioner
from pharmacy.prescribing.drafts import About
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.rules import Doctor

KIND: Final = "Encounter"


def about(row: Encounter, category: Category) -> About:
    """Whose prescription on this form it is; the visit's doctor is loaded."""
    return About(
        subject=subject(row.id),
        category=category,
        patient_id=row.patient_id,
        author_id=row.practitioner_id,
        organization_id=row.organization_id,
        department=row.practitioner.specialty,
    )


async def open_visit(actor: Actor, encounter_id: UUID, *, lock: bool = False) -> DoctorView:
    """The doctor's own visit, with the patient and the doctor loaded. Raises NotFound."""
    view = await open_encounter(actor, encounter_id, lock=lock)
    await view.encounter.fetch_related("patient", "practitioner", "organization")
    return view


async def open_visit_of(actor: Actor, row: MedicationRequest, *, lock: bool = False) -> DoctorView:
    """The visit in which this was prescribed, for its doctor alone. Raises NotFound."""
    kind, _, id = row.subject.partition("/")
    if kind != KIND or row.author_id != actor.practitioner_id:
        raise NotFound("not_found", "没有找到这张处方。")
    return await open_visit(actor, UUID(id), lock=lock)


async def require_prescribing(view: DoctorView, *, rewriting: bool = False) -> None:
    """Raise Conflict with the sentence of the rule that closes this visit to prescriptions."""
    if refused := await visiting.why_not_prescribe(view, rewriting=rewriting):
        raise Conflict(refused.code, refused.sentence)


async def diagnoses(row: Encounter) -> list[str]:
    """What may be prescribed for: the diagnoses of the visit's note, as typed or as signed, and
    those that were proven (诊疗办法 art. 16)."""
    return list(dict.fromkeys([*await _noted(row), *await _proven(row)]))


async def offered(row: Encounter, chosen: Sequence[str]) -> list[str]:
    """What the form offers: the note's, or while there are none the proven ones; what is chosen
    already stays where it still counts."""
    first = await _noted(row) or await _proven(row)
    known = await diagnoses(row)
    return list(dict.fromkeys([*first, *(one for one in chosen if one in known)]))


async def _noted(row: Encounter) -> list[str]:
    note = await notes.draft_of(note_about(row)) or await notes.latest(subject(row.id))
    words: Mapping[str, Any] = typed_of(note.content) if note else {}
    return [line for line in words.get("diagnosis", []) if line]


async def _proven(row: Encounter) -> list[str]:
    found = [one for one in await evidence.of(row.id) if evidence.counts(row, one)]
    return [line_of({"icd10": one.icd10, "name": one.diagnosis_text}) for one in found]


async def writer(actor: Actor) -> Doctor:
    """Who prescribes, as registered today; never what the session says."""
    row = await Practitioner.get(id=actor.practitioner_id)
    house = await Organization.get(id=actor.organization_id)
    return Doctor(licence=row.licence, title=row.title, tier=house.tier)
