"""Who has a prescription on the desk: claim, keep, give back, time out. One at a time, because
`Review.live` is unique; the record opens with the claim and closes with its end (ADR 0037)."""

from typing import Any
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db, outbox
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict, Forbidden
from core.states import advance
from people import access as patients
from people.actor import Actor
from people.models import GrantBasis
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status
from pharmacy.review import duty, rules
from pharmacy.review.access import RequestView, open_request, require_reviewer
from pharmacy.review.events import ReviewMoved, ReviewSilent
from pharmacy.review.models import Review
from pharmacy.review.policy import params
from pharmacy.review.states import REVIEW, ReviewStatus


async def claim(actor: Actor, request_id: UUID) -> Review:
    """Take a waiting prescription; a repeat gives the same claim.

    Raises NotFound, Forbidden (may not review), Conflict: `claimed` by whom, `already_reviewed`,
    `prescription_over`, `not_on_duty`.
    """
    await require_reviewer(actor)
    try:
        async with db.atomic():
            return (await hold(actor, request_id))[1]
    except IntegrityError:  # somebody was faster by a hair
        view = await open_request(actor, request_id)
        if view.mine and view.holding:
            return view.holding
        raise why_not(view) from None


async def hold(actor: Actor, request_id: UUID) -> tuple[MedicationRequest, Review]:
    """The prescription and this pharmacist's claim on it, taken now when it is free. Call inside
    the verb's transaction. Raises as `claim` does."""
    view = await open_request(actor, request_id, lock=True)
    row, review = view.request, view.holding
    if is_over(row) or (review and not view.mine):
        raise why_not(view)
    if refusal := rules.may_review(actor.practitioner_id, row.author_id):
        raise Forbidden(refusal.code, refusal.sentence)
    return row, review or await _take(actor, row)


async def _take(actor: Actor, row: MedicationRequest) -> Review:
    await duty.require(actor)
    moment = clock.now()
    review = await Review.create(
        id=uuid4(),
        request_id=row.id,
        live=row.id,
        reviewer_id=actor.practitioner_id,
        reviewer_name=actor.name,
        reviewer_title=actor.title,
        organization_id=actor.organization_id,
        organization_name=actor.organization_name,
        claimed_at=moment,
        seen_at=moment,
    )
    await patients.grant(
        row.patient_id,
        basis=GrantBasis.PRESCRIPTION,
        subject=subject(review.id),
        granted_by=actor.practitioner_id,
        practitioner_id=actor.practitioner_id,
        until=row.valid_until,
    )
    await _look_again(review)
    await tell(actor, row, review, "claim")
    return review


async def seen(actor: Actor, request_id: UUID) -> None:
    """A sign of the pharmacist: the claim's time begins anew."""
    view = await open_request(actor, request_id)
    if view.mine and view.holding:
        await Review.filter(id=view.holding.id).update(seen_at=clock.now())
        await duty.acted(actor)


async def release(actor: Actor, request_id: UUID) -> None:
    """Give it back to the queue. What is not held is not given back, and that is no mistake."""
    async with db.atomic():
        view = await open_request(actor, request_id, lock=True)
        if view.mine and view.holding:
            await end(actor, view.request, view.holding, "release")


async def release_all(actor: Actor) -> int:
    """Everything this pharmacist holds, at the end of the duty."""
    held = await Review.filter(reviewer_id=actor.practitioner_id, live__isnull=False)
    for review in held:
        await end(actor, await MedicationRequest.get(id=review.request_id), review, "release")
    return len(held)


async def time_out(review_id: UUID) -> None:
    """The claim's time is over: back to the queue, unless the pharmacist was seen meanwhile."""
    async with db.atomic():
        review = await Review.filter(id=review_id).select_for_update().first()
        if review is None or review.status is not ReviewStatus.CLAIMED:
            return
        if clock.now() - review.seen_at < params().claim:
            await _look_again(review)
        else:
            row = await MedicationRequest.get(id=review.request_id)
            await end(SYSTEM, row, review, "time_out")


async def void(request_id: UUID) -> None:
    """The prescription was cancelled or ran out while somebody had it."""
    async with db.atomic():
        review = await Review.filter(live=request_id).select_for_update().first()
        if review is not None:
            row = await MedicationRequest.get(id=request_id)
            await end(SYSTEM, row, review, "void")


async def end(
    who: Who, row: MedicationRequest, review: Review, action: str, **changes: Any
) -> None:
    """One step out of `claimed`: the place is free and the record closed again."""
    moment = clock.now()
    await advance(review, REVIEW, action, live=None, ended_at=moment, **changes)
    await patients.revoke(subject(review.id))
    await outbox.cancel(_key(review))
    await tell(who, row, review, action)


async def tell(who: Who, row: MedicationRequest, review: Review, action: str) -> None:
    """Into the trail, and to the queue's pages."""
    name = subject(review.id)
    await audit(who, f"prescription_review.{action}", name, patient_id=row.patient_id)
    event = ReviewMoved(
        review_id=str(review.id),
        request_id=str(row.id),
        reviewer_id=str(review.reviewer_id),
        status=review.status.value,
    )
    await outbox.record(event, subject=f"MedicationRequest/{row.id}")


def is_over(row: MedicationRequest) -> bool:
    """Whether it left `on-hold`, or its days are over though nobody has written it down yet
    (处方办法 art. 18)."""
    if row.status is not Status.ON_HOLD:
        return True
    return row.valid_until is not None and row.valid_until <= clock.now()


def why_not(view: RequestView) -> Conflict:
    """Why it cannot be taken or decided now, in words."""
    row, review = view.request, view.holding
    gone = (Status.CANCELLED, Status.EXPIRED, Status.REPLACED, Status.ON_HOLD)
    if is_over(row) and row.status in gone:
        return Conflict("prescription_over", "这张处方已经过期、撤回或重开,不用再审了。")
    if is_over(row):
        return Conflict("already_reviewed", "这张处方已经审过了,请看审核结果。")
    if review is not None and not view.mine:
        since = clock.in_words(review.claimed_at)
        sentence = (
            f"{review.reviewer_name}({review.organization_name})从 {since} 起正在审这张处方。"
        )
        return Conflict("claimed", sentence)
    return Conflict("changed_meanwhile", "刚才有人先操作了,请刷新页面看看最新进展。")


def subject(review_id: UUID) -> str:
    """How the trail and the grant name a sitting."""
    return f"Review/{review_id}"


def _key(review: Review) -> str:
    return f"review-silent:{review.id}"


async def _look_again(review: Review) -> None:
    due = review.seen_at + params().claim
    await outbox.schedule(ReviewSilent(review_id=str(review.id)), due_at=due, key=_key(review))
