"""Opinions and the decision: drafts that are never lost, signatures, corrections.

A signed version never changes. A correction is the next version of the same document, names the
one it replaces and says why. In an MDT each expert signs an opinion of their own, the coordinator
writes the joint one, and all experts sign that too.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from care.signatures.models import Signature
from care.signatures.service import sign
from care.teleconsultation.access import View, open_consultation
from care.teleconsultation.events import DecisionMade, OpinionCorrected, OpinionSigned
from care.teleconsultation.models import (
    Consultation,
    CoSignature,
    Decision,
    Expert,
    Format,
    Opinion,
    OpinionKind,
    Part,
)
from care.teleconsultation.rules import MDT_SPECIALTIES
from care.teleconsultation.schemas import DecisionIn, OpinionIn
from care.teleconsultation.states import WORKING, ExpertStatus, Status
from care.teleconsultation.steps import move, move_expert, subject, write_down
from core import clock, db, outbox
from core.errors import Conflict, FieldError, Forbidden, Invalid
from people.actor import Actor

OPINION_KIND = "ConsultationOpinion"
DECISION_KIND = "ConsultationDecision"
MAY_WRITE = frozenset(
    {
        Status.ACCEPTED,
        Status.MATERIAL_REQUESTED,
        Status.MATERIAL_READY,
        Status.SCHEDULED,
        Status.WAITING,
        Status.IN_SESSION,
        Status.OPINION_DRAFT,
    }
)
MAY_CORRECT = frozenset(
    {Status.OPINION_DRAFT, Status.OPINION_SIGNED, Status.FEEDBACK, Status.ARCHIVED}
)


async def latest_signed(
    consultation_id: UUID, kind: OpinionKind, author_id: UUID | None = None
) -> Opinion | None:
    """The version that counts."""
    found = Opinion.filter(consultation_id=consultation_id, kind=kind).exclude(signed_at=None)
    if author_id is not None:
        found = found.filter(author_id=author_id)
    return await found.order_by("-version").first()


async def draft_of(consultation_id: UUID, author_id: UUID, kind: OpinionKind) -> Opinion | None:
    """What is being written and not signed yet."""
    return await Opinion.get_or_none(
        consultation_id=consultation_id, author_id=author_id, kind=kind, signed_at=None
    )


async def save_draft(
    actor: Actor, consultation_id: UUID, kind: OpinionKind, typed: Mapping[str, Any]
) -> Opinion:
    """Keep what was typed. After a signature this begins the draft of a correction."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        signed = await _require_author(view, kind)
        status = view.consultation.status
        if status not in (MAY_CORRECT if signed else MAY_WRITE):
            raise Conflict("not_now", "会诊已经结束,不能再改意见。")
        return await _keep(view, kind, typed, signed)


async def _keep(
    view: View, kind: OpinionKind, typed: Mapping[str, Any], signed: Opinion | None
) -> Opinion:
    author_id, consultation_id = view.actor.practitioner_id, view.consultation.id
    draft = await draft_of(consultation_id, author_id, kind)
    moment = clock.now()
    if draft is None:
        own_id = uuid4()
        return await Opinion.create(
            id=own_id,
            document_id=signed.document_id if signed else own_id,
            consultation_id=consultation_id,
            author_id=author_id,
            kind=kind,
            version=signed.version + 1 if signed else 1,
            corrects_id=signed.id if signed else None,
            content=dict(typed),
            saved_at=moment,
        )
    await Opinion.filter(id=draft.id, signed_at=None).update(content=dict(typed), saved_at=moment)
    draft.update_from_dict({"content": dict(typed), "saved_at": moment})
    return draft


async def _require_author(view: View, kind: OpinionKind) -> Opinion | None:
    """The signed version this person would correct, if any. Raises Forbidden."""
    expert = view.require_expert()
    if expert.part == Part.COLLEAGUE:
        raise Forbidden("colleague", "您是以同事身份参加的,不用写会诊意见。")
    leads = expert.part == Part.COORDINATOR and view.consultation.format == Format.MDT
    if kind == OpinionKind.JOINT and not leads:
        raise Forbidden("coordinator_only", "联合意见由牵头专家书写。")
    return await latest_signed(view.consultation.id, kind, view.actor.practitioner_id)


async def sign_opinion(
    actor: Actor, consultation_id: UUID, kind: OpinionKind, entry: OpinionIn
) -> Opinion:
    """Sign one's opinion, or its correction.

    Raises Forbidden `reauthenticate`, Conflict when the talk is not over yet or the joint opinion
    comes before the single ones, Invalid when a correction gives no reason.
    """
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        consultation = view.consultation
        before = await _require_author(view, kind)
        _require_time(consultation, before)
        if kind == OpinionKind.JOINT:
            await _require_all_single(view)
        if before is not None and len(entry.correction_reason) < 4:
            raise Invalid(
                "correction_reason",
                "更正已签名的意见要写明原因。",
                errors=[FieldError("correction_reason", "请写明为什么更正(至少 4 个字)")],
            )
        content = entry.model_dump(exclude={"correction_reason"})
        draft = await _keep(view, kind, content, before)
        signature = await sign(
            actor,
            kind=OPINION_KIND,
            document_id=draft.document_id,
            version=draft.version,
            content=signed_content(draft),
        )
        await _seal(draft, signature, entry.correction_reason)
        await _settle(view, draft, before)
    return draft


def _require_time(consultation: Consultation, before: Opinion | None) -> None:
    if before is None and consultation.status != Status.OPINION_DRAFT:
        late = consultation.status not in MAY_WRITE
        raise Conflict(
            "not_now",
            "会诊已经结束,不能再签。" if late else "请先结束会诊,再签署意见。草稿已保存。",
        )
    if before is not None and consultation.status not in MAY_CORRECT:
        raise Conflict("not_now", "这次会诊已经结束,不能再更正。")


async def _require_all_single(view: View) -> None:
    giving = [e for e in view.experts if e.status in WORKING and e.part != Part.COLLEAGUE]
    if len({e.specialty for e in giving}) < MDT_SPECIALTIES:
        raise Conflict("mdt_needs_two", "多学科会诊至少要有两个专科的专家,请再邀请一位。")
    if any(e.status != ExpertStatus.SIGNED for e in giving):
        raise Conflict("opinions_missing", "请等各位专家都签好自己的意见,再写联合意见。")


def signed_content(opinion: Opinion) -> dict[str, Any]:
    """Exactly what a signature under this version covers."""
    return {
        "consultation_id": opinion.consultation_id,
        "document_id": opinion.document_id,
        "author_id": opinion.author_id,
        "kind": opinion.kind.value,
        "version": opinion.version,
        "corrects": opinion.corrects_id,
        "content": dict(opinion.content),
    }


async def _seal(draft: Opinion, signature: Signature, reason: str) -> None:
    changes = {
        "signed_at": signature.signed_at,
        "signature_id": signature.id,
        "correction_reason": reason if draft.corrects_id else "",
        "author_name": signature.name,
        "author_title": signature.title,
        "author_organization": signature.organization_name,
    }
    if not await Opinion.filter(id=draft.id, signed_at=None).update(**changes):
        raise Conflict("signed_already", "这一版已经签过名了,请刷新页面。")
    draft.update_from_dict(changes)


async def _settle(view: View, opinion: Opinion, before: Opinion | None) -> None:
    """What a signature means for the expert and for the consultation."""
    consultation, actor = view.consultation, view.actor
    joint = opinion.kind == OpinionKind.JOINT
    expert = view.require_expert()
    if not joint:
        await move_expert(expert, "correct" if before else "sign")
    complete = await is_complete(consultation)
    word = "联合意见" if joint else "会诊意见"
    if before is not None:
        sentence = f"更正{word},第 {opinion.version} 版代替第 {before.version} 版"
    else:
        sentence = f"签署{word}"
    event = OpinionSigned(
        consultation_id=str(consultation.id), opinion_id=str(opinion.id), complete=complete
    )
    if consultation.status == Status.OPINION_DRAFT:
        if complete:
            await _complete(consultation, actor, sentence, event)
        else:
            await write_down(consultation, "sign_part", actor, sentence, event)
        return
    await move(consultation, "correct", actor, sentence, event, note=opinion.correction_reason)
    await _tell_corrected(consultation, opinion, complete)


async def _complete(
    consultation: Consultation, actor: Actor, sentence: str, event: OpinionSigned
) -> None:
    await move(consultation, "sign", actor, sentence, event)
    await outbox.cancel(f"consultation-opinion:{consultation.id}")


async def _tell_corrected(consultation: Consultation, opinion: Opinion, complete: bool) -> None:
    if complete:
        await outbox.record(
            OpinionCorrected(consultation_id=str(consultation.id), opinion_id=str(opinion.id)),
            subject=subject(consultation.id),
        )


async def is_complete(consultation: Consultation) -> bool:
    """Whether every signature that is wanted is there."""
    giving = Expert.filter(consultation_id=consultation.id, status__in=WORKING).exclude(
        part=Part.COLLEAGUE
    )
    experts = await giving
    if any(expert.status != ExpertStatus.SIGNED for expert in experts):
        return False
    if consultation.format != Format.MDT:
        return bool(experts)
    joint = await latest_signed(consultation.id, OpinionKind.JOINT)
    if joint is None:
        return False
    signed = {row.practitioner_id for row in await CoSignature.filter(opinion_id=joint.id)}
    return {e.practitioner_id for e in experts} <= signed | {joint.author_id}


async def co_sign(actor: Actor, consultation_id: UUID) -> None:
    """Another expert signs the newest version of the joint opinion."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        consultation = view.consultation
        expert = view.require_expert()
        joint = await latest_signed(consultation.id, OpinionKind.JOINT)
        if joint is None or expert.part != Part.EXPERT:
            raise Conflict("nothing_to_sign", "现在没有需要您会签的联合意见。")
        signature = await sign(
            actor,
            kind=OPINION_KIND,
            document_id=joint.document_id,
            version=joint.version,
            content=signed_content(joint),
        )
        await CoSignature.create(
            opinion_id=joint.id,
            practitioner_id=actor.practitioner_id,
            signature_id=signature.id,
            signed_at=signature.signed_at,
        )
        complete = await is_complete(consultation)
        event = OpinionSigned(
            consultation_id=str(consultation.id), opinion_id=str(joint.id), complete=complete
        )
        sentence = "会签联合意见"
        if complete and consultation.status == Status.OPINION_DRAFT:
            await _complete(consultation, actor, sentence, event)
            return
        await write_down(consultation, "co_sign", actor, sentence, event)
        if consultation.status != Status.OPINION_DRAFT:
            await _tell_corrected(consultation, joint, complete)


async def save_decision_draft(
    actor: Actor, consultation_id: UUID, typed: Mapping[str, Any]
) -> None:
    """Keep what the inviter typed of her decision until she signs it."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        view.require_inviter()
        consultation = view.consultation
        if consultation.status != Status.OPINION_SIGNED:
            raise Conflict("not_now", "要等专家签好意见,再写您的处理决定。")
        consultation.typed = {**consultation.typed, "decision": dict(typed)}
        await consultation.save(update_fields=["typed"])


def decision_content(consultation_id: UUID, entry: DecisionIn) -> dict[str, Any]:
    """Exactly what the inviter signs."""
    return {"consultation_id": consultation_id, **entry.model_dump()}


async def decide(actor: Actor, consultation_id: UUID, entry: DecisionIn) -> Decision:
    """The inviter decides diagnosis and treatment with reference to the opinion, and signs."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        view.require_inviter()
        consultation = view.consultation
        if consultation.status != Status.OPINION_SIGNED:
            raise Conflict("not_now", "要等专家签好意见,再写您的处理决定。")
        signature = await sign(
            actor,
            kind=DECISION_KIND,
            document_id=consultation.id,
            version=1,
            content=decision_content(consultation.id, entry),
        )
        decision = await Decision.create(
            consultation_id=consultation.id,
            **entry.model_dump(),
            signed_at=signature.signed_at,
            signature_id=signature.id,
        )
        await move(
            consultation,
            "decide",
            actor,
            "已签署处理决定",
            DecisionMade(consultation_id=str(consultation.id)),
        )
    return decision
