"""What hangs at the doors: each waiting area's check-in code, for residents' phones, on paper."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from aiohttp import web

from booking import doors, schedules
from booking.models import Schedule, ServiceType
from core import pages
from core.doors import allow
from core.qr import qr_svg
from people.actor import actor_of
from people.queries import organization
from people.specialties import SPECIALTIES

routes = web.RouteTableDef()

ADDRESS: Final[web.AppKey[Callable[[], str]]] = web.AppKey("booking_house_address")
"""Where residents' phones reach this house; the composition root sets it."""


@routes.get("/outpatient/signs", name="door_signs")
@allow(*schedules.KEEPERS)
async def signs(request: web.Request) -> web.Response:
    """One sheet for each department of one's own house."""
    house = await organization(actor_of(request).organization_id)
    rows = Schedule.filter(organization_id=house.id, active=True)
    at_doors = await rows.exclude(service_type=ServiceType.ONLINE).order_by("department", "place")
    places: dict[str, list[str]] = {}
    for row in at_doors:
        found = places.setdefault(row.department, [])
        if row.place and row.place not in found:
            found.append(row.place)
    return await pages.render(
        request,
        "booking/signs.html",
        title="门口签到码",
        back_href="/schedules",
        house=house,
        signs=[_sign(request, house.id, department, where) for department, where in places.items()],
    )


def _sign(
    request: web.Request, house_id: UUID, department: str, where: list[str]
) -> dict[str, object]:
    code = doors.code_of(house_id, department)
    address = f"{request.app[ADDRESS]()}/h5/#/check-in?door={code}"
    return {
        "department": SPECIALTIES.get(department, department),
        "places": where,
        "code": f"{code[:4]} {code[4:]}",
        "qr": qr_svg(address),
    }
