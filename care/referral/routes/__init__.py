"""The doctors' pages of referrals."""

from typing import Final

from aiohttp import web

from care.referral.routes import answering, sending

ROUTES: Final[list[web.RouteTableDef]] = [sending.routes, answering.routes]
