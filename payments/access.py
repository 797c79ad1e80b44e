"""The doors to payments: the outpatient office of the house, and the administrator.

A payment that names no house may be seen by every outpatient office.
"""

from uuid import UUID

from tortoise.expressions import Q

from core.audit import audit, refused
from core.errors import NotFound
from payments.models import Payment
from people.actor import Actor, Role

READERS = (Role.SCHEDULER, Role.ADMIN)


def ours(actor: Actor) -> Q:
    """The payments this person may see."""
    if actor.has(Role.ADMIN):
        return Q()
    return Q(organization_id=actor.organization_id) | Q(organization_id__isnull=True)


def is_ours(actor: Actor, payment: Payment) -> bool:
    """The same of a row at hand."""
    return actor.has(Role.ADMIN) or payment.organization_id in (None, actor.organization_id)


async def open_payment(actor: Actor, payment_id: UUID) -> Payment:
    """One payment with its refunds; written down. Raises NotFound for strangers too."""
    actor.require(*READERS)
    found = Payment.filter(ours(actor), id=payment_id).prefetch_related("refunds")
    row = await found.first()
    about = f"Payment/{payment_id}"
    if row is None:
        raise refused(NotFound("not_found", "没有找到这笔付款。"), actor, "payment.open", about)
    await audit(actor, "payment.open", about, patient_id=row.patient_id)
    return row
