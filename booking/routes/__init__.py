"""The pages of booking."""

from typing import Final

from aiohttp import web

from booking.routes import (
    clinics,
    closures,
    counter,
    examinations,
    ledgers,
    queues,
    schedules,
    shown,
    signs,
)

ROUTES: Final[list[web.RouteTableDef]] = [
    queues.routes,
    counter.routes,
    schedules.routes,
    closures.routes,
    ledgers.routes,
    examinations.routes,
    clinics.routes,
    shown.routes,
    signs.routes,
]
