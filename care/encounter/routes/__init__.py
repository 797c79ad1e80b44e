"""The doctor's pages of online visits."""

from typing import Final

from aiohttp import web

from care.encounter.routes import desk, endings, guests, note, papers, visit

ROUTES: Final[list[web.RouteTableDef]] = [
    desk.routes,
    visit.routes,
    endings.routes,
    note.routes,
    papers.routes,
    guests.routes,
]
