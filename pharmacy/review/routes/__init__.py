"""Pages of review."""

from typing import Final

from aiohttp import web

from pharmacy.review.routes import appraisals, desk, one, people

ROUTES: Final[list[web.RouteTableDef]] = [desk.routes, one.routes, people.routes, appraisals.routes]
