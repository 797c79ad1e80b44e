"""AuditEvent: who did what to whose record, append-only and hash-chained.

Every row carries a MAC of its own content from the moment it is written. The sealer then links
rows into one chain (`seq`, `chain`), so an edit, a deletion and a swap are all found by `verify`.
Keys come from SECRET_KEY: somebody who has only the database cannot rebuild the chain.
Kept as long as the record it speaks of (网络安全法: network logs at least six months).
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from json.encoder import encode_basestring
from typing import Any, Final, NamedTuple, Protocol, TypeVar
from uuid import UUID, uuid4

from pydantic_core import to_json
from tortoise import fields
from tortoise.models import Model

from core import clock, context, crypto, db
from core.errors import Problem
from core.gathering import Gathered

NOBODY: Final = UUID(int=0)
_MICRO: Final = "microseconds"
GENESIS: Final = "0" * 64
SEAL_BATCH: Final = 500
SEAL_WITHIN: Final = timedelta(minutes=5)


class Who(Protocol):
    """The acting person as audit needs them; `people.actor.Actor` fits."""

    @property
    def account_id(self) -> UUID: ...
    @property
    def name(self) -> str: ...
    @property
    def organization_id(self) -> UUID: ...


@dataclass(frozen=True, slots=True)
class System:
    """The house itself: timers and reactions."""

    account_id: UUID = NOBODY
    name: str = "系统"
    organization_id: UUID = NOBODY


SYSTEM: Final = System()


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose record something belongs to, and the words for the trail. For packages that keep
    things and do not know what they are about: the composition root tells them."""

    patient_id: UUID | None = None
    reason: str = ""


NOBODYS: Final = Whose()


class AuditEvent(Model):
    """One act on `subject` (`Kind/id`), and whose record it touched."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    at = fields.DatetimeField()
    account_id = fields.UUIDField()
    account_name = fields.CharField(max_length=60)
    organization_id = fields.UUIDField()
    action = fields.CharField(max_length=80)
    subject = fields.CharField(max_length=100)
    patient_id = fields.UUIDField(null=True)
    outcome = fields.CharField(max_length=20, default="success")
    reason = fields.CharField(max_length=300, default="")
    request_id = fields.CharField(max_length=40)
    address = fields.CharField(max_length=45)
    mac = fields.CharField(max_length=64)
    seq = fields.BigIntField(null=True, unique=True)
    chain = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "core_audit_event"
        indexes = (("subject",), ("at",), ("patient_id", "at"))


class AuditHead(Model):
    """The end of the chain, one row, which sealers lock and which betrays a cut-off tail."""

    id = fields.IntField(primary_key=True)
    seq = fields.BigIntField()
    chain = fields.CharField(max_length=64)
    mac = fields.CharField(max_length=64)

    class Meta:
        table = "core_audit_head"


class Entry(NamedTuple):
    """One act, ready to be written: the columns of `AuditEvent` that are not the chain's, as texts.

    Ids and times are texts from the start, because both the MAC and the statement want them so.
    """

    id: str
    at: str
    account_id: str
    account_name: str
    organization_id: str
    action: str
    subject: str
    patient_id: str | None
    outcome: str
    reason: str
    request_id: str
    address: str
    mac: str


def entry(
    who: Who,
    action: str,
    subject: str,
    *,
    patient_id: UUID | None = None,
    outcome: str = "success",
    reason: str = "",
) -> Entry:
    """The row that `audit` would write, for a statement that writes it with other rows."""
    found = context.origin()
    content = (
        _new_id(),
        _instant(clock.now()),
        db.as_text(who.account_id),
        who.name,
        db.as_text(who.organization_id),
        action,
        subject,
        db.as_text(patient_id) if patient_id else None,
        outcome,
        reason[:300],
        found.request_id,
        found.address,
    )
    return Entry(*content, _mac(content))


def _new_id() -> str:
    """A random UUID (RFC 9562, version 4) as text, which is all that is wanted of it here."""
    drawn = os.urandom(16).hex()
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-8{drawn[17:20]}-{drawn[20:]}"


async def write(written: Entry) -> None:
    """Insert one entry, together with those of others at the same moment."""
    await _writes.ask(written)


WRITE: Final = """
INSERT INTO core_audit_event
SELECT given.* FROM jsonb_populate_recordset(NULL::core_audit_event, $1) AS given
"""


async def _write(entries: Sequence[Entry]) -> Sequence[None]:
    if db.is_postgres():
        await db.fetch(WRITE, db.listed([written._asdict() for written in entries]))
    else:
        await AuditEvent.bulk_create([AuditEvent(**written._asdict()) for written in entries])
    return [None] * len(entries)


_writes: Final = Gathered(_write)


async def audit(
    who: Who,
    action: str,
    subject: str,
    *,
    patient_id: UUID | None = None,
    outcome: str = "success",
    reason: str = "",
) -> None:
    """Write one act down, in the caller's transaction. `reason` is the person's own words."""
    await write(entry(who, action, subject, patient_id=patient_id, outcome=outcome, reason=reason))


@dataclass(frozen=True, slots=True)
class Refusal:
    """An act that was refused: what `audit` would have been told."""

    who: Who
    action: str
    subject: str
    patient_id: UUID | None
    reason: str


P = TypeVar("P", bound=Problem)


def refused(
    problem: P,
    who: Who,
    action: str,
    subject: str,
    *,
    patient_id: UUID | None = None,
    reason: str = "",
) -> P:
    """Let a refusal leave its trace: `raise refused(Forbidden(...), actor, ...)`.

    The transaction of the verb is rolled back by the raise, so the entry is written afterwards,
    by whoever answers the request (`write_refusal`).
    """
    problem.refusal = Refusal(who, action, subject, patient_id, reason)
    return problem


async def write_refusal(problem: Problem) -> None:
    """Write down the refusal a Problem carries, once. Call with no transaction open."""
    found = problem.refusal
    if isinstance(found, Refusal):
        problem.refusal = None
        await audit(
            found.who,
            found.action,
            found.subject,
            patient_id=found.patient_id,
            outcome="refused",
            reason=found.reason,
        )


def _mac(content: Sequence[str | None]) -> str:
    """The MAC over everything a reader relies on: a list of texts and null, as JSON."""
    texts = ["null" if part is None else encode_basestring(part) for part in content]
    return crypto.keyring().mac("audit", f"[{', '.join(texts)}]".encode())


def _content(event: AuditEvent) -> tuple[str | None, ...]:
    """What `entry` signed, of a row that was read again."""
    return (
        str(event.id),
        _instant(event.at),
        str(event.account_id),
        event.account_name,
        str(event.organization_id),
        event.action,
        event.subject,
        str(event.patient_id) if event.patient_id else None,
        event.outcome,
        event.reason,
        event.request_id,
        event.address,
    )


def _instant(at: datetime) -> str:
    """To the microsecond, in the county's time: `isoformat`, which takes four times as long."""
    local = at.astimezone(clock.SHANGHAI)
    return to_json(local).decode()[1:-1] if local.microsecond else local.isoformat("T", _MICRO)


def _link(previous: str, seq: int, mac: str) -> str:
    return crypto.keyring().mac("audit-chain", f"{previous}|{seq}|{mac}".encode())


def _head_mac(seq: int, chain: str) -> str:
    return crypto.keyring().mac("audit-head", f"{seq}|{chain}".encode())


UNSEALED: Final = """
SELECT CAST(id AS TEXT) AS id, mac FROM core_audit_event AS event
WHERE seq IS NULL ORDER BY at, event.id LIMIT $1
"""
SEAL: Final = """
UPDATE core_audit_event SET seq = asked.seq, chain = asked.chain
FROM {asked} WHERE core_audit_event.id = asked.id
"""
"""By hand: every act in the house passes here once more, five hundred at a time."""


async def seal() -> int:
    """Link the rows not yet in the chain; return how many. Safe from several processes."""
    async with db.atomic():
        await AuditHead.get_or_create(
            id=1, defaults={"seq": 0, "chain": GENESIS, "mac": _head_mac(0, GENESIS)}
        )
        head = await AuditHead.filter(id=1).select_for_update().get()
        seq, chain = head.seq, head.chain
        links: list[dict[str, Any]] = []
        for row in await db.fetch(UNSEALED, SEAL_BATCH):
            seq, chain = seq + 1, _link(chain, seq + 1, row["mac"])
            links.append({"id": row["id"], "seq": seq, "chain": chain})
        if links:
            asked = db.asked(id="uuid", seq="bigint", chain="text")
            await db.fetch(SEAL.format(asked=asked), db.listed(links))
            await AuditHead.filter(id=1).update(seq=seq, chain=chain, mac=_head_mac(seq, chain))
    return len(links)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What `verify` found; sound when `faults` is empty."""

    checked: int
    faults: tuple[str, ...]


async def verify() -> Verdict:
    """Walk the whole chain and name each row that was edited, removed, swapped or added."""
    faults: list[str] = []
    seq, chain, checked = 0, GENESIS, 0
    while page := await AuditEvent.filter(seq__gt=seq).order_by("seq").limit(SEAL_BATCH):
        for event in page:
            checked += 1
            number = event.seq or 0
            if number != seq + 1:
                faults.append(f"rows {seq + 1} to {number - 1} are missing")
            if _mac(_content(event)) != event.mac:
                faults.append(f"row {number} ({event.id}) was edited")
            elif event.chain != _link(chain, number, event.mac):
                faults.append(f"row {number} ({event.id}) does not follow the row before it")
            seq, chain = number, event.chain or ""
    faults += await _verify_head(seq, chain)
    for event in await AuditEvent.filter(seq=None):
        checked += 1
        if _mac(_content(event)) != event.mac:
            faults.append(f"unsealed row {event.id} was edited")
        elif clock.now() - event.at > SEAL_WITHIN:
            faults.append(f"row {event.id} was never sealed")
    return Verdict(checked, tuple(faults))


async def _verify_head(seq: int, chain: str) -> list[str]:
    head = await AuditHead.get_or_none(id=1)
    if head is None:
        return ["the head of the chain is missing"] if seq else []
    if head.mac != _head_mac(head.seq, head.chain):
        return ["the head of the chain was edited"]
    if (head.seq, head.chain) != (seq, chain):
        return [f"the chain ends at row {seq}, its head says {head.seq}"]
    return []
