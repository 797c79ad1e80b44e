"""The video room of a visit: who may sit in it follows from the visit's state alone."""

from datetime import timedelta

from care.encounter import visiting
from care.encounter.access import DoctorView
from care.encounter.guests.access import GuestView
from care.encounter.guests.words import PARTS
from care.encounter.models import Encounter, Kind
from care.encounter.schemas import RoomTicketOut
from care.encounter.states import ROOM_OPEN
from care.encounter.steps import subject
from core import tickets
from core.audit import audit
from core.errors import Conflict
from core.tickets import Right
from people.masking import mask_name
from people.residents.actor import Resident

DOCTOR = frozenset({Right.PUBLISH, Right.SUBSCRIBE, Right.INVITE, Right.END})
PATIENT = frozenset({Right.PUBLISH, Right.SUBSCRIBE})
GUEST_TICKET = timedelta(minutes=1)


def why_closed(row: Encounter) -> str:
    """Why the room cannot be entered now, in words; empty when it can."""
    if row.status not in ROOM_OPEN:
        return "这次复诊现在没有打开视频,请从“在线复诊”里看进展。"
    return "" if row.kind is Kind.VIDEO else "这次是图文复诊。要用视频,请医生改成视频。"


async def ticket_for_resident(resident: Resident, row: Encounter) -> RoomTicketOut:
    """The patient's seat; who is called enters the visit by taking it. Raises Conflict."""
    if sentence := why_closed(row):
        raise Conflict("room_closed", sentence)
    row = await visiting.enter(resident, row)
    await row.fetch_related("patient")
    await audit(resident, "encounter.room_ticket", subject(row.id), patient_id=row.patient_id)
    name = mask_name(row.patient.name)
    ticket = tickets.issue(
        room=row.id,
        seat=resident.account_id,
        name=name,
        organization="居民",
        tier="",
        part="patient",
        rights=PATIENT,
    )
    return RoomTicketOut(
        ticket=ticket, room=row.id, seat=resident.account_id, part="patient", name=name
    )


async def ticket_for_doctor(view: DoctorView) -> RoomTicketOut:
    """The doctor's own seat. Raises Conflict."""
    row, actor = view.encounter, view.actor
    if sentence := why_closed(row):
        raise Conflict("room_closed", sentence)
    await audit(actor, "encounter.room_ticket", subject(row.id), patient_id=row.patient_id)
    ticket = tickets.issue(
        room=row.id,
        seat=actor.practitioner_id,
        name=actor.name,
        organization=actor.organization_name,
        tier=actor.tier,
        part="doctor",
        rights=DOCTOR,
    )
    return RoomTicketOut(
        ticket=ticket, room=row.id, seat=actor.practitioner_id, part="doctor", name=actor.name
    )


async def ticket_for_guest(view: GuestView) -> RoomTicketOut:
    """A third person's seat, only for a minute: a removal counts at once. Raises Conflict, Gone."""
    view.require_running()
    guest, row = view.guest, view.encounter
    if sentence := why_closed(row):
        raise Conflict("room_closed", sentence)
    await audit(view.who, "encounter.room_ticket", subject(row.id), patient_id=row.patient_id)
    ticket = tickets.issue(
        room=row.id,
        seat=guest.id,
        name=guest.name,
        organization=f"{guest.relation}({PARTS[guest.part]})",
        tier="",
        part=guest.part.value,
        rights=PATIENT,
        lifetime=GUEST_TICKET,
    )
    return RoomTicketOut(
        ticket=ticket, room=row.id, seat=guest.id, part=guest.part.value, name=guest.name
    )
