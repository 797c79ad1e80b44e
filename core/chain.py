"""The chain of audit entries: sealed every few seconds, and walked by whoever doubts it.

Each row is linked to the one before it under a key that the database does not know, so that an
edit, a deletion and a swap are found. The head betrays a cut-off tail.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from core import audit, clock, crypto, db
from core.audit import AuditEvent, AuditHead

GENESIS: Final = "0" * 64
SEAL_BATCH: Final = 500
SEAL_WITHIN: Final = timedelta(minutes=5)


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
            if not audit.is_genuine(event):
                faults.append(f"row {number} ({event.id}) was edited")
            elif event.chain != _link(chain, number, event.mac):
                faults.append(f"row {number} ({event.id}) does not follow the row before it")
            seq, chain = number, event.chain or ""
    faults += await _verify_head(seq, chain)
    for event in await AuditEvent.filter(seq=None):
        checked += 1
        if not audit.is_genuine(event):
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
