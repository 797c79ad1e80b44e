"""Drugs that lie ready and nobody fetches: a reminder, and an end that gives the money back.

Up to the hand-over the drugs have not left the pharmacy, so they go back on the shelf and the
order is paid back in full (domain facts §12; 医疗机构药事管理规定 art. 28 is about drugs that were
issued). What was boiled for somebody cannot be given to another: the pharmacist decides about it.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from core import clock, outbox
from core.audit import SYSTEM
from pharmacy.orders import rules, service
from pharmacy.orders.events import MedicationOrderReady, PickUpOver, PickUpReminderDue
from pharmacy.orders.models import MedicationOrder, Way
from pharmacy.orders.policy import params
from pharmacy.orders.states import OrderStatus as Status

NOBODY_CAME: Final = "一直没有来取,药已放回药房"


async def wait(event: MedicationOrderReady) -> None:
    """From now on it is waited for; a second picking begins the days anew."""
    order = await MedicationOrder.get(id=event.order_id).select_related("request")
    if order.ready_at is None or order.way is not Way.PICK_UP:
        return
    since, limits = order.ready_at, params()
    about = {"order_id": event.order_id, "ready_at": since.isoformat()}
    await outbox.schedule(
        PickUpReminderDue(**about), due_at=since + limits.remind, key=f"pick-up/{order.id}"
    )
    if rules.may_end_unclaimed(order.request.preparation, limits):
        over = since + limits.unclaimed
        await outbox.schedule(PickUpOver(**about), due_at=over, key=f"pick-up-over/{order.id}")


async def still_lies(order_id: str, ready_at: str) -> MedicationOrder | None:
    """The order, while it lies ready since this moment."""
    row = await MedicationOrder.get_or_none(
        id=UUID(order_id), status=Status.READY, ready_at=datetime.fromisoformat(ready_at)
    )
    return row if row is not None and row.way is Way.PICK_UP else None


async def end(event: PickUpOver) -> None:
    """Its days are over: the drugs go back, the money goes back. A repeat changes nothing."""
    row = await still_lies(event.order_id, event.ready_at)
    if row is not None:
        await service.stop(SYSTEM, row.id, NOBODY_CAME)


def last_day(order: MedicationOrder) -> datetime | None:
    """Until when it lies there, None when it does not end by itself; its request is loaded."""
    if order.ready_at is None or order.way is not Way.PICK_UP:
        return None
    limits = params()
    ends = rules.may_end_unclaimed(order.request.preparation, limits)
    return order.ready_at + limits.unclaimed if ends else None


def is_late(order: MedicationOrder) -> bool:
    """Whether the desk should ring up: it was reminded, and nobody has come."""
    since = order.ready_at
    return (
        order.status is Status.READY
        and order.way is Way.PICK_UP
        and since is not None
        and since + params().remind <= clock.now()
    )
