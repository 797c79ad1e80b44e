"""The account's address book, and the county's townships and villages."""

from uuid import UUID

from pydantic import ConfigDict

from core.http import Schema
from mini_program_api.schemas.common import Items
from people.residents.schemas import AddressEntry


class AddressesQuery(Schema):
    """`patient_id`: of one patient."""

    patient_id: UUID | None = None


class AddressIn(AddressEntry):
    """An address. Townships and villages are those of `GET /regions`."""

    model_config = ConfigDict(strict=True, str_strip_whitespace=False)


class AddressOut(Schema):
    """One of the account's addresses; `text` is all of it in a line."""

    id: UUID
    patient_id: UUID
    patient_name: str
    name: str
    phone: str
    township: str
    village: str
    detail: str
    text: str
    is_default: bool


class Addresses(Items[AddressOut]):
    """The defaults first."""


class RegionOut(Schema):
    """A township with its villages, in the county's order."""

    township: str
    villages: list[str]


class Regions(Items[RegionOut]):
    """The county's own list; empty where it has not been written down."""
