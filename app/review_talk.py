"""Prescriptions × conversations: the pharmacist who reviews one and the doctor who wrote it.

The resident has no place in it. Who reviews no longer reads on; a decision ends it, except a
return, after which the two may still have something to say.
"""

from uuid import UUID

import chat.service
from chat.models import Conversation
from people.queries import practitioner
from pharmacy.review.events import DoctorAsked, ReviewMoved
from pharmacy.review.models import Review
from pharmacy.review.states import ReviewStatus

LEFT = frozenset({ReviewStatus.RELEASED, ReviewStatus.TIMED_OUT, ReviewStatus.VOID})
SAID = {
    ReviewStatus.APPROVED: "药师审核通过",
    ReviewStatus.RETURNED: "药师退回了处方,请看审核意见",
    ReviewStatus.REJECTED: "药师拒绝了这张处方",
    ReviewStatus.VOID: "处方已撤回或过期",
}


async def _conversation(request_id: str) -> Conversation:
    subject = f"MedicationRequest/{request_id}"
    return await chat.service.start_conversation(subject=subject, title="处方审核")


async def open_conversation(event: DoctorAsked) -> None:
    """The two can write to each other."""
    conversation = await _conversation(event.request_id)
    for person_id in (event.author_id, event.reviewer_id):
        person = await practitioner(UUID(person_id))
        await chat.service.add_member(
            conversation,
            person_id=person.id,
            name=person.name,
            organization=person.organization_name,
        )
    await chat.service.say(
        conversation, "药师有问题要问。居民看不到这里。", key=f"asked-{event.review_id}"
    )


async def follow_review(event: ReviewMoved) -> None:
    """Say how it went, and see out who no longer reviews."""
    status = ReviewStatus(event.status)
    talked = await Review.exists(request_id=event.request_id, asked_at__isnull=False)
    if status is ReviewStatus.CLAIMED or not talked:
        return
    conversation = await _conversation(event.request_id)
    if status in SAID:
        key = f"{status.value}-{event.review_id}"
        await chat.service.say(conversation, SAID[status], key=key)
    if status in LEFT:
        await chat.service.remove_member(conversation, person_id=UUID(event.reviewer_id))
    elif status is not ReviewStatus.RETURNED:
        await chat.service.close_conversation(conversation)
