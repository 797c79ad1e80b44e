"""The check of payments × booking: nobody has paid for nothing, nobody was booked for nothing.

A fact that is still on its way between the two (waiting in the outbox) is not a fault yet; one
that is parked is. Both sides are read in pages, so that years of payments fit into memory.
"""

from collections.abc import AsyncIterator, Collection
from typing import Final, TypeVar
from uuid import UUID

from tortoise.models import Model
from tortoise.queryset import QuerySet

from app import reactions
from booking.models import Appointment, Disruption
from booking.models import Payment as Paid
from booking.service import CONFIRMED
from booking.states import Remedy, Status
from core import db
from core.outbox import OutboxEntry, OutboxStatus
from payments.models import Payment
from payments.states import Status as Money

M = TypeVar("M", bound=Model)
KIND: Final = "Appointment/"
AT_ONCE: Final = 500


async def check() -> list[str]:
    """What does not agree, in one view of the database."""
    faults: list[str] = []
    async with db.one_view():
        under_way = await _under_way()
        paid = Payment.filter(status=Money.PAID, subject__startswith=KIND)
        async for payments in _pages(paid.prefetch_related("refunds")):
            faults += await _payments(payments, under_way)
        async for rows in _pages(Appointment.filter(payment=Paid.ONLINE)):
            faults += await _appointments(rows)
    return faults


async def _pages(wanted: QuerySet[M]) -> AsyncIterator[list[M]]:
    page = await wanted.order_by("id").limit(AT_ONCE)
    while page:
        yield page
        page = await wanted.filter(id__gt=page[-1].pk).order_by("id").limit(AT_ONCE)


async def _under_way() -> set[str]:
    """Subjects about which something is still to be delivered."""
    waiting = OutboxEntry.filter(
        status=OutboxStatus.WAITING,
        name__in=[kind.name for kind in reactions.MONEY],
        subject__startswith=KIND,
    )
    return {row.subject for row in await waiting.only("id", "subject")}


async def _holders(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Who has the money now: the last of the chain that moves made of each."""
    step: dict[UUID, UUID] = {}
    asked = set(ids)
    while asked:
        moved = Disruption.filter(appointment_id__in=list(asked), moved_to_id__isnull=False)
        found = {row.appointment_id: row.moved_to_id for row in await moved if row.moved_to_id}
        step |= found
        asked = set(found.values()) - step.keys()
    return {id: _end(step, id) for id in ids}


async def _firsts(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Who paid: the first of the chain that led to each."""
    step: dict[UUID, UUID] = {}
    asked = set(ids)
    while asked:
        moved = Disruption.filter(moved_to_id__in=list(asked))
        found = {row.moved_to_id: row.appointment_id for row in await moved if row.moved_to_id}
        step |= found
        asked = set(found.values()) - step.keys()
    return {id: _end(step, id) for id in ids}


def _end(step: dict[UUID, UUID], id: UUID) -> UUID:
    while id in step:
        id = step[id]
    return id


async def _payments(page: list[Payment], under_way: Collection[str]) -> list[str]:
    """Every payment: its place is booked, or what is not used goes back."""
    firsts = {row.id: UUID(row.subject.removeprefix(KIND)) for row in page}
    holders = await _holders(firsts.values())
    lasts = list(set(holders.values()))
    rows = {row.id: row for row in await Appointment.filter(id__in=lasts)}
    told = Disruption.filter(appointment_id__in=lasts, remedy=Remedy.OPEN)
    undecided = {row.appointment_id for row in await told}
    faults = []
    for paid in page:
        first = firsts[paid.id]
        last = holders[first]
        if f"{KIND}{first}" in under_way or f"{KIND}{last}" in under_way:
            continue
        row = rows.get(last)
        promised = sum(refund.amount_fen for refund in paid.refunds)
        owed = _owed(row, paid, undecided)
        if promised != owed:
            state = row.status.value if row else "missing"
            faults.append(
                f"payment {paid.id}: appointment {last} is {state}, "
                f"so {owed} fen should go back, but {promised} do"
            )
    return faults


def _owed(row: Appointment | None, paid: Payment, undecided: Collection[UUID]) -> int:
    if row is None or row.payment is not Paid.ONLINE:
        return paid.amount_fen
    if row.status in CONFIRMED or row.id in undecided:
        return 0
    return row.refund_fen if row.status is Status.CANCELLED else paid.amount_fen


async def _appointments(page: list[Appointment]) -> list[str]:
    """Every appointment that says it was paid online: there is a payment of its fee."""
    firsts = await _firsts([row.id for row in page])
    subjects = [f"{KIND}{first}" for first in firsts.values()]
    known = Payment.filter(status=Money.PAID, subject__in=subjects)
    payments = {row.subject: row for row in await known}
    faults = []
    for row in page:
        paid = payments.get(f"{KIND}{firsts[row.id]}")
        if paid is None:
            faults.append(f"appointment {row.id} says it was paid online, but no payment does")
        elif paid.amount_fen != row.fee_fen:
            faults.append(f"appointment {row.id} costs {row.fee_fen}, paid were {paid.amount_fen}")
    return faults
