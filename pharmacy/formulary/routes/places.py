"""药房: which there are, and the form to open or change one."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import Forbidden, NotFound
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people.actor import Actor, Role, actor_of
from people.models import Organization
from pharmacy.formulary import words
from pharmacy.formulary.access import may_keep_formulary
from pharmacy.formulary.models import Pharmacy
from pharmacy.formulary.places import PlaceIn, change_place, open_place

routes = web.RouteTableDef()

KEEPERS: Final = (Role.ADMIN, Role.PHARMACIST)
ONE: Final = "/pharmacy/places/{id:[0-9a-fA-F-]{36}}"
SAVED: Final = pages.notice("pharmacy-saved", "药房已保存。")


def _require(actor: Actor) -> None:
    if not (actor.has(Role.ADMIN) or may_keep_formulary(actor)):
        raise Forbidden("not_the_head", "药房由管理员或者县医院药学部门负责人来开。")


@routes.get("/pharmacy/places", name="pharmacy_places")
@allow(*KEEPERS)
async def show(request: web.Request) -> web.Response:
    """All pharmacies of the county, and the form for one more."""
    return await _page(request, blank(active="是"))


@routes.get(ONE, name="pharmacy_place")
@allow(*KEEPERS)
async def one(request: web.Request) -> web.Response:
    """The form with what is known."""
    _require(actor_of(request))
    row = await _place(request)
    values = {name: getattr(row, name) for name in PlaceIn.model_fields}
    return await _page(request, blank(**values | {"kind": row.kind.value}), row)


async def _place(request: web.Request) -> Pharmacy:
    row = await Pharmacy.get_or_none(id=path_id(request)).select_related("organization")
    if row is None:
        raise NotFound("pharmacy_not_found", "没有找到这家药房。")
    return row


async def _again(request: web.Request, form: Form[Any]) -> web.Response:
    return await _page(request, form, await _place(request))


async def _page(request: web.Request, form: Form[Any], row: Pharmacy | None = None) -> web.Response:
    _require(actor_of(request))
    houses = await Organization.filter(provides_care=True).order_by("code")
    return await pages.render(
        request,
        "pharmacy/formulary/places.html",
        status=form.status,
        title=row.name if row else "药房",
        row=row,
        form=form,
        places=await Pharmacy.all().select_related("organization").order_by("name"),
        houses=[(house.id, house.name) for house in houses],
        kinds=[(kind.value, word) for kind, word in words.PHARMACIES.items()],
        words=words,
    )


@routes.post("/pharmacy/places", name="open_pharmacy_place")
@allow(*KEEPERS)
@once
@filled(PlaceIn, again=_page)
async def add(request: web.Request, entry: PlaceIn) -> web.Response:
    """Open one."""
    actor = actor_of(request)
    _require(actor)
    await open_place(actor, entry)
    raise pages.see_other("/pharmacy/places", say=SAVED)


@routes.post(ONE, name="change_pharmacy_place")
@allow(*KEEPERS)
@once
@filled(PlaceIn, again=_again)
async def change(request: web.Request, entry: PlaceIn) -> web.Response:
    """Change one."""
    actor = actor_of(request)
    _require(actor)
    row = await _place(request)
    await change_place(actor, row.id, entry)
    raise pages.see_other("/pharmacy/places", say=SAVED)
