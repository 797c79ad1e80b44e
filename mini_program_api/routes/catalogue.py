"""Where to go and to whom: houses, departments, people, words."""

from aiohttp import web

from core.doors import residents
from core.etags import revalidated
from core.http import endpoint
from core.shared import same_for_all
from mini_program_api import catalogue, distance, paging
from mini_program_api.border import BASE
from mini_program_api.schemas.catalogue import (
    DepartmentQuery,
    Departments,
    OrganizationQuery,
    Organizations,
    PractitionerQuery,
    Practitioners,
    SearchIn,
    SearchOut,
)

routes = web.RouteTableDef()


@routes.get(f"{BASE}/organizations", name="mp_organizations")
@residents
@revalidated
@same_for_all
@endpoint
async def organizations(request: web.Request, *, query: OrganizationQuery) -> Organizations:
    """Hospitals, health centres and village clinics of the county.

    With `near` the nearest come first.
    """
    found = await catalogue.organizations(
        near=distance.read(query.near), tier=query.tier, bookable=query.bookable
    )
    items, cursor = paging.cut("organizations", found, query)
    return Organizations(items=items, next_cursor=cursor)


@routes.get(f"{BASE}/departments", name="mp_departments")
@residents
@revalidated
@same_for_all
@endpoint
async def departments(request: web.Request, *, query: DepartmentQuery) -> Departments:
    """Departments in which something can be booked."""
    found = await catalogue.departments(query.organization_id)
    items, cursor = paging.cut("departments", found, query)
    return Departments(items=items, next_cursor=cursor)


@routes.get(f"{BASE}/practitioners", name="mp_practitioners")
@residents
@revalidated
@same_for_all
@endpoint
async def practitioners(request: web.Request, *, query: PractitionerQuery) -> Practitioners:
    """Doctors, rooms and devices that can be booked."""
    house, department = query.organization_id, query.department or ""
    if query.department_id is not None:
        known = catalogue.read_department_id(query.department_id)
        if known is None or (house not in (None, known[0])):
            return Practitioners(items=[])
        house, department = known
    found = await catalogue.practitioners(organization_id=house, department=department)
    items, cursor = paging.cut("practitioners", found, query)
    return Practitioners(items=items, next_cursor=cursor)


@routes.post(f"{BASE}/search", name="mp_search")
@residents
@endpoint
async def search(request: web.Request, *, body: SearchIn) -> SearchOut:
    """What hurts, a department, a doctor or a place, in one's own words.

    Emergencies come first. Hints for the choice of a department, never a diagnosis. The words are
    in the body, because what hurts does not belong into an address.
    """
    return await catalogue.search(body.words)
