"""What killed processes left behind, and messages of which the end was never heard.

A process that died had written down each attempt before it sent. What it left under way is
unsure, and the channel's own word decides: WeChat tells the end of every subscribe message. Only
where nothing can be heard is a message given up on this channel, and the next one has its turn.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from core import clock, db
from core.states import advance
from notifications import rules
from notifications.models import Attempt, Channel, Communication
from notifications.policy import params
from notifications.sending import rows
from notifications.sending.batch import Carrier
from notifications.states import COMMUNICATION, DELIVERY, IN_FLIGHT, Delivery, Stage
from notifications.topics import topic

BATCH: Final = 500
NOT_HEARD_OF: Final = "not_heard_of"


async def recover(carriers: Sequence[Carrier]) -> int:
    """Settle what is over its time; how many were settled."""
    return await _orphans() + await _silent({one.channel: one for one in carriers})


async def _orphans() -> int:
    """Rows whose lease is over: with an attempt under way unsure, else waiting again."""
    moment = clock.now()
    async with db.atomic():
        ids = await rows.orphaned(moment, BATCH)
        if not ids:
            return 0
        last = Attempt.filter(communication_id__in=ids, status__in=[*IN_FLIGHT, Delivery.SENT])
        open_ = {row.communication_id: row for row in await last.order_by("at")}
        for action, chosen in _sorted(ids, open_).items():
            due = moment + params().word if action == "lose" else moment
            stage = COMMUNICATION[Stage.SENDING, action]
            mine = Communication.filter(id__in=chosen, status=Stage.SENDING)
            await mine.update(status=stage, next_at=due, lease=None, leased_until=None)
        sending = Attempt.filter(communication_id__in=ids, status=Delivery.SENDING)
        await sending.update(status=DELIVERY[Delivery.SENDING, "lose"], code="killed")
    return len(ids)


def _sorted(ids: list[UUID], open_: dict[UUID, Attempt]) -> dict[str, list[UUID]]:
    actions: dict[str, list[UUID]] = {"postpone": [], "accept": [], "lose": []}
    for id in ids:
        attempt = open_.get(id)
        if attempt is None:
            actions["postpone"].append(id)
        else:
            sent = attempt.status is Delivery.SENT
            actions["accept" if sent else "lose"].append(id)
    return {action: chosen for action, chosen in actions.items() if chosen}


async def _silent(carriers: Mapping[Channel, Carrier]) -> int:
    """Unsure ones whose time to hear is over."""
    moment = clock.now()
    found = await Communication.filter(id__in=await rows.unheard(moment, BATCH))
    heard = {channel: await _last_heard_of(channel) for channel in {row.channel for row in found}}
    for row in found:
        async with db.atomic():
            attempt = await Attempt.get_or_none(communication_id=row.id, status=Delivery.UNSURE)
            if attempt is None:
                continue
            carrier, said = carriers.get(attempt.channel), heard[row.channel]
            if await _is_known(carrier, attempt) or rules.may_be_sent_again(
                began=attempt.at, heard_of=said
            ):
                await advance(attempt, DELIVERY, "fail", code=NOT_HEARD_OF)
                await advance(row, COMMUNICATION, "deny", next_at=moment)
                if carrier is not None:
                    await carrier.never_sent(attempt)
                continue
            await advance(attempt, DELIVERY, "give_up")
            then = topic(row.topic).after(row.channel)
            action = "deny" if then else "exhaust"
            await advance(row, COMMUNICATION, action, channel=then, next_at=moment, tries=0)
    return len(found)


async def _is_known(carrier: Carrier | None, attempt: Attempt) -> bool:
    """Whether the channel would still know it by our number, since the first time that it may have
    been taken."""
    if carrier is None:
        return False
    mine = Attempt.filter(communication_id=attempt.communication_id, channel=attempt.channel)
    earlier = await mine.filter(code=NOT_HEARD_OF).order_by("at").first()
    began = min(attempt.at, earlier.at) if earlier else attempt.at
    return rules.is_known(began=began, moment=clock.now(), remembers=carrier.remembers)


HEARD: Final = """
SELECT max(attempt.at) AS at FROM notifications_receipt AS receipt
JOIN notifications_attempt AS attempt ON attempt.communication_id = receipt.communication_id
  AND attempt.channel = receipt.channel
WHERE receipt.channel = $1 AND receipt.at > $2
"""


async def _last_heard_of(channel: Channel | None) -> datetime | None:
    """When the youngest of the messages began whose end the channel has told us lately."""
    if channel is None:
        return None
    since = clock.now() - 10 * params().word
    (row,) = await db.fetch(HEARD, channel.value, since)
    return None if row["at"] is None else db.as_moment(row["at"])
