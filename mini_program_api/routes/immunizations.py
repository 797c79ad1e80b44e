"""打疫苗: what was given to a child, and what is next."""

from aiohttp import web

from core import clock
from core.doors import residents
from core.http import answers, endpoint, path_id
from family_doctor.immunization.queries import record_of
from family_doctor.immunization.rules import GROWN_UP
from mini_program_api.border import BASE
from mini_program_api.immunizations import none, shown
from mini_program_api.schemas.immunizations import ImmunizationsOut
from people.ages import years
from people.residents import access
from people.residents.actor import resident_of
from people.residents.models import Scope

routes = web.RouteTableDef()


@routes.get(BASE + "/patients/{id}/immunizations", name="mp_immunizations")
@residents
@answers(403)
@endpoint
async def immunizations(request: web.Request) -> ImmunizationsOut:
    """A child's vaccinations of the national programme: given, due and to come.

    For those who may see the child's record (`view`).
    """
    patient = await access.open_own(
        resident_of(request), path_id(request), Scope.VIEW, purpose="immunizations"
    )
    if years(patient.birth_date, clock.today()) >= GROWN_UP:
        return none()
    return shown(await record_of(patient))
