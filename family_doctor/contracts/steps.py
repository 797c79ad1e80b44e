"""What the verbs of contracts share: the trail, the clocks, and the step after a signature.

Call everything here inside the verb's transaction.
"""

from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from core import clock, outbox
from core.audit import SYSTEM, Who, audit
from core.clock import SHANGHAI
from core.errors import Conflict
from core.states import advance
from family_doctor.contracts import rules, terms
from family_doctor.contracts.events import ContractDue, ContractMoved
from family_doctor.contracts.models import Contract, EndedBy, SignedBy
from family_doctor.contracts.states import CONTRACT, PENDING, Status
from family_doctor.contracts.terms import subject
from family_doctor.policy import params

WAITS: Final = {Status.APPLIED, Status.REVIEWED}
ASK_AGAIN: Final = timedelta(hours=1)
SIGNED_ALREADY: Final = ("signed_already", "您这一边已经签过字了,不用再签。")


async def residents_of(doctor_id: UUID | None) -> int:
    """How many residents a doctor has signed and looks after now."""
    return await Contract.filter(doctor_id=doctor_id, status=Status.ACTIVE).count()


def own_fen(row: Contract) -> int:
    """What the resident pays."""
    return row.price_fen - row.insurer_fen


async def move(who: Who, row: Contract, action: str, by: str, **changes: Any) -> None:
    """One step of the table with its trail; what is over waits for nobody any more."""
    await advance(row, CONTRACT, action, **changes)
    if row.status not in PENDING and row.pending_for is not None:
        await Contract.filter(id=row.id).update(pending_for=None)
        row.pending_for = None
    await write_down(who, row, action, by)


async def write_down(who: Who, row: Contract, action: str, by: str) -> None:
    """The trail, the event, and the clock of the state it is in."""
    name = subject(row.id)
    await audit(who, f"contract.{action}", name, patient_id=row.patient_id)
    moved = ContractMoved(
        contract_id=str(row.id),
        patient_id=str(row.patient_id),
        team_id=str(row.team_id),
        action=action,
        status=row.status.value,
        by=by,
    )
    await outbox.record(moved, subject=name)
    if row.status in PENDING:
        await due(row, "lapse", row.expires_at)


async def due(row: Contract, what: str, at: datetime) -> None:
    """Let a clock of this contract become true at that moment."""
    event = ContractDue(contract_id=str(row.id), what=what)
    key = f"contract:{row.id}:{what}"
    await outbox.schedule(event, due_at=at, key=key, subject=subject(row.id))


async def residents_signature(who: Who, row: Contract, how: SignedBy, relation: str) -> None:
    """The resident's side has signed; with the doctor's signature it is signed by both."""
    if row.resident_signed_at is not None:
        raise Conflict(*SIGNED_ALREADY)
    said = {
        "resident_signed_at": clock.now(),
        "signed_by": who.account_id,
        "signed_how": how,
        "signed_relation": relation,
    }
    still = Contract.filter(id=row.id, status__in=list(WAITS), resident_signed_at=None)
    if not await still.update(**said):
        raise Conflict("changed_meanwhile", "刚才有人先操作了,请刷新页面看看最新进展。")
    row.update_from_dict(said)
    await write_down(who, row, "resident_sign", "resident")
    await signed_by_both(who, row)


async def signed_by_both(who: Who, row: Contract) -> None:
    """When both have signed and the team has reviewed: signed; free ones go on at once."""
    if row.status is not Status.REVIEWED:
        return
    if row.doctor_signed_at is None or row.resident_signed_at is None:
        return
    by = "house"
    await move(who, row, "sign", by, expires_at=clock.now() + params().paying)
    if own_fen(row) == 0:
        await settled(who, row)


async def settled(who: Who, row: Contract) -> None:
    """Nothing is to be paid any more: the term is fixed, and begins today or after the last."""
    before = await Contract.get_or_none(active_for=row.pending_for, status=Status.ACTIVE)
    same = before is not None and before.team_id == row.team_id
    starts_on = rules.starts(clock.today(), before.ends_on if before and same else None)
    changes = {"starts_on": starts_on, "ends_on": rules.day_of_end(starts_on, row.years)}
    await Contract.filter(id=row.id).update(**changes)
    row.update_from_dict(changes)
    if starts_on <= clock.today():
        await begin(who, row)
    else:
        await outbox.cancel(f"contract:{row.id}:lapse")
        await due(row, "begin", midnight(row.starts_on))


async def begin(who: Who, row: Contract) -> None:
    """In force: the reminder and the last day are clocks from now on."""
    await terms.begin(who, row)
    if row.ends_on is not None:
        await due(row, "renewal", midnight(row.ends_on) - params().renewal + timedelta(hours=9))
        await due(row, "expire", midnight(row.ends_on) + timedelta(days=1))


async def end_early(who: Who, row: Contract, by: EndedBy, reason: str) -> None:
    """One in force is over before its last day, and so is its renewal: what was paid for that one
    goes back. Call inside a transaction."""
    await terms.end(who, row, "terminate", by, reason)
    renewals = Contract.filter(follows_id=row.id, team_id=row.team_id, status__in=list(PENDING))
    for one in await renewals.select_for_update():
        said = {"ended_at": clock.now(), "ended_by": by, "end_reason": reason}
        await move(who, one, "withdraw", by.value, **said)


async def paid(row: Contract) -> bool:
    """The resident's part came; False when it is too late for that."""
    if row.status is not Status.SIGNED or row.paid_at is not None:
        return False
    if not await Contract.filter(id=row.id, status=Status.SIGNED, paid_at=None).update(
        paid_at=clock.now()
    ):
        return False
    row.paid_at = clock.now()
    await settled(SYSTEM, row)
    return True


def midnight(day: Any) -> datetime:
    """When that day begins in the county."""
    return datetime.combine(day, time(), SHANGHAI)
