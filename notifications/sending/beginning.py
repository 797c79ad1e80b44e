"""A batch begins: what cannot or should not be sent is set aside, the rest is written down.

All in one transaction. When it is over, each message that will leave the house has an attempt.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from core import clock, db
from core.states import after
from notifications import preferences, reminders
from notifications.models import Channel
from notifications.policy import params
from notifications.sending import rows
from notifications.sending.batch import ONE_AT_A_TIME, Carrier, Due, Mark, Parcel
from notifications.sending.counts import count
from notifications.sending.parking import park
from notifications.states import COMMUNICATION, DELIVERY, Delivery, Stage

SOON: Final = timedelta(seconds=2)
"""When the one before it, which the channel could confuse it with, will have come to its end."""
CONSENT: Final = frozenset(
    {
        "wechat_no_credit",
        "wechat_service_muted",
        "wechat_no_template",
        "wechat_not_following",
        "switched_off",
    }
)


@dataclass(slots=True)
class Ready:
    """One message that is to leave now."""

    row: Due
    attempt: str
    parcel: Parcel


@dataclass(slots=True)
class Batch:
    """What one lane has in hand, and how many rows it took for it."""

    lease: str
    ready: list[Ready] = field(default_factory=list)
    taken: int = 0


async def begin(carrier: Carrier, most: int) -> Batch:
    """Take up to so many that are due on this channel."""
    moment, batch = clock.now(), Batch(secrets.token_hex(8))
    async with db.atomic():
        found = await rows.take(
            carrier.channel,
            most,
            lease=batch.lease,
            moment=moment,
            until=moment + params().lease,
        )
        batch.taken = len(found)
        if found:
            await _sort(carrier, batch, found, moment)
    return batch


async def _sort(carrier: Carrier, batch: Batch, found: list[Due], moment: datetime) -> None:
    aside = {row.id: mark for row in found if (mark := out_of_time(row, carrier.channel, moment))}
    untrue = await reminders.untrue([row for row in found if row.id not in aside])
    for row in found:
        if row.id in untrue:
            aside[row.id] = Mark(row, _then("withdraw"), carrier.channel)
    rest = [row for row in found if row.id not in aside]
    unwanted = await preferences.unwanted(rest, carrier.channel)
    wanted = [row for row in rest if row.id not in unwanted]
    given: dict[UUID, Parcel | str] = dict.fromkeys(unwanted, "switched_off")
    given |= await carrier.prepare(wanted)
    attempts: list[dict[str, Any]] = []
    ended: list[tuple[Mark, Delivery, str]] = []
    busy = await _busy(carrier.channel, rest, given)
    for row in rest:
        parcel = given[row.id]
        if parcel == ONE_AT_A_TIME:
            aside[row.id] = again(row, carrier.channel, moment + SOON, row.tries)
        elif isinstance(parcel, str):
            attempts.append(_attempt(row, str(uuid4()), refusal(parcel), code=parcel))
            aside[row.id] = onward(row, carrier.channel, moment)
            ended.append((aside[row.id], refusal(parcel), parcel))
        elif (key := (row.recipient_id, parcel.template_id)) in busy:
            aside[row.id] = again(row, carrier.channel, moment + SOON, row.tries)
            await carrier.unsent(parcel)
        else:
            one = Ready(row, str(uuid4()), parcel)
            batch.ready.append(one)
            attempts.append(_attempt(row, one.attempt, Delivery.SENDING, parcel=parcel))
            busy |= {key} if parcel.template_id else set()
    await park(carrier.channel, ended)
    await rows.begin(carrier.channel, attempts, moment)
    await rows.mark(list(aside.values()), batch.lease)
    count(carrier.channel, [status for _, status, _ in ended])


async def _busy(
    channel: Channel, rest: Sequence[Due], given: Mapping[UUID, Parcel | str]
) -> set[tuple[UUID, str]]:
    pairs = {
        (row.recipient_id, parcel.template_id)
        for row in rest
        if isinstance(parcel := given[row.id], Parcel) and parcel.template_id
    }
    return await rows.under_way(channel, pairs) if pairs else set()


def _attempt(
    row: Due, id: str, status: Delivery, *, code: str = "", parcel: Parcel | None = None
) -> dict[str, Any]:
    return {
        "id": id,
        "communication": str(row.id),
        "status": status.value,
        "code": code,
        "account": str(row.recipient_id),
        "template": parcel.template_id if parcel else "",
    }


def refusal(code: str) -> Delivery:
    """How an attempt ends that the channel will never take."""
    action = "lack_consent" if code in CONSENT else "refuse"
    return after(DELIVERY, Delivery.SENDING, action)


def out_of_time(row: Due, channel: Channel, moment: datetime) -> Mark | None:
    """Too late for it, or too late in the evening."""
    if row.expires_at is not None and row.expires_at <= moment:
        return Mark(row, _then("expire"), channel)
    if row.topic.quiet == "waits" and (until := params().quiet.until(moment)):
        return again(row, channel, until, row.tries)
    return None


def onward(row: Due, channel: Channel, moment: datetime) -> Mark:
    """The next channel has its turn; without one it lies in the inbox."""
    then = row.topic.after(channel)
    return Mark(row, _then("postpone" if then else "exhaust"), then, moment, tries=0)


def again(row: Due, channel: Channel, next_at: datetime, tries: int) -> Mark:
    """The same channel, later."""
    return Mark(row, _then("postpone"), channel, next_at, tries)


def _then(action: str) -> Stage:
    return after(COMMUNICATION, Stage.SENDING, action)
