"""What other rooms of `care` ask this one: what a consent is for, what belongs on the timeline."""

from uuid import UUID

from care.consent.subjects import ConsentSubject, subject_of
from care.record.history import Happening, source
from care.teleconsultation.access import open_consultation
from care.teleconsultation.models import Consultation
from care.teleconsultation.requests import CONSENT_KIND
from care.teleconsultation.schemas import ApplicationIn
from care.teleconsultation.states import Status
from care.teleconsultation.steps import subject
from care.teleconsultation.words import MODES, status_words
from core.errors import Conflict
from people.actor import Actor
from people.links import same_person
from people.specialties import SPECIALTIES


@subject_of(CONSENT_KIND)
async def consent_subject(actor: Actor, consultation_id: UUID) -> ConsentSubject:
    """The draft that passed the gate, with the fee that was quoted then."""
    view = await open_consultation(actor, consultation_id)
    view.require_inviter()
    draft = view.consultation
    entry = ApplicationIn.leniently(draft.typed)
    if draft.status != Status.DRAFT or not entry.specialties:
        raise Conflict("already_sent", "这份申请已经发出,或还没有填好,不用再签。")
    fields = "、".join(SPECIALTIES[specialty] for specialty in entry.specialties)
    return ConsentSubject(
        subject=subject(draft.id),
        patient_id=draft.patient_id,
        fee_fen=draft.fee_fen,
        what=f"{fields} {MODES[entry.mode]}远程会诊",
        back=f"/consultations/{draft.id}/submission",
    )


@source
async def consultations_of(patient_id: UUID) -> list[Happening]:
    """Consultations that were sent, for the patient's timeline."""
    rows = await (
        Consultation.filter(patient_id__in=await same_person(patient_id))
        .exclude(submitted_at=None)
        .order_by("-submitted_at")
        .select_related("inviter", "inviter_organization")
        .prefetch_related("seats")
    )
    return [_happening(row) for row in rows]


def _happening(row: Consultation) -> Happening:
    kind, word = status_words(row.status, mine=False)
    seats = sorted(getattr(row, "seats", []), key=lambda seat: seat.position)
    fields = "、".join(SPECIALTIES.get(seat.specialty, seat.specialty) for seat in seats)
    return Happening(
        at=row.submitted_at or row.created_at,
        category="consultation",
        kind=kind,
        what=f"{fields}远程会诊({word})",
        by=f"{row.inviter.name}({row.inviter_organization.name})",
        text=row.working_diagnosis,
        href=f"/consultations/{row.id}",
    )
