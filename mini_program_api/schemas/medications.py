"""Prescriptions as residents see them, their order, and where the drugs can be had."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Input, Items, PageQuery
from mini_program_api.schemas.deliveries import CarriedOut, TroubleOut
from pharmacy.orders.models import Paid, Way


class MedicationRequestsQuery(PageQuery):
    """`live=true`: those something is still to be done about; `patient_id`: of one patient."""

    live: bool | None = None
    patient_id: UUID | None = None


class DrugOut(Schema):
    """One drug in plain words; `dosage` is how it is taken, `quantity` what is handed out."""

    name: str
    form: str
    strength: str
    dosage: str
    quantity: str
    amount_fen: int


class StepOut(Schema):
    """One step of the way. `state`: done, now or later."""

    key: str
    name: str
    state: Literal["done", "now", "later"]
    at: Moment | None


class AgreementOut(Schema):
    """More than four weeks at once: what is read before one agrees, `awaited` until somebody has,
    `said` how it was done."""

    awaited: bool
    days: int
    text: list[str]
    said: str


class PickUpOut(Schema):
    """What is shown at the counter, once."""

    code: str
    qr_text: str


class MedicationOrderOut(Schema):
    """The newest order. `status`: pay_pending, paid, preparing, ready, on_the_way, back,
    picked_up, received, unclaimed, closed, refunding, refunded. `carried` is there unless it is
    fetched; `may_report`: the resident can say that something is wrong. The price is drugs +
    delivery + decoction, shown before paying."""

    id: UUID
    status: str
    way: Way
    pharmacy_id: UUID
    pharmacy_name: str
    pharmacy_address: str
    pharmacy_phone: str
    pharmacy_hours: str
    drugs_fen: int
    delivery_fen: int
    decoction_fen: int
    amount_fen: int
    payment: Paid
    pay_by: Moment
    may_cancel: bool
    dispense_id: UUID | None
    pick_up: PickUpOut | None
    carried: CarriedOut | None
    may_report: bool
    trouble: TroubleOut | None
    refund: str


class MedicationRequestOut(Schema):
    """One prescription.

    `status`: reviewing, approved (choose a pharmacy), pay_pending, paid, preparing, ready,
    on_the_way, back, picked_up, received, unclaimed, rejected, cancelled, expired. Drugs
    and price are there only after a pharmacist has let it pass. `validity` says until when, in a
    sentence; `usage` is how herbs are taken together, `advice` what the doctor added.
    """

    id: UUID
    number: str
    status: str
    status_name: str
    status_kind: str
    next_step: str
    category: str
    patient_id: UUID
    patient_name: str
    practitioner_name: str
    practitioner_title: str
    organization_name: str
    encounter_id: UUID | None
    signed_at: Moment
    valid_until: Moment | None
    validity: str
    drugs: list[DrugOut]
    usage: str
    advice: str
    amount_fen: int | None
    steps: list[StepOut]
    agreement: AgreementOut | None
    order: MedicationOrderOut | None
    warning: str


class MedicationRequests(Items[MedicationRequestOut]):
    """The newest first."""


class PharmaciesQuery(Schema):
    """`near=lat,lng` (WGS 84 degrees): distances from there."""

    near: str | None = Field(
        None, max_length=40, pattern=r"^-?\d{1,2}(\.\d{1,8})?,-?\d{1,3}(\.\d{1,8})?$"
    )


class PharmacyOut(Schema):
    """A pharmacy. Only with `in_stock` it has every drug of this prescription."""

    id: UUID
    name: str
    organization_name: str
    address: str
    phone: str
    hours: str
    distance_m: int | None
    in_stock: bool
    way: Way
    drugs_fen: int
    delivery_fen: int
    decoction_fen: int
    amount_fen: int


class Pharmacies(Items[PharmacyOut]):
    """Those that have everything first, the nearest before the others."""


class AgreementIn(Input):
    """Nothing else is said than yes."""

    agreed: Literal[True]


class MedicationOrderIn(Input):
    """At which pharmacy, and how the drugs come: `clinic_id` for `village`, `address_id` for
    `door`."""

    pharmacy_id: UUID
    way: Literal["pick_up", "village", "door"] = "pick_up"
    clinic_id: UUID | None = None
    address_id: UUID | None = None


class MedicationPaymentIn(Input):
    """Empty for the order there is. Without one it is made: at `pharmacy_id`, else at the house of
    the doctor or the first pharmacy that has everything."""

    pharmacy_id: UUID | None = None


class MedicationDispenseOut(Schema):
    """What the pharmacy handed out. `status` in FHIR's words."""

    id: UUID
    status: str
    medication_request_id: UUID
    handed_at: Moment | None
    received_at: Moment | None
