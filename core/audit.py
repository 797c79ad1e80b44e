"""AuditEvent: who did what to whose record, append-only and hash-chained.

Every row carries a MAC of its own content from the moment it is written. The sealer then links
rows into one chain (`seq`, `chain`), so an edit, a deletion and a swap are all found: `core.chain`.
Keys come from SECRET_KEY: somebody who has only the database cannot rebuild the chain.
Kept as long as the record it speaks of (网络安全法: network logs at least six months).
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType, Protocol, TypeVar
from uuid import UUID, uuid4

from pydantic_core import to_json
from tortoise import fields
from tortoise.models import Model

from core import clock, context, crypto, db
from core.errors import Problem
from core.gathering import Gathered

NOBODY: Final = UUID(int=0)
_MICRO: Final = "microseconds"


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


SIGNED: Final = (
    *("id", "at", "account_id", "account_name", "organization_id", "action", "subject"),
    *("patient_id", "outcome", "reason", "request_id", "address"),
)
"""The columns of `AuditEvent` that the MAC is made of, in its order."""

Entry = NewType("Entry", bytes)
"""One act, ready to be written: the JSON that was signed, a list of texts, with its MAC at the end.

`insert` reads it as it is, so that nothing is written twice.
"""


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
    signed = to_json(content)
    return Entry(b'%b,"%b"]' % (signed[:-1], _mac(signed).encode()))


def _new_id() -> str:
    """A random UUID (RFC 9562, version 4) as text, which is all that is wanted of it here."""
    drawn = os.urandom(16).hex()
    return f"{drawn[:8]}-{drawn[8:12]}-4{drawn[13:16]}-8{drawn[17:20]}-{drawn[20:]}"


async def write(written: Entry) -> None:
    """Insert one entry, together with those of others at the same moment."""
    await _writes.ask(written)


def insert(entries: str) -> str:
    """PostgreSQL's statement that writes the list of `Entry` which the SQL `entries` gives."""
    kinds = dict.fromkeys(("id", "account_id", "organization_id", "patient_id"), "::uuid")
    kinds["at"] = "::timestamptz"
    columns = (*SIGNED, "mac")
    values = ", ".join(f"(act ->> {n}){kinds.get(name, '')}" for n, name in enumerate(columns))
    return f"""
    INSERT INTO core_audit_event ({", ".join(columns)})
    SELECT {values} FROM {entries} AS given(act)
    """  # noqa: S608  (names and numbers of our own)


WRITE: Final = insert(f"jsonb_array_elements({db.JSON})")


async def _write(entries: Sequence[Entry]) -> Sequence[None]:
    if db.is_postgres():
        await db.fetch(WRITE, b"[%b]" % b",".join(entries))
    else:
        await AuditEvent.bulk_create([_event(written) for written in entries])
    return [None] * len(entries)


def _event(written: Entry) -> AuditEvent:
    return AuditEvent(**dict(zip((*SIGNED, "mac"), json.loads(written), strict=True)))


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


def _mac(signed: bytes) -> str:
    return crypto.keyring().mac("audit", signed)


def is_genuine(event: AuditEvent) -> bool:
    """Whether a row that was read again is what `entry` signed."""
    content = (
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
    spaced = json.dumps(content, ensure_ascii=False).encode()  # signed so until November 2026
    return event.mac in (_mac(to_json(content)), _mac(spaced))


def _instant(at: datetime) -> str:
    """To the microsecond, in the county's time: `isoformat`, which takes four times as long."""
    local = at.astimezone(clock.SHANGHAI)
    return to_json(local).decode()[1:-1] if local.microsecond else local.isoformat("T", _MICRO)
