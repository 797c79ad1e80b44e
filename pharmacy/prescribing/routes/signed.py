"""A signed prescription: read, confirmed, rewritten, taken back."""

from functools import partial
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from care.documents.prescription import KIND
from care.documents.service import content, newest
from care.encounter.access import DOCTORS
from care.encounter.routes.guests import ADDRESS
from core import pages
from core.blobs import STORE
from core.doors import allow
from core.errors import Conflict, NotFound, TooMany
from core.forms import ABOVE, Form, blank, filled
from core.http import path_id
from core.idempotency import once
from people import rechecks
from people.access import BY_GRANT
from people.actor import actor_of
from people.policy import policy
from people.proof import has_recent_proof
from people.queries import patient_header
from people.routes.sign_in import device_of
from pharmacy.dispensing.hands import hands_of
from pharmacy.prescribing import agreement, service, sheet, shown
from pharmacy.prescribing.access import open_signed
from pharmacy.prescribing.schemas import ProofIn

routes = web.RouteTableDef()

ONE_PATH: Final = "/prescriptions"
ONE: Final = "/prescriptions/{id:[0-9a-fA-F-]{36}}"
CONFIRMED: Final = pages.notice("prescription-confirmed", "已再次签名,处方回到药师那里审核。")
SAID: Final = pages.notice("prescription-agreed", "已记下居民的口头确认。")
CANCELLED: Final = pages.notice("prescription-cancelled", "处方已作废。")
REWRITING: Final = pages.notice(
    "prescription-rewrite", "原处方的内容已放进草稿,改好后签名,代替退回的那一版。"
)


@routes.get(ONE, name="signed_prescription")
@allow(*BY_GRANT)
async def read(request: web.Request) -> web.Response:
    """One signed version, for its doctor and for those who may open the patient; audited."""
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any], *, opened: str = "") -> web.Response:
    actor = actor_of(request)
    patient, row = await open_signed(actor, path_id(request), action="prescription.read")
    header = await patient_header(patient.id)
    return await pages.render(
        request,
        "pharmacy/prescribing/read.html",
        status=form.status,
        title=f"{header.name} {header.sex} {header.age} 的处方",
        paper=await shown.paper(row),
        mine=row.author_id == actor.practitioner_id,
        visit_id=row.subject.partition("/")[2],
        form=form,
        opened=opened,
        proof=has_recent_proof(actor),
        asks_code=policy().second_factor,
    )


@routes.post(f"{ONE}/paper", name="print_prescription")
@allow(*BY_GRANT)
@once
async def print_it(request: web.Request) -> web.Response:
    """Print, seal and archive the paper where that is still to do, and show it."""
    actor, id = actor_of(request), path_id(request)
    _, row = await open_signed(actor, id, action="prescription.print")
    hands = await hands_of(row.id)
    await sheet.issue(
        actor, row, hands=hands, store=request.app[STORE], base_url=request.app[ADDRESS]()
    )
    raise web.HTTPSeeOther(f"{ONE_PATH}/{id}/paper")


@routes.get(f"{ONE}/paper", name="prescription_paper")
@allow(*BY_GRANT)
async def show_paper(request: web.Request) -> web.Response:
    """The original as PDF, proven to be the archived one."""
    _, row = await open_signed(actor_of(request), path_id(request), action="prescription.read")
    kept = await newest(KIND, row.id)
    if kept is None:
        raise NotFound("not_found", "这张处方还没有处方笺。")
    return web.Response(
        body=await content(kept, request.app[STORE]),
        content_type="application/pdf",
        headers={
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(f'处方笺 {row.number}.pdf')}",
            "Cache-Control": "private, no-store",
        },
    )


@routes.post(f"{ONE}/confirmation", name="confirm_prescription")
@allow(*DOCTORS)
@once
@filled(ProofIn, again=partial(_page, opened="confirm"), refusals={TooMany: ABOVE})
async def confirm(request: web.Request, entry: ProofIn) -> web.Response:
    """The doctor stands by a returned one, with a second signature."""
    id = path_id(request)
    actor, check = await rechecks.before_signing(
        actor_of(request), entry.password, entry.code, device=device_of(request)
    )
    await service.confirm(actor, id, entry.reason, check=check)
    raise pages.see_other(f"{ONE_PATH}/{id}", say=CONFIRMED)


@routes.post(f"{ONE}/agreement", name="note_agreement")
@allow(*DOCTORS)
@once
async def note_said(request: web.Request) -> web.Response:
    """The resident agreed to more than four weeks in words; the doctor takes it down."""
    id = path_id(request)
    await agreement.note_said(actor_of(request), id)
    raise pages.see_other(f"{ONE_PATH}/{id}", say=SAID)


@routes.post(f"{ONE}/rewrite", name="rewrite_prescription")
@allow(*DOCTORS)
@once
async def rewrite(request: web.Request) -> web.Response:
    """A draft with the words of a returned one."""
    draft = await service.rewrite(actor_of(request), path_id(request))
    where = f"/prescriptions/by-subject/{draft.subject}?form={draft.category.value}"
    raise pages.see_other(where, say=REWRITING)


@routes.post(f"{ONE}/cancellation", name="cancel_prescription")
@allow(*DOCTORS)
@once
@filled(ProofIn, again=partial(_page, opened="cancel"), refusals={Conflict: ABOVE})
async def cancel(request: web.Request, entry: ProofIn) -> web.Response:
    """Take it back, until it is handed out."""
    id = path_id(request)
    await service.cancel(actor_of(request), id, entry.reason)
    raise pages.see_other(f"{ONE_PATH}/{id}", say=CANCELLED)
