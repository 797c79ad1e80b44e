"""The hand-written statements of sending: a batch is taken, begun and settled in one each.

States stand in them as they are, not as values: so a partial index of migration 0005 can be used.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from pydantic_core import from_json

from core import db
from core.states import after
from notifications.models import Channel, RecipientKind
from notifications.sending.batch import Due, Mark
from notifications.states import COMMUNICATION, Delivery, Stage
from notifications.topics import topic

COLUMNS: Final = (
    "id, recipient_kind, recipient_id, patient_id, topic, subject, title, words, page, tries, "
    "next_at, created_at, expires_at"
)
NOT_HELD: Final = "NOT EXISTS (SELECT 1 FROM notifications_hold AS held WHERE held.channel = $1)"
TAKE: Final = f"""
WITH due AS MATERIALIZED (
  SELECT id FROM notifications_communication
  WHERE channel = $1 AND status = '{Stage.WAITING.value}' AND next_at <= $2 AND {NOT_HELD}
  ORDER BY next_at LIMIT $3 {{skip}}
)
UPDATE notifications_communication SET lease = $4, leased_until = $5,
  status = '{after(COMMUNICATION, Stage.WAITING, "take").value}'
WHERE id IN (SELECT id FROM due) RETURNING {COLUMNS}
"""  # noqa: S608  (states are our own enumeration)
WAITS: Final = f"""
SELECT 1 FROM notifications_communication
WHERE channel = $1 AND status = '{Stage.WAITING.value}' AND next_at <= $2 AND {NOT_HELD} LIMIT 1
"""  # noqa: S608
ORPHANED: Final = f"""
SELECT id FROM notifications_communication
WHERE status = '{Stage.SENDING.value}' AND leased_until < $1 LIMIT $2 {{skip}}
"""  # noqa: S608
UNHEARD: Final = f"""
SELECT id FROM notifications_communication
WHERE status = '{Stage.UNSURE.value}' AND next_at <= $1 LIMIT $2
"""  # noqa: S608
BEGIN: Final = """
WITH given AS (SELECT * FROM {asked})
INSERT INTO notifications_attempt
  (id, communication_id, channel, status, code, account_id, template_id, message_id, at)
SELECT id, communication, $2, status, code, account, template, '', $3 FROM given
"""
END: Final = """
UPDATE notifications_attempt SET status = asked.delivery, code = asked.code,
  message_id = asked.message
FROM {asked} WHERE notifications_attempt.id = asked.attempt
  AND CASE notifications_attempt.status
    WHEN 'sending' THEN TRUE WHEN 'unsure' THEN asked.delivery = 'sent' ELSE FALSE END
"""
MARK: Final = """
UPDATE notifications_communication SET status = asked.status, channel = asked.channel,
  next_at = COALESCE(asked.due, next_at),
  tries = COALESCE(asked.tries, notifications_communication.tries),
  lease = NULL, leased_until = NULL
FROM {asked} WHERE notifications_communication.id = asked.id
  AND CASE notifications_communication.status
    WHEN 'sending' THEN lease = $2 WHEN 'unsure' THEN asked.status = 'sent' ELSE FALSE END
"""
SETTLE: Final = f"""
WITH asked AS MATERIALIZED (SELECT * FROM {{asked}}), ended AS ({END.format(asked="asked")})
{MARK.format(asked="asked")}
"""  # noqa: S608
"""`END` and `MARK` at once, which PostgreSQL can."""
MARKED: Final = {
    "id": "uuid",
    "status": "text",
    "channel": "text",
    "due": "timestamptz",
    "tries": "int",
}
ENDED: Final = {"attempt": "uuid", "delivery": "text", "code": "text", "message": "text"}
UNDER_WAY: Final = """
SELECT busy.account_id, busy.template_id FROM notifications_attempt AS busy
JOIN {asked} ON busy.account_id = asked.account AND busy.template_id = asked.template
WHERE busy.channel = $2 AND busy.status IN ('sending', 'unsure') AND busy.template_id <> ''
"""


def in_text(moment: datetime) -> str:
    """As both databases keep a time, inside of JSON."""
    return moment.astimezone(UTC).isoformat(" ")


async def take(
    channel: Channel, most: int, *, lease: str, moment: datetime, until: datetime
) -> list[Due]:
    """The oldest due ones that nobody has; each is now this lease's."""
    skip = "FOR UPDATE SKIP LOCKED" if db.is_postgres() else ""
    values = [channel.value, moment, most, lease, until]
    found = await db.fetch(TAKE.format(skip=skip), *values)
    return sorted(map(_due, found), key=lambda row: row.next_at)


async def waits(channel: Channel, moment: datetime) -> bool:
    """Whether anything is due on this channel."""
    return bool(await db.fetch(WAITS, channel.value, moment))


async def orphaned(moment: datetime, most: int) -> list[UUID]:
    """Some of which the lease is over; locked for this transaction."""
    skip = "FOR UPDATE SKIP LOCKED" if db.is_postgres() else ""
    found = await db.fetch(ORPHANED.format(skip=skip), moment, most)
    return [db.as_key(row["id"]) for row in found]


async def unheard(moment: datetime, most: int) -> list[UUID]:
    """Some unsure ones whose time to hear is over."""
    return [db.as_key(row["id"]) for row in await db.fetch(UNHEARD, moment, most)]


def _due(row: Mapping[str, Any]) -> Due:
    expires = row["expires_at"]
    return Due(
        id=db.as_key(row["id"]),
        recipient_kind=RecipientKind(row["recipient_kind"]),
        recipient_id=db.as_key(row["recipient_id"]),
        patient_id=db.as_key(row["patient_id"]),
        name=row["topic"],
        topic=topic(row["topic"]),
        subject=row["subject"],
        title=row["title"],
        words=from_json(row["words"]),
        page=row["page"],
        tries=row["tries"],
        next_at=db.as_moment(row["next_at"]),
        created_at=db.as_moment(row["created_at"]),
        expires_at=None if expires is None else db.as_moment(expires),
    )


async def under_way(channel: Channel, pairs: Iterable[tuple[Any, str]]) -> set[tuple[Any, str]]:
    """Which (account, template) have an attempt of which the end is not known."""
    asked = [{"account": str(account), "template": template} for account, template in pairs]
    query = UNDER_WAY.format(asked=db.asked(account="uuid", template="text"))
    found = await db.fetch(query, db.listed(asked), channel.value)
    return {(db.as_key(row["account_id"]), row["template_id"]) for row in found}


async def begin(channel: Channel, attempts: Sequence[Mapping[str, Any]], moment: datetime) -> None:
    """Write attempts down, before anything is sent."""
    columns = db.asked(
        id="uuid", communication="uuid", status="text", code="text", account="uuid", template="text"
    )
    if attempts:
        await _run(BEGIN.format(asked=columns), db.listed(attempts), channel.value, moment)


async def mark(marks: Sequence[Mark], lease: str) -> None:
    """Where the communications of a lease stand now."""
    if marks:
        await _run(MARK.format(asked=db.asked(**MARKED)), db.listed([*map(_marked, marks)]), lease)


@dataclass(frozen=True, slots=True)
class End:
    """What came of an attempt, and where its communication stands after it."""

    attempt: str
    status: Delivery
    code: str
    message_id: str
    mark: Mark


async def settle(ends: Sequence[End], lease: str) -> None:
    """Attempts and communications together, so that they never contradict."""
    given = db.listed([_marked(one.mark) | _ended(one) for one in ends])
    asked = db.asked(**MARKED, **ENDED)
    if db.is_postgres():
        await _run(SETTLE.format(asked=asked), given, lease)
        return
    async with db.atomic():
        await _run(END.format(asked=asked), given)
        await _run(MARK.format(asked=asked), given, lease)


def _marked(one: Mark) -> dict[str, Any]:
    return {
        "id": str(one.row.id),
        "status": one.status.value,
        "channel": one.channel and one.channel.value,
        "due": one.next_at and in_text(one.next_at),
        "tries": one.tries,
    }


def _ended(one: End) -> dict[str, Any]:
    return {
        "attempt": one.attempt,
        "delivery": one.status.value,
        "code": one.code[:60],
        "message": one.message_id,
    }


async def _run(query: str, *values: Any) -> None:
    await db.connection().execute_query(query, list(values))
