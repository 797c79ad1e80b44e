"""The doctor's pages of prescriptions."""

from typing import Final

from aiohttp import web

from pharmacy.prescribing.routes import desk, form, signed

ROUTES: Final[list[web.RouteTableDef]] = [form.routes, signed.routes, desk.routes]
