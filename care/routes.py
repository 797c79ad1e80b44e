"""All pages of `care`, gathered from its rooms."""

from typing import Final

from aiohttp import web

import care.complaint.routes
import care.consent.routes
import care.documents.routes
import care.encounter.routes
import care.encounter.seams
import care.fhir.routes
import care.laboratory.routes
import care.laboratory.seams
import care.note.routes
import care.record.attachments
import care.record.entries
import care.record.routes
import care.referral.routes
import care.referral.seams
import care.teleconsultation.routes
import care.teleconsultation.seams

ROUTES: Final[list[web.RouteTableDef]] = [
    care.record.routes.routes,
    care.record.entries.routes,
    care.record.attachments.routes,
    care.laboratory.routes.routes,
    care.consent.routes.routes,
    care.complaint.routes.routes,
    care.documents.routes.routes,
    care.fhir.routes.routes,
    care.note.routes.routes,
    *care.encounter.routes.ROUTES,
    *care.referral.routes.ROUTES,
    *care.teleconsultation.routes.ROUTES,
]
