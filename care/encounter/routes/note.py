"""The note of a visit: kept as it is typed, filled, signed, added to."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final
from uuid import UUID

from aiohttp import web

from care.encounter import note_shown, noting
from care.encounter.access import DOCTORS, open_encounter
from care.encounter.models import Encounter
from care.encounter.routes.visit import ONE, page
from care.note import filling, templates
from care.note.models import Composition
from care.note.schemas import FormIn, TemplateIn, typed
from core import pages
from core.doors import allow
from core.drafts import BaseIn, Changed
from core.errors import Conflict, Invalid, Problem, TooMany
from core.forms import Form, read_form, refused
from core.http import path_id
from core.idempotency import once
from people import rechecks
from people.actor import actor_of
from people.routes.sign_in import device_of

routes = web.RouteTableDef()

SAVED: Final = pages.notice("note-saved", "草稿已保存。")
FILLED: Final = pages.notice("note-filled", "已填入,原来写的都还在。")
KEPT: Final = pages.notice("note-template", "已存为模板。")
SIGNED: Final = pages.notice("note-signed", "病历已签名。签过的不能再改,要改请写补充。")
FINISHED: Final = pages.notice("visit-finished", "复诊结束,居民能看到您的嘱咐。")
NOTE: Final = f"{ONE}/note"
REVISION: Final = "Draft-Revision"
Words = Mapping[str, Any]


@routes.get(f"{NOTE}/panel", name="visit_note_panel")
@allow(*DOCTORS)
async def panel(request: web.Request) -> web.Response:
    """The note inside the video room."""
    return await _panel(request)


async def _panel(
    request: web.Request,
    said: str = "",
    form: Form[Any] | None = None,
    other: Composition | None = None,
    status: int = 200,
) -> web.Response:
    view = await open_encounter(actor_of(request), path_id(request))
    note = await note_shown.shown(view, form, other=other)
    return await pages.render(
        request,
        "care/note/_note.html",
        status=status,
        note=note,
        id=view.encounter.id,
        in_room="room" in request.query,
        said=said,
    )


@routes.post(f"{NOTE}/draft", name="save_visit_note")
@allow(*DOCTORS)
async def save(request: web.Request) -> web.Response:
    """Keep what is typed: 204 for the script that saves by itself, 409 when a window was faster."""
    form = await read_form(request, FormIn)
    if request.headers.get("X-Requested-With") == "autosave":
        kept = await noting.save(
            actor_of(request), path_id(request), typed(form.values), _base(form)
        )
        return web.Response(status=204, headers={REVISION: str(kept.revision)})

    async def nothing(_: Encounter, words: Words) -> Words:
        return words

    return await _write(request, form, nothing, SAVED)


def _base(form: Form[Any]) -> BaseIn:
    """Where the form stood, also when its words are not sound yet."""
    if form.entry is not None:
        return BaseIn(revision=form.entry.revision, tab=form.entry.tab, seq=form.entry.seq)
    given = {name: form.values[name] for name in BaseIn.model_fields if name in form.values}
    try:
        return BaseIn.model_validate(given)
    except ValueError:
        raise Problem("form_malformed", "提交的内容不完整,请刷新页面再试一次。") from None


async def _write(
    request: web.Request,
    form: Form[Any],
    change: Callable[[Encounter, Words], Awaitable[Words]],
    said: str,
) -> web.Response:
    """Keep what is typed, changed by `change`, and show it; nothing typed is ever lost."""
    actor, encounter_id = actor_of(request), path_id(request)
    view = await open_encounter(actor, encounter_id)
    try:
        words = await change(view.encounter, typed(form.values))
        await noting.save(actor, encounter_id, words, _base(form))
    except Changed as changed:
        return await _again(request, _with(form, changed.detail), other=changed.kept)
    except Conflict as problem:
        return await _again(request, _with(form, problem.detail))
    if "HX-Request" in request.headers:
        return await _panel(request, pages.sentence(said))
    raise pages.see_other(f"/visits/{encounter_id}#note", say=said)


def _with(form: Form[Any], sentence: str) -> Form[Any]:
    return Form(typed(form.values), {"": sentence}, None)


async def _again(
    request: web.Request, form: Form[Any], *, other: Composition | None = None
) -> web.Response:
    """The form with what was typed and what is wrong."""
    if "HX-Request" in request.headers:
        return await _panel(request, form=form, other=other, status=422)
    view = await open_encounter(actor_of(request), path_id(request))
    return await page(request, view, note_form=form, note_other=other, status=422)


@routes.post(f"{NOTE}/fill", name="fill_visit_note")
@allow(*DOCTORS)
async def fill(request: web.Request) -> web.Response:
    """Put in what the resident said, the last note or a template; what is written stays."""
    form = await read_form(request, FormIn)
    source = str(form.values.get("source", ""))

    async def fill_from(row: Encounter, words: Words) -> Words:
        return filling.filled(words, await _source(request, row, source))

    return await _write(request, form, fill_from, FILLED)


async def _source(request: web.Request, row: Encounter, source: str) -> Words:
    kind, _, id = source.partition(":")
    if kind == "answers":
        return await noting.from_answers(row)
    if kind == "last":
        return await noting.from_last(row)
    if kind == "kept":
        return await noting.from_kept(row)
    try:
        template_id = UUID(id)
    except ValueError:
        raise Conflict("source_unknown", "请从按钮里选填什么。") from None
    found: Words = (await templates.SHELF.get(actor_of(request), template_id)).content
    return found


@routes.post(f"{NOTE}/template", name="keep_note_template")
@allow(*DOCTORS)
async def keep(request: web.Request) -> web.Response:
    """What is typed becomes a template."""
    form = await read_form(request, TemplateIn)
    if form.entry is None:
        wrong = {n: s for n, s in form.errors.items() if n not in BaseIn.model_fields}
        kept = {"template_title": form.values.get("template_title")}
        return await _again(request, Form(typed(form.values) | kept, wrong, None))
    entry = form.entry

    async def keep_it(_: Encounter, words: Words) -> Words:
        shared = bool(entry.template_shared)
        await templates.add(actor_of(request), entry.template_title, words, shared=shared)
        return words

    return await _write(request, form, keep_it, KEPT)


@routes.post(NOTE, name="sign_visit_note")
@allow(*DOCTORS)
@once
async def sign(request: web.Request) -> web.Response:
    """Sign it, and end the visit with `then=finish`. What was typed is kept as a draft first, so
    that no refusal loses it."""
    actor, encounter_id = actor_of(request), path_id(request)
    form = await read_form(request, FormIn)
    finish = form.values.get("then") == "finish"
    try:
        kept = await noting.save(actor, encounter_id, typed(form.values), _base(form))
    except Changed as changed:
        return await _again(request, _with(form, changed.detail), other=changed.kept)
    shown = {name: form.values[name] for name in ("correction_reason",) if name in form.values}
    form = Form(typed(form.values) | shown, form.errors, form.entry)
    if (entry := form.entry) is None:
        return await _again(request, form)
    try:
        actor, check = await rechecks.before_signing(
            actor, entry.password, entry.code, device=device_of(request)
        )
        await noting.sign(
            actor,
            encounter_id,
            entry,
            BaseIn(revision=kept.revision),
            check=check,
            reason=entry.correction_reason,
            finish=finish,
        )
    except (Invalid, TooMany) as problem:
        return await _again(request, refused(form, problem))
    except Conflict as problem:
        return await _again(request, Form(form.values, {"": problem.detail}, None))
    raise pages.see_other(f"/visits/{encounter_id}", say=FINISHED if finish else SIGNED)
