"""What laboratories found."""

from aiohttp import web

from care.laboratory import queries
from core.doors import residents
from core.http import answers, endpoint, path_id
from mini_program_api import paging
from mini_program_api.border import BASE
from mini_program_api.laboratory import ASKING, shown
from mini_program_api.schemas.common import PageQuery
from mini_program_api.schemas.laboratory import LaboratoryReports
from people.residents import access
from people.residents.actor import resident_of
from people.residents.models import Scope

routes = web.RouteTableDef()

KIND = "laboratory-reports"


@routes.get(BASE + "/patients/{id}/laboratory-reports", name="mp_laboratory_reports")
@residents
@answers(403)
@endpoint
async def laboratory_reports(request: web.Request, *, query: PageQuery) -> LaboratoryReports:
    """The laboratory results of this person that count, by panel, the newest first.

    For those who may see the person's record (`view`).
    """
    patient = await access.open_own(
        resident_of(request), path_id(request), Scope.VIEW, purpose="laboratory reports"
    )
    found = await queries.reports(patient.id)
    page, cursor = paging.cut(KIND, found, query)
    return LaboratoryReports(items=[shown(one) for one in page], next_cursor=cursor, asking=ASKING)
