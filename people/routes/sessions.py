"""My sign-ins: where I am signed in, and how to end that."""

from typing import Final

from aiohttp import web

from core import db, pages
from core.audit import audit
from core.doors import ANY_STAFF, allow
from core.http import path_id
from people import sessions, sign_in
from people.actor import actor_of
from people.models import Session
from people.policy import policy

routes = web.RouteTableDef()

ENDED: Final = pages.notice("session-ended", "那台设备上的登录已退出。")
OTHERS_ENDED: Final = pages.notice("other-sessions-ended", "其他设备上的登录都已退出。")


@routes.get("/sessions", name="my_sessions")
@allow(ANY_STAFF)
async def my_sessions(request: web.Request) -> web.StreamResponse:
    """My live sessions, the present one first."""
    actor = actor_of(request)
    rows = await Session.filter(account_id=actor.account_id, ended_at=None).order_by("-seen_at")
    live = [row for row in rows if not sessions.is_over(row, finished=True)]
    live.sort(key=lambda row: row.id != actor.session_id)
    return await pages.render(
        request, "people/sessions.html", sessions=live, second_factor=policy().second_factor
    )


@routes.post("/sessions/{id}/end", name="end_session")
@allow(ANY_STAFF)
async def end_session(request: web.Request) -> web.StreamResponse:
    """End one of my sessions."""
    await sign_in.end_session(actor_of(request), path_id(request))
    raise pages.see_other("/sessions", say=ENDED)


@routes.post("/sessions/end-others", name="end_other_sessions")
@allow(ANY_STAFF)
async def end_others(request: web.Request) -> web.StreamResponse:
    """End all my sessions but this one."""
    actor = actor_of(request)
    async with db.atomic():
        await sessions.end_of_account(actor.account_id, but=actor.session_id)
        await audit(actor, "end_session", f"Account/{actor.account_id}")
    raise pages.see_other("/sessions", say=OTHERS_ENDED)
