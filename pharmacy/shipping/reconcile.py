"""The checker of orders × parcels: each order that is carried has the parcel it says.

Run by operators (`python -m app reconcile`) and by the tests after every walk. A fact that still
waits in the outbox is not a fault yet.
"""

from typing import Final

from core import db
from core.outbox import OutboxEntry, OutboxStatus

KIND: Final = "MedicationOrder/"
LIVE: Final = (
    "('sealed', 'handed_over', 'in_transit', 'delivering', 'arrived', 'refused', 'returning')"
)

# ruff: noqa: S608  (the queries are made of our own words)
CHECKS: Final[tuple[tuple[str, str], ...]] = (
    (
        "order {0} is {1}, but has {2} parcels under way",
        f"""SELECT o.id, o.status, COUNT(p.id) FROM pharmacy_order o
        LEFT JOIN pharmacy_parcel p ON p.order_id = o.id AND p.status IN {LIVE}
        GROUP BY o.id, o.status, o.way
        HAVING COUNT(p.id) > 1
        OR (o.way = 'pick_up' AND COUNT(p.id) > 0)
        OR (o.status NOT IN ('ready', 'on_the_way', 'back', 'refunding', 'refunded')
            AND COUNT(p.id) > 0)""",
    ),
    (
        "order {0} is {1}, but its parcel is {2}",
        """SELECT o.id, o.status, p.status FROM pharmacy_order o
        JOIN pharmacy_parcel p ON p.order_id = o.id
        LEFT JOIN pharmacy_parcel_return r ON r.parcel_id = p.id
        WHERE (o.status IN ('on_the_way', 'back') AND p.status IN ('signed', 'lost', 'damaged',
            'too_warm'))
        OR (o.status = 'ready' AND p.status NOT IN ('sealed', 'cancelled'))
        OR (o.status IN ('refunding', 'refunded') AND p.status = 'sealed' AND p.recalled = '')
        OR (p.status = 'returned' AND p.recalled = '' AND r.parcel_id IS NULL
            AND o.status <> 'on_the_way')""",
    ),
    (
        "order {0} is received, but no parcel of it was signed for",
        """SELECT o.id FROM pharmacy_order o
        LEFT JOIN pharmacy_parcel p ON p.order_id = o.id AND p.status = 'signed'
        LEFT JOIN pharmacy_parcel_receipt r ON r.parcel_id = p.id
        WHERE o.status = 'received' AND r.parcel_id IS NULL""",
    ),
)


async def check() -> list[str]:
    """What does not agree, in one view of the database."""
    async with db.one_view():
        waiting = OutboxEntry.filter(status=OutboxStatus.WAITING, subject__startswith=KIND)
        rows = await waiting.only("id", "subject")
        under_way = {row.subject.removeprefix(KIND) for row in rows}
        found = await db.findings(CHECKS)
    return [fault for fault in found if not any(id in fault for id in under_way)]
