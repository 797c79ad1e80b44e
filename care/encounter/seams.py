"""What other rooms of `care` ask this one: what belongs on the timeline."""

from uuid import UUID

from care.encounter.conditions import name_of
from care.encounter.models import Encounter
from care.encounter.states import OVER
from care.encounter.steps import subject
from care.encounter.words import AT_DESK, KINDS
from care.note import drafts
from care.note.models import Composition
from care.note.signing import line_of
from care.record.history import Happening, source
from people.links import same_person


@source
async def visits_of(patient_id: UUID) -> list[Happening]:
    """Online visits that are over, for the patient's timeline."""
    rows = Encounter.filter(
        patient_id__in=await same_person(patient_id), status__in=list(OVER), began_at__isnull=False
    )
    over = await rows.order_by("-began_at").select_related("practitioner", "organization")
    notes = await drafts.latest_of([subject(row.id) for row in over])
    return [_happening(row, notes.get(subject(row.id))) for row in over]


def _happening(row: Encounter, note: Composition | None) -> Happening:
    kind, word = AT_DESK[row.status]
    return Happening(
        at=row.began_at or row.asked_at,
        category="consultation",
        kind=kind,
        what=f"在线复诊({KINDS[row.kind]}):{name_of(row.condition)}({word})",
        by=f"{row.practitioner.name}({row.organization.name})",
        text=_words(note) if note else row.advice or row.guidance,
        href=f"/notes/{note.document_id}" if note else "",
    )


def _words(note: Composition) -> str:
    """诊断:I10 原发性高血压 / 处理:…"""
    found = "、".join(line_of(one) for one in note.content["diagnoses"])
    changed = f"(第 {note.version} 版)" if note.version > 1 else ""
    return f"诊断:{found}{changed}\n处理:{note.content['plan']}"
