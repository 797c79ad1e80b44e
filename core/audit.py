"""AuditEvent: who did what to whose record, append-only and hash-chained.

Every row carries a MAC of its own content from the moment it is written. The sealer then links
rows into one chain (`seq`, `chain`), so an edit, a deletion and a swap are all found by `verify`.
Keys come from SECRET_KEY: somebody who has only the database cannot rebuild the chain.
Kept as long as the record it speaks of (网络安全法: network logs at least six months).
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol, TypeVar
from uuid import UUID, uuid4

from tortoise import fields
from tortoise.models import Model

from core import clock, context, crypto, db
from core.errors import Problem

NOBODY: Final = UUID(int=0)
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


class AuditEvent(Model):
    """One act on `subject` (`Kind/id`), and whose record it touched."""

    id = fields.UUIDField(primary_key=True, default=uuid4)
    at = fields.DatetimeField()
    account_id = fields.UUIDField()
    account_name = fields.CharField(max_length=60)
    organization_id = fields.UUIDField()
    action = fields.CharField(max_length=80)
    subject = fields.CharField(max_length=100)
    patient_id = fields.UUIDField(null=True, db_index=True)
    outcome = fields.CharField(max_length=20, default="success")
    reason = fields.CharField(max_length=300, default="")
    request_id = fields.CharField(max_length=40)
    address = fields.CharField(max_length=45)
    mac = fields.CharField(max_length=64)
    seq = fields.BigIntField(null=True, unique=True)
    chain = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "core_audit_event"
        indexes = (("subject",), ("at",))


class AuditHead(Model):
    """The end of the chain, one row, which sealers lock and which betrays a cut-off tail."""

    id = fields.IntField(primary_key=True)
    seq = fields.BigIntField()
    chain = fields.CharField(max_length=64)
    mac = fields.CharField(max_length=64)

    class Meta:
        table = "core_audit_head"


class Entry(NamedTuple):
    """One act, ready to be written: the columns of `AuditEvent` that are not the chain's."""

    id: UUID
    at: datetime
    account_id: UUID
    account_name: str
    organization_id: UUID
    action: str
    subject: str
    patient_id: UUID | None
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
    unsigned = Entry(
        id=uuid4(),
        at=clock.now(),
        account_id=who.account_id,
        account_name=who.name,
        organization_id=who.organization_id,
        action=action,
        subject=subject,
        patient_id=patient_id,
        outcome=outcome,
        reason=reason[:300],
        request_id=found.request_id,
        address=found.address,
        mac="",
    )
    return unsigned._replace(mac=_mac(unsigned))


async def write(written: Entry) -> None:
    """Insert one entry."""
    await AuditEvent(**written._asdict()).save(force_create=True)


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


def _mac(event: AuditEvent | Entry) -> str:
    """The MAC over everything a reader relies on."""
    content: list[Any] = [
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
    ]
    return crypto.keyring().mac("audit", json.dumps(content, ensure_ascii=False).encode())


def _instant(at: datetime) -> str:
    return at.astimezone(clock.SHANGHAI).isoformat(timespec="microseconds")


def _link(previous: str, seq: int, mac: str) -> str:
    return crypto.keyring().mac("audit-chain", f"{previous}|{seq}|{mac}".encode())


def _head_mac(seq: int, chain: str) -> str:
    return crypto.keyring().mac("audit-head", f"{seq}|{chain}".encode())


async def seal() -> int:
    """Link the rows not yet in the chain; return how many. Safe from several processes."""
    async with db.atomic():
        await AuditHead.get_or_create(
            id=1, defaults={"seq": 0, "chain": GENESIS, "mac": _head_mac(0, GENESIS)}
        )
        head = await AuditHead.filter(id=1).select_for_update().get()
        seq, chain = head.seq, head.chain
        waiting = await AuditEvent.filter(seq=None).order_by("at", "id").limit(SEAL_BATCH)
        for event in waiting:
            seq, chain = seq + 1, _link(chain, seq + 1, event.mac)
            event.seq, event.chain = seq, chain
        if waiting:
            await AuditEvent.bulk_update(waiting, fields=["seq", "chain"])
            await AuditHead.filter(id=1).update(seq=seq, chain=chain, mac=_head_mac(seq, chain))
    return len(waiting)


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
            if _mac(event) != event.mac:
                faults.append(f"row {number} ({event.id}) was edited")
            elif event.chain != _link(chain, number, event.mac):
                faults.append(f"row {number} ({event.id}) does not follow the row before it")
            seq, chain = number, event.chain or ""
    faults += await _verify_head(seq, chain)
    for event in await AuditEvent.filter(seq=None):
        checked += 1
        if _mac(event) != event.mac:
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
