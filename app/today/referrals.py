"""Referrals to answer, and one's own that nobody took."""

from app.today.items import Item, When, who_is
from care.referral import queries as referrals
from care.referral import words as referral_words
from care.referral.states import Status as Sent
from people.actor import Actor


async def referred(actor: Actor) -> list[Item]:
    """Sent to my department and not answered yet; sent by me, and nobody took it."""
    waiting = [one for one in await referrals.received(actor) if one.row.status is Sent.SUBMITTED]
    mine = await referrals.failed(actor)
    return [*(_referral(one) for one in waiting), *(_failed(one) for one in mine)]


def _failed(found: referrals.Line) -> Item:
    row, patient = found.row, found.row.patient
    badge, word = referral_words.STATUS[row.status]
    return Item(
        when=When.WAITING,
        at=row.ended_at,
        kind="转诊",
        who=who_is(patient),
        note=f"{referral_words.target(row)} · {row.answer[:40]}",
        badge=badge,
        word=word,
        href=f"/visits/{row.encounter_id}/referral" if row.encounter_id else f"/referrals/{row.id}",
        act="再安排",
    )


def _referral(found: referrals.Line) -> Item:
    row, patient = found.row, found.row.patient
    _, word = referral_words.STATUS[row.status]
    return Item(
        when=When.WAITING,
        at=row.sent_at,
        kind="转诊",
        who=who_is(patient),
        note=f"{row.from_organization.short_name} {row.requester.name} · {row.reason[:40]}",
        badge="danger" if found.overdue else "waiting",
        word=f"超时 · {word}" if found.overdue else word,
        href=f"/referrals/{row.id}",
        act="答复",
    )
