"""The verbs: draw a month's sample, put one on the list, judge, answer. Safe to repeat."""

import random
import secrets
from datetime import date, datetime, time
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db, outbox
from core.audit import audit, refused
from core.clock import SHANGHAI
from core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from core.states import advance
from people.actor import Actor
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import SIGNED, Status
from pharmacy.review import rules
from pharmacy.review.access import PHARMACISTS, require_head
from pharmacy.review.appraisal.items import ALL, outcome_of
from pharmacy.review.events import AppraisalJudged
from pharmacy.review.models import Appraisal, AppraisalMonth, Origin, Review
from pharmacy.review.policy import params
from pharmacy.review.schemas import JudgementIn
from pharmacy.review.states import APPRAISAL, DECIDED, AppraisalStatus


def month_of(moment: datetime) -> str:
    """2026-11, by the county's calendar."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m}"


def bounds(month: str) -> tuple[datetime, datetime]:
    """The first moment of a month and of the next. Raises ValueError."""
    first = date.fromisoformat(f"{month}-01")
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    begins, ends = (datetime.combine(day, time(), SHANGHAI) for day in (first, after))
    return begins, ends


def chosen(ids: list[UUID], seed: str, size: int) -> list[UUID]:
    """The sample: the same ids and seed always give the same ones."""
    return random.Random(seed).sample(sorted(ids), size)  # noqa: S311  (reproducible, no secret)


async def draw(actor: Actor, month: str, *, seed: str = "") -> AppraisalMonth:
    """Draw the sample of a month that is over; a repeat finds what was drawn.

    点评规范 2010: at least one permille and a hundred. Raises Forbidden, Invalid.
    """
    require_head(actor)
    try:
        begins, ends = bounds(month)
    except ValueError:
        raise _wrong("month", "请从列表里选一个月") from None
    if ends > clock.now():
        raise _wrong("month", "这个月还没有过完,过完了再抽。")
    if found := await AppraisalMonth.get_or_none(month=month):
        return found
    rows = MedicationRequest.filter(signed_at__gte=begins, signed_at__lt=ends)
    rows = rows.filter(status__in=list(SIGNED - {Status.REPLACED}))
    ids = [row.id for row in await rows.only("id")]
    size, seed = rules.sample_size(len(ids), params()), seed or secrets.token_hex(8)
    try:
        async with db.atomic():
            drawn = await AppraisalMonth.create(
                id=uuid4(),
                month=month,
                seed=seed,
                population=len(ids),
                size=size,
                drawn_at=clock.now(),
                drawn_by=actor.name,
            )
            for row in await MedicationRequest.filter(id__in=chosen(ids, seed, size)):
                await _put(row, Origin.SAMPLE)
            note = f"{month}: {size} of {len(ids)}, seed {seed}"
            await audit(
                actor, "prescription_appraisal.draw", f"AppraisalMonth/{drawn.id}", reason=note
            )
    except IntegrityError:
        return await AppraisalMonth.get(month=month)
    return drawn


async def note(request_id: UUID, origin: Origin) -> None:
    """Put one on the list besides the sample: kept against advice, or refused."""
    row = await MedicationRequest.get(id=request_id)
    await _put(row, origin)


async def _put(row: MedicationRequest, origin: Origin) -> None:
    await Appraisal.get_or_create(
        request_id=row.id,
        defaults={
            "id": uuid4(),
            "origin": origin,
            "month": month_of(row.signed_at or row.saved_at),
            "author_id": row.author_id,
            "drawn_at": clock.now(),
        },
    )


async def open_appraisal(actor: Actor, appraisal_id: UUID) -> Appraisal:
    """For a pharmacist who neither reviewed nor wrote it, for the head, and for its doctor.

    Raises NotFound for everybody else; the look is audited.
    """
    row = await Appraisal.filter(id=appraisal_id).select_related("request").first()
    name = f"Appraisal/{appraisal_id}"
    mine = row is not None and row.author_id == actor.practitioner_id
    heard = mine and row is not None and row.status is not AppraisalStatus.DRAWN
    if row is None or not (heard or actor.has(*PHARMACISTS)):
        missing = NotFound("appraisal_not_found", "没有找到这张处方的点评。")
        raise refused(missing, actor, "prescription_appraisal.open", name)
    patient_id = row.request.patient_id
    await audit(actor, "prescription_appraisal.open", name, patient_id=patient_id)
    return row


async def refusal_of(actor: Actor, row: Appraisal) -> rules.Refusal | None:
    """Why this pharmacist may not judge it; None when they may."""
    if not rules.at_least(actor.title, params().appraiser):
        sentence = f"点评要{params().appraiser}以上职称。"
        return rules.Refusal("title_too_low", sentence, "医院处方点评管理规范(试行)")
    decided = Review.filter(request_id=row.request_id, status__in=list(DECIDED))
    reviewers = {review.reviewer_id for review in await decided}
    own = actor.practitioner_id if actor.practitioner_id in reviewers else None
    return rules.may_appraise(actor.practitioner_id, row.author_id, own)


async def judge(actor: Actor, appraisal_id: UUID, entry: JudgementIn) -> Appraisal:
    """Say what was found; the class follows from the items. Raises Forbidden, Invalid, Conflict."""
    actor.require(*PHARMACISTS)
    row = await open_appraisal(actor, appraisal_id)
    if refusal := await refusal_of(actor, row):
        raise Forbidden(refusal.code, refusal.sentence)
    found = [code for code in entry.items if code in ALL]
    if not found and not entry.reasonable:
        raise _wrong("items", "请勾上发现的问题;没有问题的,勾“合理处方”")
    if found and entry.reasonable:
        raise _wrong("items", "勾了问题,就不是合理处方了,请去掉一个")
    async with db.atomic():
        await advance(
            row,
            APPRAISAL,
            "judge",
            outcome=outcome_of(found),
            items=found,
            words=entry.words,
            reviewer_id=row.request.reviewed_by,
            judged_by=actor.practitioner_id,
            judged_by_name=actor.name,
            judged_at=clock.now(),
        )
        name = f"Appraisal/{row.id}"
        patient_id = row.request.patient_id
        await audit(actor, "prescription_appraisal.judge", name, patient_id=patient_id)
        event = AppraisalJudged(appraisal_id=str(row.id), author_id=str(row.author_id))
        await outbox.record(event, subject=name)
    return row


async def answer(actor: Actor, appraisal_id: UUID, words: str) -> Appraisal:
    """The doctor's answer, once. Raises NotFound, Conflict."""
    row = await open_appraisal(actor, appraisal_id)
    if row.author_id != actor.practitioner_id:
        raise Conflict("not_yours", "这里由开方的医师来说明。")
    async with db.atomic():
        await advance(row, APPRAISAL, "answer", answer=words, answered_at=clock.now())
        name = f"Appraisal/{row.id}"
        patient_id = row.request.patient_id
        await audit(actor, "prescription_appraisal.answer", name, patient_id=patient_id)
    return row


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, errors=[FieldError(field, sentence)])
