"""Archived papers for those who may read them, and the public page that tells the genuine."""

from typing import Final
from urllib.parse import quote

from aiohttp import web

from care.access import open_document
from care.documents.codes import grouped, normalised
from care.documents.service import content, standing
from core import pages
from core.blobs import STORE
from core.doors import allow, public
from core.http import path_id
from people.actor import CLINICIANS, Role, actor_of

routes = web.RouteTableDef()

READERS: Final = (*CLINICIANS, Role.TEAM_LEAD, Role.NURSE)


@routes.get("/documents/{id:[0-9a-fA-F-]{36}}", name="archived_document")
@allow(*READERS)
async def archived_document(request: web.Request) -> web.Response:
    """The original as PDF, proven to be the archived one; `?download=1` saves it."""
    row = await open_document(actor_of(request), path_id(request))
    disposition = "attachment" if "download" in request.query else "inline"
    name = quote(f"{row.title}-第{row.version}版.pdf")
    return web.Response(
        body=await content(row, request.app[STORE]),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{name}",
            "Cache-Control": "private, no-store",
        },
    )


@routes.get("/verify", name="verify_documents")
@public
async def ask(request: web.Request) -> web.Response:
    """Type in the code that is printed on a paper."""
    typed = request.query.get("code", "")
    if code := normalised(typed):
        raise web.HTTPSeeOther(f"/verify/{code}")
    return await pages.render(request, "care/documents/verify.html", code="", found=None)


@routes.get("/verify/{code}", name="verify_document")
@public
async def verify(request: web.Request) -> web.Response:
    """Whether a paper is genuine and current, and nothing about anybody."""
    code = normalised(request.match_info["code"])
    found = await standing(code)
    return await pages.render(
        request,
        "care/documents/verify.html",
        status=200 if found else 404,
        code=grouped(code),
        found=found,
    )
