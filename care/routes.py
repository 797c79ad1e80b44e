"""All pages of `care`, gathered from its rooms."""

from typing import Final

from aiohttp import web

import care.consent.routes
import care.documents.routes
import care.record.attachments
import care.record.entries
import care.record.routes
import care.teleconsultation.routes
import care.teleconsultation.seams

ROUTES: Final[list[web.RouteTableDef]] = [
    care.record.routes.routes,
    care.record.entries.routes,
    care.record.attachments.routes,
    care.consent.routes.routes,
    care.documents.routes.routes,
    *care.teleconsultation.routes.ROUTES,
]
