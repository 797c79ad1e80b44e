"""Writing a prescription: kept as it is typed, checked while it is typed, filled, signed."""

from collections.abc import Awaitable, Callable
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from care.encounter.access import DOCTORS, DoctorView
from core import db, pages
from core.doors import allow
from core.drafts import BaseIn, Changed
from core.errors import Conflict, Invalid, TooMany
from core.forms import Form, read_form
from core.http import path_id
from core.idempotency import once
from people import rechecks
from people.actor import Actor, actor_of
from people.queries import patient_header
from people.routes.sign_in import device_of
from pharmacy.prescribing import catalogue, drafts, service, shown, templates, visit
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.schemas import ActIn, Words, id_of, moved, typed
from pharmacy.prescribing.signing import judged

routes = web.RouteTableDef()

ALL: Final = "/prescriptions/by-subject/Encounter/{id:[0-9a-fA-F-]{36}}"
ONE: Final = f"{ALL}/{{form:western|tcm}}"
REVISION: Final = "Draft-Revision"
LONGEST_QUERY: Final = 40
SAVED: Final = pages.notice("prescription-saved", "草稿已保存。")
FILLED: Final = pages.notice("prescription-filled", "已加入,原来写的都还在。请逐条核对用量和天数。")
KEPT: Final = pages.notice("prescription-template", "已存为模板。")
GONE: Final = pages.notice("prescription-discarded", "这张草稿已删掉。")
SIGNED: Final = pages.notice(
    "prescription-signed", "处方已签名,等药师审核。审核通过后居民才能付钱取药。"
)


def _category(request: web.Request) -> Category:
    named = request.match_info.get("form") or request.query.get("form", "")
    return Category(named) if named in set(Category) else Category.WESTERN


async def _view(request: web.Request) -> DoctorView:
    return await visit.open_visit(actor_of(request), path_id(request))


async def _save(actor: Actor, id: UUID, category: Category, words: Words, base: BaseIn) -> Any:
    """Keep what is typed. Raises Changed, Conflict for a visit that carries no prescription."""
    async with db.atomic():
        view = await visit.open_visit(actor, id, lock=True)
        about = visit.about(view.encounter, category)
        draft = await drafts.draft_of(about)
        rewriting = draft is not None and draft.replaces_id is not None
        await visit.require_prescribing(view, rewriting=rewriting)
        return await drafts.save(about, words, base)


@routes.get(ALL, name="visit_prescriptions")
@allow(*DOCTORS)
async def show(request: web.Request) -> web.Response:
    """The visit's prescriptions on a page of their own."""
    return await _page(request, await _view(request))


async def _page(
    request: web.Request,
    view: DoctorView,
    form: Form[Any] | None = None,
    *,
    other: MedicationRequest | None = None,
    status: int = 200,
) -> web.Response:
    header = await patient_header(view.encounter.patient_id)
    q = request.query.get("q", "")[:LONGEST_QUERY]
    return await pages.render(
        request,
        "pharmacy/prescribing/visit.html",
        status=status,
        title=f"{header.name} {header.sex} {header.age} 的处方",
        id=view.encounter.id,
        rx=await shown.panel(view, _category(request), form, other=other, q=q),
        in_room=False,
        said="",
    )


@routes.get(f"{ALL}/panel", name="visit_prescription_panel")
@allow(*DOCTORS)
async def panel(request: web.Request) -> web.Response:
    """Inside the visit's page and the video room."""
    return await _panel(request)


async def _panel(
    request: web.Request,
    said: str = "",
    form: Form[Any] | None = None,
    other: MedicationRequest | None = None,
    status: int = 200,
) -> web.Response:
    view = await _view(request)
    return await pages.render(
        request,
        "pharmacy/prescribing/_panel.html",
        status=status,
        rx=await shown.panel(view, _category(request), form, other=other),
        id=view.encounter.id,
        in_room="room" in request.query,
        said=said,
    )


@routes.get(f"{ONE}/medications", name="search_medications")
@allow(*DOCTORS)
async def search(request: web.Request) -> web.Response:
    """Drugs for this form by name, pinyin or initials."""
    words = request.query.get("q", "")[:LONGEST_QUERY]
    found = await catalogue.search(words, _category(request))
    return await pages.render(
        request,
        "pharmacy/prescribing/_found.html",
        found=found,
        words=words,
        base=str(request.rel_url.path).removesuffix("/medications"),
        room="?room=1" if "room" in request.query else "",
    )


@routes.post(f"{ONE}/check", name="check_prescription")
@allow(*DOCTORS)
async def check(request: web.Request) -> web.Response:
    """What is typed, counted and screened; nothing is kept."""
    view, category, words = await _view(request), _category(request), await typed(request)
    draft = await drafts.draft_of(visit.about(view.encounter, category))
    found = await judged(
        view.actor, view, category, words, replaces=draft.replaces_id if draft else None
    )
    return await pages.render(
        request,
        "pharmacy/prescribing/_checks.html",
        checks=shown.checks(found, words),
        by_script=True,
    )


@routes.post(f"{ONE}/draft", name="save_prescription")
@allow(*DOCTORS)
async def save(request: web.Request) -> web.Response:
    """Keep what is typed: 204 for the script that saves by itself, 409 when a window was faster."""
    if request.headers.get("X-Requested-With") == "autosave":
        act = (await read_form(request, ActIn)).require()
        kept = await _save(
            actor_of(request), path_id(request), _category(request), await typed(request), act
        )
        return web.Response(status=204, headers={REVISION: str(kept.revision)})

    async def nothing(view: DoctorView, words: Words, act: ActIn) -> Words:
        return words

    return await _write(request, nothing, SAVED)


@routes.post(f"{ONE}/lines", name="change_prescription_lines")
@allow(*DOCTORS)
async def lines(request: web.Request) -> web.Response:
    """Add a drug that was found, take one away, or move one up."""

    async def change(view: DoctorView, words: Words, act: ActIn) -> Words:
        words = moved(words, act)
        if act.q and not act.add:
            return words
        if (wanted := id_of(act.add)) is not None:
            return await _added(words, wanted)
        return words

    return await _write(request, change, "")


async def _added(words: Words, wanted: UUID) -> Words:
    """A line with the drug and what the formulary says of it: its own route, nothing about dose."""
    product = (await catalogue.products([wanted])).get(wanted)
    if product is None or not product.active:
        raise Conflict("no_such_drug", "药品目录里没有这个药,请重新查。")
    line = {"medication": str(product.id)}
    if product.route:
        line["route"] = product.route
    return {**words, "lines": [*words.get("lines", []), line]}


async def _write(
    request: web.Request,
    change: Callable[[DoctorView, Words, ActIn], Awaitable[Words]],
    said: str,
) -> web.Response:
    """Keep what is typed, changed by `change`, and show it; nothing typed is ever lost."""
    actor, id, category = actor_of(request), path_id(request), _category(request)
    words, form = await typed(request), await read_form(request, ActIn)
    if (act := form.entry) is None:
        return await _again(request, Form(words, form.errors, None))
    try:
        words = await change(await _view(request), words, act)
        await _save(actor, id, category, words, act)
    except Changed as changed:
        return await _again(request, _with(words, changed.detail), other=changed.kept)
    except Conflict as problem:
        return await _again(request, _with(words, problem.detail))
    if "HX-Request" in request.headers:
        return await _panel(request, pages.sentence(said) if said else "")
    where = request.url.with_path(request.path.rpartition("/")[0].rpartition("/")[0])
    asked = {"form": category.value} | ({"q": act.q} if act.q and not act.add else {})
    raise pages.see_other(str(where.relative().with_query(asked)), say=said)


def _with(words: Words, sentence: str) -> Form[Any]:
    return Form(words, {"": sentence}, None)


async def _again(
    request: web.Request, form: Form[Any], *, other: MedicationRequest | None = None
) -> web.Response:
    """The form with what was typed and what is wrong."""
    if "HX-Request" in request.headers:
        return await _panel(request, form=form, other=other, status=422)
    return await _page(request, await _view(request), form, other=other, status=422)


@routes.post(f"{ONE}/fill", name="fill_prescription")
@allow(*DOCTORS)
async def fill(request: web.Request) -> web.Response:
    """Put in a template, the last prescription, or what another window kept."""
    category = _category(request)

    async def fill_from(view: DoctorView, words: Words, act: ActIn) -> Words:
        return templates.filled(words, await _source(view, category, act.source))

    return await _write(request, fill_from, FILLED)


async def _source(view: DoctorView, category: Category, source: str) -> Words:
    about = visit.about(view.encounter, category)
    kind, _, id = source.partition(":")
    if kind == "kept":
        draft = await drafts.draft_of(about)
        return {"lines": [], **(draft.typed if draft else {})}
    if kind == "last":
        before = await templates.last(
            about.author_id, about.patient_id, category, but=about.subject
        )
        if before is None:
            raise Conflict("no_last", "您还没有给这位居民开过处方。")
        return templates.begun(before.typed)
    if (template_id := id_of(id)) is None:
        raise Conflict("source_unknown", "请从按钮里选加入什么。")
    found = await templates.SHELF.get(view.actor, template_id, category=category)
    return {"lines": [], **found.content}


@routes.post(f"{ONE}/template", name="keep_prescription_template")
@allow(*DOCTORS)
async def keep(request: web.Request) -> web.Response:
    """What is typed becomes a template."""
    category = _category(request)

    async def keep_it(view: DoctorView, words: Words, act: ActIn) -> Words:
        shared = bool(act.template_shared)
        await templates.add(view.actor, category, act.template_title, words, shared=shared)
        return words

    return await _write(request, keep_it, KEPT)


@routes.post(f"{ONE}/discard", name="discard_prescription")
@allow(*DOCTORS)
async def discard(request: web.Request) -> web.Response:
    """Throw the draft away."""
    await service.discard(actor_of(request), path_id(request), _category(request))
    if "HX-Request" in request.headers:
        return await _panel(request, pages.sentence(GONE))
    raise pages.see_other(f"/visits/{path_id(request)}#prescription", say=GONE)


@routes.post(ONE, name="sign_prescription")
@allow(*DOCTORS)
@once
async def sign(request: web.Request) -> web.Response:
    """Sign it. What was typed is kept as a draft first, so that no refusal loses it."""
    actor, id, category = actor_of(request), path_id(request), _category(request)
    words, form = await typed(request), await read_form(request, ActIn)
    if (act := form.entry) is None:
        return await _again(request, Form(words, form.errors, None))
    try:
        kept = await _save(actor, id, category, words, act)
    except Changed as changed:
        return await _again(request, _with(words, changed.detail), other=changed.kept)
    except Conflict as problem:
        return await _again(request, _with(words, problem.detail))
    try:
        actor, check = await rechecks.before_signing(
            actor, act.password, act.code, device=device_of(request)
        )
        await service.sign(
            actor,
            id,
            category,
            words,
            BaseIn(revision=kept.revision),
            check=check,
            signed_twice=bool(act.signed_twice),
        )
    except (Invalid, TooMany) as problem:
        errors: dict[str, str] = {}
        for one in problem.errors:
            errors.setdefault(one.field, one.message)
        return await _again(request, Form(words, errors or {"": problem.detail}, None))
    except Conflict as problem:
        return await _again(request, _with(words, problem.detail))
    raise pages.see_other(f"/visits/{id}#prescription", say=SIGNED)
