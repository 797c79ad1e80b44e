"""The room's screens: the board, one decoction, its label."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.audit import audit
from core.doors import allow
from core.errors import NotFound
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from core.qr import qr_svg
from people.actor import actor_of
from people.queries import patient_header
from pharmacy.decoction import queries, service, words
from pharmacy.decoction.access import WORKERS, open_decoction, require_room
from pharmacy.decoction.models import Decoction
from pharmacy.decoction.schemas import ReceiveIn, StepIn

routes = web.RouteTableDef()

RECEIVED: Final = pages.notice("decoction-received", "已接方,请贴好标签。")
DONE: Final = pages.notice("decoction-step", "已记下。")
REMADE: Final = pages.notice("decoction-remade", "原来的已报废,这是重煎的一单,请贴新标签。")


@routes.get("/pharmacy/decoctions", name="decoctions")
@allow(*WORKERS)
async def room(request: web.Request) -> web.Response:
    """Everything on its way, and the field into which everything is scanned."""
    return await _room(request, blank())


async def _room(request: web.Request, form: Form[Any]) -> web.Response:
    actor = actor_of(request)
    place = await require_room(actor)
    return await pages.render(
        request,
        "pharmacy/decoction/room.html",
        status=form.status,
        title="煎药室",
        place=place,
        form=form,
        columns=await queries.board(actor.organization_id),
        words=words,
    )


@routes.get("/pharmacy/decoctions/wall", name="decoction_wall")
@allow(*WORKERS)
async def wall(request: web.Request) -> web.Response:
    """The board by itself, for a screen on the wall."""
    actor = actor_of(request)
    part = bool(request.headers.get("HX-Request"))
    await require_room(actor)
    return await pages.render(
        request,
        "pharmacy/decoction/_board.html" if part else "pharmacy/decoction/wall.html",
        title="煎药看板",
        columns=await queries.board(actor.organization_id),
    )


@routes.post("/pharmacy/decoctions", name="scan_decoction")
@allow(*WORKERS)
@once
@filled(ReceiveIn, again=_room, refusals={NotFound: "number"})
async def scan(request: web.Request, entry: ReceiveIn) -> web.Response:
    """A label opens its decoction; a prescription's number begins one."""
    actor = actor_of(request)
    known = await Decoction.get_or_none(
        number=entry.number.upper(), organization_id=actor.organization_id
    )
    if known is not None:
        raise pages.see_other(f"/pharmacy/decoctions/{known.id}")
    row = await service.receive(actor, entry)
    raise pages.see_other(f"/pharmacy/decoctions/{row.id}", say=RECEIVED)


@routes.get("/pharmacy/decoctions/{id}", name="decoction")
@allow(*WORKERS)
async def show(request: web.Request) -> web.Response:
    """One decoction: what is in it, what was done, what is next."""
    return await _one(request, blank())


async def _one(request: web.Request, form: Form[Any]) -> web.Response:
    """`opened` is the step whose verb would not: its fields stand open again."""
    actor = actor_of(request)
    row = await open_decoction(actor, path_id(request))
    await row.fetch_related("patient")
    await audit(actor, "decoction.open", f"Decoction/{row.id}", patient_id=row.patient_id)
    return await pages.render(
        request,
        "pharmacy/decoction/decoction.html",
        status=form.status,
        title=f"煎药 {row.number}",
        patient=await patient_header(row.patient_id),
        pieces=await queries.pieces(row),
        history=await queries.history(row),
        form=form,
        opened=request.match_info.get("step", "") if form.refusal else "",
        **_standing(row),
    )


def _standing(row: Decoction) -> dict[str, Any]:
    road, aside = queries.steps_of(row)
    return {
        "row": row,
        "card": queries.card(row),
        "road": road,
        "aside": aside,
        "held": queries.held(row),
        "words": words,
    }


@routes.get("/pharmacy/decoctions/{id}/now", name="decoction_now")
@allow(*WORKERS)
async def now(request: web.Request) -> web.Response:
    """The part with the clock; tells nothing of the patient."""
    row = await open_decoction(actor_of(request), path_id(request))
    await row.fetch_related("patient")
    return await pages.render(
        request, "pharmacy/decoction/_now.html", form=blank(), **_standing(row)
    )


@routes.post(
    "/pharmacy/decoctions/{id}/steps/{step:[a-z_]{3,12}}",
    name="decoction_step",
)
@allow(*WORKERS)
@once
@filled(StepIn, again=_one)
async def take_step(request: web.Request, entry: StepIn) -> web.Response:
    """One stage further."""
    id, action = path_id(request), request.match_info["step"]
    row = await service.step(actor_of(request), id, action, entry)
    raise pages.see_other(f"/pharmacy/decoctions/{row.id}", say=DONE if row.id == id else REMADE)


@routes.get("/pharmacy/decoctions/{id}/label", name="decoction_label")
@allow(*WORKERS)
async def label(request: web.Request) -> web.Response:
    """What is stuck on the bag of pieces, the pot and the bags; printed."""
    row = await open_decoction(actor_of(request), path_id(request))
    await row.fetch_related("patient")
    return await pages.render(
        request,
        "pharmacy/decoction/label.html",
        title=f"标签 {row.number}",
        row=row,
        code=qr_svg(row.number),
        words=words,
    )
