"""A kept form that cannot count any more comes in as a note; asked for by the page's script."""

from datetime import date
from typing import Final
from uuid import UUID

from aiohttp import web

from core.doors import allow
from core.errors import Invalid
from core.forms import fields, text_of
from core.http import path_id, refuse_unstorable
from core.idempotency import once
from family_doctor.access import MEMBERS
from family_doctor.followup import handing_in
from family_doctor.followup.form import FollowUpIn
from family_doctor.followup.handing_in import Handed
from family_doctor.followup.models import Mode
from people.actor import actor_of

routes = web.RouteTableDef()

LONGEST: Final = 500
MOST: Final = 20


@routes.post("/follow-ups/patients/{id:[0-9a-fA-F-]{36}}/notes", name="hand_in_follow_up")
@allow(*MEMBERS)
@once
async def hand_in(request: web.Request) -> web.Response:
    """Into the record as it was typed; a mode or a day that cannot be read does not hold it up."""
    typed = await _typed(request)
    form = Handed(
        id=_id(await text_of(request, "id")),
        met_on=_day("".join(typed.pop("met_on", [])[:1])),
        mode=_mode("".join(typed.pop("mode", [])[:1])),
        typed=typed,
    )
    await handing_in.hand_in(actor_of(request), path_id(request), form)
    return web.Response(status=204)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("invalid_input", "这张表没有编号,交不上来。") from None


async def _typed(request: web.Request) -> dict[str, list[str]]:
    posted = await fields(request)
    found = {
        name: [text.strip()[:LONGEST] for text in posted.getall(name, []) if isinstance(text, str)]
        for name in FollowUpIn.model_fields
        if name != "id"
    }
    kept = {name: [text for text in texts if text][:MOST] for name, texts in found.items()}
    refuse_unstorable(kept)
    return {name: texts for name, texts in kept.items() if texts}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _mode(text: str) -> Mode | None:
    return Mode(text) if text in list(Mode) else None
