"""How drugs come: the ways that are open, village clinics, and what is seen of a parcel."""

from typing import Literal
from uuid import UUID

from pydantic import Field

from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Input, Items
from pharmacy.orders.models import TroubleKind, Way


class PlaceOut(Schema):
    """A pharmacy that can serve it this way."""

    id: UUID
    name: str


class WayOut(Schema):
    """One way. `open`: it can be chosen; `why` says in plain words why not. The price is all that
    is paid, in its parts."""

    way: Way
    name: str
    hint: str
    open: bool
    why: str
    drugs_fen: int
    delivery_fen: int
    decoction_fen: int
    amount_fen: int
    pharmacies: list[PlaceOut]


class Ways(Items[WayOut]):
    """Fetch it, to the village clinic, to the door. `note` is what holds for all of them."""

    note: str


class ClinicOut(Schema):
    """A village clinic; `mine`: the patient's own."""

    id: UUID
    name: str
    address: str
    phone: str
    mine: bool


class Clinics(Items[ClinicOut]):
    """The patient's own first, then by name."""


class ParcelEventOut(Schema):
    """One thing that happened on the way, in a sentence."""

    text: str
    at: Moment


class TroubleOut(Schema):
    """What the resident reported last. `settled`: the pharmacy has answered."""

    kind: TroubleKind
    kind_name: str
    text: str
    raised_at: Moment
    settled: bool
    answer: str


class CarriedOut(Schema):
    """The way of an order that is carried.

    `code`: the six digits that are said when it is given, once it has left the pharmacy. Phone and
    name of the recipient are masked. `state`: packed, under_way, arrived, not_taken, checking,
    waiting, received, over.
    """

    state: str
    to_name: str
    to_phone_masked: str
    to_place: str
    clinic_name: str
    clinic_phone: str
    carrier_name: str
    tracking_number: str
    code: str | None
    events: list[ParcelEventOut]
    keep_until: Moment | None


class TroubleIn(Input):
    """What is wrong: missing, broken, wrong or other, and what happened in one's own words."""

    kind: Literal["missing", "broken", "wrong", "other"]
    text: str = Field("", max_length=300)
