"""The pages of `people`."""

from typing import Final

from aiohttp import web

from people.routes import (
    cards,
    deaths,
    emergencies,
    matching,
    partners,
    patients,
    residents,
    second_factor,
    sessions,
    sign_in,
    staff,
)

ROUTES: Final[tuple[web.RouteTableDef, ...]] = (
    sign_in.routes,
    second_factor.routes,
    sessions.routes,
    patients.routes,
    deaths.routes,
    matching.routes,
    residents.routes,
    cards.routes,
    emergencies.routes,
    staff.routes,
    partners.routes,
)
