"""The pages of payments, and the door WeChat knocks at."""

from typing import Final

from aiohttp import web

from payments.routes import books, notifications

ROUTES: Final[list[web.RouteTableDef]] = [notifications.routes, books.routes]
