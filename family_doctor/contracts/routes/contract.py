"""One contract for the team: review, both signatures, services, the end."""

from functools import partial
from typing import Any, Final
from urllib.parse import quote

from aiohttp import web

from care.documents.service import content
from care.encounter.routes.guests import ADDRESS
from core import clock, pages
from core.blobs import STORE
from core.doors import allow
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from core.states import allowed
from family_doctor import words
from family_doctor.access import MEMBERS, open_contract
from family_doctor.contracts import deciding, rules, signing
from family_doctor.contracts.paper import paper_of
from family_doctor.contracts.queries import line
from family_doctor.contracts.schemas import DeskSignIn, EndIn, RefuseIn
from family_doctor.contracts.states import CONTRACT, Status
from family_doctor.contracts.wording import agreement_of
from family_doctor.fulfilment import queries as fulfilment
from family_doctor.fulfilment import service
from family_doctor.fulfilment.rules import DEFINITION
from family_doctor.fulfilment.schemas import DoneIn
from people.actor import actor_of

routes = web.RouteTableDef()

ONE: Final = "/contracts/{id:[0-9a-fA-F-]{36}}"
SERVICE: Final = "/services/{id:[0-9a-fA-F-]{36}}"
REVIEWED: Final = pages.notice("contract-reviewed", "审核通过,等责任医生和居民签字。")
SIGNED: Final = pages.notice("contract-signed", "已签字。双方都签好就生效(收费的等付款)。")
REFUSED: Final = pages.notice("contract-refused", "已答复居民,他会看到原因。")
ENDED: Final = pages.notice("contract-ended", "已解约,团队不能再打开这位居民的档案。")
DONE: Final = pages.notice("service-done", "已记下,居民会收到,请他确认。")
CHANGED: Final = pages.notice("service-changed", "已记下。")


@routes.get(ONE, name="contract")
@allow(*MEMBERS)
async def show(request: web.Request) -> web.Response:
    """The agreement, who has signed, and what was done."""
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any], *, opened: str = "") -> web.Response:
    view = await open_contract(actor_of(request), path_id(request))
    row = view.contract
    found = await fulfilment.of_contract(row)
    minor = rules.why_not_signer("guardian", row.patient.birth_date, clock.today()) == ""
    return await pages.render(
        request,
        "family_doctor/contracts/contract.html",
        status=form.status,
        title=f"签约 {row.number}",
        row=row,
        line=line(row),
        team=view.team,
        can=set(allowed(CONTRACT, row.status)),
        doctor_may_sign=view.team.is_responsible
        and row.status in (Status.APPLIED, Status.REVIEWED)
        and row.doctor_signed_at is None,
        fulfilment=found,
        modes=[(mode.value, word) for mode, word in words.MODES.items()],
        items=[(one.item.id, one.item.name) for one in found.lines],
        definition=DEFINITION,
        agreement=agreement_of(row.text_version),
        signer="guardian" if minor else "self",
        opened=opened,
        form=form,
        words=words,
        today=clock.today(),
        me=view.team.actor.practitioner_id,
    )


@routes.post(f"{ONE}/review", name="review_contract")
@allow(*MEMBERS)
@once
async def review(request: web.Request) -> web.Response:
    """Take the resident on."""
    row = await deciding.review(actor_of(request), path_id(request))
    raise pages.see_other(f"/contracts/{row.id}", say=REVIEWED)


@routes.post(f"{ONE}/signature", name="sign_contract")
@allow(*MEMBERS)
@once
async def sign(request: web.Request) -> web.Response:
    """The responsible doctor signs."""
    row = await deciding.sign(actor_of(request), path_id(request))
    raise pages.see_other(f"/contracts/{row.id}", say=SIGNED)


@routes.post(f"{ONE}/desk-signature", name="sign_contract_at_desk")
@allow(*MEMBERS)
@once
@filled(DeskSignIn, again=partial(_page, opened="desk"))
async def sign_at_desk(request: web.Request, entry: DeskSignIn) -> web.Response:
    """The resident signs at the desk."""
    await signing.sign_at_desk(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/contracts/{path_id(request)}", say=SIGNED)


@routes.post(f"{ONE}/refusal", name="refuse_contract")
@allow(*MEMBERS)
@once
@filled(RefuseIn, again=partial(_page, opened="refuse"))
async def refuse(request: web.Request, entry: RefuseIn) -> web.Response:
    """Say why not."""
    await deciding.refuse(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/contracts/{path_id(request)}", say=REFUSED)


@routes.post(f"{ONE}/termination", name="terminate_contract")
@allow(*MEMBERS)
@once
@filled(EndIn, again=partial(_page, opened="end"))
async def terminate(request: web.Request, entry: EndIn) -> web.Response:
    """End it early."""
    await deciding.terminate(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/contracts/{path_id(request)}", say=ENDED)


@routes.post(f"{ONE}/services", name="record_service")
@allow(*MEMBERS)
@once
@filled(DoneIn, again=partial(_page, opened="service"))
async def do_item(request: web.Request, entry: DoneIn) -> web.Response:
    """An item was done."""
    await service.do_item(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/contracts/{path_id(request)}", say=DONE)


@routes.post(f"{SERVICE}/withdrawal", name="withdraw_service")
@allow(*MEMBERS)
@once
async def withdraw(request: web.Request) -> web.Response:
    """Entered in error."""
    record = await service.withdraw(actor_of(request), path_id(request))
    raise pages.see_other(f"/contracts/{record.contract_id}", say=CHANGED)


@routes.post(f"{SERVICE}/confirmation", name="confirm_service_at_desk")
@allow(*MEMBERS)
@once
async def confirm(request: web.Request) -> web.Response:
    """The resident says yes at the desk."""
    record = await service.confirm_at_desk(actor_of(request), path_id(request))
    raise pages.see_other(f"/contracts/{record.contract_id}", say=CHANGED)


@routes.get(f"{ONE}/paper", name="contract_paper")
@allow(*MEMBERS)
async def paper(request: web.Request) -> web.Response:
    """The sealed agreement as PDF, to be printed for the resident."""
    actor = actor_of(request)
    row = (await open_contract(actor, path_id(request))).contract
    store = request.app[STORE]
    kept = await paper_of(actor, row, store=store, base_url=request.app[ADDRESS]())
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(f'{kept.title}.pdf')}",
        "Cache-Control": "private, no-store",
    }
    body = await content(kept, store)
    return web.Response(body=body, content_type="application/pdf", headers=headers)
