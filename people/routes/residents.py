"""Staff pages about residents' phones: who acts for a patient, and the account desk."""

from typing import Any, Final

from aiohttp import web

from core import audit, pages
from core.doors import allow
from core.errors import Conflict, Invalid
from core.forms import Form, blank, read_form, with_problem
from core.http import path_id
from core.idempotency import once
from people.access import CLINICAL
from people.actor import actor_of
from people.models import IdentifierKind
from people.queries import patient_headers
from people.residents import agreements, desk, holders
from people.residents.rules import RELATION_WORDS
from people.schemas import DOCUMENT_WORDS

routes = web.RouteTableDef()

REVOKED: Final = pages.notice("bond-revoked", "已停用,对方不能再替这位居民办理。")
CONFIRMED: Final = pages.notice("bond-confirmed", "已开通,对方现在可以办理。")
JOINED: Final = pages.notice("bond-joined", "已开通,请居民在手机上刷新看看。")
END_CHOICES: Final = [(reason.value, words) for reason, words in holders.END_WORDS.items()]
RELATION_CHOICES: Final = [(one.value, words) for one, words in RELATION_WORDS.items()]
DESK_DOCUMENTS: Final = [
    (kind.value, words)
    for kind, words in DOCUMENT_WORDS.items()
    if kind is not IdentifierKind.HOUSEHOLD_BOOK  # one number for the whole family
]


@routes.get("/patients/{id}/accounts", name="patient_accounts")
@allow(*CLINICAL)
async def accounts(request: web.Request) -> web.StreamResponse:
    """Which phones act for this resident."""
    actor, patient_id = actor_of(request), path_id(request)
    patient, found = await holders.holders(actor, patient_id)
    headers = await patient_headers([patient.id])
    return await pages.render(
        request, "people/accounts.html", patient=headers[patient.id], holders=found
    )


@routes.get("/bonds/{id}/revocation", name="bond_revocation")
@allow(*CLINICAL)
async def revocation_form(request: web.Request) -> web.StreamResponse:
    """Why one of them may act no more."""
    return await _bond_page(request, "people/bond_revocation.html", blank(), 200)


@routes.post("/bonds/{id}/revocation", name="revoke_bond")
@allow(*CLINICAL)
@once
async def revoke(request: web.Request) -> web.StreamResponse:
    """End it."""
    actor, bond_id = actor_of(request), path_id(request)
    form = await read_form(request, holders.Revocation)
    if form.entry is not None:
        try:
            patient_id = await holders.revoke(actor, bond_id, form.entry)
        except Invalid as problem:
            form = with_problem(form, problem)
        else:
            raise pages.see_other(f"/patients/{patient_id}/accounts", say=REVOKED)
    return await _bond_page(request, "people/bond_revocation.html", form, 422)


@routes.get("/bonds/{id}/confirmation", name="bond_confirmation")
@allow(*CLINICAL)
async def confirmation_form(request: web.Request) -> web.StreamResponse:
    """What has to lie on the table."""
    return await _bond_page(request, "people/bond_confirmation.html", blank(), 200)


@routes.post("/bonds/{id}/confirmation", name="confirm_bond")
@allow(*CLINICAL)
@once
async def confirm(request: web.Request) -> web.StreamResponse:
    """Say that documents and word were given."""
    actor, bond_id = actor_of(request), path_id(request)
    form = await read_form(request, holders.Confirmation)
    if form.entry is not None:
        try:
            patient_id = await holders.confirm(actor, bond_id, form.entry)
        except Invalid as problem:
            await audit.write_refusal(problem)
            form = with_problem(form, problem)
        else:
            raise pages.see_other(f"/patients/{patient_id}/accounts", say=CONFIRMED)
    return await _bond_page(request, "people/bond_confirmation.html", form, 422)


async def _bond_page(
    request: web.Request, template: str, form: Form[Any], status: int
) -> web.Response:
    actor = actor_of(request)
    patient_id, holder = await holders.holder_by_id(actor, path_id(request))
    return await pages.render(
        request,
        template,
        status=status,
        form=form,
        patient=(await patient_headers([patient_id]))[patient_id],
        holder=holder,
        reasons=END_CHOICES,
    )


@routes.get("/account-desk", name="account_desk")
@allow(*desk.CONFIRMERS)
async def desk_form(request: web.Request) -> web.StreamResponse:
    """Six digits on a phone, documents on the table."""
    return await _desk(request, blank(document_kind="id_card", relation="self"), 200)


@routes.post("/account-desk", name="join_at_desk")
@allow(*desk.CONFIRMERS)
@once
async def join(request: web.Request) -> web.StreamResponse:
    """Join the phone with the person."""
    form = await read_form(request, desk.DeskEntry)
    if form.entry is None:
        return await _desk(request, form, 422)
    try:
        await desk.join(actor_of(request), form.entry)
    except (Invalid, Conflict) as problem:
        await audit.write_refusal(problem)
        if isinstance(problem, Invalid):
            return await _desk(request, with_problem(form, problem), 422)
        return await _desk(request, Form(form.values, {"": problem.detail}, None), problem.status)
    raise pages.see_other("/account-desk", say=JOINED)


async def _desk(request: web.Request, form: Form[desk.DeskEntry], status: int) -> web.Response:
    return await pages.render(
        request,
        "people/account_desk.html",
        status=status,
        form=form,
        relations=RELATION_CHOICES,
        documents=DESK_DOCUMENTS,
        texts=agreements.agreements(),
    )


@routes.get("/account-desk/texts/{kind}", name="account_desk_text")
@allow(*desk.CONFIRMERS)
async def text(request: web.Request) -> web.StreamResponse:
    """One text in full, to read out."""
    found = agreements.text_of(request.match_info["kind"])
    return await pages.render(request, "people/account_text.html", text=found)
