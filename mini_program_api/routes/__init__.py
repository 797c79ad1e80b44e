"""The resident API's routes."""

from typing import Final

from aiohttp import web

from mini_program_api.routes import (
    account,
    agreements,
    appointments,
    catalogue,
    document,
    messages,
    patients,
    proxies,
    slots,
    waiting,
)

ROUTES: Final[list[web.RouteTableDef]] = [
    account.routes,
    agreements.routes,
    patients.routes,
    proxies.routes,
    catalogue.routes,
    slots.routes,
    appointments.routes,
    waiting.routes,
    messages.routes,
    document.routes,
]
