"""The figures: counts by channel, topic and code, never a person.

States stand in the statements as they are, so that the partial indexes of what is open serve them.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from core import clock, db
from notifications.health.models import Hold
from notifications.models import CallTask, Channel
from notifications.sending.mending import MENDABLE
from notifications.states import Call, Delivery
from people.actor import Actor

OPEN: Final = """
SELECT 'due' AS state, channel, count(*) AS times, min(next_at) AS since
FROM notifications_communication WHERE status = 'waiting' AND next_at <= $1 GROUP BY channel
UNION ALL SELECT 'later', channel, count(*), min(next_at)
FROM notifications_communication WHERE status = 'waiting' AND next_at > $1 GROUP BY channel
UNION ALL SELECT 'sending', channel, count(*), NULL
FROM notifications_communication WHERE status = 'sending' GROUP BY channel
UNION ALL SELECT 'unsure', channel, count(*), NULL
FROM notifications_communication WHERE status = 'unsure' GROUP BY channel
UNION ALL SELECT 'parked', channel, count(*), NULL
FROM notifications_communication WHERE status = 'parked' GROUP BY channel
"""
ENDS: Final = """
SELECT told.topic, tried.channel, tried.status, tried.code, count(*) AS times
FROM notifications_attempt AS tried
JOIN notifications_communication AS told ON told.id = tried.communication_id
WHERE tried.at > $1 GROUP BY told.topic, tried.channel, tried.status, tried.code
"""
HEARD: Final = """
SELECT channel, count(*) AS times FROM notifications_receipt
WHERE at > $1 AND kind = 'delivered' GROUP BY channel
"""
PARKED: Final = """
SELECT channel, code, topic, count(*) AS times, min(due_at) AS since FROM (
  SELECT told.channel, told.topic, told.due_at, (
    SELECT max(tried.code) FROM notifications_attempt AS tried
    WHERE tried.communication_id = told.id AND tried.channel = told.channel
      AND tried.code IN ({mendable})) AS code
  FROM notifications_communication AS told WHERE told.status = 'parked') AS kept
WHERE code IS NOT NULL GROUP BY channel, code, topic ORDER BY channel, code, topic
"""
TROUBLE: Final = timedelta(minutes=15)
"""So long only mistakes of the house's and nothing sent: a channel in trouble."""


@dataclass(slots=True)
class Open:
    """What is under way on one channel now; `since`: since when the oldest is due."""

    due: int = 0
    later: int = 0
    sending: int = 0
    unsure: int = 0
    parked: int = 0
    since: datetime | None = None


@dataclass(slots=True)
class Ends:
    """How attempts ended in a while; `why`: the codes of those not sent."""

    sent: int = 0
    not_agreed: int = 0
    failed: int = 0
    given_up: int = 0
    why: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, status: Delivery, code: str, times: int) -> None:
        """Count so many of them."""
        match status:
            case Delivery.SENT:
                self.sent += times
            case Delivery.NO_CONSENT:
                self.not_agreed += times
            case Delivery.REFUSED | Delivery.FAILED:
                self.failed += times
            case Delivery.GIVEN_UP:
                self.given_up += times
        if code and status not in (Delivery.SENT, Delivery.SENDING, Delivery.UNSURE):
            self.why[code] += times


@dataclass(slots=True)
class Kept:
    """What one mistake kept back on one channel, and of which topics."""

    channel: Channel
    code: str
    times: int = 0
    since: datetime | None = None
    topics: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Calls:
    """What was given to people."""

    open: int
    since: datetime | None
    reached: int


async def open_ones() -> dict[Channel, Open]:
    """Each channel's, in the house's order."""
    found = {channel: Open() for channel in Channel}
    for row in await db.fetch(OPEN, clock.now()):
        if row["channel"] is None:
            continue
        mine = found[Channel(row["channel"])]
        setattr(mine, row["state"], row["times"])
        if row["state"] == "due":
            mine.since = db.as_moment(row["since"])
    return found


async def ends(since: datetime) -> tuple[dict[Channel, Ends], dict[tuple[str, Channel], Ends]]:
    """How attempts have ended since then: by channel, and by topic and channel."""
    by_channel: dict[Channel, Ends] = defaultdict(Ends)
    by_topic: dict[tuple[str, Channel], Ends] = defaultdict(Ends)
    for row in await db.fetch(ENDS, since):
        channel, status = Channel(row["channel"]), Delivery(row["status"])
        for mine in (by_channel[channel], by_topic[row["topic"], channel]):
            mine.add(status, row["code"], row["times"])
    return by_channel, by_topic


async def delivered(since: datetime) -> dict[str, int]:
    """Of how many a channel has said since then that they arrived."""
    return {row["channel"]: row["times"] for row in await db.fetch(HEARD, since)}


async def kept() -> list[Kept]:
    """What can be sent again, by mistake."""
    mendable = ", ".join(f"'{code}'" for code in sorted(MENDABLE))
    found: dict[tuple[str, str], Kept] = {}
    for row in await db.fetch(PARKED.format(mendable=mendable)):
        key = (row["channel"], row["code"])
        mine = found.setdefault(key, Kept(Channel(row["channel"]), row["code"]))
        mine.times += row["times"]
        mine.topics[row["topic"]] = row["times"]
        since = db.as_moment(row["since"])
        mine.since = min(mine.since or since, since)
    return list(found.values())


async def calls(since: datetime) -> Calls:
    """Calls that people are asked to make."""
    waiting = CallTask.filter(status=Call.OPEN)
    oldest = await waiting.order_by("due_at", "id").first()
    reached = await CallTask.filter(status=Call.REACHED, done_at__gt=since).count()
    return Calls(await waiting.count(), oldest.due_at if oldest else None, reached)


async def holds() -> Mapping[Channel, Hold]:
    """The channels that are held."""
    return {Channel(row.channel): row for row in await Hold.all()}


async def in_trouble() -> set[Channel]:
    """Channels that brought nothing of late, for a reason that the house can mend."""
    by_channel, _ = await ends(clock.now() - TROUBLE)
    return {
        channel
        for channel, mine in by_channel.items()
        if not mine.sent and any(code in MENDABLE for code in mine.why)
    }


async def waiting(actor: Actor) -> int:
    """What asks for the operator, for the navigation: held channels and kept messages' groups."""
    del actor
    return len(await holds()) + len(await kept())
