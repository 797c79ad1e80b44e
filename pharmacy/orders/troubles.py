"""What a resident reports about drugs that came, or did not: a task for the pharmacy."""

from typing import Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import Who, audit
from core.errors import Conflict, FieldError, Invalid
from core.outbox import record
from people.actor import Actor, Role
from pharmacy.orders.events import TroubleRaised, TroubleSettled
from pharmacy.orders.models import MedicationOrder, Trouble, TroubleKind
from pharmacy.orders.service import ids, subject_of
from pharmacy.orders.states import OrderStatus as Status

NAMES: Final = {
    TroubleKind.MISSING: "没收到",
    TroubleKind.BROKEN: "破了、漏了",
    TroubleKind.WRONG: "药不对",
    TroubleKind.OTHER: "别的问题",
}
MAY: Final = frozenset({Status.ON_THE_WAY, Status.BACK, Status.RECEIVED, Status.PICKED_UP})
"""When there is something to report about."""
SHORTEST: Final = 2


async def report(who: Who, order: MedicationOrder, kind: TroubleKind, text: str) -> Trouble:
    """Tell the pharmacy; while the last one is open the same again changes nothing.

    Raises Conflict before the drugs have left the pharmacy, Invalid for 别的问题 without words.
    """
    if order.status not in MAY:
        raise Conflict("nothing_to_report", "药还在药房,没有发出。有问题请给药房打电话。")
    words = text.strip()
    if kind is TroubleKind.OTHER and len(words) < SHORTEST:
        sentence = "请写一写是什么问题。"
        raise Invalid("text", sentence, errors=[FieldError("text", sentence)])
    known = await Trouble.get_or_none(open=str(order.id))
    if known is not None:
        return known
    try:
        async with db.atomic():
            row = await Trouble.create(
                id=uuid4(),
                order_id=order.id,
                open=str(order.id),
                organization_id=order.organization_id,
                kind=kind,
                text=words,
                account_id=who.account_id,
                raised_at=clock.now(),
            )
            about = subject_of(order.id)
            await audit(who, "medication_order.report", about, patient_id=order.patient_id)
            await record(TroubleRaised(**ids(order)), subject=about)
    except IntegrityError:
        return await Trouble.get(open=str(order.id))
    return row


async def settle(actor: Actor, order: MedicationOrder, answer: str) -> None:
    """The pharmacy has looked into it; the resident reads the answer. Raises Conflict, Invalid."""
    actor.require(Role.PHARMACIST)
    words = answer.strip()
    if len(words) < SHORTEST:
        sentence = "请写一句给居民看的答复。"
        raise Invalid("answer", sentence, errors=[FieldError("answer", sentence)])
    async with db.atomic():
        mine = Trouble.filter(open=str(order.id))
        changes = {"open": None, "answer": words[:200], "settled_at": clock.now()}
        if not await mine.update(settled_by_name=actor.name, **changes):
            raise Conflict("settled", "这件事已经处理过了,请刷新页面看看。")
        about = subject_of(order.id)
        await audit(actor, "medication_order.answer", about, patient_id=order.patient_id)
        await record(TroubleSettled(**ids(order)), subject=about)


async def of_order(order_id: UUID) -> list[Trouble]:
    """All that was reported about an order, the newest first."""
    return await Trouble.filter(order_id=order_id).order_by("-raised_at")


async def waiting(actor: Actor) -> list[Trouble]:
    """What residents reported to the house and nobody has answered, the oldest first."""
    rows = Trouble.filter(organization_id=actor.organization_id, settled_at=None)
    return await rows.order_by("raised_at").select_related("order__patient", "order__request")
