"""Finding, registering and reaching residents."""

from typing import Any, Final

from aiohttp import web

from core import clock, pages
from core.doors import allow
from core.errors import Conflict, Invalid, NotFound
from core.forms import LOUD, Form, blank, filled, text_of
from core.http import path_id
from core.idempotency import once
from people import access, registration, search
from people.access import BY_GRANT, CLINICAL
from people.actor import actor_of
from people.cards import desk, rules
from people.models import IdentifierKind, PatientIdentifier, Sex
from people.queries import header_of, patient_headers
from people.rules import NotADocument, read_document
from people.schemas import (
    DOCUMENT_CHOICES,
    ContactChange,
    Disclosure,
    Masked,
    NewDocument,
    Registration,
    Relation,
)
from people.sessions import safe_next
from people.villages import villages_near

routes = web.RouteTableDef()

REGISTERED: Final = pages.notice("patient-registered", "居民已登记。")
ENROLLED: Final = pages.notice("patient-enrolled", "已登记。请再扫一次证件或健康卡,接着办理。")
KNOWN: Final = pages.notice("patient-known", "这位居民登记过,已为您打开档案。")
CONTACT_CHANGED: Final = pages.notice("contact-changed", "联系方式已更新。")
DOCUMENT_ADDED: Final = pages.notice("document-added", "证件已补登。")

PLACE: Final = "查居民"
REGISTRATION: Final = "登记居民"
SEX_CHOICES: Final = [(Sex.FEMALE.value, "女"), (Sex.MALE.value, "男")]
RELATION_CHOICES: Final = [(relation.value, relation.value) for relation in Relation]


@routes.get("/patients", name="patients")
@allow(*BY_GRANT)
async def patients(request: web.Request) -> web.StreamResponse:
    """The residents I may open, newest first."""
    page = request.query.get("page", "1")
    found = await search.find(
        actor_of(request), "", page=int(page) if page.isascii() and page.isdigit() else 1
    )
    return await _list(request, found, "")


@routes.post("/patients/search", name="find_patients")
@allow(*BY_GRANT)
async def find(request: web.Request) -> web.StreamResponse:
    """Search. The words stay out of the address: they are names and numbers."""
    actor = actor_of(request)
    words = (await text_of(request, "q"))[: rules.LONGEST]
    if not words:
        raise pages.see_other("/patients")
    document = await text_of(request, "document")
    try:
        if shown := await desk.holder(actor, words, place=PLACE, document=document):
            raise pages.see_other(f"/patients/{shown}")
    except desk.CardRefused as card:
        return await _list(request, await search.find(actor, ""), "", card=card)
    return await _list(request, await search.find(actor, words[:60]), words[:60])


async def _list(
    request: web.Request,
    found: search.Found,
    words: str,
    *,
    card: desk.CardRefused | None = None,
) -> web.Response:
    return await pages.render(
        request,
        "people/patients.html",
        status=card.status if card else 200,
        found=found,
        words=words,
        card=card,
    )


@routes.get("/patients/new", name="new_patient")
@allow(*registration.REGISTRARS)
async def new_patient(request: web.Request) -> web.StreamResponse:
    """The registration form; `next` is the page to come back to instead of the record."""
    return await _registration(request, blank(document_kind="id_card"))


@routes.post("/patients/new/scan", name="scan_for_registration")
@allow(*registration.REGISTRARS)
async def scan(request: web.Request) -> web.StreamResponse:
    """A health card opens who is registered; an identity card's number is filled in."""
    actor, text = actor_of(request), await text_of(request, "q")
    document = await text_of(request, "document")
    try:
        shown = await desk.holder(actor, text, place=REGISTRATION, document=document)
    except desk.CardRefused as card:
        form: Form[Any] = Form({"document_kind": "id_card"}, {}, None, card)
        return await _registration(request, form, card=card)
    if shown:
        raise pages.see_other(_back(request) or f"/patients/{shown}", say=KNOWN)
    try:
        read = read_document(IdentifierKind.ID_CARD, text, today=clock.today())
    except NotADocument:
        wrong = "没有读到健康卡,也不是身份证号码。请再扫一次,或直接在下面填写。"
        unread = Invalid("not_a_document", wrong)
        form = Form({"document_kind": "id_card"}, {}, None, unread)
        return await _registration(request, form, scan_wrong=wrong)
    form = blank(document_kind=read.kind.value, document_number=read.number)
    return await _registration(request, form, scanned=True)


def _back(request: web.Request) -> str:
    """Where to go on afterwards; empty: to the record, which the outpatient office cannot open."""
    wanted = request.query.get("next")
    if wanted or not actor_of(request).has(*CLINICAL):
        return safe_next(wanted)
    return ""


async def _registration(request: web.Request, form: Form[Any], **more: object) -> web.Response:
    return await pages.render(
        request,
        "people/registration.html",
        status=form.status,
        form=form,
        documents=DOCUMENT_CHOICES,
        sexes=SEX_CHOICES,
        relations=RELATION_CHOICES,
        villages=await villages_near(actor_of(request).organization_id),
        today=clock.today(),
        back=_back(request),
        **more,
    )


async def _unregistered(request: web.Request, form: Form[Any]) -> web.Response:
    """With those who look alike, each with a way on: open it when one may, else the document."""
    if not isinstance(form.refusal, registration.LooksFamiliar):
        return await _registration(request, form)
    actor = actor_of(request)
    headers = await patient_headers(form.refusal.patient_ids)
    suspects = [
        {"header": header, "open": await access.may_open(actor, header.id)}
        for header in headers.values()
    ]
    return await _registration(request, form, suspects=suspects)


@routes.post("/patients", name="register_patient")
@allow(*registration.REGISTRARS)
@once
@filled(
    Registration,
    again=_unregistered,
    refusals={Conflict: "document_number", registration.LooksFamiliar: LOUD},
)
async def register(request: web.Request, entry: Registration) -> web.StreamResponse:
    """Register, or open who is there already, or show who looks alike."""
    done = await registration.register(actor_of(request), entry)
    if back := _back(request):
        raise pages.see_other(back, say=ENROLLED)
    raise pages.see_other(f"/patients/{done.patient_id}", say=REGISTERED if done.created else KNOWN)


@routes.get("/patients/{id}/contact", name="patient_contact")
@allow(*CLINICAL)
async def contact(request: web.Request) -> web.StreamResponse:
    """The contact form of one resident."""
    return await _contact(request)


async def _contact(request: web.Request, form: Form[Any] | None = None) -> web.Response:
    return await _both(request, form, blank(document_kind="id_card"))


async def _document(request: web.Request, form: Form[Any]) -> web.Response:
    return await _both(request, None, form)


async def _both(
    request: web.Request, contact: Form[Any] | None, document: Form[Any]
) -> web.Response:
    """Both forms of the page; without `contact`, the contact as it is."""
    actor = actor_of(request)
    patient = await access.open_patient(actor, path_id(request), purpose="contact_form")
    documents = await PatientIdentifier.filter(patient_id=patient.id)
    present: Form[Any] = blank(
        village=patient.village,
        guardian_name=patient.guardian_name,
        guardian_relation=patient.guardian_relation,
    )
    form = contact or present
    return await pages.render(
        request,
        "people/contact.html",
        status=max(form.status, document.status),
        form=form,
        document_form=document,
        patient=header_of(patient, documents[0] if documents else None),
        has_document=bool(documents),
        has_address=bool(patient.address),
        documents=[choice for choice in DOCUMENT_CHOICES if choice[0] != "none"],
        relations=RELATION_CHOICES,
        villages=await villages_near(actor.organization_id),
    )


@routes.post("/patients/{id}/contact", name="change_patient_contact")
@allow(*CLINICAL)
@once
@filled(ContactChange, again=_contact)
async def change_contact(request: web.Request, entry: ContactChange) -> web.StreamResponse:
    """Save how to reach a resident."""
    patient_id = path_id(request)
    await registration.change_contact(actor_of(request), patient_id, entry)
    raise pages.see_other(f"/patients/{patient_id}", say=CONTACT_CHANGED)


@routes.post("/patients/{id}/documents", name="add_patient_document")
@allow(*CLINICAL)
@once
@filled(NewDocument, again=_document, refusals={Conflict: "document_number"})
async def add_document(request: web.Request, entry: NewDocument) -> web.StreamResponse:
    """Add the document of a resident who came without it."""
    patient_id = path_id(request)
    await registration.add_document(actor_of(request), patient_id, entry)
    raise pages.see_other(f"/patients/{patient_id}/contact", say=DOCUMENT_ADDED)


@routes.get("/patients/{id}/disclosure", name="disclosure")
@allow(*BY_GRANT)
async def disclosure(request: web.Request) -> web.StreamResponse:
    """Ask why the full number is needed."""
    what = request.query.get("what", Masked.ID_NUMBER)
    return await _disclosure(request, blank(what=what))


async def _disclosure(request: web.Request, form: Form[Any], **more: object) -> web.Response:
    actor, patient_id = actor_of(request), path_id(request)
    if not await access.may_open(actor, patient_id):
        await access.open_patient(actor, patient_id, purpose="disclosure_form")
    headers = await patient_headers([patient_id])
    if patient_id not in headers:
        raise NotFound("patient_not_found", "没有找到这位居民。")
    fragment = "HX-Request" in request.headers
    return await pages.render(
        request,
        "people/_disclosure.html" if fragment else "people/disclosure.html",
        status=form.status,
        patient=headers[patient_id],
        form=form,
        **more,
    )


@routes.post("/patients/{id}/disclosure", name="disclose")
@allow(*BY_GRANT)
@filled(Disclosure, again=_disclosure)
async def disclose(request: web.Request, entry: Disclosure) -> web.StreamResponse:
    """Show the full number once; it is never kept with the answer."""
    numbers = await registration.disclose(
        actor_of(request), path_id(request), entry.what, entry.reason
    )
    kept = blank(what=entry.what, reason=entry.reason)
    return await _disclosure(request, kept, numbers=numbers, what=entry.what)
