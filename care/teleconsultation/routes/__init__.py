"""The pages of the remote consultation."""

from typing import Final

from aiohttp import web

from care.teleconsultation.routes import (
    answers,
    desk,
    lists,
    opinions,
    requests,
    rooms,
    roster,
    shown,
    telephone,
)

ROUTES: Final[list[web.RouteTableDef]] = [
    lists.routes,
    requests.routes,
    shown.routes,
    answers.routes,
    desk.routes,
    rooms.routes,
    opinions.routes,
    roster.routes,
    telephone.routes,
]
