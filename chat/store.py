"""Writing many messages at once, and saying of each what became of it.

What may be said is decided on the rows: membership, closing, quotes and repeats are exact however
many processes write. PostgreSQL does it in one statement, SQLite in one transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from chat import at_once, in_turn
from chat.draft import Draft, Outcome, Said
from chat.models import Conversation, Message, MessageKind
from chat.rules import folded
from core import clock, db
from core.errors import Forbidden, NotFound, Problem

MISSING: Final = "没有找到这个聊天,或者您不在其中。"

_LOCK: Final = "SELECT id FROM chat_conversation WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"


async def commit(drafts: Sequence[Draft]) -> list[Outcome]:
    """`keep` them, and they are kept when this returns."""
    if db.is_postgres():
        return await keep(drafts)
    async with db.atomic():
        return await keep(drafts)


async def keep(drafts: Sequence[Draft]) -> list[Outcome]:
    """Write these down in this order; one outcome for each. On SQLite inside a transaction.

    A repeated client id gives what was said the first time. NotFound for those who are no member
    or quote nothing, Forbidden `conversation_closed` and `read_only`.
    """
    moment = clock.now()
    once: dict[tuple[UUID, UUID, str], Draft] = {}
    for draft in drafts:
        once.setdefault(draft.key, draft)
    first = list(once.values())
    seen = await (at_once if db.is_postgres() else in_turn).keep(first, moment)
    outcomes = {
        draft.key: _outcome(draft, seen.get(number), moment) for number, draft in enumerate(first)
    }
    return [outcomes[draft.key] for draft in drafts]


async def lock(conversation_ids: Iterable[UUID]) -> None:
    """Nobody else adds to these until the caller's transaction ends."""
    if db.is_postgres():
        await db.fetch(_LOCK, list(conversation_ids))


async def add_line(conversation_id: UUID, *, client_id: str, text: str) -> Message:
    """A system line; the caller holds the lock."""
    last = await Conversation.get(id=conversation_id)
    seq, change = last.last_seq + 1, last.last_change + 1
    await Conversation.filter(id=conversation_id).update(last_seq=seq, last_change=change)
    return await Message.create(
        id=uuid4(),
        conversation_id=conversation_id,
        seq=seq,
        change=change,
        client_id=client_id,
        kind=MessageKind.SYSTEM,
        text=text,
        folded=folded(text),
        at=clock.now(),
    )


def closed() -> Forbidden:
    """What everybody hears who writes after the end."""
    return Forbidden("conversation_closed", "对话已结束,聊天只能查看。")


def read_only() -> Forbidden:
    """What those hear who only watch or have left."""
    return Forbidden("read_only", "您在这里只能查看,不能发言。")


def _outcome(draft: Draft, row: Mapping[str, Any] | None, moment: datetime) -> Outcome:
    if row is None:
        return NotFound("not_found", MISSING)
    if row["id"] is not None:
        return _said_before(draft, row)
    if (new := row.get("new_seq")) is None:
        return _refusal(row)
    return Said(
        id=row["new_id"],
        conversation_id=draft.conversation_id,
        seq=new,
        change=row["new_change"],
        author_id=draft.author_id,
        account_id=draft.account_id,
        author_name=(draft.name or row["member_name"])[:60],
        client_id=draft.client_id,
        kind=draft.kind,
        text=draft.text,
        quote_seq=draft.quote_seq,
        blob_id=draft.blob_id,
        duration_ms=draft.duration_ms,
        at=moment,
    )


def _refusal(row: Mapping[str, Any]) -> Problem:
    if row["closed_at"] is not None:
        return closed()
    if not row["may_write"] or row["left_at"] is not None:
        return read_only()
    return NotFound("not_found", "没有找到要引用的消息。")


def _said_before(draft: Draft, row: Mapping[str, Any]) -> Said:
    return Said(
        id=db.as_id(row["id"]),
        conversation_id=draft.conversation_id,
        seq=row["seq"],
        change=row["change"],
        author_id=draft.author_id,
        account_id=row["account_id"] and db.as_id(row["account_id"]),
        author_name=row["author_name"],
        client_id=draft.client_id,
        kind=MessageKind(row["kind"]),
        text=row["text"],
        quote_seq=row["quote_seq"],
        blob_id=row["blob_id"] and db.as_id(row["blob_id"]),
        duration_ms=row["duration_ms"],
        at=_moment(row["at"]),
        recalled_at=row["recalled_at"] and _moment(row["recalled_at"]),
        again=True,
    )


def _moment(value: Any) -> datetime:
    found = db.as_moment(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
