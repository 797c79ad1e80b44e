"""Who has opened my record."""

from aiohttp import web

from core.doors import residents
from core.http import answers, endpoint, path_id
from mini_program_api import paging
from mini_program_api.border import BASE
from mini_program_api.openings import ASKING, shown
from mini_program_api.schemas.common import PageQuery
from mini_program_api.schemas.openings import RecordAccesses
from people import openings
from people.residents import access
from people.residents.actor import resident_of
from people.residents.models import Scope

routes = web.RouteTableDef()

KIND = "record-accesses"


@routes.get(BASE + "/patients/{id}/record-accesses", name="mp_record_accesses")
@residents
@answers(403)
@endpoint
async def record_accesses(request: web.Request, *, query: PageQuery) -> RecordAccesses:
    """Who of the staff and which systems have opened this record, when, and on what ground.

    One sitting is one item. For those who may see the person's record (`view`).
    """
    patient = await access.open_own(
        resident_of(request), path_id(request), Scope.VIEW, purpose="record accesses"
    )
    before = paging.after(KIND, query.cursor)
    found = await openings.openings(patient.id, before=before, limit=query.limit + 1)
    more, page = len(found) > query.limit, found[: query.limit]
    last = page[-1] if more else None
    return RecordAccesses(
        items=[shown(one) for one in page],
        next_cursor=paging.encode(KIND, last.ended_at.isoformat(), str(last.account_id))
        if last
        else None,
        asking=ASKING,
    )
