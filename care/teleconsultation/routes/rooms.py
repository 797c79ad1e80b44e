"""The consult room's page, the device check before it, and the ticket that opens it."""

from typing import Any, Final

from aiohttp import web

from care.record.queries import summary
from care.teleconsultation import session
from care.teleconsultation.access import Side, View, open_consultation
from care.teleconsultation.possible import steps_for
from care.teleconsultation.routes.shown import READERS, invitable
from care.teleconsultation.schemas import RoomTicketOut
from care.teleconsultation.steps import subject
from core import clock, pages
from core.audit import audit
from core.doors import allow
from core.errors import Conflict, Forbidden
from core.http import endpoint, path_id
from people.access import may_open
from people.actor import actor_of
from people.queries import patient_header
from people.specialties import SPECIALTIES

routes = web.RouteTableDef()

NOT_IN: Final = "您不在这次会诊的名单里,请让发起医生邀请您。"


async def _view(request: web.Request) -> View:
    view = await open_consultation(actor_of(request), path_id(request))
    inside = view.mine or view.side in (Side.EXPERT, Side.OVERSIGHT) or view.invited_by_colleague
    if not inside:
        raise Forbidden("not_in_this_room", NOT_IN)
    return view


async def _context(request: web.Request, view: View) -> dict[str, Any]:
    consultation = view.consultation
    header = await patient_header(consultation.patient_id)
    named = view.clinical
    record = await summary(consultation.patient_id) if named else None
    sent = set(consultation.attachments)
    fields = "、".join(SPECIALTIES.get(seat.specialty, "") for seat in view.seats)
    patient = f"{header.name if named else header.name_masked} {header.sex} {header.age}"
    return {
        "view": view,
        "consultation": consultation,
        "can": steps_for(view),
        "id": consultation.id,
        "patient_line": patient,
        "fields": fields,
        "banner": record.banner() if record else None,
        "attachments": [a for a in record.attachments if str(a.id) in sent] if record else [],
        "opened": named and await may_open(view.actor, consultation.patient_id),
        "invitable": await invitable(view),
        "door_title": "进会诊室前,先看一看",
        "door_note": f"{patient} · {fields}会诊",
        "door_back": f"/consultations/{consultation.id}",
        "door_initial": view.actor.name[:1],
        "observes": view.side == Side.OVERSIGHT,
    }


async def _require_open(view: View) -> None:
    """Raises Conflict `room_closed` with the reason."""
    there = await session.somebody_there(view.consultation.id)
    if why := session.why_closed(view.consultation, clock.now(), somebody_there=there):
        raise Conflict("room_closed", why)


@routes.get("/consultations/{id}/device-check", name="device_check")
@allow(*READERS)
async def device_check(request: web.Request) -> web.Response:
    """Camera, microphone, speaker and network, at any time before."""
    view = await _view(request)
    return await pages.render(
        request,
        "care/teleconsultation/device_check.html",
        title="检查设备",
        room_href=f"/consultations/{view.consultation.id}/room",
        **await _context(request, view),
    )


@routes.get("/consultations/{id}/room", name="consult_room")
@allow(*READERS)
async def room(request: web.Request) -> web.Response:
    """The consult room. The device check is its first view."""
    view = await _view(request)
    await _require_open(view)
    await audit(
        view.actor,
        "consultation.room",
        subject(view.consultation.id),
        patient_id=view.consultation.patient_id,
        reason=view.side.value,
    )
    context = await _context(request, view)
    return await pages.render(
        request,
        "care/teleconsultation/room.html",
        title=f"会诊室 {context['patient_line']}",
        **context,
    )


@routes.post("/consultations/{id}/room-ticket", name="room_ticket")
@allow(*READERS)
@endpoint
async def ticket(request: web.Request) -> RoomTicketOut:
    """Leave to sit on one's own seat."""
    return await session.issue_ticket(actor_of(request), path_id(request))
