"""Staff pages about residents' phones: who acts for a patient, and the account desk."""

from functools import partial
from typing import Any, Final

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import Conflict
from core.forms import ABOVE, Form, blank, filled
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


async def _bond_page(request: web.Request, form: Form[Any], template: str) -> web.Response:
    actor = actor_of(request)
    patient_id, holder = await holders.holder_by_id(actor, path_id(request))
    return await pages.render(
        request,
        template,
        status=form.status,
        form=form,
        patient=(await patient_headers([patient_id]))[patient_id],
        holder=holder,
        reasons=END_CHOICES,
    )


@routes.get("/bonds/{id}/revocation", name="bond_revocation")
@allow(*CLINICAL)
async def revocation_form(request: web.Request) -> web.StreamResponse:
    """Why one of them may act no more."""
    return await _bond_page(request, blank(), "people/bond_revocation.html")


@routes.post("/bonds/{id}/revocation", name="revoke_bond")
@allow(*CLINICAL)
@once
@filled(holders.Revocation, again=partial(_bond_page, template="people/bond_revocation.html"))
async def revoke(request: web.Request, entry: holders.Revocation) -> web.StreamResponse:
    """End it."""
    patient_id = await holders.revoke(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/patients/{patient_id}/accounts", say=REVOKED)


@routes.get("/bonds/{id}/confirmation", name="bond_confirmation")
@allow(*CLINICAL)
async def confirmation_form(request: web.Request) -> web.StreamResponse:
    """What has to lie on the table."""
    return await _bond_page(request, blank(), "people/bond_confirmation.html")


@routes.post("/bonds/{id}/confirmation", name="confirm_bond")
@allow(*CLINICAL)
@once
@filled(holders.Confirmation, again=partial(_bond_page, template="people/bond_confirmation.html"))
async def confirm(request: web.Request, entry: holders.Confirmation) -> web.StreamResponse:
    """Say that documents and word were given."""
    patient_id = await holders.confirm(actor_of(request), path_id(request), entry)
    raise pages.see_other(f"/patients/{patient_id}/accounts", say=CONFIRMED)


@routes.get("/account-desk", name="account_desk")
@allow(*desk.CONFIRMERS)
async def desk_form(request: web.Request) -> web.StreamResponse:
    """Six digits on a phone, documents on the table."""
    return await _desk(request, blank(document_kind="id_card", relation="self"))


async def _desk(request: web.Request, form: Form[Any]) -> web.Response:
    return await pages.render(
        request,
        "people/account_desk.html",
        status=form.status,
        form=form,
        relations=RELATION_CHOICES,
        documents=DESK_DOCUMENTS,
        texts=agreements.agreements(),
    )


@routes.post("/account-desk", name="join_at_desk")
@allow(*desk.CONFIRMERS)
@once
@filled(desk.DeskEntry, again=_desk, refusals={Conflict: ABOVE})
async def join(request: web.Request, entry: desk.DeskEntry) -> web.StreamResponse:
    """Join the phone with the person."""
    await desk.join(actor_of(request), entry)
    raise pages.see_other("/account-desk", say=JOINED)


@routes.get("/account-desk/texts/{kind}", name="account_desk_text")
@allow(*desk.CONFIRMERS)
async def text(request: web.Request) -> web.StreamResponse:
    """One text in full, to read out."""
    found = agreements.text_of(request.match_info["kind"])
    return await pages.render(request, "people/account_text.html", text=found)
