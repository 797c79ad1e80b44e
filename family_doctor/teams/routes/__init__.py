"""The pages of teams and packages for the administrator and the bureau."""

from typing import Final

from aiohttp import web

from family_doctor.teams.routes import packages, teams

ROUTES: Final[list[web.RouteTableDef]] = [teams.routes, packages.routes]
