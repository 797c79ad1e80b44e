"""For everybody: an article as it is shared, and the screen in the waiting room."""

from typing import Final

from aiohttp import web

from core import pages
from core.doors import public
from core.http import path_id
from core.qr import qr_svg
from notifications.education import queries, reading, text, words
from notifications.education.routes.writing import send_picture

routes = web.RouteTableDef()

ADDRESS: Final = web.AppKey("education_address", str)
READ: Final = "/read/{id:[0-9a-fA-F-]{36}}"
LOST: Final = "notifications/education/lost.html"
"""What somebody sees who follows a link to an article that is not there."""
SECONDS: Final = 20
ON_SCREEN: Final = 12


@routes.get(READ, name="read_article")
@public
async def read(request: web.Request) -> web.Response:
    """An article that is out, as one shares it; a code to take it along."""
    row = await reading.published(path_id(request))
    address = f"{request.app[ADDRESS]}/read/{row.id}"
    return await pages.render(
        request,
        "notifications/education/read.html",
        title=row.title,
        row=row,
        subject=words.SUBJECTS[row.subject],
        blocks=text.blocks(row.body),
        pictures=f"/read/{row.id}/pictures/",
        address=address,
        code=qr_svg(address),
    )


@routes.get(f"{READ}/pictures/{{picture:[0-9a-fA-F-]{{36}}}}", name="read_picture")
@public
async def picture(request: web.Request) -> web.Response:
    """A picture of an article that is out."""
    row = await reading.published(path_id(request))
    answer = await send_picture(request, row.id)
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer


@routes.get("/screen/health", name="waiting_room_screen")
@public
async def screen(request: web.Request) -> web.Response:
    """One article after the other, without anybody touching it; works without script."""
    rows = await queries.published(ON_SCREEN)
    asked = request.query.get("at", "0")
    at = int(asked) % len(rows) if rows and asked.isascii() and asked.isdigit() else 0
    row = rows[at] if rows else None
    address = f"{request.app[ADDRESS]}/read/{row.id}" if row else ""
    return await pages.render(
        request,
        "notifications/education/screen.html",
        title=row.title if row else "家门口互联网医院",
        row=row,
        blocks=text.blocks(row.body)[:6] if row else [],
        pictures=f"/read/{row.id}/pictures/" if row else "",
        seconds=SECONDS,
        following=f"/screen/health?at={(at + 1) % max(len(rows), 1)}",
        code=qr_svg(address) if row else "",
    )
