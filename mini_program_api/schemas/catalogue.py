"""Where one can go, and to whom."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from core.clock import Moment
from core.http import Schema
from mini_program_api.schemas.common import Input, Items, PageQuery
from people.models import Tier

Words = Annotated[str, StringConstraints(min_length=1, max_length=60)]
DepartmentId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}\.[a-z_]{2,30}$")]


class OrganizationQuery(PageQuery):
    """`near=lat,lng` (WGS 84 degrees) sorts by distance; `bookable=true` leaves the others out."""

    near: str | None = Field(
        None, max_length=40, pattern=r"^-?\d{1,2}(\.\d{1,8})?,-?\d{1,3}(\.\d{1,8})?$"
    )
    tier: Tier | None = None
    bookable: bool | None = None


class OrganizationOut(Schema):
    """A hospital, health centre or village clinic. `distance_m` is as the crow flies."""

    id: UUID
    name: str
    short_name: str
    tier: str
    tier_name: str
    address: str
    phone: str
    latitude: float | None
    longitude: float | None
    distance_m: int | None
    bookable: bool


class Organizations(Items[OrganizationOut]):
    """Houses of the county."""


class DepartmentQuery(PageQuery):
    """Of one house, or of all."""

    organization_id: UUID | None = None


class DepartmentOut(Schema):
    """A department in which something can be booked. `remaining`: places in the coming days."""

    id: DepartmentId
    code: str
    name: str
    organization_id: UUID
    organization_name: str
    remaining: int
    next_at: Moment | None


class Departments(Items[DepartmentOut]):
    """Departments in which something can be booked."""


class PractitionerQuery(PageQuery):
    """Of one department of one house, of one house, or of a department code in all houses."""

    department_id: DepartmentId | None = None
    organization_id: UUID | None = None
    department: str | None = Field(None, pattern=r"^[a-z_]{2,30}$")


class ServiceOut(Schema):
    """One clinic: at the counter (visit), by video (online) or an examination (exam)."""

    schedule_id: UUID
    service_type: str
    service_name: str
    place: str
    fee_fen: int
    remaining: int
    next_at: Moment | None


class PractitionerOut(Schema):
    """Whose time is booked: a doctor's, or (`kind` room, device) that of an examination.

    For rooms and devices `id` is the schedule's; `/slots` and `/schedule-days` take it the same.
    """

    id: UUID
    kind: str
    name: str
    title: str
    department_id: DepartmentId
    department_name: str
    organization_id: UUID
    organization_name: str
    services: list[ServiceOut]
    remaining: int
    next_at: Moment | None


class Practitioners(Items[PractitionerOut]):
    """Doctors, rooms and devices that can be booked."""


class SearchIn(Input):
    """What hurts, a department, a doctor or a place, in one's own words."""

    words: Words


class EmergencyOut(Schema):
    """Said before everything else: call, do not book."""

    title: str
    sentence: str
    phone: str


class DepartmentHint(Schema):
    """A department that such complaints are often brought to; no diagnosis.

    `bookable`: somebody there takes appointments. `because` is empty for general practice when it
    is named only because nobody else can be booked.
    """

    code: str
    name: str
    because: list[str]
    bookable: bool


class SearchOut(Schema):
    """What the words may lead to. `note` stands under every hint."""

    emergency: EmergencyOut | None
    departments: list[DepartmentHint]
    practitioners: list[PractitionerOut]
    organizations: list[OrganizationOut]
    note: str
