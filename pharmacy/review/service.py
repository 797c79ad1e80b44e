"""The decisions: approve, return, reject. Each moves the sitting and the prescription by
compare-and-swap in one transaction, and is safe to repeat.

审核规范: nothing is priced, charged or dispensed before it passes; who lets it pass signs.
处方办法 art. 36: what is unsuitable goes back to the doctor, who confirms or rewrites; what is
severely irrational is refused, recorded and reported.
"""

from typing import Any
from uuid import UUID

from care.signatures.canonical import digest
from care.signatures.service import sign
from core import clock, db, outbox
from core.audit import audit
from core.errors import FieldError, Invalid
from core.states import advance
from people.actor import Actor
from people.rechecks import IdentityCheck
from pharmacy.prescribing.events import (
    MedicationRequestApproved,
    MedicationRequestRejected,
    MedicationRequestReturned,
)
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import MEDICATION_REQUEST
from pharmacy.review import claims, duty
from pharmacy.review.access import open_request, require_reviewer
from pharmacy.review.checklist import Line, filled, lacking
from pharmacy.review.claims import claim, release
from pharmacy.review.events import DoctorAsked
from pharmacy.review.models import Review
from pharmacy.review.prefill import said_of
from pharmacy.review.schemas import DecisionIn
from pharmacy.review.states import ReviewStatus

__all__ = ["approve", "ask_doctor", "claim", "end_duty", "reject", "release", "return_"]

SIGNED_AS = "PrescriptionReview"
SHORTEST = 4
EVENTS = {
    "approve": MedicationRequestApproved,
    "return": MedicationRequestReturned,
    "reject": MedicationRequestRejected,
}


async def approve(
    actor: Actor, request_id: UUID, entry: DecisionIn, *, check: IdentityCheck
) -> Review:
    """Let it pass, signed. Raises NotFound, Forbidden, Conflict, Invalid (points nobody judged)."""
    await require_reviewer(actor)
    if done := await _repeated(actor, request_id, ReviewStatus.APPROVED):
        return done
    async with db.atomic():
        row, review = await claims.hold(actor, request_id)
        lines = await _lines(row, entry)
        if entry.faults:
            raise _wrong("faults", "有不合适的项目,请退回医师,或者去掉勾再通过。")
        if missing := lacking(lines):
            words = "、".join(line.point.words for line in missing)
            raise _wrong("fit", f"还有 {len(missing)} 项没有判断:{words}")
        content = _content(row, review, "approve", lines, entry)
        signature = await sign(
            actor, kind=SIGNED_AS, document_id=review.id, version=1, content=content
        )
        reviewed = {
            "reviewed_by": actor.practitioner_id,
            "reviewed_at": signature.signed_at,
            "review_signature_id": signature.id,
        }
        await advance(row, MEDICATION_REQUEST, "approve", **reviewed)
        await _end(actor, row, review, "approve", entry, lines, check, content, signature.id)
    return review


async def return_(actor: Actor, request_id: UUID, entry: DecisionIn) -> Review:
    """Back to the doctor with what is wrong and what would be better. Raises as `approve`."""
    await require_reviewer(actor)
    if done := await _repeated(actor, request_id, ReviewStatus.RETURNED):
        return done
    _require_reason(entry)
    async with db.atomic():
        row, review = await claims.hold(actor, request_id)
        lines = await _lines(row, entry)
        content = _content(row, review, "return", lines, entry)
        await advance(row, MEDICATION_REQUEST, "return")
        await _end(actor, row, review, "return", entry, lines, None, content)
    return review


async def reject(actor: Actor, request_id: UUID, entry: DecisionIn) -> Review:
    """Refuse it for good, and report it to the pharmacy's head. Raises as `approve`."""
    await require_reviewer(actor)
    if done := await _repeated(actor, request_id, ReviewStatus.REJECTED):
        return done
    _require_reason(entry)
    async with db.atomic():
        row, review = await claims.hold(actor, request_id)
        lines = await _lines(row, entry)
        content = _content(row, review, "reject", lines, entry)
        moment = clock.now()
        await advance(
            row,
            MEDICATION_REQUEST,
            "reject",
            reviewed_by=actor.practitioner_id,
            reviewed_at=moment,
            ended_at=moment,
            end_reason=entry.reason[:300],
        )
        await _end(actor, row, review, "reject", entry, lines, None, content, reported_at=moment)
    return review


async def ask_doctor(actor: Actor, request_id: UUID) -> None:
    """Begin to talk with the doctor who wrote it; the conversation opens by event."""
    async with db.atomic():
        row, review = await claims.hold(actor, request_id)
        if review.asked_at is None:
            await Review.filter(id=review.id).update(asked_at=clock.now(), seen_at=clock.now())
            name = claims.subject(review.id)
            await audit(actor, "prescription_review.ask", name, patient_id=row.patient_id)
        event = DoctorAsked(
            review_id=str(review.id),
            request_id=str(row.id),
            reviewer_id=str(actor.practitioner_id),
            author_id=str(row.author_id),
        )
        await outbox.record(event, subject=f"MedicationRequest/{row.id}")


async def end_duty(actor: Actor) -> int:
    """Go off duty; what is held goes back to the queue. Returns how many. Raises Conflict."""
    async with db.atomic():
        left = await claims.release_all(actor)
        await duty.finish(actor, left)
    return left


async def _end(
    actor: Actor,
    row: MedicationRequest,
    review: Review,
    action: str,
    entry: DecisionIn,
    lines: list[Line],
    check: IdentityCheck | None,
    content: dict[str, Any],
    signature_id: UUID | None = None,
    **changes: Any,
) -> None:
    checked = (
        {"check_method": check.method, "checked_at": check.at, "check_device": check.device[:200]}
        if check
        else {}
    )
    await claims.end(
        actor,
        row,
        review,
        action,
        decided_at=clock.now(),
        points=[line.as_json() for line in lines],
        reason=entry.reason,
        suggestion=entry.suggestion,
        content=content,
        signature_id=signature_id,
        **checked,
        **changes,
    )
    await duty.acted(actor)
    event = EVENTS[action](
        request_id=str(row.id),
        patient_id=str(row.patient_id),
        author_id=str(row.author_id),
        organization_id=str(row.organization_id),
        about=row.subject,
    )
    await outbox.record(event, subject=f"MedicationRequest/{row.id}")


async def _lines(row: MedicationRequest, entry: DecisionIn) -> list[Line]:
    said = await said_of(row)
    return filled(row.category, said, fit=entry.fit, faults=entry.faults)


def _content(
    row: MedicationRequest, review: Review, decision: str, lines: list[Line], entry: DecisionIn
) -> dict[str, Any]:
    """What the pharmacist stands for: this decision on exactly this prescription."""
    return {
        "review": str(review.id),
        "prescription": str(row.id),
        "number": row.number or "",
        "version": row.version,
        "prescription_sha256": digest(row.content),
        "decision": decision,
        "points": [line.as_json() for line in lines],
        "reason": entry.reason,
        "suggestion": entry.suggestion,
    }


async def _repeated(actor: Actor, request_id: UUID, status: ReviewStatus) -> Review | None:
    """The same decision by the same pharmacist, made before and still the last word."""
    await open_request(actor, request_id)
    last = await Review.filter(request_id=request_id).order_by("-claimed_at").first()
    if last and last.status is status and last.reviewer_id == actor.practitioner_id:
        row = await MedicationRequest.get(id=request_id)
        return last if row.status.value != "on-hold" else None
    return None


def _require_reason(entry: DecisionIn) -> None:
    errors = []
    if not entry.faults:
        errors.append(FieldError("faults", "请勾上不合适的项目"))
    if len(entry.reason) < SHORTEST:
        errors.append(FieldError("reason", f"请写明理由,至少 {SHORTEST} 个字"))
    if errors:
        raise Invalid("invalid_input", "有几处需要改一下。", errors=errors)


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, errors=[FieldError(field, sentence)])
