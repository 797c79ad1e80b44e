"""Follow-ups and checks write themselves down in the contract that promised them; the resident
still confirms. Once for each item, visit and day, whatever is repeated (`ServiceRecord.source`)."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from core import clock, db
from core.audit import SYSTEM
from core.clock import SHANGHAI
from core.states import advance
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status as Contracts
from family_doctor.fulfilment import meaning
from family_doctor.fulfilment.models import ContractItem, ServiceRecord
from family_doctor.fulfilment.service import write_down
from family_doctor.fulfilment.states import COUNTS, SERVICE_RECORD, Status
from family_doctor.packages.models import FulfilledBy, Mode
from people.links import survivor

MAY_GO: Final = frozenset({Status.DONE, Status.DISPUTED})


@dataclass(frozen=True, slots=True)
class Visit:
    """What was done for whom, by whom; `evidence` names it (FollowUp/…, Task/…)."""

    patient_id: UUID
    team_id: UUID
    by_id: UUID
    day: date
    mode: Mode | None
    meanings: frozenset[FulfilledBy]
    evidence: str
    words: str


async def served(visit: Visit) -> None:
    """Count it for the contract that is in force with this team and was on that day."""
    contract = await Contract.get_or_none(
        active_for=await survivor(visit.patient_id), status=Contracts.ACTIVE
    )
    if contract is None or contract.team_id != visit.team_id or not _covers(contract, visit.day):
        return
    for item in await _items(contract, visit):
        await _record(contract, item, visit)


def _covers(contract: Contract, day: date) -> bool:
    return contract.starts_on is not None and contract.starts_on <= day


async def _items(contract: Contract, visit: Visit) -> list[ContractItem]:
    """One item for each meaning: the one that is furthest behind."""
    rows = ContractItem.filter(contract_id=contract.id, fulfilled_by__in=list(visit.meanings))
    by_meaning: dict[FulfilledBy, dict[int, ContractItem]] = defaultdict(dict)
    for item in await rows:
        if item.fulfilled_by and meaning.fits(item.mode, visit.mode):
            by_meaning[item.fulfilled_by][item.position] = item
    if already := await _counted(contract, visit):
        by_meaning = {
            one: items
            for one, items in by_meaning.items()
            if already.isdisjoint(item.id for item in items.values())
        }
    done = await _done(contract)
    return [
        items[meaning.furthest_behind([(n, one.times, done[one.id]) for n, one in items.items()])]
        for items in by_meaning.values()
    ]


async def _counted(contract: Contract, visit: Visit) -> set[UUID]:
    """Items that this visit, or another form about the same day, has counted for."""
    that_day = Q(done_at=_noon(visit.day), status__in=list(COUNTS))
    rows = ServiceRecord.filter(contract_id=contract.id, source__isnull=False)
    found = await rows.filter(that_day | Q(reference=visit.evidence))
    return {row.item_id for row in found}


async def _done(contract: Contract) -> Counter[UUID]:
    rows = ServiceRecord.filter(contract_id=contract.id, status__in=list(COUNTS))
    return Counter([row.item_id for row in await rows])


async def _record(contract: Contract, item: ContractItem, visit: Visit) -> None:
    try:
        async with db.atomic():
            record = await ServiceRecord.create(
                id=uuid4(),
                item_id=item.id,
                contract_id=contract.id,
                done_at=_noon(visit.day),
                by_id=visit.by_id,
                mode=visit.mode or item.mode,
                reference=visit.evidence,
                words=visit.words,
                source=f"{item.id}:{visit.evidence}",
                recorded_at=clock.now(),
            )
            await write_down(SYSTEM, record, contract.patient_id, "record")
    except IntegrityError:
        return  # it is there


async def undo(evidence: str) -> None:
    """What it was counted for counts no more. What the resident has confirmed stays: the visit was,
    only its form was wrong."""
    rows = ServiceRecord.filter(reference=evidence, source__isnull=False)
    async with db.atomic():
        for record in await rows.filter(status__in=list(MAY_GO)).select_related("contract"):
            await advance(record, SERVICE_RECORD, "withdraw")
            await write_down(SYSTEM, record, record.contract.patient_id, "withdraw")


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), SHANGHAI)
