"""Fulfilment read for pages: of one contract, and of a whole team in two questions."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tortoise.functions import Count

from core import clock
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.fulfilment.models import ContractItem, ServiceRecord
from family_doctor.fulfilment.rules import Progress, Rate, progress, rate
from family_doctor.fulfilment.states import COUNTS


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One promised item: how it stands, and what was done for it, the latest first."""

    item: ContractItem
    progress: Progress
    records: list[ServiceRecord]


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """A contract's items and its rate."""

    lines: list[ItemLine]
    rate: Rate


async def of_contract(row: Contract) -> Fulfilment:
    """Item by item; the persons who did it are loaded. After the end the last day counts."""
    items = await ContractItem.filter(contract_id=row.id).order_by("position")
    records = ServiceRecord.filter(contract_id=row.id).order_by("-done_at", "-recorded_at")
    by_item: dict[UUID, list[ServiceRecord]] = defaultdict(list)
    for record in await records.select_related("by"):
        by_item[record.item_id].append(record)
    day = until(row)
    lines = [
        ItemLine(item, _progress(row, item, by_item[item.id], day), by_item[item.id])
        for item in items
    ]
    return Fulfilment(lines, rate(line.progress for line in lines))


def until(row: Contract) -> date:
    """The day up to which it is counted: today, or the end."""
    if row.ended_at is None:
        return clock.today()
    return min(clock.today(), row.ended_at.astimezone(clock.SHANGHAI).date())


def _progress(
    row: Contract, item: ContractItem, records: Sequence[ServiceRecord], day: date
) -> Progress:
    done = sum(1 for one in records if one.status in COUNTS)
    return progress(item.times, row.starts_on or day, done, day)


@dataclass(frozen=True, slots=True)
class OverdueItem:
    """One thing that one signed resident is owed."""

    contract: Contract
    item: ContractItem
    progress: Progress


@dataclass(frozen=True, slots=True)
class TeamFulfilment:
    """A team today: the rate over all contracts in force, each contract's own, and what is
    overdue, the longest first."""

    rate: Rate
    rates: dict[UUID, Rate]
    overdue: list[OverdueItem]


async def of_team(team_id: UUID) -> TeamFulfilment:
    """All contracts in force, in three questions however many they are."""
    contracts = {
        row.id: row
        for row in await Contract.filter(team_id=team_id, status=Status.ACTIVE).select_related(
            "patient"
        )
    }
    items = await ContractItem.filter(
        contract__team_id=team_id, contract__status=Status.ACTIVE
    ).order_by("position")
    done = await _done(team_id)
    today = clock.today()
    rates: dict[UUID, list[Progress]] = defaultdict(list)
    overdue = []
    for item in items:
        row = contracts.get(item.contract_id)
        if row is None or row.starts_on is None:
            continue
        stands = progress(item.times, row.starts_on, done[item.id], today)
        rates[row.id].append(stands)
        if stands.overdue:
            overdue.append(OverdueItem(row, item, stands))
    overdue.sort(key=lambda one: -one.progress.overdue_days)
    everything = [one for found in rates.values() for one in found]
    return TeamFulfilment(
        rate(everything), {id: rate(found) for id, found in rates.items()}, overdue
    )


async def _done(team_id: UUID) -> Counter[UUID]:
    rows = (
        await ServiceRecord.filter(
            contract__team_id=team_id,
            contract__status=Status.ACTIVE,
            status__in=list(COUNTS),
        )
        .annotate(times=Count("id"))
        .group_by("item_id")
        .values("item_id", "times")
    )
    return Counter({UUID(str(row["item_id"])): row["times"] for row in rows})
