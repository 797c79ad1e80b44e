"""Pictures and PDFs: bring them, look at them, fetch them."""

from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from care.record import queries, service, uploads
from care.record.models import DocumentReference, EntryStatus
from care.record.routes import ID, READERS, WRITERS, render_panel
from care.record.schemas import AttachmentsIn
from core import clock, pages
from core.audit import audit
from core.blobs import MAX_BYTES, STORE
from core.doors import allow
from core.errors import Invalid, NotFound
from core.forms import Form, blank, read_form, refused
from core.http import path_id
from core.idempotency import once
from people.access import may_open, open_patient
from people.actor import actor_of

routes = web.RouteTableDef()

FIELDS: Final = ("camera", "files")
ATTACHMENT: Final = "/attachments/{id:[0-9a-fA-F-]{36}}"
_SAID: Final = "资料已经放进病历。"
pages.notice("record.attachments", _SAID)


@routes.get(f"/patients/{ID}/attachments/new", name="new_attachments")
@allow(*WRITERS)
async def new_attachments(request: web.Request) -> web.Response:
    """The form for pictures."""
    await open_patient(actor_of(request), path_id(request), purpose="attachments-form")
    return await _show(request, blank(taken_on=clock.today().isoformat()), ())


@routes.post(f"/patients/{ID}/attachments", name="add_attachments")
@allow(*WRITERS)
@once
async def add_attachments(request: web.Request) -> web.Response:
    """Take in what was brought; when anything is wrong the sound files need not come again."""
    actor, patient_id = actor_of(request), path_id(request)
    await open_patient(actor, patient_id, purpose="attachments-form")
    owner = f"{actor.account_id}|{patient_id}"
    received = await uploads.receive(request, request.app[STORE], fields=FIELDS, owner=owner)
    kept = [{"token": uploads.token(blob, owner), "name": blob.name} for blob in received.blobs]
    form = await read_form(request, AttachmentsIn)
    if received.refusals:
        form.errors["files"] = " ".join(received.refusals)
    if form.entry is None or received.refusals:
        return await _show(request, form, kept, status=422)
    try:
        await service.add_attachments(actor, patient_id, form.entry, received.blobs)
    except Invalid as problem:
        return await _show(request, refused(form, problem), kept, status=422)
    if _in_panel(request):
        return await render_panel(request, actor, patient_id, said=_SAID)
    raise pages.see_other(f"/patients/{patient_id}", say="record.attachments")


def _in_panel(request: web.Request) -> bool:
    return "HX-Request" in request.headers and "panel" in request.query


async def _show(
    request: web.Request, form: Form[Any], kept: Any, *, status: int = 200
) -> web.Response:
    patient_id = path_id(request)
    found = await queries.summary(patient_id)
    return await pages.render(
        request,
        "care/record/attachments.html",
        status=status,
        form=form,
        kept=kept,
        record=found,
        banner=found.banner(href=f"/patients/{patient_id}"),
        frame="care/record/fragment.html" if _in_panel(request) else "core/page.html",
        in_panel=_in_panel(request),
        kinds=[(k.value, words) for k, words in queries.KINDS.items()],
        most=uploads.MOST,
        megabytes=MAX_BYTES // 1024 // 1024,
    )


async def _find(request: web.Request, *, purpose: str) -> DocumentReference:
    """The attachment behind its patient's door. Raises NotFound or Forbidden."""
    row = await DocumentReference.get_or_none(id=path_id(request)).prefetch_related("blob")
    if row is None:
        raise NotFound("not_found", "没有找到这份资料。")
    actor = actor_of(request)
    await open_patient(actor, row.patient_id, purpose=purpose)
    await audit(actor, "attachment.read", f"DocumentReference/{row.id}", patient_id=row.patient_id)
    return row


@routes.get(ATTACHMENT, name="attachment")
@allow(*READERS)
async def attachment(request: web.Request) -> web.Response:
    """One attachment in full, with its neighbours."""
    row = await _find(request, purpose="attachment")
    found = await queries.summary(row.patient_id)
    ids = [item.id for item in found.attachments]
    here = ids.index(row.id) if row.id in ids else None
    return await pages.render(
        request,
        "care/record/attachment.html",
        item=queries.attachment(row),
        wrong=row.status is EntryStatus.ENTERED_IN_ERROR,
        wrong_reason=row.change_reason,
        banner=found.banner(href=f"/patients/{row.patient_id}"),
        patient_id=found.patient.id,
        back=f"/patients/{row.patient_id}",
        newer=ids[here - 1] if here else None,
        older=ids[here + 1] if here is not None and here + 1 < len(ids) else None,
        may_write=actor_of(request).has(*WRITERS),
    )


@routes.get(f"{ATTACHMENT}/file", name="attachment_file")
@allow(*READERS)
async def attachment_file(request: web.Request) -> web.Response:
    """The file itself; pictures are shown, everything else is saved."""
    row = await _find(request, purpose="attachment")
    body = await request.app[STORE].read(row.blob)
    shown = row.blob.is_picture and "download" not in request.query
    return _file(body, row.blob.content_type, row.blob.name, shown=shown)


@routes.get(f"{ATTACHMENT}/thumbnail", name="attachment_thumbnail")
@allow(*READERS)
async def attachment_thumbnail(request: web.Request) -> web.Response:
    """A small picture. The look at the record is audited already, so this leaves no trace."""
    row = await DocumentReference.get_or_none(id=path_id(request)).prefetch_related("blob")
    if row is None or not await may_open(actor_of(request), row.patient_id):
        raise NotFound("not_found", "没有找到这份资料。")
    body = await request.app[STORE].read_thumbnail(row.blob)
    return _file(body, "image/jpeg", "thumbnail.jpg", shown=True)


def _file(body: bytes, content_type: str, name: str, *, shown: bool) -> web.Response:
    disposition = "inline" if shown else "attachment"
    return web.Response(
        body=body,
        content_type=content_type,
        headers={
            "Content-Disposition": f"{disposition}; filename*=UTF-8''{quote(name)}",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )
