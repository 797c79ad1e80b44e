"""The resident's pages at `/h5/`: one HTML shell; everything else is static modules and the API.

The shell names every module of the first screens (`modulepreload`), so that on a slow line they
travel side by side instead of one import after the other. It is the same for everybody, holds no
personal data and is compressed once for each process.
"""

import gzip
import hashlib
from typing import Final
from urllib.parse import quote

import aiohttp_jinja2
from aiohttp import web

from care.documents.service import content
from core.assets import accepts_gzip
from core.blobs import STORE
from core.doors import public
from mini_program_api import papers
from wechat.bindings import WECHAT

routes = web.RouteTableDef()

STYLES: Final = (
    "css/tokens.css",
    "css/base.css",
    "h5/h5.css",
    "h5/lists.css",
    "h5/reading.css",
)
"""Of every screen; a conversation brings its own when it opens (`static/h5/conversation.js`)."""
FIRST: Final = (
    "h5/boot.js",
    "h5/api.js",
    "h5/dom.js",
    "h5/encounters.js",
    "h5/frame.js",
    "h5/keep.js",
    "h5/keyboard.js",
    "h5/medicine.js",
    "h5/parts.js",
    "h5/places.js",
    "h5/router.js",
    "h5/session.js",
    "h5/tapped.js",
    "h5/visit.js",
    "h5/words.js",
    "h5/screens/home.js",
    "h5/screens/sign-in.js",
)
"""All that the first screen imports; a test holds this list and the imports together."""
DEMO: Final = web.AppKey("h5_demo", bool)


@routes.get("/h5", name="h5_bare")
@public
async def bare(request: web.Request) -> web.Response:
    """People type the address without its last stroke."""
    query = f"?{request.query_string}" if request.query_string else ""
    raise web.HTTPPermanentRedirect(f"/h5/{query}")


@routes.get("/h5/", name="h5")
@public
async def shell(request: web.Request) -> web.StreamResponse:
    """The page that opens every screen."""
    packed = accepts_gzip(request)
    body = _rendered(request)
    etag = f"{hashlib.sha256(body).hexdigest()[:20]}{'-gzip' if packed else ''}"
    headers = {"Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
    if any(known.value == etag for known in request.if_none_match or ()):
        response = web.Response(status=304, headers=headers)
    else:
        if packed:
            body = gzip.compress(body, compresslevel=9, mtime=0)
            headers["Content-Encoding"] = "gzip"
        response = web.Response(
            body=body, content_type="text/html", charset="utf-8", headers=headers
        )
    response.etag = etag
    return response


def _rendered(request: web.Request) -> bytes:
    mini_program = request.app[WECHAT].configuration.mini_program
    return aiohttp_jinja2.render_string(
        "mini_program_api/h5.html",
        request,
        {
            "styles": STYLES,
            "modules": FIRST,
            "demo": request.app.get(DEMO, False),
            "app_id": mini_program.app_id if mini_program else "",
        },
    ).encode()


@routes.get("/h5/room", name="h5_room")
@public
async def room(request: web.Request) -> web.StreamResponse:
    """The video room of an online visit. Which visit stands behind the `#` and reaches no log."""
    return aiohttp_jinja2.render_template("mini_program_api/h5_room.html", request, {})


@routes.get("/h5/guest", name="h5_guest")
@public
async def guest(request: web.Request) -> web.StreamResponse:
    """A third person's page. The link's secret stands behind the `#` and reaches no log."""
    shown = {"styles": STYLES}
    return aiohttp_jinja2.render_template("mini_program_api/h5_guest.html", request, shown)


@routes.get("/h5/guest-room", name="h5_guest_room")
@public
async def guest_room(request: web.Request) -> web.StreamResponse:
    """The same room for a third person."""
    shown = {"guest": True}
    return aiohttp_jinja2.render_template("mini_program_api/h5_room.html", request, shown)


@routes.get("/h5/papers/{link}", name="h5_paper")
@public
async def paper(request: web.Request) -> web.Response:
    """A paper by a link that was made for one phone, some minutes ago."""
    row = await papers.open_paper(papers.read_link(request.match_info["link"]))
    name = quote(f"{row.title}-第{row.version}版.pdf")
    return web.Response(
        body=await content(row, request.app[STORE]),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f"inline; filename*=UTF-8''{name}",
            "Cache-Control": "private, no-store",
            "Referrer-Policy": "no-referrer",
        },
    )
