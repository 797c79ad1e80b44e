"""Blood pressure and glucose measured at home."""

from uuid import UUID, uuid5

from aiohttp import web

from care.record import home
from care.record.home import Source
from care.record.schemas import VitalsIn
from core.doors import residents
from core.http import answers, endpoint, path_id
from core.idempotency import HEADER, keyed
from family_doctor.alerts import queries as alerts
from mini_program_api import own
from mini_program_api.border import BASE
from mini_program_api.readings import shown
from mini_program_api.schemas.common import PageQuery
from mini_program_api.schemas.readings import ReadingIn, Readings
from people.deaths.queries import require_living
from people.links import same_person
from people.models import Patient
from people.residents import access
from people.residents.actor import resident_of
from people.residents.models import Scope

routes = web.RouteTableDef()

PATH = BASE + "/patients/{id}/readings"
ROUNDS = UUID("5b0d8a3e-6c0f-4f43-9a53-0f7a5f3a6a2e")
"""Names rounds after the key of the request that brought them."""


@routes.post(PATH, name="mp_add_reading")
@residents
@keyed
@answers(403, 409)
@endpoint(status=201)
async def add(request: web.Request, *, body: ReadingIn) -> Readings:
    """Write one round down; the answer says what to do. A dangerous one rings at the family
    doctors at once. A repeat with the same key is the same round."""
    who = resident_of(request)
    patient = await access.open_own(who, path_id(request), Scope.VIEW, purpose="reading")
    await require_living(patient.id)
    entry = VitalsIn.model_validate(body.model_dump(exclude_none=True))
    panel_id = uuid5(ROUNDS, own.key_of(who, request.headers[HEADER]))
    await home.record_at_home(Source(who), patient, entry, panel_id)
    return await _listed(patient, 20)


@routes.get(PATH, name="mp_readings")
@residents
@answers(403)
@endpoint
async def readings(request: web.Request, *, query: PageQuery) -> Readings:
    """The last values measured at home, the latest first, with what the team did about them."""
    who = resident_of(request)
    patient = await access.open_own(who, path_id(request), Scope.VIEW, purpose="readings")
    return await _listed(patient, query.limit)


async def _listed(patient: Patient, most: int) -> Readings:
    rows = await home.at_home(await same_person(patient.id), most)
    rung = await alerts.of_panels({row.panel_id for row in rows})
    return shown(rows, rung, living=patient.deceased_on is None)
