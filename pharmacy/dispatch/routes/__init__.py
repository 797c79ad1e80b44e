"""The pages of the dispatch desk."""

from typing import Final

from aiohttp import web

from pharmacy.dispatch.routes import batch, desk, parcel

ROUTES: Final[list[web.RouteTableDef]] = [desk.routes, batch.routes, parcel.routes]
