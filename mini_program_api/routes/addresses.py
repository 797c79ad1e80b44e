"""The account's address book."""

from aiohttp import web

from core.doors import residents
from core.http import answers, endpoint, path_id
from core.idempotency import once
from mini_program_api import own
from mini_program_api.border import BASE
from mini_program_api.schemas.addresses import (
    Addresses,
    AddressesQuery,
    AddressIn,
    AddressOut,
    RegionOut,
    Regions,
)
from people import regions
from people.residents import addresses
from people.residents.actor import resident_of
from people.residents.models import ResidentAddress

routes = web.RouteTableDef()

ONE = BASE + "/addresses/{id}"


@routes.get(f"{BASE}/regions", name="mp_regions")
@residents
@endpoint
async def townships(request: web.Request) -> Regions:
    """Where addresses can be."""
    found = regions.regions().items()
    return Regions(items=[RegionOut(township=one, villages=list(all_)) for one, all_ in found])


@routes.get(f"{BASE}/addresses", name="mp_addresses")
@residents
@endpoint
async def book(request: web.Request, *, query: AddressesQuery) -> Addresses:
    """The addresses of the patients this account may pay for."""
    rows = await addresses.of_account(resident_of(request), query.patient_id)
    return Addresses(items=await _all_shown(rows))


@routes.post(f"{BASE}/addresses", name="mp_add_address")
@residents
@once
@answers(403, 404, 409)
@endpoint(status=201)
async def add(request: web.Request, *, body: AddressIn) -> AddressOut:
    """One more; a patient's first is the default. 409 `too_many_addresses` after the tenth."""
    row = await addresses.add(resident_of(request), body)
    return (await _all_shown([row]))[0]


@routes.put(ONE, name="mp_change_address")
@residents
@answers(403)
@endpoint
async def change(request: web.Request, *, body: AddressIn) -> AddressOut:
    """Write it anew. Orders keep the address they were made with."""
    who = resident_of(request)
    row = await addresses.open_own(who, path_id(request))
    return (await _all_shown([await addresses.change(who, row, body)]))[0]


@routes.delete(ONE, name="mp_forget_address")
@residents
@endpoint
async def forget(request: web.Request) -> None:
    """Away with it."""
    who = resident_of(request)
    await addresses.forget(who, await addresses.open_own(who, path_id(request)))


async def _all_shown(rows: list[ResidentAddress]) -> list[AddressOut]:
    names = await own.names_of(row.patient_id for row in rows)
    return [
        AddressOut(
            id=row.id,
            patient_id=row.patient_id,
            patient_name=names[row.patient_id],
            name=row.name,
            phone=row.phone,
            township=row.township,
            village=row.village,
            detail=row.detail,
            text=addresses.in_words(row),
            is_default=row.is_default,
        )
        for row in rows
    ]
