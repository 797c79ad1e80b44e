"""The waiting list: in line for a day that is full, and the answer to an offer."""

from aiohttp import web

from booking import residents as booking
from core.doors import residents
from core.errors import NotFound
from core.http import answers, endpoint
from core.idempotency import once
from mini_program_api import own
from mini_program_api.border import BASE
from mini_program_api.schemas.booking import AppointmentOut, Wishes, WishIn, WishOut
from people.links import survivor
from people.residents import access, agreements
from people.residents.actor import resident_of
from people.residents.models import Scope

routes = web.RouteTableDef()

ONE = BASE + r"/waiting-wishes/{id:[0-9]{1,18}}"


@routes.get(f"{BASE}/waiting-wishes", name="mp_wishes")
@residents
@endpoint
async def wishes(request: web.Request) -> Wishes:
    """Wishes of all patients of the account that still stand."""
    ids = await own.patient_ids(resident_of(request), Scope.BOOK)
    return Wishes(items=await own.wishes(await booking.wishes(ids)))


@routes.post(f"{BASE}/waiting-wishes", name="mp_join_line")
@residents
@once
@answers(403, 404, 409)
@endpoint(status=201)
async def join(request: web.Request, *, body: WishIn) -> WishOut:
    """Stand in line for one clinic and day. 409 `places_left` while there is something to book."""
    who = resident_of(request)
    patient = await access.open_own(who, body.patient_id, Scope.BOOK, purpose="waiting list")
    await agreements.require_current(who, patient.id)
    patient_id = await survivor(patient.id)
    wish = await booking.join_line(who, patient_id, body.schedule_id, body.day)
    mine = [one for one in await booking.wishes([patient_id]) if one.id == wish.id]
    if not mine:
        raise NotFound("wish_not_found", "没有找到这个候补。")
    return (await own.wishes(mine))[0]


@routes.delete(ONE, name="mp_leave_line")
@residents
@answers(409)
@endpoint
async def leave(request: web.Request) -> None:
    """Step out of the line, or let an offered place go to the next."""
    who = resident_of(request)
    wish = await own.open_wish(who, request.match_info["id"])
    await booking.leave_line(who, wish)


@routes.post(f"{ONE}/acceptance", name="mp_accept_offer")
@residents
@once(required=True)
@endpoint
async def accept(request: web.Request) -> AppointmentOut:
    """Take the offered place: `booked` when it costs nothing, else `held` for the payment."""
    who = resident_of(request)
    wish = await own.open_wish(who, request.match_info["id"])
    return await own.appointment(request.app, await booking.accept(who, wish))
