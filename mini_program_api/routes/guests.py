"""A third person in a visit: the resident invites and removes; the guest comes by a link, without
an account, and proves to be the same phone by a key in the header `Guest-Key`."""

from aiohttp import web

import chat.service
from care.encounter import access as visits
from care.encounter import room
from care.encounter.guests import access, service
from care.encounter.guests.access import GuestView
from care.encounter.guests.schemas import GuestIn
from care.encounter.steps import subject
from chat import access as talk
from chat import speakers, uploads
from chat.routes import mark_read, seq_of
from chat.schemas import MessageOut, ReadIn, SinceIn, TextIn
from core.csrf import same_site_suffices
from core.doors import public, residents
from core.errors import Conflict, NotFound
from core.etags import revalidated
from core.http import answers, endpoint, path_id
from core.idempotency import once
from mini_program_api import talk as conversation
from mini_program_api.border import BASE, pictures
from mini_program_api.guests import guest_of, link_out, visit_out
from mini_program_api.routes.encounters import ONE
from mini_program_api.schemas.encounters import SeatOut
from mini_program_api.schemas.guests import (
    GuestInvitation,
    GuestVisitOut,
    InvitationOut,
    LinkIn,
    LinkOut,
    OpeningIn,
)
from mini_program_api.schemas.talk import FileGiven, FileQuery, TalksOut
from people.residents.actor import resident_of

routes = web.RouteTableDef()

HERE = BASE + "/guest-visit"
FILE = HERE + "/messages/{seq:[0-9]{1,9}}/file"


@routes.post(f"{ONE}/guests", name="mp_invite_guest")
@residents
@once
@answers(409)
@endpoint(status=201)
async def invite(request: web.Request, *, body: GuestInvitation) -> InvitationOut:
    """A link for one person of the family, or an interpreter. It is shown once."""
    who = resident_of(request)
    row = await visits.open_own(who, path_id(request))
    made = await service.invite(who, row, GuestIn.model_validate(body.model_dump()))
    return InvitationOut(id=made.guest.id, link=made.link, expires_at=made.guest.expires_at)


@routes.delete(f"{ONE}/guests/{{guest}}", name="mp_remove_guest")
@residents
@answers(409)
@endpoint
async def remove(request: web.Request) -> None:
    """Put a guest out, or take an unused link back. A repeat changes nothing."""
    who = resident_of(request)
    row = await visits.open_own(who, path_id(request))
    await service.remove(who, row, path_id(request, "guest"))


@routes.post(f"{BASE}/guest-links/look", name="mp_look_at_link")
@public
@same_site_suffices
@answers(404, 410)
@endpoint
async def look(request: web.Request, *, body: LinkIn) -> LinkOut:
    """What a link leads to. It is not used up: programs look at links too."""
    return link_out(await access.open_link(body.link))


@routes.post(f"{BASE}/guest-links/opening", name="mp_open_link")
@public
@same_site_suffices
@answers(404, 409, 410)
@endpoint(status=201)
async def come(request: web.Request, *, body: OpeningIn) -> GuestVisitOut:
    """Come in. The link belongs to this phone's key from now on; the same key may come again.

    409 `not_yet` before the doctor has called, `link_used` from another phone.
    """
    return visit_out(await service.join(body.link, body.key), body.key)


@routes.get(HERE, name="mp_guest_visit")
@public
@revalidated
@answers(401, 403)
@endpoint
async def visit(request: web.Request) -> GuestVisitOut:
    """How the visit stands, for the guest. Ask again with the ETag."""
    return visit_out(await guest_of(request))


async def _seat(request: web.Request) -> tuple[GuestView, talk.Seat]:
    view = await guest_of(request)
    view.require_running()
    try:
        seat = await talk.open_by_subject(speakers.guest(view.who), subject(view.encounter.id))
    except NotFound:
        raise Conflict("not_yet", "正在打开聊天,请稍等。") from None
    return view, seat


@routes.get(f"{HERE}/messages", name="mp_guest_messages")
@public
@revalidated
@answers(401, 403, 409, 410)
@endpoint
async def messages(request: web.Request, *, query: SinceIn) -> TalksOut:
    """What is said since the guest came (or all, where that was allowed)."""
    _, seat = await _seat(request)
    return await conversation.page(seat, query)


@routes.post(f"{HERE}/messages", name="mp_guest_says")
@public
@same_site_suffices
@answers(401, 403, 409, 410, 503)
@endpoint(status=201)
async def say(request: web.Request, *, body: TextIn) -> MessageOut:
    """Say something; a repeated `client_id` answers with what was said."""
    view, seat = await _seat(request)
    return await conversation.say(speakers.guest(view.who), seat, body)


@routes.post(f"{HERE}/files", name="mp_guest_sends_file")
@public
@same_site_suffices
@pictures
@answers(401, 403, 409, 410, 413, 503)
@endpoint(status=201)
async def send_file(request: web.Request) -> MessageOut:
    """Send a picture or PDF as multipart fields `file`, `client_id` and perhaps `quote_seq`."""
    view, seat = await _seat(request)
    return await uploads.receive_file(request, speakers.guest(view.who), seat.conversation.id)


@routes.post(f"{HERE}/voice", name="mp_guest_speaks")
@public
@same_site_suffices
@pictures
@answers(401, 403, 409, 410, 413, 503)
@endpoint(status=201)
async def send_voice(request: web.Request) -> MessageOut:
    """Send a recording as multipart fields `file`, `client_id` and perhaps `quote_seq`."""
    view, seat = await _seat(request)
    return await uploads.receive_voice(request, speakers.guest(view.who), seat.conversation.id)


@routes.post(HERE + "/messages/{seq:[0-9]{1,9}}/recall", name="mp_guest_recalls")
@public
@same_site_suffices
@answers(401, 403, 404, 409, 410)
@endpoint
async def recall(request: web.Request) -> None:
    """Take a message of one's own back within two minutes."""
    view, seat = await _seat(request)
    speaker = speakers.guest(view.who)
    await chat.service.recall(speaker, seat.conversation.id, seq_of(request))


@routes.post(f"{HERE}/read", name="mp_guest_has_read")
@public
@same_site_suffices
@answers(401, 403, 409, 410)
@endpoint
async def read(request: web.Request, *, body: ReadIn) -> None:
    """Remember how far the guest has read."""
    view, seat = await _seat(request)
    await mark_read(request, speakers.guest(view.who), seat.conversation.id, body.seq)


@routes.get(FILE, name="mp_guest_file")
@public
@answers(401, 403, 409, 410)
@endpoint
async def file(request: web.Request, *, query: FileQuery) -> FileGiven:
    """The file of a message the guest may read, in base64."""
    view, seat = await _seat(request)
    return await conversation.give(request, speakers.guest(view.who), seat, query)


@routes.post(f"{HERE}/room-ticket", name="mp_guest_ticket")
@public
@same_site_suffices
@answers(401, 403, 409, 410)
@endpoint
async def ticket(request: web.Request) -> SeatOut:
    """Leave to sit in the video room; good for a minute."""
    found = await room.ticket_for_guest(await guest_of(request))
    return SeatOut.model_validate(found.model_dump())


@routes.post(f"{HERE}/departure", name="mp_guest_leaves")
@public
@same_site_suffices
@answers(401, 403)
@endpoint
async def leave(request: web.Request) -> GuestVisitOut:
    """Go; the same phone may come back with its link while the visit runs."""
    view = await guest_of(request)
    await service.leave(view)
    return visit_out(view)
