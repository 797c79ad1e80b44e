"""Pages and files of recordings, and the tickets for checking one's line."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.doors import ANY_STAFF, allow
from core.errors import NotFound
from core.http import endpoint, path_id
from people.actor import actor_of
from rtc import access, playback, queries, service
from rtc.models import RecordingFile
from rtc.schemas import CheckTickets
from rtc.switchboard import SWITCHBOARD

routes: Final = web.RouteTableDef()


@routes.post("/line-check/tickets", name="line_check")
@allow(ANY_STAFF)
@endpoint
async def line_check(request: web.Request) -> CheckTickets:
    """Tickets of a throw-away room in which a browser measures its line to the media node."""
    return service.check_tickets()


@routes.get("/rooms/{room}/recordings", name="room_recordings")
@allow(ANY_STAFF)
async def room_recordings(request: web.Request) -> web.Response:
    """The list of a room's recordings, a fragment for other pages."""
    room_id = path_id(request, "room")
    try:
        await access.require_room(actor_of(request), room_id, request.app[access.MAY_WATCH])
        rows = await queries.recordings_of(room_id)
    except NotFound:
        rows = []  # no room yet and no business here read the same
    return await pages.render(request, "rtc/recordings.html", rows=rows)


@routes.get("/recordings/{id}", name="play_recording")
@allow(ANY_STAFF)
async def play_recording(request: web.Request) -> web.Response:
    """Everybody's picture and sound side by side. Each opening is written down."""
    recording, viewing = await access.open_recording(
        actor_of(request),
        path_id(request),
        request.app[access.MAY_WATCH],
        request.app[access.ABOUT],
    )
    files = await queries.files_of(recording)
    zero = min((file.started_at for file in files), default=0.0)
    here = f"/recordings/{recording.id}/viewings/{viewing.id}/files"
    return await pages.render(
        request,
        "rtc/playback.html",
        title="会诊录像",
        recording=recording,
        files=[_shown(file, zero, here) for file in files],
        lasts=round(max((f.started_at + f.duration_s - zero for f in files), default=0.0), 1),
    )


@routes.get("/recordings/{id}/viewings/{viewing}/files/{file}", name="recording_file")
@allow(ANY_STAFF)
async def recording_file(request: web.Request) -> web.StreamResponse:
    """One file of a recording that is being viewed; ranges work."""
    file = await access.open_file(
        actor_of(request), path_id(request, "viewing"), path_id(request, "file")
    )
    return await playback.send(request, request.app[SWITCHBOARD], file)


def _shown(file: RecordingFile, zero: float, here: str) -> dict[str, Any]:
    """A file for the player: `at` is where it lies on the common time line, in seconds."""
    return {
        "seat": file.seat,
        "person": file.person,
        "organization": file.organization,
        "tier": file.tier,
        "screen": file.name.endswith((".screen.webm", ".screen.mp4")) or "screen" in file.sources,
        "sound_only": not {"VP8", "H264"}.intersection(file.codecs),
        "href": f"{here}/{file.id}",
        "at": round(file.started_at - zero, 3),
        "lasts": round(file.duration_s, 3),
    }
