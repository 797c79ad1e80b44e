"""Prescriptions: what stands, where the drugs can be had, ordering, paying, and having them."""

from functools import partial

from aiohttp import web

from core.doors import residents
from core.errors import Conflict
from core.etags import revalidated, when_shown
from core.http import answers, endpoint, path_id
from core.idempotency import once
from mini_program_api import deliveries, medications, own, paging
from mini_program_api.border import BASE
from mini_program_api.schemas.booking import PaymentOut
from mini_program_api.schemas.deliveries import Clinics, TroubleIn, Ways
from mini_program_api.schemas.medications import (
    MedicationDispenseOut,
    MedicationOrderIn,
    MedicationPaymentIn,
    MedicationRequestOut,
    MedicationRequests,
    MedicationRequestsQuery,
    Pharmacies,
    PharmaciesQuery,
)
from payments import service as payments
from people.residents.actor import Resident, resident_of
from people.residents.models import Scope
from pharmacy.dispensing import service as dispensing
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.orders import offers, paying, queries, service, troubles
from pharmacy.orders.models import MedicationOrder, TroubleKind
from pharmacy.orders.states import OrderStatus as Status
from pharmacy.prescribing import agreement
from pharmacy.prescribing.models import MedicationRequest
from wechat.bindings import WECHAT

routes = web.RouteTableDef()

ONE = BASE + "/medication-requests/{id}"


@routes.get(f"{BASE}/medication-requests", name="mp_medication_requests")
@residents
@revalidated
@endpoint
async def medication_requests(
    request: web.Request, *, query: MedicationRequestsQuery
) -> MedicationRequests:
    """The prescriptions of all patients of the account, the newest first."""
    ids = await own.patient_ids(resident_of(request), Scope.VIEW, query.patient_id)
    views = await queries.page_of(
        ids,
        live=query.live,
        after=paging.after("medication-requests", query.cursor),
        limit=query.limit + 1,
    )
    more, views = len(views) > query.limit, views[: query.limit]
    last = views[-1].request if more else None
    cursor = None
    if last is not None and last.signed_at is not None:
        at = last.signed_at.isoformat()
        cursor = paging.encode("medication-requests", at, str(last.id))
    return MedicationRequests(items=await medications.all_shown(views), next_cursor=cursor)


@routes.get(ONE, name="mp_medication_request")
@residents
@revalidated
@endpoint
async def medication_request(request: web.Request) -> MedicationRequestOut:
    """One prescription, its order and its way to the patient. Ask again with the ETag."""
    who = resident_of(request)
    row = await medications.open_request(who, path_id(request), Scope.VIEW)
    when_shown(request, partial(medications.looked_at, who, row))
    return await medications.shown(row)


@routes.get(f"{ONE}/pharmacies", name="mp_pharmacies")
@residents
@answers(409)
@endpoint
async def pharmacies(request: web.Request, *, query: PharmaciesQuery) -> Pharmacies:
    """Pharmacies of the member houses, with price, and whether they have everything.

    409 while it has not passed the review, and when its days are over.
    """
    row = await medications.open_request(resident_of(request), path_id(request), Scope.VIEW)
    if refusal := medications.why_not_order(row):
        raise Conflict(refusal.code, refusal.sentence)
    agreement.require(row)
    return Pharmacies(items=await medications.pharmacies(row, query.near))


@routes.get(f"{ONE}/ways", name="mp_ways")
@residents
@answers(409)
@endpoint
async def ways(request: web.Request) -> Ways:
    """How the drugs can come, what each way costs, and why one is not open."""
    row = await medications.open_request(resident_of(request), path_id(request), Scope.VIEW)
    if refusal := medications.why_not_order(row):
        raise Conflict(refusal.code, refusal.sentence)
    return await deliveries.ways(row)


@routes.get(f"{ONE}/clinics", name="mp_clinics")
@residents
@endpoint
async def clinics(request: web.Request) -> Clinics:
    """The village clinics to which they can be brought, the patient's own first."""
    row = await medications.open_request(resident_of(request), path_id(request), Scope.VIEW)
    return await deliveries.clinics(row)


@routes.post(f"{ONE}/trouble", name="mp_report_trouble")
@residents
@once
@answers(409)
@endpoint(status=201)
async def report(request: web.Request, *, body: TroubleIn) -> MedicationRequestOut:
    """Something is wrong with what came, or it did not come: the pharmacy is told.

    409 `nothing_to_report` before the drugs have left the pharmacy.
    """
    who = resident_of(request)
    row = await medications.open_request(who, path_id(request), Scope.VIEW)
    live = await queries.order_of(row.id)
    if live is None:
        raise Conflict("nothing_to_report", "这张处方没有发出的药。")
    await troubles.report(who, live, TroubleKind(body.kind), body.text)
    return await medications.shown(row)


@routes.post(f"{ONE}/order", name="mp_order_medication")
@residents
@once(required=True)
@answers(403, 409)
@endpoint(status=201)
async def order(request: web.Request, *, body: MedicationOrderIn) -> MedicationRequestOut:
    """Choose a pharmacy: the drugs are kept there until `order.pay_by`, and the price stands.

    409 `out_of_stock` when somebody was faster, `ordered_elsewhere` when another pharmacy or way
    was chosen before, `not_this_way` when these drugs may not come like that.
    """
    who = resident_of(request)
    row = await medications.open_request(who, path_id(request), Scope.PAY)
    to = await deliveries.destination(who, body)
    await service.place(who, row.id, body.pharmacy_id, account_id=who.account_id, to=to)
    return await medications.shown(row)


@routes.post(f"{ONE}/order-cancellation", name="mp_cancel_medication_order")
@residents
@once
@answers(403, 409)
@endpoint
async def cancel(request: web.Request) -> MedicationRequestOut:
    """Another pharmacy, or nothing: free until the pharmacy has begun; what was paid goes back.

    409 `begun` afterwards.
    """
    who = resident_of(request)
    row = await medications.open_request(who, path_id(request), Scope.PAY)
    if live := await queries.order_of(row.id):
        await service.give_up(who, live)
    return await medications.shown(row)


@routes.post(f"{ONE}/payment", name="mp_pay_medication")
@residents
@once(required=True)
@answers(403, 409, 503)
@endpoint
async def pay(request: web.Request, *, body: MedicationPaymentIn) -> PaymentOut:
    """What `wx.requestPayment` takes. Asked again, it is the same order.

    Paid or not is seen in the prescription: `paid` when the money has come.
    """
    who = resident_of(request)
    row = await medications.open_request(who, path_id(request), Scope.PAY)
    live = await queries.order_of(row.id) or await _ordered(who, row, body)
    found = await paying.request_payment(who, live, request.app[WECHAT])
    return PaymentOut.model_validate(found)


async def _ordered(
    who: Resident, row: MedicationRequest, body: MedicationPaymentIn
) -> MedicationOrder:
    pharmacy_id = body.pharmacy_id
    if pharmacy_id is None:
        if refusal := medications.why_not_order(row):
            raise Conflict(refusal.code, refusal.sentence)
        place = await offers.first_choice(row)
        if place is None:
            raise Conflict(
                "out_of_stock", "现在没有一家药房备齐这些药,请稍后再看,或问医生能不能换。"
            )
        pharmacy_id = place.id
    return await service.place(who, row.id, pharmacy_id, account_id=who.account_id)


@routes.post(f"{ONE}/payment-check", name="mp_check_medication_payment")
@residents
@answers(403, 503)
@endpoint
async def check_payment(request: web.Request) -> MedicationRequestOut:
    """The resident says that it is paid: WeChat is asked now, instead of waiting for its notice."""
    who = resident_of(request)
    row = await medications.open_request(who, path_id(request), Scope.PAY)
    live = await queries.order_of(row.id)
    if live is not None and live.status is Status.PAY_PENDING:
        subject = service.subject_of(live.id)
        await payments.refresh(subject, wechat=request.app[WECHAT])
    return await medications.shown(row)


@routes.post(f"{BASE}/medication-dispenses/{{id}}/receipt", name="mp_receive_medication")
@residents
@once
@answers(409)
@endpoint
async def receive(request: web.Request) -> MedicationDispenseOut:
    """The resident has the drugs. 409 `not_handed_over` before the pharmacy gave them."""
    who = resident_of(request)
    row = await medications.open_dispense(who, path_id(request))
    await dispensing.receive(who, row)
    row = await MedicationDispense.get(id=row.id)
    return MedicationDispenseOut(
        id=row.id,
        status=row.status.value,
        medication_request_id=row.request_id,
        handed_at=row.handed_at,
        received_at=row.received_at,
    )
