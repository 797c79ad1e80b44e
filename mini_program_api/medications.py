"""Prescriptions and orders in the contract's words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from core import clock
from core.audit import audit, refused
from core.clock import in_words
from core.errors import NotFound, Problem
from core.money import yuan
from mini_program_api import deliveries, distance, own
from mini_program_api.schemas.medications import (
    AgreementOut,
    DrugOut,
    MedicationOrderOut,
    MedicationRequestOut,
    PharmacyOut,
    PickUpOut,
    StepOut,
)
from people.models import Organization
from people.residents import access
from people.residents.actor import Resident
from people.residents.models import Scope
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.dispensing.rules import qr_text
from pharmacy.dispensing.states import DispenseStatus as Desk
from pharmacy.orders import offers, queries, rules, troubles, words
from pharmacy.orders.models import MedicationOrder, Paid, Way
from pharmacy.orders.queries import RequestView
from pharmacy.orders.states import HAD, OUT
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.prescribing import agreement
from pharmacy.prescribing.models import MedicationRequest, PrescribedLine
from pharmacy.prescribing.states import LIVE as RX_LIVE
from pharmacy.prescribing.states import Status as Rx

FIRST: Final = ("signed", "reviewed", "chosen", "paid", "preparing", "ready")
KEYS: Final = {
    Way.PICK_UP: (*FIRST, "picked_up"),
    Way.VILLAGE: (*FIRST, "shipped", "arrived", "received"),
    Way.DOOR: (*FIRST, "shipped", "received"),
}
NAMES: Final[dict[str, dict[str, str]]] = {
    "signed": {"done": "医生已开具", "now": "等医生", "later": "医生已开具"},
    "reviewed": {"done": "药师审核过了", "now": "药师审核中", "later": "药师审核"},
    "chosen": {"done": "选好怎么拿药", "now": "可以取药:请选怎么拿", "later": "选怎么拿药"},
    "paid": {"done": "已付款", "now": "等您付款", "later": "付款"},
    "preparing": {"done": "药房配药", "now": "等药房配药", "later": "配药"},
    "ready": {"done": "药配好了", "now": "配药中", "later": "配好"},
    "picked_up": {"done": "已取", "now": "等您来取", "later": "已取"},
    "shipped": {"done": "药房送出了", "now": "等送药的来拿", "later": "送出"},
    "arrived": {"done": "到村卫生室了", "now": "在去村里的路上", "later": "到村卫生室"},
    "received": {"done": "收到了", "now": "等您收药", "later": "收到"},
}
BEGUN: Final = frozenset({Status.PREPARING, Status.READY}) | OUT | HAD


async def open_request(who: Resident, request_id: UUID, scope: Scope) -> MedicationRequest:
    """One of the account's patients'. Raises NotFound for strangers, Forbidden `not_in_scope` for
    one that the account may see but not do this with."""
    subject = f"MedicationRequest/{request_id}"
    try:
        return await queries.one_of(await own.patient_ids(who, scope), request_id)
    except NotFound as missing:
        problem: Problem = missing
        if scope is not Scope.VIEW and await _may_see(who, request_id):
            problem = access.not_in_scope(scope)
        raise refused(problem, who, "resident.open_prescription", subject) from None


async def _may_see(who: Resident, request_id: UUID) -> bool:
    try:
        await queries.one_of(await own.patient_ids(who, Scope.VIEW), request_id)
    except NotFound:
        return False
    return True


async def looked_at(who: Resident, row: MedicationRequest) -> None:
    """Write down that the account saw it."""
    subject = f"MedicationRequest/{row.id}"
    await audit(who, "prescription.open", subject, patient_id=row.patient_id, reason="own")


async def open_dispense(who: Resident, dispense_id: UUID) -> MedicationDispense:
    """One of the account's patients'. Raises NotFound."""
    row = await MedicationDispense.get_or_none(
        id=dispense_id, patient_id__in=list(await own.patient_ids(who, Scope.VIEW))
    )
    if row is None:
        missing = NotFound("dispense_not_found", "没有找到这次取药。")
        raise refused(missing, who, "resident.open_dispense", f"MedicationDispense/{dispense_id}")
    return row


async def shown(row: MedicationRequest) -> MedicationRequestOut:
    """One prescription as it stands now."""
    fresh = await MedicationRequest.get(id=row.id)
    return (await all_shown(await queries.views([fresh])))[0]


async def all_shown(views: Sequence[RequestView]) -> list[MedicationRequestOut]:
    """Many at once."""
    names = await own.names_of(view.request.patient_id for view in views)
    return [_shown(view, names[view.request.patient_id]) for view in views]


def _shown(view: RequestView, patient_name: str) -> MedicationRequestOut:
    row, state = view.request, view.state
    kind, _, encounter = row.subject.partition("/")
    badge, name = words.NAMES[state]
    drugs = [_drug(line) for line in view.lines] if view.approved else []
    return MedicationRequestOut(
        id=row.id,
        number=row.number or "",
        status=state,
        status_name=name,
        status_kind=badge,
        next_step=_next_step(view),
        category=row.category.value,
        patient_id=row.patient_id,
        patient_name=patient_name,
        practitioner_name=row.author_name,
        practitioner_title=row.author_title,
        organization_name=row.author_organization,
        encounter_id=UUID(encounter) if kind == "Encounter" else None,
        signed_at=row.signed_at or row.saved_at,
        valid_until=row.valid_until,
        validity=_validity(view),
        drugs=drugs,
        usage=words.together(row) if drugs else "",
        advice=str(row.content.get("advice") or "") if drugs else "",
        amount_fen=sum(drug.amount_fen for drug in drugs) if drugs else None,
        steps=_steps(view),
        agreement=_agreement(row),
        order=_order(view, view.order) if view.order else None,
        warning=words.WARNING,
    )


def _drug(line: PrescribedLine) -> DrugOut:
    return DrugOut(
        name=line.name,
        form=line.form,
        strength=line.strength,
        dosage=words.dosage(line, line.medication),
        quantity=words.how_much(line, line.medication),
        amount_fen=line.amount_fen,
    )


def _validity(view: RequestView) -> str:
    until = view.request.valid_until
    if until is None or view.state in BEGUN:
        return ""
    if view.request.status in (Rx.REJECTED, Rx.CANCELLED):
        return ""
    if view.state == Rx.EXPIRED:
        return "处方的有效期已经过了。"
    return f"请在{words.until_words(until)} 前付款取药,过期处方作废。"


def _next_step(view: RequestView) -> str:
    order, back = view.order, _refund(view.order)
    if view.state in (words.REVIEWING, words.TO_ORDER) and agreement.awaited(view.request):
        return "这次的药超过 4 周。请先看医生的说明,点“我看完了,同意”。"
    match view.state:
        case words.REVIEWING:
            return "药师正在审核,通过了会通知您。审核前不收费、不发药。"
        case words.TO_ORDER:
            return f"{back}选怎么拿药:到药房取、送到村卫生室,或者送到家。"
        case Status.PAY_PENDING if order is not None:
            by = in_words(order.pay_by)
            return f"药给您留着,请在 {by} 前付 {yuan(order.amount_fen)}。"
        case Status.PAID:
            return "药房收到了,会尽快配药。配好会通知您,先不用来。"
        case Status.PREPARING:
            return "药房正在配药,配好会通知您,先不用来。"
        case Status.READY | Status.ON_THE_WAY | Status.BACK if order is not None and (
            order.way is not Way.PICK_UP
        ):
            return deliveries.next_step(view)
        case Status.RECEIVED:
            return "药已收到。请对一对药名和数量,按医生和药师说的用。有问题点“药有问题”。"
        case Status.UNCLAIMED:
            return "药在药房等到了期限,没有来取,已经按规定销毁,不能退款。需要用药请联系医生。"
        case Status.READY if order is not None:
            return f"请到{order.pharmacy.name}取药,给工作人员看取药码。"
        case Status.PICKED_UP:
            return "药已取走。请按医生和药师说的用,不舒服马上联系医生或打 120。"
        case Rx.REJECTED:
            return "药师没有通过这张处方,没有收您的钱。请联系医生。"
        case Rx.CANCELLED:
            return f"医生撤销了这张处方。{back}需要用药请联系医生。"
    return f"处方过期了,不能再取药。{back}需要用药请联系医生重新开。"


def _agreement(row: MedicationRequest) -> AgreementOut | None:
    said = agreement.in_words(row)
    if not said:
        return None
    return AgreementOut(
        awaited=agreement.awaited(row) and row.status in RX_LIVE,
        days=agreement.days_of(row),
        text=agreement.text_of(row),
        said=said,
    )


def _refund(order: MedicationOrder | None) -> str:
    if order is None or not order.refund_fen:
        return ""
    done = order.status is Status.REFUNDED
    return words.money_back(order.refund_fen, cash=order.payment is Paid.CASH, done=done)


def _steps(view: RequestView) -> list[StepOut]:
    """医生已开具 → 药师审核 → 选药房 → 付款 → 配药 → 可取 → 已取; carried: … → 在路上 → 收到."""
    row, order = view.request, view.order
    live = order if order is not None and view.state == order.status else None
    reviewed = row.reviewed_at if view.approved or row.status is Rx.REJECTED else None
    times: list[datetime | None] = [row.signed_at, reviewed]
    if live is not None:
        times += [live.created_at, live.paid_at, live.begun_at, live.ready_at, live.handed_at]
    way = order.way if order is not None and live is not None else Way.PICK_UP
    if live is not None and way is not Way.PICK_UP:
        times[-1:] = [live.shipped_at, *_arrived(view), live.handed_at]
    keys = KEYS[way]
    times += [None] * (len(keys) - len(times))
    ended = view.state in (Rx.REJECTED, Rx.CANCELLED, Rx.EXPIRED)
    steps, waiting = [], not ended
    for key, at in zip(keys, times, strict=True):
        state: Literal["done", "now", "later"] = "done" if at else "now" if waiting else "later"
        waiting = waiting and state == "done"
        steps.append(StepOut(key=key, name=NAMES[key][state], state=state, at=at))
    return steps


def _arrived(view: RequestView) -> list[datetime | None]:
    if view.order is None or view.order.way is not Way.VILLAGE:
        return []
    return [view.parcel.arrived_at if view.parcel else None]


def _order(view: RequestView, row: MedicationOrder) -> MedicationOrderOut:
    dispense = view.dispense
    ready = dispense if dispense and dispense.status is Desk.READY else None
    return MedicationOrderOut(
        id=row.id,
        status=row.status.value,
        way=row.way,
        pharmacy_id=row.pharmacy_id,
        pharmacy_name=row.pharmacy.name,
        pharmacy_address=row.pharmacy.address or row.pharmacy.organization.address,
        pharmacy_phone=row.pharmacy.phone or row.pharmacy.organization.phone,
        pharmacy_hours=row.pharmacy.hours,
        drugs_fen=row.drugs_fen,
        delivery_fen=row.delivery_fen,
        decoction_fen=row.decoction_fen,
        amount_fen=row.amount_fen,
        payment=row.payment,
        pay_by=row.pay_by,
        may_cancel=row.status in (Status.PAY_PENDING, Status.PAID),
        dispense_id=dispense.id if dispense else None,
        pick_up=PickUpOut(code=ready.code, qr_text=qr_text(ready.code))
        if ready and ready.code
        else None,
        carried=deliveries.carried(view),
        may_report=row.status in troubles.MAY and not (view.trouble and view.trouble.open),
        trouble=deliveries.trouble(view),
        refund=_refund(row),
    )


async def pharmacies(row: MedicationRequest, near: str | None) -> list[PharmacyOut]:
    """Where it can be fetched, with the price; the nearest of those that have it first."""
    there = distance.read(near)
    lines = await offers.lines_of([row.id])
    price = offers.price_of(row, lines)
    found = [_pharmacy(offer, price, there) for offer in await offers.of_request(row)]
    return sorted(found, key=lambda one: (not one.in_stock, one.distance_m or 0))


def _pharmacy(offer: offers.Offer, price: rules.Price, near: distance.Point | None) -> PharmacyOut:
    place = offer.pharmacy
    house: Organization = place.organization
    known = house.latitude is not None and house.longitude is not None
    there = (house.latitude or 0.0, house.longitude or 0.0) if known else None
    return PharmacyOut(
        id=place.id,
        name=place.name,
        organization_name=house.name,
        address=place.address or house.address,
        phone=place.phone or house.phone,
        hours=place.hours,
        distance_m=distance.between(near, there) if near and there else None,
        in_stock=offer.in_stock,
        way=Way.PICK_UP,
        drugs_fen=price.drugs_fen,
        delivery_fen=price.delivery_fen,
        decoction_fen=price.decoction_fen,
        amount_fen=price.total_fen,
    )


def why_not_order(row: MedicationRequest) -> rules.Refusal | None:
    """What stands in the way of ordering it now."""
    return rules.why_not_order(row.status, row.valid_until, clock.now())
