"""The team's pages of contracts."""

from typing import Final

from aiohttp import web

from family_doctor.contracts.routes import console, contract, desk

ROUTES: Final[list[web.RouteTableDef]] = [console.routes, contract.routes, desk.routes]
