"""Every address of the house, package by package."""

from typing import Final

from aiohttp import web

import booking.routes
import chat.phrase_routes
import chat.routes
import payments.routes
import pharmacy.dispensing.routes
from app import faults, home, residents, today
from app.settings import Settings
from care.routes import ROUTES as CARE
from core import assets, gallery, observability
from devices.routes import ROUTES as DEVICES
from family_doctor.routes import ROUTES as FAMILIES
from mini_program_api import h5
from mini_program_api.routes import ROUTES as RESIDENT_API
from notifications.calls.routes import routes as calls
from notifications.duty.routes import routes as duty_phone
from notifications.education.routes import ROUTES as EDUCATION
from notifications.health.routes import routes as message_health
from notifications.sms import sandbox as sms_sandbox
from notifications.sms.routes import PATH as SMS_RECEIPTS
from notifications.sms.routes import routes as sms_receipts
from people.routes import ROUTES as PEOPLE
from pharmacy.decoction.routes import routes as decoction_room
from pharmacy.delivery import sandbox as courier_sandbox
from pharmacy.delivery.routes import routes as courier_events
from pharmacy.dispatch.routes import ROUTES as DISPATCH
from pharmacy.formulary.routes import ROUTES as FORMULARY
from pharmacy.prescribing.routes import ROUTES as PRESCRIBING
from pharmacy.returns.routes import routes as returned_bags
from pharmacy.review.routes import ROUTES as REVIEW
from pharmacy.runs.routes import routes as driving
from pharmacy.screening.routes import routes as screening_rules
from pharmacy.sealing.routes import routes as seals
from pharmacy.village.routes import routes as village_shelf
from rtc import routes as recordings
from rtc.quality import routes as line_quality
from wechat import sandbox
from wechat.official.routes import PATH as OFFICIAL_PUSHES
from wechat.official.routes import routes as official_pushes
from wechat.routes import PATH as PUSHES
from wechat.routes import routes as wechat_pushes

ROUTES: Final[list[web.RouteTableDef]] = [
    *PEOPLE,
    *CARE,
    recordings.routes,
    line_quality.routes,
    chat.routes.routes,
    chat.phrase_routes.routes,
    *payments.routes.ROUTES,
    *booking.routes.ROUTES,
    courier_events,
    *FORMULARY,
    decoction_room,
    *REVIEW,
    seals,
    *pharmacy.dispensing.routes.ROUTES,
    *DISPATCH,
    returned_bags,
    driving,
    village_shelf,
    screening_rules,
    *PRESCRIBING,
    *FAMILIES,
    *DEVICES,
    *EDUCATION,
    message_health,
    *RESIDENT_API,
    wechat_pushes,
    official_pushes,
    sms_receipts,
    calls,
    duty_phone,
    h5.routes,
    home.routes,
    today.routes,
]


def add(app: web.Application, settings: Settings) -> None:
    """Every address of the house; in a demonstration the sandboxes' beside them."""
    app.router.add_get("/static/{version}/{path:.+}", assets.serve, name="static")
    app.router.add_get("/healthz", observability.healthz, name="healthz")
    app.router.add_get("/readyz", observability.readyz, name="readyz")
    app.router.add_get("/metrics", observability.metrics, name="metrics")
    for table in ROUTES:
        app.router.add_routes(table)
    if settings.demo:
        _add_demo(app, settings)


def _add_demo(app: web.Application, settings: Settings) -> None:
    push_url = f"{settings.own_address()}{PUSHES}"
    options = sandbox.Options(
        folder=settings.sandbox_dir(),
        push_url=push_url,
        official_push_url=f"{settings.own_address()}{OFFICIAL_PUSHES}",
    )
    app.add_subapp(sandbox.PREFIX, sandbox.create(options, prefix=sandbox.PREFIX))
    app.add_subapp(
        courier_sandbox.PREFIX,
        courier_sandbox.create(courier_sandbox.Options(), prefix=courier_sandbox.PREFIX),
    )
    receipts_url = f"{settings.own_address()}{SMS_RECEIPTS}"
    app.add_subapp(
        sms_sandbox.PREFIX, sms_sandbox.create(sms_sandbox.Options(receipts_url=receipts_url))
    )
    residents.mount_sandbox(app, settings)
    app.router.add_post(faults.PATH, faults.strike, name="demo_faults")
    app.router.add_get("/design", gallery.show, name="design")
    app.router.add_get("/design/{sheet}", gallery.show, name="design_sheet")
