"""What pharmacists want of the doctor."""

from app.today.items import Item, When, who_is
from people.actor import Actor
from pharmacy.review import queries as reviews
from pharmacy.review.appraisal import queries as appraisals
from pharmacy.review.models import Appraisal
from pharmacy.review.words import OUTCOMES


async def prescribed(actor: Actor) -> list[Item]:
    """What pharmacists want of the doctor: answers, and prescriptions to mend or stand by."""
    asked = [(row, "有问题要问", "progress", "药师在问") for row in await reviews.asked_of(actor)]
    back = [
        (one.request, one.review.reason if one.review else "", "returned", "已退回")
        for one in await reviews.returned_to(actor.practitioner_id)
    ]
    return [
        Item(
            when=When.WAITING,
            at=row.reviewed_at or row.signed_at,
            kind="处方审核",
            who=who_is(row.patient),
            note=f"药师:{note}" if note else "药师退回",
            badge=badge,
            word=word,
            href=f"/pharmacy/prescriptions/{row.id}/review",
            act="去看",
        )
        for row, note, badge, word in [*asked, *back]
    ] + [_appraised(one) for one in await appraisals.to_hear(actor.practitioner_id)]


def _appraised(one: Appraisal) -> Item:
    """What was found in a look back; the doctor may answer."""
    badge, word = OUTCOMES[one.outcome] if one.outcome else ("neutral", "")
    return Item(
        when=When.OWED,
        at=one.judged_at,
        kind="处方点评",
        who=f"处方 {one.request.number or ''}",
        note=one.words or "可以写一句说明",
        badge=badge,
        word=word,
        href=f"/pharmacy/appraisals/{one.id}",
        act="去看",
    )
