"""The verbs of a prescription. What the pharmacist does to it is `pharmacy.review.service`."""

from typing import Final
from uuid import UUID

from care.signatures.models import Signature
from care.signatures.service import sign as put_signature
from core import clock, db, outbox
from core.audit import SYSTEM, Who
from core.drafts import BaseIn
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.states import allowed
from people.actor import Actor
from people.rechecks import IdentityCheck
from pharmacy.prescribing import drafts, rules, visit
from pharmacy.prescribing.content import signed_content
from pharmacy.prescribing.events import (
    MedicationRequestCancelled,
    MedicationRequestExpired,
    MedicationRequestSigned,
)
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.signing import sign
from pharmacy.prescribing.states import MEDICATION_REQUEST, Status
from pharmacy.prescribing.steps import expiry_key, ids, move, write_down

__all__ = ["cancel", "confirm", "discard", "expire", "rewrite", "sign"]

CONFIRMATION: Final = "MedicationRequestConfirmation"


async def confirm(
    actor: Actor, request_id: UUID, reason: str, *, check: IdentityCheck
) -> MedicationRequest:
    """Returned, and the doctor stands by it: a second signature with the reason, and it goes back
    to the pharmacist (审核规范: confirms or rewrites, then it is reviewed again).

    Raises Invalid without a reason, Conflict when it is not returned or its days are over,
    NotFound for strangers, Forbidden `reauthenticate`.
    """
    if len(reason) < rules.SHORTEST_REASON:
        sentence = "请写明为什么不改(至少 4 个字)"
        raise Invalid("no_reason", sentence, errors=[FieldError("reason", sentence)])
    async with db.atomic():
        row = await _mine(actor, request_id)
        _require_valid(row)
        before = Signature.filter(kind=CONFIRMATION, document_id=row.id)
        signature = await put_signature(
            actor,
            kind=CONFIRMATION,
            document_id=row.id,
            version=await before.count() + 1,
            content=signed_content(row) | {"confirmed": reason},
        )
        event = MedicationRequestSigned(**ids(row), confirmed=True)
        return await move(
            actor,
            row,
            "confirm",
            event,
            note=f"{check.method}: {reason}",
            second_signature_id=signature.id,
            confirmed_reason=reason,
        )


async def rewrite(actor: Actor, request_id: UUID) -> MedicationRequest:
    """A draft with the words of a returned prescription. Signing it replaces the returned one.

    Possible also when the visit is over. A repeat finds the same draft. Raises Conflict, NotFound.
    """
    async with db.atomic():
        before = await _mine(actor, request_id)
        if "rewrite" not in allowed(MEDICATION_REQUEST, before.status):
            raise Conflict("not_returned", "这张处方没有退回,不用重写。")
        view = await visit.open_visit_of(actor, before)
        await visit.require_prescribing(view, rewriting=True)
        about = visit.about(view.encounter, before.category)
        if (draft := await drafts.draft_of(about)) is not None:
            if draft.replaces_id == before.id:
                return draft
            sentence = "您还有一张没签名的处方在写。请先签名或删掉,再改这一张。"
            raise Conflict("draft_open", sentence)
        words = {name: value for name, value in before.typed.items() if name != "overrides"}
        return await drafts.begin(about, words, BaseIn(), replaces=before)


async def cancel(actor: Actor, request_id: UUID, reason: str) -> MedicationRequest:
    """The doctor takes it back, until it is handed out. Safe to repeat.

    Raises Invalid without a reason, Conflict when it is too late, NotFound for strangers.
    """
    if len(reason) < rules.SHORTEST_REASON:
        sentence = "请写明为什么作废(至少 4 个字)"
        raise Invalid("no_reason", sentence, errors=[FieldError("reason", sentence)])
    async with db.atomic():
        row = await _mine(actor, request_id)
        if row.status is Status.CANCELLED:
            return row
        await outbox.cancel(expiry_key(row))
        event = MedicationRequestCancelled(**ids(row))
        return await move(
            actor, row, "cancel", event, note=reason, ended_at=clock.now(), end_reason=reason
        )


async def expire(
    request_id: UUID, *, dispensing: bool = False, who: Who = SYSTEM
) -> MedicationRequest | None:
    """Its days are over (处方管理办法 art. 18): nothing more is reviewed, paid or dispensed.

    One that an order has already used up is left alone, because its dispensing began in time;
    `dispensing` ends such a one too, for whoever knows that nothing was dispensed. Safe to repeat
    and harmless before the time.
    """
    async with db.atomic():
        row = await MedicationRequest.filter(id=request_id).select_for_update().first()
        if row is None or row.valid_until is None or clock.now() < row.valid_until:
            return row
        open_to = allowed(MEDICATION_REQUEST, row.status)
        if "expire" not in open_to or (row.status is Status.DISPENSING and not dispensing):
            return row
        event = MedicationRequestExpired(**ids(row))
        return await move(who, row, "expire", event, ended_at=clock.now(), end_reason="有效期已过")


async def _mine(actor: Actor, request_id: UUID) -> MedicationRequest:
    """A signed one of this doctor's own, held for the verb. Raises NotFound."""
    row = await MedicationRequest.get_or_none(id=request_id)
    if row is None or row.author_id != actor.practitioner_id or drafts.is_draft(row):
        raise NotFound("not_found", "没有找到这张处方。")
    await visit.open_visit_of(actor, row, lock=True)
    found = await MedicationRequest.filter(id=request_id).select_for_update().first()
    if found is None:
        raise NotFound("not_found", "没有找到这张处方。")
    return found


def _require_valid(row: MedicationRequest) -> None:
    if row.valid_until is None or clock.now() >= row.valid_until:
        sentence = "这张处方的有效期已过,不能再确认。请重新开。"
        raise Conflict("expired", sentence)


async def discard(actor: Actor, encounter_id: UUID, category: Category) -> None:
    """Throw away what is written on this form; nothing happens when there is nothing."""
    async with db.atomic():
        view = await visit.open_visit(actor, encounter_id, lock=True)
        row = await drafts.draft_of(visit.about(view.encounter, category))
        if row is not None:
            await drafts.discard(row)
            await write_down(actor, row, "discard")
