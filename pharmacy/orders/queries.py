"""Reads of prescriptions and their orders for the resident's screens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q

from core import clock
from core.errors import NotFound
from people.models import Organization
from pharmacy.delivery.models import Parcel, ParcelEvent, Receipt
from pharmacy.delivery.states import Status as Road
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.orders import offers, words
from pharmacy.orders.models import MedicationOrder, Trouble
from pharmacy.orders.states import LIVE
from pharmacy.prescribing.models import MedicationRequest, PrescribedLine
from pharmacy.prescribing.states import LIVE as RX_LIVE
from pharmacy.prescribing.states import Status as Rx

SHOWN = frozenset({*RX_LIVE, Rx.COMPLETED, Rx.REJECTED, Rx.CANCELLED, Rx.EXPIRED})
"""Signed ones; of a rewritten one only the newest version."""
PASSED = frozenset({Rx.ACTIVE, Rx.DISPENSING, Rx.COMPLETED})


@dataclass(slots=True)
class RequestView:
    """One prescription with its drugs, its newest order and what the pharmacy did."""

    request: MedicationRequest
    lines: list[PrescribedLine]
    order: MedicationOrder | None = None
    dispense: MedicationDispense | None = None
    parcel: Parcel | None = None
    told: list[ParcelEvent] = field(default_factory=list)
    receipt: Receipt | None = None
    clinic: Organization | None = None
    trouble: Trouble | None = None

    @property
    def approved(self) -> bool:
        """Whether a pharmacist has let it pass: only then drugs and prices are shown."""
        return self.request.reviewed_at is not None and self.request.status in PASSED

    @property
    def state(self) -> str:
        """Where it stands for the resident; see `words.NAMES`."""
        request, order = self.request, self.order
        if request.status in (Rx.REJECTED, Rx.CANCELLED, Rx.EXPIRED):
            return request.status.value
        if request.status not in PASSED:
            return words.REVIEWING
        if order is not None and order.status in LIVE:
            return order.status.value
        over = request.valid_until is not None and request.valid_until <= clock.now()
        return Rx.EXPIRED.value if over else words.TO_ORDER


async def page_of(
    patient_ids: Collection[UUID],
    *,
    live: bool | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[RequestView]:
    """The prescriptions of these patients, the newest first."""
    rows = MedicationRequest.filter(patient_id__in=list(patient_ids), signed_at__isnull=False)
    rows = rows.filter(status__in=list(SHOWN if live is None else RX_LIVE if live else SHOWN))
    if live is False:
        rows = rows.exclude(status__in=list(RX_LIVE))
    if after is not None:
        at, last = after
        rows = rows.filter(Q(signed_at__lt=at) | Q(signed_at=at, id__lt=last))
    return await views(await rows.order_by("-signed_at", "-id").limit(limit))


async def one_of(patient_ids: Collection[UUID], request_id: UUID) -> MedicationRequest:
    """One of theirs. Raises NotFound alike for strangers' and for ids that do not exist."""
    row = await MedicationRequest.get_or_none(id=request_id, patient_id__in=list(patient_ids))
    if row is None or row.status not in SHOWN:
        raise NotFound("prescription_not_found", "没有找到这张处方。")
    return row


async def views(rows: Sequence[MedicationRequest]) -> list[RequestView]:
    """These, each with what belongs to it."""
    ids = [row.id for row in rows]
    found = {row.id: RequestView(row, []) for row in rows}
    for line in await offers.lines_of(ids):
        found[line.request_id].lines.append(line)
    orders = MedicationOrder.filter(request_id__in=ids).order_by("created_at")
    for order in await orders.select_related("pharmacy__organization"):
        found[order.request_id].order = order
    kept = [view.order.id for view in found.values() if view.order]
    for dispense in await MedicationDispense.filter(order_id__in=kept):
        found[dispense.request_id].dispense = dispense
    await _add_parcels([view for view in found.values() if view.order is not None])
    return [found[row.id] for row in rows]


async def _add_parcels(found: Sequence[RequestView]) -> None:
    """The newest parcel of each with what was told of it, the clinic, the last trouble."""
    views = {view.order.id: view for view in found if view.order}
    sent = Parcel.filter(order_id__in=list(views)).exclude(status=Road.CANCELLED)
    for parcel in await sent.order_by("sealed_at"):
        if parcel.order_id is not None:
            views[parcel.order_id].parcel = parcel
    by_parcel = {view.parcel.id: view for view in found if view.parcel}
    if by_parcel:
        for event in await ParcelEvent.filter(parcel_id__in=list(by_parcel)).order_by("at"):
            by_parcel[event.parcel_id].told.append(event)
        for receipt in await Receipt.filter(parcel_id__in=list(by_parcel)):
            by_parcel[receipt.parcel_id].receipt = receipt
    wanted = {view.order.clinic_id for view in found if view.order and view.order.clinic_id}
    if wanted:
        houses = {row.id: row for row in await Organization.filter(id__in=list(wanted))}
        for view in found:
            if view.order and view.order.clinic_id:
                view.clinic = houses.get(view.order.clinic_id)
    for trouble in await Trouble.filter(order_id__in=list(views)).order_by("raised_at"):
        views[trouble.order_id].trouble = trouble


async def order_of(request_id: UUID) -> MedicationOrder | None:
    """The order that lives, if any."""
    return await MedicationOrder.get_or_none(open=str(request_id))
