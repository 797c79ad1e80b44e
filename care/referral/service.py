"""The verbs: refer, agree, accept, decline, close, cancel, expire. Each moves by compare-and-swap
and is safe to repeat; the ground "referral" begins with the sending and ends with the referral."""

from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from care.encounter import access as visits
from care.encounter.models import Encounter
from care.encounter.reasons import Termination
from care.encounter.steps import subject as visit_name
from care.note import drafts
from care.referral import rules
from care.referral.access import open_own, open_referral, subject
from care.referral.events import ReferralDue, ReferralMoved
from care.referral.models import ServiceRequest
from care.referral.places import place_of, tier_of
from care.referral.policy import params
from care.referral.schemas import AnswerIn, OutcomeIn, ReferIn, RefusalIn
from care.referral.states import OVER, REFERRAL, Status
from core import clock, db, outbox, texts
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict, FieldError, Invalid
from core.states import advance
from people import access as patients
from people.actor import Actor
from people.models import GrantBasis
from people.policy import policy
from people.residents.actor import Resident
from people.residents.models import Relation

TEXTS: Final = Path(__file__).with_name("texts")
CONSENT: Final = "referral"


def consent_text() -> texts.Text:
    """The words to agree to today."""
    return texts.current(TEXTS, CONSENT)


async def why_not(visit: Encounter) -> str:
    """Why this visit cannot be referred now; empty when it can."""
    return rules.why_not_refer(
        visit.status,
        noted=await drafts.latest(visit_name(visit.id)) is not None,
        emergency=visit.reason == Termination.EMERGENCY_SIGNS,
    )


async def refer(actor: Actor, encounter_id: UUID, entry: ReferIn) -> ServiceRequest:
    """Propose it to the resident. Raises NotFound, Conflict (one is running), Invalid (target)."""
    try:
        async with db.atomic():
            visit = (await visits.open_encounter(actor, encounter_id, lock=True)).encounter
            if sentence := await why_not(visit):
                raise Conflict("not_now", sentence)
            name, patient_id = visit_name(visit.id), visit.patient_id
            return await _create(actor, patient_id, entry, live=name, encounter_id=visit.id)
    except IntegrityError:
        sentence = "这次复诊已经有一个转诊在办,先取消那个,才能转到别处。"
        raise Conflict("already_referred", sentence) from None


async def refer_from(
    actor: Actor, patient_id: UUID, entry: ReferIn, *, about: str, summary: str
) -> ServiceRequest:
    """Propose it from a team's task or alert, without a visit; the caller has passed the door to
    the patient. Raises Conflict (one is running for it), Invalid (target)."""
    try:
        async with db.atomic():
            return await _create(actor, patient_id, entry, live=about, about=about, summary=summary)
    except IntegrityError:
        sentence = "这件事已经有一个转诊在办,先取消那个,才能转到别处。"
        raise Conflict("already_referred", sentence) from None


async def _create(actor: Actor, patient_id: UUID, entry: ReferIn, **more: Any) -> ServiceRequest:
    place = await place_of(actor, entry.target)
    if place is None:
        sentence = "请从列表里选一个科室"
        raise Invalid("target", sentence, errors=[FieldError("target", sentence)])
    moment = clock.now()
    row = await ServiceRequest.create(
        id=uuid4(),
        patient_id=patient_id,
        requester_id=actor.practitioner_id,
        from_organization_id=actor.organization_id,
        to_organization_id=place.organization_id,
        department=place.department,
        direction=rules.direction(await tier_of(actor.organization_id), place.tier),
        urgency=entry.urgency,
        reason=entry.reason,
        proposed_at=moment,
        expires_at=moment + params().agree,
        **more,
    )
    await _write_down(actor, row, "refer", "doctor")
    return row


async def agree(
    who: Resident, referral_id: UUID, relation: Relation, *, version: str
) -> ServiceRequest:
    """The resident says yes: it is sent, and the department may open the record.

    Raises NotFound, Invalid for other words than today's, Conflict.
    """
    text = consent_text()
    if version != text.version:
        sentence = f"请先看过并同意《{text.title}》。"
        raise Invalid("consents", sentence, errors=[FieldError("consents", sentence)])
    async with db.atomic():
        row = await open_own(who, referral_id, lock=True)
        if row.sent_at is not None and row.status not in OVER:
            return row
        moment = clock.now()
        await advance(
            row,
            REFERRAL,
            "agree",
            account_id=who.account_id,
            consent_version=text.version,
            consent_sha256=text.sha256,
            consent_relation=relation.value,
            sent_at=moment,
            answer_by=moment + params().answer_within(row.urgency),
            expires_at=moment + params().silent,
        )
        await patients.grant(
            row.patient_id,
            basis=GrantBasis.REFERRAL,
            subject=subject(row.id),
            granted_by=row.requester_id,
            organization_id=row.to_organization_id,
            department=row.department,
        )
        await _write_down(who, row, "agree", "resident")
    return row


async def accept(actor: Actor, referral_id: UUID, entry: AnswerIn) -> ServiceRequest:
    """The department takes the patient, and says when and where to come."""
    expires_at = clock.now() + params().come
    changes = {"keep_place": entry.keep_place, "expires_at": expires_at}
    return await _answer(actor, referral_id, "accept", entry.answer, **changes)


async def decline(actor: Actor, referral_id: UUID, entry: RefusalIn) -> ServiceRequest:
    """The department does not, and says why. The record closes at once."""
    return await _answer(actor, referral_id, "decline", entry.why)


ANSWERS: Final = {"accept": Status.ACCEPTED, "decline": Status.DECLINED}


async def _answer(
    actor: Actor, referral_id: UUID, action: str, words: str, **changes: Any
) -> ServiceRequest:
    async with db.atomic():
        view = await open_referral(actor, referral_id, lock=True)
        view.require_receiver()
        row, moment = view.referral, clock.now()
        if row.status is ANSWERS[action] and row.answered_by_id == actor.practitioner_id:
            return row
        said = {
            "answer": words,
            "answered_at": moment,
            "answered_by_id": actor.practitioner_id,
        }
        await _move(actor, row, action, "department", **said, **changes)
    return row


async def close(actor: Actor, referral_id: UUID, entry: OutcomeIn) -> ServiceRequest:
    """What came of it goes back; the record stays open for the writing, and no longer."""
    async with db.atomic():
        view = await open_referral(actor, referral_id, lock=True)
        view.require_receiver()
        row = view.referral
        if row.status is Status.CLOSED:
            return row
        await _move(actor, row, "close", "department", outcome=entry.outcome)
    return row


async def cancel(actor: Actor, referral_id: UUID) -> ServiceRequest:
    """The referring doctor takes it back."""
    async with db.atomic():
        view = await open_referral(actor, referral_id, lock=True)
        view.require_sender()
        row = view.referral
        if row.status is not Status.CANCELLED:
            await _move(actor, row, "cancel", "doctor", cancelled_by="doctor")
    return row


async def cancel_own(who: Resident, referral_id: UUID) -> ServiceRequest:
    """The resident does not want it, or not any more (个人信息保护法 art. 15)."""
    async with db.atomic():
        row = await open_own(who, referral_id, lock=True)
        if row.status is not Status.CANCELLED:
            await _move(who, row, "cancel", "resident", cancelled_by="resident")
    return row


async def expire(referral_id: UUID, status: Status) -> None:
    """Nobody did what was waited for in this state."""
    row = await ServiceRequest.filter(id=referral_id).select_for_update().first()
    if row is None or row.status is not status or row.expires_at > clock.now():
        return
    await _move(SYSTEM, row, "expire", "clock")


async def _move(who: Who, row: ServiceRequest, action: str, by: str, **changes: Any) -> None:
    await advance(row, REFERRAL, action, **changes)
    if row.status in OVER:
        ended = {"ended_at": clock.now(), "live": None}
        await ServiceRequest.filter(id=row.id).update(**ended)
        row.update_from_dict(ended)
        await _close_record(row)
    await _write_down(who, row, action, by)


async def _close_record(row: ServiceRequest) -> None:
    """A patient who was seen has a note to be written; else there is nothing left to look at."""
    if row.status is Status.CLOSED:
        await patients.close_after(subject(row.id), policy().after_visit)
    else:
        await patients.revoke(subject(row.id))


async def _write_down(who: Who, row: ServiceRequest, action: str, by: str) -> None:
    name = subject(row.id)
    await audit(who, f"referral.{action}", name, patient_id=row.patient_id)
    event = ReferralMoved(
        referral_id=str(row.id),
        encounter_id=str(row.encounter_id or ""),
        patient_id=str(row.patient_id),
        requester_id=str(row.requester_id),
        to_organization_id=str(row.to_organization_id),
        department=row.department,
        action=action,
        status=row.status.value,
        by=by,
    )
    await outbox.record(event, subject=name)
    if row.status not in OVER:
        due = ReferralDue(referral_id=str(row.id), status=row.status.value)
        await outbox.schedule(due, due_at=row.expires_at, key=f"referral:{row.id}", subject=name)
