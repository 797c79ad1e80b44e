"""What becomes due by itself: orders nobody has paid."""

import asyncio
from collections.abc import Awaitable, Callable

from core import clock
from core.audit import SYSTEM
from pharmacy.orders import service
from pharmacy.orders.models import MedicationOrder
from pharmacy.orders.states import OrderStatus as Status

MayExpire = Callable[[MedicationOrder], Awaitable[bool]]
ASKED_AT_ONCE = 8


async def tick(*, may_expire: MayExpire, limit: int = 200) -> int:
    """Close the unpaid orders whose time is over; `may_expire` asks the cashier first."""
    due = MedicationOrder.filter(status=Status.PAY_PENDING, pay_by__lte=clock.now())
    rows = await due.order_by("pay_by").limit(limit)
    turn = asyncio.Semaphore(ASKED_AT_ONCE)

    async def ask(row: MedicationOrder) -> bool:
        async with turn:
            return await may_expire(row)

    free = await asyncio.gather(*(ask(row) for row in rows))
    over = [row for row, nobody_pays in zip(rows, free, strict=True) if nobody_pays]
    return sum([await service.close(SYSTEM, row.id, "超时没有付款") for row in over])
