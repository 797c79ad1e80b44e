"""What happens to contracts by the clock, by money, when two records become one, by a death."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from tortoise.expressions import Q

from core import clock, db, outbox
from core.audit import SYSTEM
from core.live import Hint
from family_doctor.contracts import steps, terms
from family_doctor.contracts.events import (
    ContractActivated,
    ContractDue,
    ContractEnded,
    ContractMoved,
    RenewalDue,
)
from family_doctor.contracts.models import Contract, EndedBy
from family_doctor.contracts.states import PENDING, Status
from family_doctor.queries import members_of
from family_doctor.words import END_REASONS
from people.events import PatientDied
from people.links import same_person, survivor
from people.matching.service import in_step

MERGED = "两份档案合并成一份,保留较晚的签约"
"""Words on the paper trail of a contract that a merge ended."""
MayLapse = Callable[[Contract], Awaitable[bool]]


@outbox.outside
async def due(event: ContractDue, *, may_lapse: MayLapse) -> None:
    """A clock rang. Before an unpaid one lapses the cashier is asked: who paid in the last moment
    keeps the contract."""
    row = await Contract.get_or_none(id=event.contract_id)
    if row is None:
        return
    if event.what == "lapse" and row.status is Status.SIGNED and not await may_lapse(row):
        await steps.due(row, "lapse", clock.now() + steps.ASK_AGAIN)
        return
    async with db.atomic():
        row = await Contract.filter(id=event.contract_id).select_for_update().first()
        if row is not None:
            await STEPS[event.what](row)


async def _lapse(row: Contract) -> None:
    if row.status in PENDING and row.expires_at <= clock.now() and row.starts_on is None:
        said = {"ended_at": clock.now(), "ended_by": EndedBy.HOUSE}
        await steps.move(SYSTEM, row, "lapse", "house", **said)


async def _begin(row: Contract) -> None:
    if row.status is Status.SIGNED and row.starts_on and row.starts_on <= clock.today():
        await steps.begin(SYSTEM, row)


async def _expire(row: Contract) -> None:
    if row.status is not Status.ACTIVE or row.ends_on is None or row.ends_on >= clock.today():
        return
    follows = await Contract.get_or_none(follows_id=row.id, status=Status.SIGNED)
    if follows is not None and follows.starts_on and follows.starts_on <= clock.today():
        await steps.begin(SYSTEM, follows)
        return
    await terms.end(SYSTEM, row, "expire", EndedBy.HOUSE)


async def _renewal(row: Contract) -> None:
    if row.status is not Status.ACTIVE or await Contract.exists(pending_for=row.active_for):
        return
    reminder = RenewalDue(
        contract_id=str(row.id),
        patient_id=str(row.patient_id),
        team_id=str(row.team_id),
        ends_on=str(row.ends_on),
    )
    await outbox.record(reminder, subject=terms.subject(row.id))


STEPS = {"lapse": _lapse, "begin": _begin, "expire": _expire, "renewal": _renewal}


@in_step
async def follow_merge(patient_ids: Sequence[UUID]) -> None:
    """Two records became one person, or two again: one contract of each kind stays, the later."""
    for key in ("active_for", "pending_for"):
        rows = await Contract.filter(**{f"{key}__in": list(patient_ids)}).order_by("-asked_at")
        heads: dict[UUID, Contract] = {}
        for row in rows:
            if await survivor(row.patient_id) in heads:
                await _give_way(row)
            else:
                heads[await survivor(row.patient_id)] = row
        await Contract.filter(id__in=[row.id for row in heads.values()]).update(**{key: None})
        for head, row in heads.items():
            await Contract.filter(id=row.id).update(**{key: head})


async def _give_way(row: Contract, reason: str = MERGED) -> None:
    if row.status is Status.ACTIVE:
        await terms.end(SYSTEM, row, "terminate", EndedBy.HOUSE, reason)
    else:
        said = {"ended_at": clock.now(), "ended_by": EndedBy.HOUSE, "end_reason": reason}
        await steps.move(SYSTEM, row, "withdraw", "house", **said)


async def end_of_dead(event: PatientDied) -> None:
    """The contract in force ends, and one on its way is withdrawn; what was paid for that one goes
    back."""
    ids = await same_person(UUID(event.patient_id))
    rows = Contract.filter(Q(active_for__in=ids) | Q(pending_for__in=ids))
    for row in await rows.select_for_update():
        await _give_way(row, END_REASONS["died"])


async def tell_pages(
    event: ContractActivated | ContractEnded | ContractMoved, *, hint: Hint
) -> None:
    """The team's pages fetch what is true."""
    for member in await members_of(UUID(event.team_id)):
        await hint(f"staff:{member.practitioner_id}", event.name, id=event.contract_id)
