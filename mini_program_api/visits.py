"""An online visit in the contract's words."""

from datetime import datetime
from uuid import UUID

import chat.queries
from booking.words import yuan
from care.encounter import evidence, queries, rating, rules
from care.encounter.conditions import name_of
from care.encounter.guests import service as invited
from care.encounter.models import Encounter, EncounterEvidence
from care.encounter.policy import params
from care.encounter.reasons import ending_of
from care.encounter.states import OVER, TALKING, Status
from care.encounter.steps import subject
from care.encounter.words import EVIDENCE, SOURCES, STATUS
from care.note import drafts
from care.referral import queries as referrals
from care.referral import words
from care.referral.rules import REFERS
from core.audit import audit
from mini_program_api import guests, offers
from mini_program_api.schemas.encounters import (
    EncounterOut,
    EndingOut,
    EvidenceOut,
    NoteOut,
    PlaceOut,
    RatingOut,
    ReferralSeen,
)
from people.residents.actor import Resident
from people.specialties import SPECIALTIES

STEPS = {
    Status.PLANNED: "进候诊室等医生叫您。",
    Status.AWAY: "回来以后点“我回来了”。您的位置保留着。",
    Status.CALLED: "医生在等您,请马上进去。",
    Status.IN_PROGRESS: "和医生说话。断了可以随时再进来。",
    Status.FINISHED: "请按医生说的做。不舒服加重,请马上到医院或打 120。",
    Status.TERMINATED: "请按医生说的到医院看。",
    Status.DID_NOT_HAPPEN: "还需要看的话,请重新预约。",
    Status.CANCELLED: "还需要看的话,请重新预约。",
}


async def shown(row: Encounter) -> EncounterOut:
    """One visit; its patient, doctor and house are read when they are not loaded."""
    await row.fetch_related("patient", "practitioner", "organization")
    found = await evidence.of(row.id)
    lacking = evidence.why_not_enough(row, found)
    place = await queries.place_of(row)
    _, name = STATUS[row.status]
    kind, _, appointment = (row.subject or "").partition("/")
    doctor, ending = row.practitioner, await _ending(row)
    return EncounterOut(
        id=row.id,
        status=row.status.value,
        status_name=name,
        next_step=_step(row, lacking, place.sentence, ending),
        kind=row.kind,
        patient_id=row.patient_id,
        patient_name=row.patient.name,
        practitioner_id=row.practitioner_id,
        practitioner_name=doctor.name,
        practitioner_title=doctor.title,
        department_name=SPECIALTIES.get(doctor.specialty, doctor.specialty),
        organization_name=row.organization.name,
        appointment_id=UUID(appointment) if kind == "Appointment" else None,
        booked_for=row.booked_for,
        condition=row.condition,
        condition_name=name_of(row.condition),
        complaint=row.complaint,
        evidence=[_evidence(row, one) for one in found],
        needs_evidence=row.status is Status.PLANNED and lacking is not None,
        place=PlaceOut(
            ahead=place.ahead, sentence=place.sentence, message=place.message, doctor=place.doctor
        ),
        answer_by=_answer_by(row),
        asked_at=row.asked_at,
        began_at=row.began_at,
        ended_at=row.ended_at,
        ending=ending,
        referral=await _referral(row),
        give_up_rule=_give_up_rule(row),
        rating=await _rating(row),
        rate_until=rating.may_rate_until(row),
        guests=[guests.seen(one) for one in await invited.of(row.id)],
        may_invite=row.status in TALKING,
        note=await note_of(row),
        unread=await chat.queries.unread(row.patient_id, subject(row.id)),
    )


async def _referral(row: Encounter) -> ReferralSeen | None:
    found = await referrals.of_visit(row.id) if row.status in REFERS else []
    if not found:
        return None
    return ReferralSeen(
        id=found[0].id,
        status=found[0].status.value,
        status_name=words.ON_PHONE[found[0].status],
        target=words.target(found[0]),
    )


async def note_of(row: Encounter) -> NoteOut | None:
    """The signed note that counts; a draft is the doctor's alone."""
    found = await drafts.latest(subject(row.id))
    if found is None or found.signed_at is None:
        return None
    said = found.content
    return NoteOut(
        diagnoses=[one["name"] for one in said["diagnoses"]],
        findings=said["findings"],
        plan=said["plan"],
        orders=said["orders"],
        advice=said["advice"],
        alarm=said["alarm"],
        next_on=said["next_on"],
        next_way=said["next_way"],
        refer_to=said["refer_to"],
        follow_up=said["follow_up"],
        follow_by=said.get("follow_by"),
        signed_by=found.author_name,
        signed_title=found.author_title,
        signed_organization=found.author_organization,
        signed_at=found.signed_at,
        version=found.version,
        correction=found.correction_reason,
    )


def _evidence(row: Encounter, one: EncounterEvidence) -> EvidenceOut:
    return EvidenceOut(
        id=one.id,
        type=one.type,
        type_name=EVIDENCE[one.type],
        source=one.source.value,
        source_name=SOURCES[one.source],
        institution=one.institution,
        visit_date=one.visit_date,
        diagnosis_text=one.diagnosis_text,
        has_file=one.blob_id is not None,
        counts=evidence.counts(row, one),
    )


def _answer_by(row: Encounter) -> datetime | None:
    if row.status is not Status.CALLED or row.called_at is None:
        return None
    return row.called_at + params().answer


def _step(
    row: Encounter, lacking: rules.Refusal | None, place: str, ending: EndingOut | None
) -> str:
    if ending and ending.offered and ending.offered.open:
        return "给您留了一个号,请看下面,要就点一下。"
    if row.status is Status.PLANNED and lacking is not None:
        return lacking.sentence
    return place if row.status is Status.WAITING else STEPS[row.status]


async def _ending(row: Encounter) -> EndingOut | None:
    if row.status not in OVER:
        return None
    found = ending_of(row.reason)
    offered = await offers.of_visit(row)
    return EndingOut(
        reason=found.words if found else "",
        guidance=row.guidance,
        guided_to=row.guided_to,
        offer=row.offer,
        offered=offered,
        kept_open=offers.may_still_come(row, offered),
        advice=row.advice,
        refund=_refund(row),
        acknowledged=row.acknowledged_at is not None,
    )


def _give_up_rule(row: Encounter) -> str:
    """What becomes of the fee for whoever gives up now, said before they do."""
    if row.status in OVER or not row.fee_fen:
        return ""
    if row.status is Status.PLANNED:
        return "按预约的取消时间算:在时间以内取消,费用全部退回。"
    back = "原路退回" if params().refund_given_up else "不退"
    return f"现在不看了,费用 {yuan(row.fee_fen)}{back}。"


def _refund(row: Encounter) -> str:
    """What becomes of the fee, in words; nothing where nothing was paid."""
    if not row.fee_fen or row.status is Status.FINISHED:
        return ""
    if row.refund:
        return f"费用 {yuan(row.fee_fen)}原路退回,一般 1 到 3 天到账。"
    if row.status is Status.CANCELLED:
        return ""
    return f"按规定,这次的费用 {yuan(row.fee_fen)}不退。有疑问可以投诉或者问医院。"


async def _rating(row: Encounter) -> RatingOut | None:
    found = await rating.of_visit(row) if row.status in rating.RATED else None
    return RatingOut(stars=found.stars, words=found.words) if found else None


async def looked_at(who: Resident, row: Encounter) -> None:
    """Write down that the account saw it."""
    await audit(
        who, "encounter.open", f"Encounter/{row.id}", patient_id=row.patient_id, reason="own"
    )
