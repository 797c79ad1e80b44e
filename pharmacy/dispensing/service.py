"""The life of a dispense: begun, picked, checked by a second person, handed over, put back."""

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from care.signatures.service import sign
from core import clock, db
from core.audit import Who, audit
from core.errors import Conflict, FieldError, Invalid
from core.outbox import record
from core.states import advance
from people import throttle
from people.actor import Actor
from people.links import same_person
from people.models import Patient, PatientIdentifier
from pharmacy.decoction import service as decoctions
from pharmacy.delivery import service as parcels
from pharmacy.dispensing import picking, rules
from pharmacy.dispensing.access import DISPENSERS
from pharmacy.dispensing.models import MedicationDispense, Shown
from pharmacy.dispensing.states import DispenseStatus as Status
from pharmacy.dispensing.steps import picks_of, require, step, subject_of
from pharmacy.formulary import renewing, stock
from pharmacy.orders import service as orders
from pharmacy.orders.events import MedicationOrderPickedUp, MedicationOrderReady
from pharmacy.orders.models import MedicationOrder, Way
from pharmacy.orders.policy import params
from pharmacy.orders.states import MEDICATION_ORDER
from pharmacy.orders.states import OrderStatus as Ordered
from pharmacy.prescribing.events import MedicationRequestCompleted
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import MEDICATION_REQUEST
from pharmacy.prescribing.states import Status as Rx

SHORTEST: Final = 4
TRIES: Final = throttle.Limit(
    "dispense-document", 5, timedelta(minutes=1), timedelta(hours=1), window=timedelta(days=1)
)
WRONG_CODE: Final = "取药码不对:8 位数字,请重新扫,或照着手机上的数字输入。"


async def open_for(order: MedicationOrder) -> MedicationDispense:
    """The dispense of a paid order, made when there is none."""
    row, _ = await MedicationDispense.get_or_create(
        order_id=order.id,
        defaults={
            "request_id": order.request_id,
            "pharmacy_id": order.pharmacy_id,
            "patient_id": order.patient_id,
            "organization_id": order.organization_id,
            "opened_at": clock.now(),
        },
    )
    return row


async def take(actor: Actor, row: MedicationDispense) -> None:
    """Begin to pick: from now on the prescription is used, and its days no longer run. What was
    promised of a lot that ran out at midnight is taken from another one, where there is one.

    Raises Conflict when the doctor took it back, or its days are over (处方办法 art. 18).
    """
    actor.require(*DISPENSERS)
    require(row, Status.PREPARATION)
    with suppress(Conflict):  # no other lot: the picker hears it at the shelf
        await renewing.renew(orders.stock_key(row.order_id))
    async with db.atomic():
        request = await MedicationRequest.get(id=row.request_id)
        if request.valid_until is not None and request.valid_until <= clock.now():
            raise Conflict("prescription_expired", "处方已经过期,不能再配药,钱会退给居民。")
        await advance(request, MEDICATION_REQUEST, "dispense")
        order = await MedicationOrder.get(id=row.order_id)
        await advance(order, MEDICATION_ORDER, "prepare", begun_at=clock.now())
        who: dict[str, Any] = {"picked_by": actor.practitioner_id, "picked_by_name": actor.name}
        await step(actor, row, "take", **who)


async def finish(actor: Actor, row: MedicationDispense) -> None:
    """Everything is picked; the second person is asked. Raises Conflict `incomplete`."""
    require(row, Status.IN_PROGRESS)
    async with db.atomic():
        for line in await picking.pick_list(row):
            if line.remaining:
                missing = (
                    f"还差「{line.line.name}」{line.remaining} {line.line.unit},请拣齐再交核对。"
                )
                raise Conflict("incomplete", missing)
        who: dict[str, Any] = {"picked_by": actor.practitioner_id, "picked_by_name": actor.name}
        changes: dict[str, Any] = {
            "picked_at": clock.now(),
            "return_reason": "",
            "round": row.round + 1,
        }
        await step(actor, row, "finish", **changes, **who)
        if params().self_check:
            await _sign(actor, row, "DispensePicking", [])


async def _sign(actor: Actor, row: MedicationDispense, kind: str, boxes: Collection[str]) -> None:
    content = {
        "dispense": str(row.id),
        "picks": [
            {"line": str(pick.line_id), "lot": pick.stock_lot.lot, "units": pick.units}
            for pick in await picks_of(row)
        ],
        "boxes": sorted(boxes),
    }
    await sign(actor, kind=kind, document_id=row.id, version=row.round, content=content)


async def send_back(actor: Actor, row: MedicationDispense, reason: str) -> None:
    """The second person found something wrong: it is picked anew."""
    require(row, Status.PICKED)
    async with db.atomic():
        await step(actor, row, "return", reason, return_reason=reason)


async def check(actor: Actor, row: MedicationDispense, boxes: Collection[str]) -> None:
    """四查十对 by a second person: all ten, and not by who picked (处方办法 art. 37).

    Raises Invalid for a box that was not ticked, Conflict `same_person`.
    """
    actor.require(*DISPENSERS)
    require(row, Status.PICKED)
    if missing := rules.missing_boxes(boxes):
        sentence = f"还没有核对:{'、'.join(missing)}。十项都核对过才能发药。"
        raise Invalid("unchecked", sentence, errors=[FieldError("boxes", sentence)])
    pickers = {pick.picked_by for pick in await picks_of(row)} | {row.picked_by}
    self_check = params().self_check
    known = [one for one in pickers if one]
    if refusal := rules.why_not_checker(actor.practitioner_id, known, self_check=self_check):
        raise Conflict(refusal.code, refusal.sentence)
    if why := await decoctions.why_not_ready(row.request_id):
        raise Conflict("not_decocted", why)
    for _ in range(8):
        try:
            async with db.atomic():
                await _check(actor, row, sorted(boxes))
                return
        except IntegrityError:
            continue  # the code is somebody else's
    raise Conflict("changed_meanwhile", "没有成功,请再点一次。")


async def _check(actor: Actor, row: MedicationDispense, boxes: list[str]) -> None:
    order = await MedicationOrder.get(id=row.order_id)
    await advance(order, MEDICATION_ORDER, "make_ready", ready_at=clock.now())
    await step(
        actor,
        row,
        "check",
        checked_by=actor.practitioner_id,
        checked_by_name=actor.name,
        checked_at=clock.now(),
        boxes=boxes,
        code=rules.new_code() if order.way is Way.PICK_UP else None,
    )
    if params().self_check:
        await _sign(actor, row, "DispenseCheck", boxes)
    event = MedicationOrderReady(**orders.ids(order))
    await record(event, subject=orders.subject_of(order.id))


async def reopen(actor: Actor, row: MedicationDispense, reason: str) -> None:
    """What lies ready is wrong after all: a lot that expired at midnight, a torn box."""
    require(row, Status.READY)
    async with db.atomic():
        order = await MedicationOrder.get(id=row.order_id)
        await parcels.unpack(actor, order.id)
        await advance(order, MEDICATION_ORDER, "reopen", ready_at=None)
        await step(actor, row, "reopen", reason, return_reason=reason, code=None, boxes=[])


async def by_code(actor: Actor, text: str) -> MedicationDispense:
    """What is fetched with this code at the actor's house. Raises Invalid."""
    actor.require(*DISPENSERS)
    code = rules.read_code(text)
    house = MedicationDispense.filter(organization_id=actor.organization_id)
    row = await house.filter(code=code).first() if code else None
    if row is None:
        raise Invalid("code", WRONG_CODE, errors=[FieldError("code", WRONG_CODE)])
    if row.status is Status.COMPLETED:
        sentence = "这个取药码已经用过,药已经取走了。"
        raise Invalid("code", sentence, errors=[FieldError("code", sentence)])
    require(row, Status.READY)
    return row


async def hand_over(
    actor: Actor, row: MedicationDispense, *, code: str = "", name: str = "", document: str = ""
) -> None:
    """The drugs leave the house, against the code (once) or the name and the document's end.

    Raises Invalid when neither fits, Conflict when a lot has expired meanwhile, it was stopped, or
    it is to be carried.
    """
    actor.require(*DISPENSERS)
    require(row, Status.READY)
    shown = await _shown(actor, row, code, name, document)
    moment = clock.now()
    async with db.atomic():
        order = await MedicationOrder.get(id=row.order_id)
        if order.way is not Way.PICK_UP:
            await _only_back(actor, order)
        await advance(order, MEDICATION_ORDER, "hand_over", handed_at=moment)
        await step(
            actor, row, "hand_over", handed_by_name=actor.name, handed_at=moment, shown=shown
        )
        await stock.issue(orders.stock_key(order.id), who=actor, lots=await lots_of(row))
        ordered = MedicationOrderPickedUp(**orders.ids(order))
        await record(ordered, subject=orders.subject_of(order.id))
        await complete(await MedicationRequest.get(id=row.request_id))


async def _only_back(who: Who, order: MedicationOrder) -> None:
    """What is to be carried is given out here only after it came back, and once: not also sent."""
    if order.status is not Ordered.BACK:
        raise Conflict("to_be_carried", "这一单是要送出去的,不能在窗口发。请交给送药的人。")
    await parcels.unpack(who, order.id)


async def complete(request: MedicationRequest) -> None:
    """The prescription is used up. Needs a transaction."""
    if request.status is Rx.CANCELLED:  # taken back while its drugs were under way
        return
    await advance(request, MEDICATION_REQUEST, "complete", ended_at=clock.now())
    done = MedicationRequestCompleted(
        request_id=str(request.id),
        patient_id=str(request.patient_id),
        author_id=str(request.author_id),
        organization_id=str(request.organization_id),
        about=request.subject,
    )
    await record(done, subject=f"MedicationRequest/{request.id}")


async def lots_of(row: MedicationDispense) -> dict[UUID, int]:
    """Units by lot, as they were really picked."""
    lots: dict[UUID, int] = {}
    for pick in await picks_of(row):
        lots[pick.stock_lot_id] = lots.get(pick.stock_lot_id, 0) + pick.units
    return lots


async def _shown(
    actor: Actor, row: MedicationDispense, code: str, name: str, document: str
) -> Shown:
    if code:
        if rules.read_code(code) != row.code:
            raise Invalid("code", WRONG_CODE, errors=[FieldError("code", WRONG_CODE)])
        return Shown.CODE
    await check_document(row.patient_id, name, document, about=str(row.id))
    return Shown.DOCUMENT


async def check_document(patient_id: UUID, name: str, document: str, *, about: str) -> None:
    """Raise Invalid unless this is the patient's name and the end of a document of theirs.

    After some tries for the same `about` nobody may try any more for a while.
    """
    tail = "".join(document.split()).upper()
    if len(tail) < SHORTEST:
        sentence = "请扫取药码;没有手机的,看证件,输入姓名和证件号最后 4 位。"
        raise Invalid("document", sentence, errors=[FieldError("document", sentence)])
    await throttle.count(TRIES, about)
    ids = await same_person(patient_id)
    names = {patient.name for patient in await Patient.filter(id__in=ids)}
    papers = await PatientIdentifier.filter(patient_id__in=ids)
    if name.strip() not in names or not any(one.value.endswith(tail) for one in papers):
        sentence = "姓名或证件号和处方上的人对不上,请核对证件。"
        raise Invalid("document", sentence, errors=[FieldError("document", sentence)])
    await throttle.forget(TRIES, about)


async def stop(who: Who, row: MedicationDispense, reason: str) -> None:
    """The order has ended: whoever picks puts back. A repeat changes nothing."""
    if row.status in (Status.STOPPED, Status.CANCELLED, Status.COMPLETED):
        return
    moment = clock.now()
    async with db.atomic():
        await step(who, row, "stop", reason, stop_reason=reason, stopped_at=moment, code=None)


async def put_back(actor: Actor, row: MedicationDispense) -> None:
    """The drugs are on the shelf again; their codes may be sold."""
    actor.require(*DISPENSERS)
    async with db.atomic():
        changes: dict[str, Any] = {"put_back_by_name": actor.name, "put_back_at": clock.now()}
        await step(actor, row, "put_back", **changes)
        await picking.free_all(row)


async def cannot_fill(actor: Actor, row: MedicationDispense, reason: str) -> None:
    """The pharmacy cannot, or nobody came: the money goes back, the prescription may be used
    elsewhere while it stands."""
    actor.require(*DISPENSERS)
    await orders.stop(actor, row.order_id, reason)


async def receive(who: Who, row: MedicationDispense) -> None:
    """The resident says that the drugs are here. Raises Conflict before the hand-over."""
    if row.status is not Status.COMPLETED:
        raise Conflict("not_handed_over", "药还没有交给您。取药时请给药房看取药码。")
    same = MedicationDispense.filter(id=row.id, received_at=None)
    async with db.atomic():
        if await same.update(received_at=clock.now()):
            about = subject_of(row)
            await audit(who, "dispense.receive", about, patient_id=row.patient_id)
