"""Guests of a visit in the API's words, and the door for those who have no account."""

from aiohttp import web

from care.encounter.guests import access, words
from care.encounter.guests.access import GuestView
from care.encounter.guests.models import EncounterGuest
from care.encounter.guests.states import EXPECTED, GuestStatus
from care.encounter.models import Encounter, Kind
from care.encounter.states import OVER, ROOM_OPEN
from core.errors import Unauthorized
from mini_program_api.schemas.guests import GuestSeen, GuestVisitOut, LinkOut
from people.masking import mask_name

HEADER = "Guest-Key"


async def guest_of(request: web.Request) -> GuestView:
    """Who calls, by the key of their phone. Raises Unauthorized, Forbidden."""
    key = request.headers.get(HEADER, "")
    if not key:
        raise Unauthorized("no_place", "请从收到的链接打开这个页面。")
    return await access.open_place(key)


def seen(guest: EncounterGuest) -> GuestSeen:
    """A guest as doctor and resident see them."""
    badge = words.status_of(guest)
    return GuestSeen(
        id=guest.id,
        name=guest.name,
        relation=guest.relation,
        part_name=words.PARTS[guest.part],
        status=guest.status.value,
        status_name=badge[1],
        history=guest.history,
        expected=guest.status in EXPECTED and badge != words.EXPIRED,
    )


def link_out(view: GuestView) -> LinkOut:
    """What is said before anybody has come: who asks whom, about whom in two letters."""
    guest, row = view.guest, view.encounter
    return LinkOut(
        name=guest.name,
        relation=guest.relation,
        part_name=words.PARTS[guest.part],
        invited_by=words.inviter(guest, row.practitioner.name),
        patient_name=mask_name(row.patient.name),
        doctor=_doctor(row),
        organization_name=row.organization.name,
        ready=row.status in ROOM_OPEN,
        over=row.status in OVER,
    )


def visit_out(view: GuestView, secret: str = "") -> GuestVisitOut:
    """The visit for its guest; `secret` is the phone's own key, when it has just come."""
    guest, row = view.guest, view.encounter
    return GuestVisitOut(
        room=row.id,
        place=f"{guest.id}.{secret}" if secret else "",
        name=guest.name,
        relation=guest.relation,
        part_name=words.PARTS[guest.part],
        patient_name=mask_name(row.patient.name),
        doctor=_doctor(row),
        organization_name=row.organization.name,
        status=row.status.value,
        kind=row.kind,
        here=guest.status is GuestStatus.JOINED,
        over=row.status in OVER,
        room_open=row.status in ROOM_OPEN and row.kind is Kind.VIDEO,
        history=guest.history,
    )


def _doctor(row: Encounter) -> str:
    return f"{row.practitioner.name} {row.practitioner.title}".strip()
