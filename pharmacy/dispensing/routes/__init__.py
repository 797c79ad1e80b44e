"""The pages of dispensing."""

from typing import Final

from aiohttp import web

from pharmacy.dispensing.routes import counter, desk

ROUTES: Final[list[web.RouteTableDef]] = [desk.routes, counter.routes]
