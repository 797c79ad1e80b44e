"""In the visit: the waiting room, the call, the video room, giving up, and having read the end."""

from dataclasses import asdict
from uuid import UUID

from aiohttp import web

from booking import residents as booking
from booking.models import Appointment
from booking.rules import place_in_queue
from care.documents.codes import grouped
from care.encounter import access as visits
from care.encounter import asking, note_paper, rating, room, visiting
from care.encounter.models import Encounter
from care.encounter.routes.guests import ADDRESS
from care.encounter.states import Status
from care.encounter.steps import subject, write_down
from care.note import drafts
from care.referral import note
from core import clock
from core.blobs import STORE
from core.doors import residents
from core.errors import Conflict
from core.http import answers, endpoint, path_id
from core.idempotency import once
from mini_program_api import own, papers
from mini_program_api.routes.encounters import ONE
from mini_program_api.schemas.encounters import (
    EncounterCancellationIn,
    EncounterOut,
    PaperOut,
    RatingIn,
    ReferralNoteOut,
    SeatOut,
)
from mini_program_api.visits import shown
from people.residents.actor import Resident, resident_of
from people.residents.models import Scope

routes = web.RouteTableDef()


async def _mine(request: web.Request) -> tuple[Resident, Encounter]:
    who = resident_of(request)
    return who, await visits.open_own(who, path_id(request))


async def _booked(who: Resident, row: Encounter) -> Appointment:
    booked = UUID((row.subject or "").partition("/")[2])
    return await own.open_appointment(who, booked, Scope.CHAT)


@routes.post(f"{ONE}/arrival", name="mp_arrive")
@residents
@once
@answers(409)
@endpoint
async def arrive(request: web.Request) -> EncounterOut:
    """Come into the waiting room. 409 `no_evidence`, `too_early`. Again: the same place."""
    who, row = await _mine(request)
    place = None
    if row.status is Status.PLANNED and row.subject:
        appointment = await _booked(who, row)
        await asking.require_evidence(row)
        await booking.check_in(who, appointment)
        place = place_in_queue(appointment.starts_at, appointment.ends_at, clock.now())
    return await shown(await asking.arrive(who, row, place=place))


@routes.post(f"{ONE}/absence", name="mp_step_out")
@residents
@answers(409)
@endpoint
async def step_out(request: web.Request) -> EncounterOut:
    """Away from the phone for a while: the place is kept, others go first."""
    who, row = await _mine(request)
    return await shown(await asking.step_out(who, row))


@routes.post(f"{ONE}/return", name="mp_come_back")
@residents
@answers(409)
@endpoint
async def come_back(request: web.Request) -> EncounterOut:
    """Here again, in the same place."""
    who, row = await _mine(request)
    return await shown(await asking.come_back(who, row))


@routes.post(f"{ONE}/entry", name="mp_enter_visit")
@residents
@answers(409)
@endpoint
async def enter(request: web.Request) -> EncounterOut:
    """Answer the call: the visit begins. 409 `not_called` before."""
    who, row = await _mine(request)
    return await shown(await visiting.enter(who, row))


@routes.post(f"{ONE}/room-ticket", name="mp_room_ticket")
@residents
@answers(409)
@endpoint
async def ticket(request: web.Request) -> SeatOut:
    """Leave to sit in the video room; whoever is called enters by it. 409 `room_closed`."""
    who, row = await _mine(request)
    found = await room.ticket_for_resident(who, row)
    return SeatOut.model_validate(found.model_dump())


@routes.post(f"{ONE}/cancellation", name="mp_cancel_visit")
@residents
@once
@answers(409)
@endpoint
async def cancel(request: web.Request, *, body: EncounterCancellationIn) -> EncounterOut:
    """Give it up before it begins.

    Before the arrival a booked one is given up by the appointment's rule (409 `too_late`).
    """
    who, row = await _mine(request)
    if row.status is Status.PLANNED and row.subject:
        await booking.cancel(who, await _booked(who, row), reason=body.reason)
    return await shown(await asking.cancel(who, row, reason=body.reason))


@routes.post(f"{ONE}/acknowledgement", name="mp_acknowledge")
@residents
@answers(409)
@endpoint
async def acknowledge(request: web.Request) -> EncounterOut:
    """The resident has read where to go (诊疗办法 art. 16)."""
    who, row = await _mine(request)
    return await shown(await asking.acknowledge(who, row))


@routes.put(f"{ONE}/rating", name="mp_rate_visit")
@residents
@answers(409)
@endpoint
async def rate(request: web.Request, *, body: RatingIn) -> EncounterOut:
    """Say what one thought of it, or change that, for some days after the end (`rate_until`)."""
    who, row = await _mine(request)
    await rating.rate(who, row, body.stars, body.words)
    return await shown(row)


@routes.get(f"{ONE}/referral", name="mp_referral")
@residents
@endpoint
async def referral_note(request: web.Request) -> ReferralNoteOut:
    """The referral note to take along. 404 `no_referral` when there is none."""
    who, row = await _mine(request)
    found = asdict(await note.note_of(who, row))
    return ReferralNoteOut(**{name: found[name] for name in ReferralNoteOut.model_fields})


@routes.post(f"{ONE}/paper", name="mp_note_paper")
@residents
@answers(409)
@endpoint(status=201)
async def paper(request: web.Request) -> PaperOut:
    """The signed note as a PDF, printed and sealed when it is asked for the first time.

    409 `no_note` while nothing is signed.
    """
    who, row = await _mine(request)
    signed = await drafts.versions(subject(row.id))
    if not signed:
        raise Conflict("no_note", "医生还没有签病历,签好了再来看。")
    house = request.app[ADDRESS]()
    kept = await note_paper.issue(who, signed, store=request.app[STORE], base_url=house)
    await write_down(who, row, "paper")
    link = papers.link_to(kept, who)
    return PaperOut(
        url=f"{house}/h5/papers/{link.sealed()}",
        expires_at=link.expires_at,
        name=f"{kept.title}.pdf",
        version=kept.version,
        code=grouped(kept.code),
    )
