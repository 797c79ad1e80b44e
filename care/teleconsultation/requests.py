"""The inviter's verbs: draft, send, answer, cancel, abort, refer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from care.consent.queries import valid
from care.record.queries import summary
from care.teleconsultation import asking, gate, material, rules
from care.teleconsultation.access import View, open_consultation
from care.teleconsultation.events import (
    ConsultationEnded,
    ConsultationSubmitted,
    MaterialProvided,
)
from care.teleconsultation.fees import FeeTable
from care.teleconsultation.models import (
    Agreement,
    Consultation,
    MaterialRequest,
    Mode,
    Seat,
)
from care.teleconsultation.schemas import ApplicationIn, MaterialIn, ReferralIn
from care.teleconsultation.states import Status
from care.teleconsultation.steps import move, subject
from core import clock, db, outbox
from core.audit import audit
from core.errors import Conflict, FieldError, Forbidden, Invalid
from people import access as patients
from people.actor import Actor
from people.models import Practitioner, Tier

CONSENT_KIND = "teleconsultation"


async def begin_draft(actor: Actor, patient_id: UUID) -> Consultation:
    """Open the request form for a patient: the draft that is there already, or a new one."""
    async with db.atomic():
        patient = await patients.open_patient(actor, patient_id, purpose="consultation")
        patient_id = patient.id
        await require_inviter(actor)
        found = await Consultation.filter(
            patient_id=patient_id, inviter_id=actor.practitioner_id, status=Status.DRAFT
        ).first()
        if found is not None:
            return found
        draft = await Consultation.create(
            patient_id=patient_id,
            inviter_id=actor.practitioner_id,
            inviter_organization_id=actor.organization_id,
            created_at=clock.now(),
            saved_at=clock.now(),
        )
        await audit(actor, "consultation.draft", subject(draft.id), patient_id=patient_id)
        return draft


async def require_inviter(actor: Actor) -> Practitioner:
    """The acting doctor, if 远程规范 lets them invite. Raises Forbidden with the article."""
    practitioner = await Practitioner.get(id=actor.practitioner_id)
    refused = rules.inviter_may(practitioner.licence, Tier(actor.tier))
    if refused is not None:
        raise Forbidden("inviter_not_allowed", f"{refused.sentence}(依据:{refused.source})")
    return practitioner


async def save_draft(actor: Actor, consultation_id: UUID, typed: Mapping[str, Any]) -> Consultation:
    """Keep what was typed, right or wrong. Raises Conflict once it has been sent."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        view.require_inviter()
        draft = view.consultation
        if draft.status != Status.DRAFT:
            raise Conflict("already_sent", "这份申请已经发出,不能再改草稿。")
        draft.update_from_dict({"typed": dict(typed), "saved_at": clock.now()})
        await draft.save(update_fields=["typed", "saved_at"])
    return draft


async def discard(actor: Actor, consultation_id: UUID) -> None:
    """Throw a draft away; it stays in the table as cancelled."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        view.require_inviter()
        if view.consultation.status != Status.DRAFT:
            raise Conflict("already_sent", "这份申请已经发出,请用“取消会诊”。")
        await move(view.consultation, "cancel", actor, "丢弃草稿", closed_at=clock.now())


async def agreements_of(organization_id: UUID) -> list[Agreement]:
    """The agreements under which this institution may invite today."""
    today = clock.today()
    return await (
        Agreement.filter(
            inviter_organization_id=organization_id,
            valid_from__lte=today,
            valid_until__gte=today,
            ended_at=None,
        )
        .order_by("number")
        .select_related("invitee_organization")
    )


async def check(
    consultation: Consultation, entry: ApplicationIn
) -> tuple[Agreement, list[gate.Gap]]:
    """Everything that must hold before consent is asked for. Raises Invalid with the fields."""
    rules.check_specialties(entry.specialties, several=entry.format == "mdt")
    agreement = await _agreement(consultation, entry)
    record = await summary(consultation.patient_id)
    application = entry.application()
    gaps = gate.missing(application, material.facts(record), clock.now())
    if gate.blocks(application, gaps):
        raise Invalid(
            "request_incomplete",
            "还缺几样,专家没有这些无法给出意见。",
            errors=[FieldError("" if g.place == "record" else g.place, g.sentence) for g in gaps],
        )
    if entry.mode == Mode.SCHEDULED and not [t for t in entry.times if t > clock.now()]:
        raise Invalid(
            "no_time",
            "请选可以会诊的时间。",
            errors=[FieldError("times", "请至少选一个将来的时间")],
        )
    await _check_doctor(consultation, agreement, entry)
    return agreement, gaps


async def quote(consultation: Consultation, entry: ApplicationIn, fees: FeeTable) -> int:
    """Settle the fee that the consent will show; sending checks it against the prices again."""
    fee = fees.fee(entry.format, entry.seats())
    consultation.fee_fen = fee
    await consultation.save(update_fields=["fee_fen"])
    return fee


async def _agreement(consultation: Consultation, entry: ApplicationIn) -> Agreement:
    valid = await agreements_of(consultation.inviter_organization_id)
    chosen = [a for a in valid if entry.agreement in (None, a.id)]
    if not chosen:
        raise Invalid(
            "no_agreement",
            "贵院与上级医院没有有效的远程医疗合作协议,请联系县医共体办公室。",
            errors=[FieldError("agreement", "没有有效的合作协议")],
        )
    return chosen[0]


async def _check_doctor(
    consultation: Consultation, agreement: Agreement, entry: ApplicationIn
) -> None:
    if entry.doctor is None:
        return
    doctor = await Practitioner.get_or_none(id=entry.doctor, active=True)
    house = agreement.invitee_organization_id
    sentence = ""
    if doctor is None or doctor.organization_id != house:
        sentence = "请从协议医院的医生里选"
    elif doctor.id == consultation.inviter_id:
        sentence = "不能请自己会诊"
    elif doctor.specialty != entry.specialty:
        sentence = "这位医生不是所选专科的"
    elif refused := rules.invitee_may(doctor.licence, doctor.practising_since, clock.today()):
        sentence = refused.sentence
    if sentence:
        raise Invalid("doctor", sentence, errors=[FieldError("doctor", sentence)])


async def submit(
    actor: Actor,
    consultation_id: UUID,
    *,
    fees: FeeTable,
) -> Consultation:
    """Send the request. The patient has signed, with today's fee in view.

    Raises Invalid (incomplete, no agreement, nobody on call), Conflict, Forbidden.
    """
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        view.require_inviter()
        draft = view.consultation
        if draft.status != Status.DRAFT:
            raise Conflict("already_sent", "这份申请已经发出。")
        inviter = await require_inviter(actor)
        entry = ApplicationIn.model_validate(draft.typed)
        agreement, gaps = await check(draft, entry)
        fee = fees.fee(entry.format, entry.seats())
        signed = await valid(draft.patient_id, CONSENT_KIND, subject=subject(draft.id), fee_fen=fee)
        if signed is None:
            raise Conflict("consent_missing", "请先请患者看过费用、签好知情同意书,再发送。")
        await _make_seats(draft, entry)
        await move(
            draft,
            "submit",
            actor,
            "发出会诊申请,患者已签知情同意",
            ConsultationSubmitted(consultation_id=str(draft.id)),
            **await _columns(draft, entry, gaps),
            agreement_id=agreement.id,
            service_kind=rules.service_kind(inviter.licence, patient_here=entry.patient_here),
            fee_fen=fee,
            consent_id=signed.id,
        )
        await _ask_everybody(draft)
    return draft


async def _columns(
    draft: Consultation, entry: ApplicationIn, gaps: list[gate.Gap]
) -> dict[str, Any]:
    record = await summary(draft.patient_id)
    return {
        "mode": entry.mode,
        "format": entry.format,
        "urgency": entry.urgency,
        "aim": entry.aim,
        "chief_complaint": entry.chief_complaint,
        "history": entry.history,
        "exam": entry.exam,
        "working_diagnosis": entry.working_diagnosis,
        "questions": entry.question_list,
        "times": [moment.isoformat() for moment in entry.times],
        "attachments": material.own_attachments(record, entry.attachments),
        "vitals": material.vitals_snapshot(record),
        "gaps": [gap.sentence for gap in gaps],
        "sent_anyway_reason": entry.sent_anyway_reason if gaps else "",
        "submitted_at": clock.now(),
    }


async def _make_seats(draft: Consultation, entry: ApplicationIn) -> None:
    for position, (specialty, title) in enumerate(entry.seats()):
        await Seat.create(
            consultation_id=draft.id,
            position=position,
            specialty=specialty,
            wanted_title=title,
            wanted_id=entry.doctor if position == 0 else None,
        )


async def _ask_everybody(draft: Consultation) -> None:
    for seat in await Seat.filter(consultation_id=draft.id).order_by("position"):
        asked = await asking.ask_next(draft, seat, invited_by="发起医生")
        if asked is None and seat.position == 0:
            raise Invalid(
                "nobody_on_call",
                f"这个专科现在没有可以应答的医生。{rules.ADVICE}",
                errors=[FieldError("specialty", "现在没有值班医生,请换专科或改约时间")],
            )
        if asked is None:
            await asking.nobody_left(draft, seat, "这个专科暂时没有可以应答的医生")


async def provide_material(actor: Actor, consultation_id: UUID, answer: MaterialIn) -> None:
    """Answer the open material request."""
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        view.require_inviter()
        consultation = view.consultation
        open_request = (
            await MaterialRequest.filter(consultation_id=consultation.id, answered_at=None)
            .order_by("-asked_at")
            .first()
        )
        record = await summary(consultation.patient_id)
        own = material.own_attachments(record, answer.attachments)
        await move(
            consultation,
            "provide_material",
            actor,
            "已补充资料",
            MaterialProvided(consultation_id=str(consultation.id)),
            note=answer.answer,
            attachments=list(dict.fromkeys([*consultation.attachments, *own])),
        )
        if open_request is not None:
            open_request.update_from_dict(
                {"answer": answer.answer, "attachments": own, "answered_at": clock.now()}
            )
            await open_request.save(update_fields=["answer", "attachments", "answered_at"])


async def cancel(actor: Actor, consultation_id: UUID, reason: str) -> None:
    """Take the request back before the doctors have met."""
    await _close(actor, consultation_id, "cancel", "已取消会诊", reason)


async def abort(actor: Actor, consultation_id: UUID, reason: str) -> None:
    """Stop for technical reasons; the inviter or the coordinator."""
    await _close(actor, consultation_id, "abort", "因技术原因中止会诊", reason, leaders=True)


async def refer(actor: Actor, consultation_id: UUID, referral: ReferralIn) -> None:
    """End the consultation and keep what a referral starts from."""
    await _close(
        actor,
        consultation_id,
        "convert",
        f"转为转诊:{referral.to}",
        referral.reason,
        referral=referral.model_dump(mode="json"),
    )


async def _close(
    actor: Actor,
    consultation_id: UUID,
    action: str,
    sentence: str,
    reason: str,
    *,
    leaders: bool = False,
    **changes: Any,
) -> None:
    async with db.atomic():
        view = await open_consultation(actor, consultation_id, lock=True)
        view.require_leader() if leaders else view.require_inviter()
        consultation = view.consultation
        await asking.release_seats(consultation)
        await move(
            consultation,
            action,
            actor,
            sentence,
            note=reason,
            closed_at=clock.now(),
            ending_note=reason,
            **changes,
        )
        await tell_ended(view)


async def tell_ended(view: View) -> None:
    """Record that the room closes for good."""
    consultation = view.consultation
    await outbox.record(
        ConsultationEnded(consultation_id=str(consultation.id), status=consultation.status.value),
        subject=subject(consultation.id),
    )
