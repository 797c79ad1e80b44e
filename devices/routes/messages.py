"""设备读数: what came, what was not taken and why, and what waits for a person."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.audit import audit
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from devices import deciding, queries, rules, words
from devices.access import KEEPERS, is_clinical, open_message
from devices.models import RawMessage
from devices.routes.finding import Asked, asked
from devices.schemas import AssignIn, WhyIn
from devices.states import MessageStatus
from people.access import CLINICAL
from people.actor import actor_of

routes = web.RouteTableDef()

ONE: Final = "/devices/messages/{id:[0-9a-fA-F-]{36}}"
ASSIGNED: Final = pages.notice("device-message-assigned", "已记入这位居民的病历。")
DISMISSED: Final = pages.notice("device-message-dismissed", "没有收,原样保留。")


@routes.get("/devices", name="device_messages")
@allow(*KEEPERS)
async def show(request: web.Request) -> web.Response:
    """What waits first."""
    return await _list(request, "devices/messages.html")


@routes.get("/devices/rows", name="device_message_rows")
@allow(*KEEPERS)
async def rows(request: web.Request) -> web.Response:
    """The changing part."""
    return await _list(request, "devices/_messages.html")


async def _list(request: web.Request, template: str) -> web.Response:
    actor, shown = actor_of(request), request.query.get("shown", "held")
    shown = shown if shown in queries.SHOWN else "held"
    await audit(actor, "device_messages.open", "DeviceMessage/*")
    return await pages.render(
        request,
        template,
        shown=shown,
        rows=await queries.messages(actor, shown),
        waiting=await queries.waiting(actor),
        clinical=is_clinical(actor),
        topic=f"organization:{actor.organization_id}",
    )


@routes.get(ONE, name="device_message_page")
@allow(*KEEPERS)
async def one(request: web.Request) -> web.Response:
    """One message, and the decision it waits for."""
    return await _page(request, blank(time="received"))


@routes.post(f"{ONE}/search", name="device_message_patient_search")
@allow(*CLINICAL)
async def find(request: web.Request) -> web.Response:
    """Whose it might be."""
    return await _page(request, blank(), found=await asked(request, "device_message"))


async def _page(
    request: web.Request, form: Form[Any], *, found: Asked | None = None
) -> web.Response:
    actor = actor_of(request)
    row = await open_message(actor, path_id(request))
    seen = await queries.names(actor, [row.patient_id] if row.patient_id else [])
    decides = row.status is MessageStatus.HELD and is_clinical(actor)
    return await pages.render(
        request,
        "devices/message.html",
        status=form.status,
        form=form,
        line=queries.message_line(actor, row, seen),
        row=row,
        way=words.WAYS[row.way],
        clinical=is_clinical(actor),
        decides=decides,
        asks=deciding.asks_for(row),
        units=_units(row),
        found=found,
    )


def _units(row: RawMessage) -> list[tuple[str, str]]:
    found = {unit.written: name for known in rules.UNITS.values() for name, unit in known.items()}
    return [(name, written) for written, name in found.items() if written != "次/分"]


@routes.post(f"{ONE}/assignment", name="assign_device_message")
@allow(*CLINICAL)
@once
@filled(AssignIn, again=_page)
async def assign(request: web.Request, entry: AssignIn) -> web.Response:
    """It is this resident's."""
    await deciding.assign(actor_of(request), path_id(request), entry)
    raise pages.see_other("/devices", say=ASSIGNED)


@routes.post(f"{ONE}/dismissal", name="dismiss_device_message")
@allow(*CLINICAL)
@once
@filled(WhyIn, again=_page)
async def dismiss(request: web.Request, entry: WhyIn) -> web.Response:
    """It is not taken, and why."""
    await deciding.dismiss(actor_of(request), path_id(request), entry.why)
    raise pages.see_other("/devices", say=DISMISSED)
