"""The verbs: hold a channel and let it go, send again what was kept back, or let it rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from core import clock, db
from core.audit import audit
from core.errors import Conflict
from core.states import after
from notifications.health.models import Hold
from notifications.models import Channel
from notifications.sending.mending import MAY_HAVE_ARRIVED, MENDABLE
from notifications.sending.waking import wake
from notifications.states import COMMUNICATION, Stage
from people.actor import Actor, Role

OPERATORS: Final = (Role.ADMIN,)
NOT_MENDABLE: Final = "这一类不能重新发送,请刷新页面看看。"
GROUP: Final = """
SELECT told.id FROM notifications_communication AS told
WHERE told.status = 'parked' AND told.channel = $1 AND $2 = (
  SELECT max(tried.code) FROM notifications_attempt AS tried
  WHERE tried.communication_id = told.id AND tried.channel = told.channel
    AND tried.code IN ({mendable})) {locked}
"""
OVER: Final = "mine.expires_at IS NOT NULL AND mine.expires_at <= {moment}"
KNOWN: Final = """(mine.read_at IS NOT NULL
  OR EXISTS (SELECT 1 FROM notifications_receipt AS heard
    WHERE heard.communication_id = mine.id AND heard.kind <> 'failed')
  OR EXISTS (SELECT 1 FROM notifications_attempt AS tried
    WHERE tried.communication_id = mine.id
      AND (tried.status IN ({arrived}) OR tried.code = 'not_heard_of')))"""
MOVE: Final = """
WITH chosen AS MATERIALIZED ({group})
UPDATE notifications_communication AS mine SET status = $3{changes}
WHERE mine.status = 'parked' AND mine.id IN (SELECT id FROM chosen){where}
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many go out again, and how many are let rest: too late, or known already."""

    again: int
    too_late: int
    known: int


async def hold(actor: Actor, channel: Channel, reason: str) -> bool:
    """Take no more messages for this channel; what is on its way comes to its end.

    False when somebody else holds it already.
    """
    actor.require(*OPERATORS)
    async with db.atomic():
        values = {"reason": reason, "since": clock.now(), "by_name": actor.name}
        _, new = await Hold.get_or_create(channel=channel.value, defaults=values)
        if new:
            await audit(actor, "messages.hold", f"Channel/{channel.value}", reason=reason)
    return new


async def release(actor: Actor, channel: Channel) -> bool:
    """Let it go; False when nobody holds it."""
    actor.require(*OPERATORS)
    async with db.atomic():
        gone = bool(await Hold.filter(channel=channel.value).delete())
        if gone:
            await audit(actor, "messages.release", f"Channel/{channel.value}")
    wake()
    return gone


async def replay(actor: Actor, channel: Channel, code: str, reason: str) -> Replayed:
    """Send a group again on the channel that was at fault, from there down its ladder.

    Nothing goes out that is too late, was read in the inbox, or may have arrived after all. Two
    who do it at once share the rows: each is moved by one of them. Raises Conflict.
    """
    actor.require(*OPERATORS)
    moment = clock.now()
    async with db.atomic():
        known = KNOWN.format(arrived=_list(one.value for one in MAY_HAVE_ARRIVED))
        late = OVER.format(moment="$4")
        found = Replayed(
            too_late=await _move(channel, code, "expire", moment, where=f" AND {late}"),
            known=await _move(channel, code, "rest", where=f" AND {known}"),
            again=await _move(channel, code, "replay", moment, changes=", next_at = $4, tries = 0"),
        )
        counted = f"again {found.again}, late {found.too_late}, known {found.known}"
        subject = f"Channel/{channel.value}/{code}"
        await audit(actor, "messages.replay", subject, reason=f"{reason} ({counted})")
    wake()
    return found


async def let_rest(actor: Actor, channel: Channel, code: str, reason: str) -> int:
    """Do not send a group again; it stays in the inbox. Raises Conflict."""
    actor.require(*OPERATORS)
    async with db.atomic():
        count = await _move(channel, code, "rest")
        subject = f"Channel/{channel.value}/{code}"
        await audit(actor, "messages.let_rest", subject, reason=f"{reason} ({count})")
    return count


async def _move(
    channel: Channel, code: str, action: str, *more: object, changes: str = "", where: str = ""
) -> int:
    if code not in MENDABLE:
        raise Conflict("not_mendable", NOT_MENDABLE)
    then = after(COMMUNICATION, Stage.PARKED, action)
    locked = "ORDER BY told.id FOR UPDATE OF told" if db.is_postgres() else ""
    group = GROUP.format(mendable=_list(sorted(MENDABLE)), locked=locked)
    query = MOVE.format(group=group, changes=changes, where=where)
    return len(await db.fetch(query, channel.value, code, then.value, *more))


def _list(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
