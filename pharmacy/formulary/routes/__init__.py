"""Pages of the formulary and of shelves."""

from typing import Final

from aiohttp import web

from pharmacy.formulary.routes import imports, lots, moves, places, products, shelves

ROUTES: Final[list[web.RouteTableDef]] = [
    imports.routes,
    products.routes,
    moves.routes,
    places.routes,
    lots.routes,
    shelves.routes,
]
