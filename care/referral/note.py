"""What the next doctor should know (转诊说明): the summary of a referral, also for the patient to
take along.

It is a view of the visit and of its signed note, not a document of its own: nothing in it can
differ from the record.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from care.encounter import evidence, reasons, visiting
from care.encounter.conditions import name_of
from care.encounter.models import Encounter
from care.encounter.reasons import Offer
from care.encounter.steps import subject, write_down
from care.encounter.words import VERDICTS
from care.note import drafts, signing
from care.note.shown import entries
from care.referral.models import ServiceRequest
from core import clock
from core.audit import Who
from core.errors import NotFound
from people.ages import age_in_words
from people.queries import SEX_WORDS


@dataclass(frozen=True, slots=True)
class Note:
    """One page: who, from whom, why, and what is known; `signed` is the note, (heading, words)."""

    patient: str
    doctor: str
    organization: str
    at: datetime
    condition: str
    complaint: str
    answers: list[str]
    diagnoses: list[str]
    reason: str
    finding: str
    guidance: str
    guided_to: str
    signed: list[tuple[str, str]]
    document_id: UUID | None


async def note_of(who: Who, row: Encounter) -> Note:
    """The note of a visit that was referred or ended with a referral; the look is audited.

    Raises NotFound.
    """
    ended = row.offer == Offer.REFERRAL and row.ended_at is not None
    if not ended and not await ServiceRequest.exists(encounter_id=row.id):
        raise NotFound("no_referral", "这次复诊没有转诊说明。")
    await write_down(who, row, "referral.read")
    return await summary(row)


async def of_referral(row: ServiceRequest) -> Note:
    """What a referral says, from a visit or from a team; no door. Everybody in it is loaded."""
    if row.encounter is not None:
        return await summary(row.encounter)
    patient, doctor = row.patient, row.requester
    sex, age = SEX_WORDS[patient.sex], age_in_words(patient.birth_date, clock.today())
    return Note(
        patient=f"{patient.name} {sex} {age}",
        doctor=f"{doctor.name} {doctor.title}".strip(),
        organization=row.from_organization.name,
        at=row.proposed_at,
        condition="家庭医生团队随访",
        complaint="",
        answers=row.summary.splitlines(),
        diagnoses=[],
        reason="",
        finding="",
        guidance="",
        guided_to="",
        signed=[],
        document_id=None,
    )


async def summary(row: Encounter) -> Note:
    """What a visit says; no door."""
    await row.fetch_related("patient", "practitioner", "organization")
    verdict, ending = await visiting.verdict_of(row.id), reasons.ending_of(row.reason)
    signed = await drafts.latest(subject(row.id))
    patient = row.patient
    sex, age = SEX_WORDS[patient.sex], age_in_words(patient.birth_date, clock.today())
    return Note(
        patient=f"{patient.name} {sex} {age}",
        doctor=f"{row.practitioner.name} {row.practitioner.title}".strip(),
        organization=row.organization.name,
        at=row.ended_at or row.began_at or row.asked_at,
        condition=name_of(row.condition),
        complaint=row.complaint,
        answers=[f"{one['text']} {one['answer']}" for one in row.answers],
        diagnoses=[
            f"{one.diagnosis_text} {one.icd10}({one.institution},{one.visit_date:%Y-%m-%d})"
            for one in await evidence.of(row.id)
        ],
        reason=ending.words if ending else "",
        finding=f"{VERDICTS[verdict.verdict]}:{verdict.reason}" if verdict else "",
        guidance=row.guidance,
        guided_to=row.guided_to,
        signed=entries(signing.typed_of(signed.content)) if signed else [],
        document_id=signed.document_id if signed else None,
    )
