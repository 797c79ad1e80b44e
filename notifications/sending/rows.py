"""The hand-written statements of sending: a batch is taken, begun and marked in one each."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from core import db
from core.states import after
from notifications.models import Channel, RecipientKind
from notifications.sending.batch import Due, Mark
from notifications.states import COMMUNICATION, Stage

COLUMNS: Final = (
    "id, recipient_kind, recipient_id, patient_id, topic, subject, title, words, page, tries, "
    "next_at, created_at, expires_at"
)
TAKE: Final = f"""
WITH due AS MATERIALIZED (
  SELECT id FROM notifications_communication
  WHERE channel = $1 AND status = '{Stage.WAITING.value}' AND next_at <= $2
  ORDER BY next_at LIMIT $3 {{skip}}
)
UPDATE notifications_communication SET lease = $4, leased_until = $5,
  status = '{after(COMMUNICATION, Stage.WAITING, "take").value}'
WHERE id IN (SELECT id FROM due) RETURNING {COLUMNS}
"""  # noqa: S608  (states are our own enumeration)
WAITS: Final = f"""
SELECT 1 FROM notifications_communication
WHERE channel = $1 AND status = '{Stage.WAITING.value}' AND next_at <= $2 LIMIT 1
"""  # noqa: S608
BEGIN: Final = """
WITH given AS (SELECT * FROM {asked})
INSERT INTO notifications_attempt
  (id, communication_id, channel, status, code, account_id, template_id, message_id, at)
SELECT id, communication, $2, status, code, account, template, '', $3 FROM given
"""
END: Final = """
UPDATE notifications_attempt SET status = asked.status, code = asked.code,
  message_id = asked.message
FROM {asked} WHERE notifications_attempt.id = asked.id
  AND (notifications_attempt.status = 'sending'
    OR notifications_attempt.status = 'unsure' AND asked.status = 'sent')
"""
MARK: Final = """
UPDATE notifications_communication SET status = asked.status, channel = asked.channel,
  next_at = asked.due, tries = asked.tries, lease = NULL, leased_until = NULL
FROM {asked} WHERE notifications_communication.id = asked.id
  AND (notifications_communication.status = 'sending' AND lease = $2
    OR notifications_communication.status = 'unsure' AND asked.status = 'sent')
"""
UNDER_WAY: Final = """
SELECT busy.account_id, busy.template_id FROM notifications_attempt AS busy
JOIN {asked} ON busy.account_id = asked.account AND busy.template_id = asked.template
WHERE busy.channel = $2 AND busy.status IN ('sending', 'unsure')
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


def _due(row: Mapping[str, Any]) -> Due:
    expires = row["expires_at"]
    return Due(
        id=db.as_id(row["id"]),
        recipient_kind=RecipientKind(row["recipient_kind"]),
        recipient_id=db.as_id(row["recipient_id"]),
        patient_id=db.as_id(row["patient_id"]),
        name=row["topic"],
        subject=row["subject"],
        title=row["title"],
        words=json.loads(row["words"]),
        page=row["page"],
        tries=row["tries"],
        next_at=db.as_moment(row["next_at"]),
        created_at=db.as_moment(row["created_at"]),
        expires_at=None if expires is None else db.as_moment(expires),
    )


async def under_way(channel: Channel, pairs: Iterable[tuple[Any, str]]) -> set[tuple[Any, str]]:
    """Which (account, template) have an attempt of which the end is not known."""
    asked = [{"account": account, "template": template} for account, template in pairs]
    query = UNDER_WAY.format(asked=db.asked(account="uuid", template="text"))
    found = await db.fetch(query, db.listed(asked), channel.value)
    return {(db.as_id(row["account_id"]), row["template_id"]) for row in found}


async def begin(channel: Channel, attempts: Sequence[Mapping[str, Any]], moment: datetime) -> None:
    """Write attempts down, before anything is sent."""
    columns = db.asked(
        id="uuid", communication="uuid", status="text", code="text", account="uuid", template="text"
    )
    if attempts:
        await _run(BEGIN.format(asked=columns), db.listed(attempts), channel.value, moment)


async def end(ended: Sequence[Mapping[str, Any]]) -> None:
    """What came of attempts."""
    columns = db.asked(id="uuid", status="text", code="text", message="text")
    if ended:
        await _run(END.format(asked=columns), db.listed(ended))


async def mark(marks: Sequence[Mark], lease: str) -> None:
    """Where the communications of a lease stand now."""
    columns = db.asked(id="uuid", status="text", channel="text", due="timestamptz", tries="int")
    if marks:
        rows = [
            {
                "id": one.row.id,
                "status": one.status.value,
                "channel": one.channel and one.channel.value,
                "due": in_text(one.next_at),
                "tries": one.tries,
            }
            for one in marks
        ]
        await _run(MARK.format(asked=columns), db.listed(rows), lease)


async def _run(query: str, *values: Any) -> None:
    await db.connection().execute_query(query, list(values))
