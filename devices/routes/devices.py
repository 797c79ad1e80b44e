"""设备: the clinic's blood pressure monitors and glucose meters, their keys, and who has them."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web

from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict, NotFound
from core.forms import Form, blank, filled, read_form
from core.http import path_id
from core.idempotency import once
from core.states import allowed
from devices import queries, registry, words
from devices.access import KEEPERS, is_clinical, open_device
from devices.formats import FORMATS
from devices.models import Device
from devices.routes.finding import Asked, asked
from devices.schemas import DeviceIn, PatientIn, WhyIn
from devices.states import DEVICE
from devices.whose import measuring_now
from people.access import CLINICAL, open_patient
from people.actor import Role, actor_of
from people.deaths.queries import require_living
from people.models import Patient
from people.queries import organizations

routes = web.RouteTableDef()

ONE: Final = "/devices/{id:[0-9a-fA-F-]{36}}"
MOVED: Final = {
    "lose": pages.notice("device-lost", "已登记丢失,这台设备再发来的读数不会记入病历。"),
    "find": pages.notice("device-found", "已改回在用。"),
    "retire": pages.notice("device-retired", "已停用。"),
}
LENT: Final = pages.notice("device-lent", "已借出。从现在起它量的都记在这位居民名下。")
BACK: Final = pages.notice("device-back", "已收回。")
BEGUN: Final = pages.notice(
    "device-measuring", "可以量了。接下来这台设备的读数都记在这位居民名下。"
)
STOPPED: Final = pages.notice("device-stopped", "量完了。")


@routes.get("/devices/all", name="devices")
@allow(*KEEPERS)
async def show(request: web.Request) -> web.Response:
    """All devices."""
    await audit(actor_of(request), "devices.open", "Device/*")
    return await _list(request)


@routes.get("/devices/for/{id:[0-9a-fA-F-]{36}}", name="devices_for_patient")
@allow(*CLINICAL)
async def choose(request: web.Request) -> web.Response:
    """Which of them is to measure this resident, from their record."""
    found = await open_patient(actor_of(request), path_id(request), purpose="device-measuring")
    await require_living(found.id)
    return await _list(request, found)


async def _list(request: web.Request, patient: Patient | None = None) -> web.Response:
    actor = actor_of(request)
    return await pages.render(
        request,
        "devices/devices.html",
        rows=await queries.devices(actor),
        patient=patient,
        everybodys=actor.has(Role.ADMIN),
        waiting=await queries.waiting(actor),
    )


@routes.get("/devices/new", name="new_device")
@allow(*KEEPERS)
async def new(request: web.Request) -> web.Response:
    """What stands on the device's plate."""
    return await _new(request, blank(format="doorstep"))


async def _new(request: web.Request, form: Form[Any]) -> web.Response:
    houses = await organizations() if actor_of(request).has(Role.ADMIN) else []
    return await pages.render(
        request,
        "devices/new.html",
        status=form.status,
        form=form,
        kinds=[(kind.value, text) for kind, text in words.KINDS.items()],
        formats=[(name, found.words) for name, found in FORMATS.items()],
        organizations=[(one.code, one.name) for one in houses if one.provides_care],
    )


@routes.post("/devices", name="register_device")
@allow(*KEEPERS)
@filled(DeviceIn, again=_new, refusals={NotFound: "organization"})
async def register(request: web.Request, entry: DeviceIn) -> web.Response:
    """Register it and show its key, once. The same form again meets the code that is taken."""
    row = await registry.register(actor_of(request), entry)
    return await _key(request, row, status=201)


async def _key(request: web.Request, row: Device, *, status: int = 200) -> web.Response:
    return await pages.render(request, "devices/key.html", status=status, row=row)


@routes.post(f"{ONE}/key", name="change_device_key")
@allow(*KEEPERS)
async def change_key(request: web.Request) -> web.Response:
    """A new key, shown once; each asking makes another."""
    return await _key(request, await registry.change_key(actor_of(request), path_id(request)))


@routes.get(ONE, name="device")
@allow(*KEEPERS)
async def one(request: web.Request) -> web.Response:
    """One device: whom it measures, who has it, how it is, and what it said lately."""
    return await _page(request, blank())


@routes.post(f"{ONE}/search", name="device_patient_search")
@allow(*CLINICAL)
async def find(request: web.Request) -> web.Response:
    """Who is to be measured, or to borrow it."""
    return await _page(request, blank(), found=await asked(request, "device"))


async def _page(
    request: web.Request, form: Form[Any], *, found: Asked | None = None
) -> web.Response:
    actor = actor_of(request)
    row = await open_device(actor, path_id(request))
    await audit(actor, "device.open", f"Device/{row.id}")
    loan, sits = await registry.loan_of(row.id), await measuring_now(row.id, clock.now())
    who = [one.patient for one in (loan, sits) if one]
    seen = await queries.names(actor, [one.id for one in who])
    return await pages.render(
        request,
        "devices/device.html",
        status=form.status,
        form=form,
        clinical=is_clinical(actor),
        loan=loan,
        sits=sits,
        names=seen,
        can=set(allowed(DEVICE, row.status)),
        format_words=FORMATS[row.format].words if row.format in FORMATS else row.format,
        found=found,
        messages=await queries.messages(actor, "all", device_id=row.id),
        line=queries.line(
            row, loan.patient if loan else None, sits.patient if sits else None, seen
        ),
        row=row,
    )


@routes.post(f"{ONE}/{{action:loss|finding|retirement}}", name="move_device")
@allow(*KEEPERS)
@once
@filled(WhyIn, again=_page)
async def move(request: web.Request, entry: WhyIn) -> web.Response:
    """Lost, found, retired; with the reason."""
    action = {"loss": "lose", "finding": "find", "retirement": "retire"}[
        request.match_info["action"]
    ]
    row = await registry.move(actor_of(request), path_id(request), action, entry.why)
    raise pages.see_other(f"/devices/{row.id}", say=MOVED[action])


@routes.post(f"{ONE}/loan", name="lend_device")
@allow(*CLINICAL)
@once
async def lend(request: web.Request) -> web.Response:
    """Hand it out to a resident."""
    device_id, patient_id = path_id(request), await _patient(request)
    await registry.lend(actor_of(request), device_id, patient_id)
    raise pages.see_other(f"/devices/{device_id}", say=LENT)


@routes.post(f"{ONE}/return", name="take_device_back")
@allow(*KEEPERS)
@once
async def take_back(request: web.Request) -> web.Response:
    """It is here again."""
    row = await registry.take_back(actor_of(request), path_id(request))
    raise pages.see_other(f"/devices/{row.id}", say=BACK)


@routes.post(f"{ONE}/measuring", name="measure_with_device")
@allow(*CLINICAL)
@once
async def measure(request: web.Request) -> web.Response:
    """正在给谁量."""
    device_id, patient_id = path_id(request), await _patient(request)
    await registry.measure(actor_of(request), device_id, patient_id)
    raise pages.see_other(f"/devices/{device_id}", say=BEGUN)


@routes.post(f"{ONE}/measuring/end", name="stop_measuring")
@allow(*CLINICAL)
@once
async def stop(request: web.Request) -> web.Response:
    """Nobody sits before it."""
    row = await registry.stop_measuring(actor_of(request), path_id(request))
    raise pages.see_other(f"/devices/{row.id}", say=STOPPED)


async def _patient(request: web.Request) -> UUID:
    form = await read_form(request, PatientIn)
    if form.entry is None:
        raise Conflict("no_patient", "请先找到居民,再点“给他量”或“借给他”。")
    return form.entry.patient_id
