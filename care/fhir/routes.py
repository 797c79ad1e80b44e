"""`/fhir/R4`: read, search, metadata. Every look passes the partner's door and is audited."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from aiohttp import web
from multidict import MultiMapping

from care.fhir import binaries, narrowing, people, search
from care.fhir.bindings import INTERFACE, ROOT
from care.fhir.capability import statement
from care.fhir.narrowing import BadSearch
from care.fhir.outcomes import respond
from care.fhir.resources.parts import About
from core.blobs import STORE
from core.doors import partners, public
from core.errors import Problem
from core.forms import fields
from core.http import path_id, refuse_unstorable
from core.limits import MINUTE
from people.partners.access import open_patient, unknown
from people.partners.actor import PartnerSystem, partner_of
from people.partners.models import Scope

routes = web.RouteTableDef()

KIND: Final = "{kind:Encounter|Observation|Condition|DocumentReference|DiagnosticReport}"
NARROWED: Final = frozenset({Scope.OBSERVATION, Scope.REPORT})
"""Searched by `category`, `code` and `date` as well."""
SHARED: Final = frozenset({"_count", "_page", "_format"})
JSON: Final = frozenset({"json", "application/json", "application/fhir+json"})
SEARCH: Final = "fhir.search"
READ: Final = "fhir.read"


@routes.get(f"{ROOT}/metadata", name="fhir_metadata")
@public
async def metadata(request: web.Request) -> web.Response:
    """What this interface can do."""
    _speaks(request, dict(request.query))
    return respond(statement(request.app[INTERFACE].base))


@routes.get(ROOT + "/Patient/{id}", name="fhir_patient")
@partners
async def patient(request: web.Request) -> web.Response:
    """One patient."""
    partner = await _enter(request, Scope.PATIENT)
    base = request.app[INTERFACE].base
    return respond(await people.read(partner, path_id(request), base))


@routes.get(f"{ROOT}/Patient", name="fhir_find_patient")
@partners
async def find_patient(request: web.Request) -> web.Response:
    """By our own id. Numbers do not belong into addresses: `POST Patient/_search`."""
    partner = await _enter(request, Scope.PATIENT)
    return await _patients(request, partner, dict(request.query), {"_id"})


@routes.post(f"{ROOT}/Patient/_search", name="fhir_search_patient")
@partners
async def search_patient(request: web.Request) -> web.Response:
    """By our own id, or by the number of a document."""
    partner = await _enter(request, Scope.PATIENT)
    asked = await _form(request)
    return await _patients(request, partner, asked, {"_id", "identifier"})


async def _patients(
    request: web.Request, partner: PartnerSystem, given: Mapping[str, str], known: set[str]
) -> web.Response:
    asked = _asked(request, given, known)
    base = request.app[INTERFACE].base
    if not asked.keys() & known:
        raise BadSearch("required", "请用 _id,或者用 POST Patient/_search 按 identifier 查询。")
    found = await people.find(partner, asked, base)
    without = {name: value for name, value in asked.items() if name != "identifier"}
    page = search.Found(len(found), found, None)
    return respond(search.bundle(base, "Patient", without, page))


@routes.get(f"{ROOT}/{KIND}/{{id}}", name="fhir_read")
@partners
async def read(request: web.Request) -> web.Response:
    """One resource."""
    kind = Scope(request.match_info["kind"])
    partner = await _enter(request, kind)
    id = path_id(request)
    found = await search.row_of(kind, id)
    if found is None:
        raise unknown()
    source, row = found
    records = await open_patient(
        partner, row.patient_id, action=READ, subject=f"{kind.value}/{id}", what=kind.value
    )
    return respond(source.shown(row, About(request.app[INTERFACE].base, records[0])))


@routes.get(f"{ROOT}/{KIND}", name="fhir_search")
@partners
async def find(request: web.Request) -> web.Response:
    """All of one patient, in pages."""
    return await _find(request, request.query)


@routes.post(f"{ROOT}/{KIND}/_search", name="fhir_search_by_post")
@partners
async def find_by_post(request: web.Request) -> web.Response:
    """The same with the parameters in the body."""
    return await _find(request, await fields(request))


async def _find(request: web.Request, given: MultiMapping[Any]) -> web.Response:
    kind = Scope(request.match_info["kind"])
    partner = await _enter(request, kind)
    known = {"patient"} | (narrowing.NAMES if kind in NARROWED else set())
    dates = [text for text in given.getall("date", []) if isinstance(text, str)]
    if len(set(given)) < len(given) - max(len(dates) - 1, 0):
        raise BadSearch("repeated_parameter", "只有 date 可以写两次,其他参数请只写一次。")
    asked: dict[str, Any] = _asked(request, _texts(given), known)
    if dates:
        asked["date"] = dates
    if "patient" not in asked:
        raise BadSearch("required", "请用 patient 指定居民,例如 ?patient=Patient/…。")
    patient_id = _id_of(asked["patient"])
    records = await open_patient(
        partner, patient_id, action=SEARCH, subject=f"Patient/{patient_id}", what=kind.value
    )
    base = request.app[INTERFACE].base
    found = await search.find(
        kind,
        records,
        About(base, records[0]),
        count=search.read_count(asked.get("_count")),
        before=search.read_page(asked.get("_page")),
        asked=asked,
    )
    return respond(search.bundle(base, kind.value, asked, found))


@routes.get(ROOT + "/Binary/{id}", name="fhir_binary")
@partners
async def binary(request: web.Request) -> web.Response:
    """The bytes behind a DocumentReference of the same id, as they are."""
    partner = await _enter(request, Scope.DOCUMENT)
    id = path_id(request)
    found = await search.row_of(Scope.DOCUMENT, id)
    if found is None:
        raise unknown()
    row = found[1]
    await open_patient(
        partner, row.patient_id, action=READ, subject=f"DocumentReference/{id}", what="Binary"
    )
    interface = request.app[INTERFACE]
    house = interface.base.removesuffix(ROOT)
    sent = await binaries.read(partner, row, store=request.app[STORE], house=house)
    return web.Response(
        body=sent.body,
        content_type=sent.content_type,
        headers={
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


async def _enter(request: web.Request, scope: Scope) -> PartnerSystem:
    """The partner, counted, with leave to read this kind."""
    partner, interface = partner_of(request), request.app[INTERFACE]
    await interface.counter.hit((interface.per_minute, MINUTE, f"partner/{partner.account_id}"))
    partner.require(scope)
    return partner


async def _form(request: web.Request) -> dict[str, str]:
    """The parameters of a search by POST."""
    return _texts(await fields(request))


def _texts(given: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in given.items() if isinstance(value, str)}


def _asked(request: web.Request, given: Mapping[str, str], known: set[str]) -> dict[str, str]:
    """The parameters, all of which we understand: one that is left out in silence would answer
    another question. Raises BadSearch.
    """
    refuse_unstorable(dict(given))
    if unheard := sorted(given.keys() - known - SHARED):
        raise BadSearch("unknown_parameter", f"不支持的查询参数:{'、'.join(unheard)}。")
    _speaks(request, given)
    return dict(given)


def _speaks(request: web.Request, given: Mapping[str, str]) -> None:
    """Only JSON is spoken. Raises Problem 406."""
    accepted = request.headers.get("Accept", "")
    wants = given.get("_format", "json")
    if wants not in JSON or (accepted and "json" not in accepted and "*/*" not in accepted):
        refused = Problem("json_only", "只提供 application/fhir+json。")
        refused.status = 406
        raise refused


def _id_of(reference: str) -> UUID:
    """The id in `Patient/id`, or the bare id. Raises BadSearch."""
    try:
        return UUID(reference.removeprefix("Patient/"))
    except ValueError:
        raise BadSearch("bad_reference", "patient 要写成 Patient/编号。") from None
