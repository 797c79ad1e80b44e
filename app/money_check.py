"""The check of payments × booking: nobody has paid for nothing, nobody was booked for nothing.

A fact that is still on its way between the two (waiting in the outbox) is not a fault yet; one
that is parked is.
"""

from typing import Final
from uuid import UUID

from app import reactions
from booking.models import Appointment, Disruption
from booking.models import Payment as Paid
from booking.service import CONFIRMED
from booking.states import Remedy, Status
from core import db
from core.outbox import OutboxEntry, OutboxStatus
from payments.models import Payment
from payments.states import Status as Money

KIND: Final = "Appointment/"


class _Books:
    """Both sides, read at one moment."""

    appointments: dict[UUID, Appointment]
    moved_to: dict[UUID, UUID]
    undecided: set[UUID]
    paid: dict[str, Payment]
    under_way: set[str]

    async def read(self) -> None:
        online = await Appointment.filter(payment=Paid.ONLINE)
        payments = await Payment.filter(
            status=Money.PAID, subject__startswith=KIND
        ).prefetch_related("refunds")
        self.paid = {row.subject: row for row in payments}
        told = await Disruption.all()
        self.moved_to = {row.appointment_id: row.moved_to_id for row in told if row.moved_to_id}
        self.undecided = {row.appointment_id for row in told if row.remedy is Remedy.OPEN}
        wanted = {UUID(subject.removeprefix(KIND)) for subject in self.paid}
        others = await Appointment.filter(id__in=list(wanted - {row.id for row in online}))
        self.appointments = {row.id: row for row in [*online, *others]}
        waiting = OutboxEntry.filter(
            status=OutboxStatus.WAITING,
            name__in=[kind.name for kind in reactions.MONEY],
            subject__startswith=KIND,
        )
        self.under_way = {row.subject for row in await waiting.only("id", "subject")}

    def holder(self, appointment_id: UUID) -> UUID:
        """Who has the money now: the last of the chain."""
        while appointment_id in self.moved_to:
            appointment_id = self.moved_to[appointment_id]
        return appointment_id

    def is_under_way(self, *ids: UUID) -> bool:
        """Whether something about one of them is still to be delivered."""
        return any(f"{KIND}{id}" in self.under_way for id in ids)


async def check() -> list[str]:
    """What does not agree, in one view of the database."""
    books = _Books()
    async with db.one_view():
        await books.read()
    return [*_payments(books), *_appointments(books)]


def _payments(books: _Books) -> list[str]:
    """Every payment: its place is booked, or what is not used goes back."""
    faults = []
    for subject, paid in books.paid.items():
        first = UUID(subject.removeprefix(KIND))
        last = books.holder(first)
        if books.is_under_way(first, last):
            continue
        row = books.appointments.get(last)
        promised = sum(refund.amount_fen for refund in paid.refunds)
        owed = _owed(books, row, paid)
        if promised != owed:
            state = row.status.value if row else "missing"
            faults.append(
                f"payment {paid.id}: appointment {last} is {state}, "
                f"so {owed} fen should go back, but {promised} do"
            )
    return faults


def _owed(books: _Books, row: Appointment | None, paid: Payment) -> int:
    if row is None or row.payment is not Paid.ONLINE:
        return paid.amount_fen
    if row.status in CONFIRMED or row.id in books.undecided:
        return 0
    return row.refund_fen if row.status is Status.CANCELLED else paid.amount_fen


def _appointments(books: _Books) -> list[str]:
    """Every appointment that says it was paid online: there is a payment of its fee."""
    heads = {to: first for first, to in books.moved_to.items()}
    faults = []
    for row in books.appointments.values():
        if row.payment is not Paid.ONLINE:
            continue
        first = row.id
        while first in heads:
            first = heads[first]
        paid = books.paid.get(f"{KIND}{first}")
        if paid is None:
            faults.append(f"appointment {row.id} says it was paid online, but no payment does")
        elif paid.amount_fen != row.fee_fen:
            faults.append(f"appointment {row.id} costs {row.fee_fen}, paid were {paid.amount_fen}")
    return faults
