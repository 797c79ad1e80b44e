"""药品目录: search, one product with its history, the form of those who keep it."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import Conflict
from core.forms import ABOVE, Form, blank, filled
from core.http import Schema, path_id
from core.idempotency import once
from core.money import yuan
from people.actor import actor_of
from pharmacy.formulary import online, products, queries, words
from pharmacy.formulary.access import (
    READERS,
    SHELF,
    may_keep_formulary,
    open_medication,
    require_keeper,
)
from pharmacy.formulary.models import Kind, Medication
from pharmacy.formulary.schemas import ProductEdit, Why

routes = web.RouteTableDef()

ONE: Final = "/pharmacy/formulary/{id:[0-9a-fA-F-]{36}}"
SAVED: Final = pages.notice("medication-saved", "已保存,改动记在历史里。")
SAME: Final = pages.notice("medication-same", "没有改动,不用保存。")
ADDED: Final = pages.notice("medication-added", "已加入药品目录。")
STOPPED: Final = pages.notice("medication-stopped", "已停用,医生不能再开。")
BACK: Final = pages.notice("medication-back", "已恢复使用。")
YES_NO: Final = (("是", "是"), ("否", "否"))


class Switch(Schema):
    """Out of the formulary, or back."""

    active: bool
    reason: Why
    seen: str = ""


@routes.get("/pharmacy/formulary", name="formulary")
@allow(*READERS)
async def show(request: web.Request) -> web.Response:
    """The formulary page by page, or what a search finds."""
    actor, text = actor_of(request), request.query.get("q", "").strip()
    kind = request.query.get("kind", "")
    chosen = Kind(kind) if kind in set(Kind) else None
    active = request.query.get("shown") != "stopped"
    page, count = _page_number(request), 0
    if text:
        rows = await queries.search(text, kind=chosen, active=active, most=queries.LOOKED_AT)
    else:
        found = queries.listed(kind=chosen, active=active)
        count = await found.count()
        rows = await found.offset((page - 1) * queries.PAGE).limit(queries.PAGE)
    return await pages.render(
        request,
        "pharmacy/formulary/formulary.html",
        title="药品目录",
        text=text,
        kind=kind,
        active=active,
        rows=rows,
        page=page,
        pages=-(-count // queries.PAGE),
        total=count,
        words=words,
        yuan=yuan,
        may_keep=may_keep_formulary(actor),
    )


def _page_number(request: web.Request) -> int:
    text = request.query.get("page", "1")
    return min(max(int(text), 1), 10_000) if text.isdecimal() and len(text) < 6 else 1


@routes.get(ONE, name="formulary_product")
@allow(*READERS)
async def one(request: web.Request) -> web.Response:
    """One product, and who changed what."""
    row = await open_medication(actor_of(request), path_id(request))
    return await _product(request, blank(), row)


async def _unswitched(request: web.Request, form: Form[Any]) -> web.Response:
    require_keeper(actor_of(request))
    return await _product(request, form, await open_medication(actor_of(request), path_id(request)))


async def _product(request: web.Request, form: Form[Any], row: Medication) -> web.Response:
    actor = actor_of(request)
    return await pages.render(
        request,
        "pharmacy/formulary/medication.html",
        status=form.status,
        title=row.generic_name,
        row=row,
        form=form,
        seen=products.mark(row.updated_at),
        history=[(one, told(one.changes)) for one in await queries.history(row.id)],
        words=words,
        price=yuan(row.price_fen),
        source=online.SOURCE,
        may_keep=may_keep_formulary(actor),
        may_stock=actor.has(*SHELF),
    )


_TOLD: Final[dict[str, dict[Any, str]]] = {
    "kind": {one.value: word for one, word in words.KINDS.items()},
    "antimicrobial": {one.value: word for one, word in words.ANTIMICROBIALS.items()},
    "controlled": {one.value: word for one, word in words.CONTROLLED.items()},
    "online_delivery": {one.value: word for one, word in words.ONLINE.items()},
}


def told(changes: dict[str, list[Any]]) -> list[tuple[str, str, str]]:
    """Field, before and after, in words."""
    return [
        (words.FIELDS.get(name, name), _word(name, before), _word(name, after))
        for name, (before, after) in changes.items()
    ]


def _word(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value in (None, ""):
        return "(空)"
    if name == "price_fen":
        return yuan(value)
    return _TOLD.get(name, {}).get(value, str(value))


@routes.get("/pharmacy/formulary/new", name="new_product")
@allow(*SHELF)
async def new(request: web.Request) -> web.Response:
    """An empty form."""
    return await _form(request, blank(prescription_only="是", pack_size="1"))


@routes.get(f"{ONE}/edit", name="edit_product")
@allow(*SHELF)
async def edit_form(request: web.Request) -> web.Response:
    """The form with what is known."""
    require_keeper(actor_of(request))
    row = await open_medication(actor_of(request), path_id(request))
    return await _form(request, blank(**_values(row)), row)


def _values(row: Medication) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in ProductEdit.model_fields if hasattr(row, name)}
    for name in ("kind", "antimicrobial", "controlled", "online_delivery"):
        found[name] = found[name].value
    amount = row.strength_value
    return found | {
        "strength_value": f"{amount.normalize():f}" if amount is not None else "",
        "price": f"{row.price_fen / 100:.2f}",
        "prescription_only": "是" if row.prescription_only else "否",
        "seen": products.mark(row.updated_at),
    }


async def _unsaved(request: web.Request, form: Form[Any]) -> web.Response:
    return await _form(request, form, await open_medication(actor_of(request), path_id(request)))


async def _form(
    request: web.Request, form: Form[Any], row: Medication | None = None
) -> web.Response:
    require_keeper(actor_of(request))
    return await pages.render(
        request,
        "pharmacy/formulary/form.html",
        status=form.status,
        title=f"修改:{row.generic_name}" if row else "新建药品",
        form=form,
        row=row,
        labels=words.FIELDS,
        kinds=[(one.value, word) for one, word in words.KINDS.items()],
        antimicrobials=[(one.value, word) for one, word in words.ANTIMICROBIALS.items()],
        controlled=[(one.value, word) for one, word in words.CONTROLLED.items()],
        online=[(one.value, word) for one, word in words.ONLINE.items()],
        yes_no=YES_NO,
        source=online.SOURCE,
    )


@routes.post("/pharmacy/formulary", name="add_product")
@allow(*SHELF)
@once
@filled(ProductEdit, again=_form)
async def add(request: web.Request, entry: ProductEdit) -> web.Response:
    """A new product."""
    actor = actor_of(request)
    require_keeper(actor)
    row = await products.add(actor, entry)
    raise pages.see_other(f"/pharmacy/formulary/{row.id}", say=ADDED)


@routes.post(ONE, name="save_product")
@allow(*SHELF)
@once
@filled(ProductEdit, again=_unsaved, refusals={Conflict: ABOVE})
async def save(request: web.Request, entry: ProductEdit) -> web.Response:
    """Changes, with their reason."""
    actor = actor_of(request)
    require_keeper(actor)
    row = await open_medication(actor, path_id(request))
    changed = await products.edit(actor, row, entry)
    raise pages.see_other(f"/pharmacy/formulary/{row.id}", say=SAVED if changed else SAME)


@routes.post(f"{ONE}/active", name="switch_product")
@allow(*SHELF)
@once
@filled(Switch, again=_unswitched)
async def switch(request: web.Request, entry: Switch) -> web.Response:
    """Take it out of use, or back in."""
    actor = actor_of(request)
    require_keeper(actor)
    row = await open_medication(actor, path_id(request))
    await products.set_active(actor, row, active=entry.active, reason=entry.reason, seen=entry.seen)
    say = BACK if entry.active else STOPPED
    raise pages.see_other(f"/pharmacy/formulary/{row.id}", say=say)
