"""Consultations asked for and given, and opinions owed."""

from typing import Final

from app.today.items import Item, When, is_today, who
from care.teleconsultation import queries as consultations
from care.teleconsultation.models import Urgency
from care.teleconsultation.states import Status as Asked
from core import clock
from people.actor import Actor

ASKED: Final = {Asked.IN_SESSION: When.NOW, Asked.WAITING: When.NOW, Asked.SCHEDULED: When.LATER}
OPINIONS: Final = {"会诊意见": "/opinion", "联合意见": "/joint-opinion"}


async def asked(actor: Actor) -> list[Item]:
    """Asked of me, given by me, and my own where it is my turn; each once, drafts left out."""
    waiting = [row for row in await consultations.queue(actor) if row.asked_me]
    waiting += await consultations.invited_to(actor)
    given = await consultations.given_by(actor)
    mine = [row for row in await consultations.asked_by(actor) if row.mine_to_do]
    rows = {row.id: row for row in [*mine, *given, *waiting] if row.status != Asked.DRAFT}
    wanted = {row.id for row in waiting}
    found = [_consultation(row, new=row.id in wanted) for row in rows.values()]
    return [item for item in found if item is not None]


def _consultation(row: consultations.Row, *, new: bool) -> Item | None:
    when = When.WAITING if new else ASKED.get(row.status, When.WAITING)
    if row.status is Asked.OPINION_DRAFT or (when is When.LATER and not is_today(row.scheduled_at)):
        return None  # an opinion owed is listed as such
    return Item(
        when=when,
        at=row.scheduled_at or row.since,
        kind="会诊",
        who=who(row.patient, row.sex, row.age),
        note=f"{row.from_text} · {row.waits_for}",
        badge=row.kind,
        word=row.word,
        href=row.href,
        act="应答" if new else "打开",
        urgent=row.urgency is Urgency.EMERGENCY,
    )


async def owed(actor: Actor) -> list[Item]:
    return [
        Item(
            when=When.OWED,
            at=debt.due_at,
            kind=debt.what,
            who=who(debt.row.patient, debt.row.sex, debt.row.age),
            note=f"应在 {clock.in_words(debt.due_at)} 前签",
            badge="danger" if debt.late else "waiting",
            word="已超过 24 小时" if debt.late else "待签",
            href=f"{debt.row.href}{OPINIONS.get(debt.what, '')}",
            act="去签",
        )
        for debt in await consultations.owed(actor)
    ]
