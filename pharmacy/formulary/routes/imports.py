"""Files: brought, looked at, taken over; the list of what was refused."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import Invalid, NotFound, TooLarge
from core.forms import Form, blank, fields
from core.http import path_id
from core.idempotency import once
from core.money import yuan
from people.actor import Actor, actor_of
from pharmacy.formulary import importing, words
from pharmacy.formulary.access import SHELF, open_import, open_pharmacy, require_keeper
from pharmacy.formulary.models import ImportFile, ImportKind, Pharmacy
from pharmacy.formulary.routes.products import told

routes = web.RouteTableDef()

ONE: Final = "/pharmacy/imports/{id:[0-9a-fA-F-]{36}}"
SHOWN: Final = 50
DONE: Final = pages.notice("import-done", "已导入。没有收的行在下面,改好后可以只传这些行。")
CSV: Final = "text/csv"


@routes.get("/pharmacy/formulary/import", name="import_formulary")
@allow(*SHELF)
async def formulary_form(request: web.Request) -> web.Response:
    """Bring a formulary."""
    require_keeper(actor_of(request))
    return await _form(request, blank(), None)


@routes.get("/pharmacy/stock/{id:[0-9a-fA-F-]{36}}/import", name="import_goods")
@allow(*SHELF)
async def goods_form(request: web.Request) -> web.Response:
    """Bring a delivery."""
    return await _form(request, blank(), await open_pharmacy(actor_of(request), path_id(request)))


async def _form(
    request: web.Request, form: Form[Any], pharmacy: Pharmacy | None, *, status: int = 200
) -> web.Response:
    return await pages.render(
        request,
        "pharmacy/formulary/import.html",
        status=status,
        title="按文件入库" if pharmacy else "导入药品目录",
        form=form,
        pharmacy=pharmacy,
        kind=(ImportKind.RECEIPT if pharmacy else ImportKind.FORMULARY).value,
        to=f"/pharmacy/stock/{pharmacy.id}/import" if pharmacy else "/pharmacy/formulary/import",
        back=f"/pharmacy/stock/{pharmacy.id}" if pharmacy else "/pharmacy/formulary",
        past=await ImportFile.filter(
            organization_id=actor_of(request).organization_id,
            pharmacy_id=pharmacy.id if pharmacy else None,
        )
        .only("id", "name", "by_name", "made_at", "imported_at")
        .order_by("-made_at")
        .limit(10),
    )


@routes.post("/pharmacy/formulary/import", name="look_at_formulary")
@allow(*SHELF)
@once
async def look_at_formulary(request: web.Request) -> web.Response:
    """The look at a formulary."""
    require_keeper(actor_of(request))
    return await _look(request, ImportKind.FORMULARY, None)


@routes.post("/pharmacy/stock/{id:[0-9a-fA-F-]{36}}/import", name="look_at_goods")
@allow(*SHELF)
@once
async def look_at_goods(request: web.Request) -> web.Response:
    """The look at a delivery."""
    pharmacy = await open_pharmacy(actor_of(request), path_id(request))
    return await _look(request, ImportKind.RECEIPT, pharmacy)


async def _look(request: web.Request, kind: ImportKind, pharmacy: Pharmacy | None) -> web.Response:
    upload = (await fields(request)).get("file")
    try:
        if not isinstance(upload, web.FileField) or not upload.filename:
            raise Invalid("file_missing", "请先选一个文件。")
        file = await importing.keep(
            actor_of(request),
            upload.file.read(),
            name=upload.filename,
            kind=kind,
            pharmacy_id=pharmacy.id if pharmacy else None,
        )
    except (Invalid, TooLarge) as problem:
        form: Form[Any] = Form({}, {"file": problem.detail}, None)
        return await _form(request, form, pharmacy, status=problem.status)
    raise pages.see_other(f"/pharmacy/imports/{file.id}")


@routes.get(ONE, name="import_file")
@allow(*SHELF)
async def one(request: web.Request) -> web.Response:
    """What the file would do, or what it did."""
    file = await open_import(actor_of(request), path_id(request))
    found = importing.Outlook() if file.imported_at else await importing.outlook(file)
    return await pages.render(
        request,
        "pharmacy/formulary/look.html",
        title=f"导入:{file.name}",
        file=file,
        goods=file.kind is ImportKind.RECEIPT,
        back=f"/pharmacy/stock/{file.pharmacy_id}" if file.pharmacy_id else "/pharmacy/formulary",
        good=file.new + file.changed,
        new=found.new[:SHOWN],
        changed=[
            (line, row.generic_name, told(both)) for line, (row, _), both in found.changed[:SHOWN]
        ],
        refused=file.refused[:SHOWN],
        refused_lines=len({one["line"] for one in file.refused}),
        shown=SHOWN,
        words=words,
        yuan=yuan,
    )


@routes.post(f"{ONE}/take-over", name="take_over_import")
@allow(*SHELF)
@once
async def take_over(request: web.Request) -> web.Response:
    """Import the good lines."""
    actor = actor_of(request)
    file = await _checked(actor, path_id(request))
    await importing.take_over(actor, file)
    raise pages.see_other(f"/pharmacy/imports/{file.id}", say=DONE)


async def _checked(actor: Actor, file_id: UUID) -> ImportFile:
    file = await open_import(actor, file_id)
    if file.pharmacy_id is not None:
        await open_pharmacy(actor, file.pharmacy_id)
    return file


@routes.get(f"{ONE}/refused.csv", name="import_report")
@allow(*SHELF)
async def report(request: web.Request) -> web.Response:
    """Every refused line."""
    file = await open_import(actor_of(request), path_id(request))
    return attachment(importing.report(file), "refused.csv")


@routes.get("/pharmacy/import-templates/{kind}.csv", name="import_template")
@allow(*SHELF)
async def template(request: web.Request) -> web.Response:
    """An empty file with the headings."""
    try:
        kind = ImportKind(request.match_info["kind"])
    except ValueError:
        raise NotFound("not_found", "没有这个模板。") from None
    return attachment(importing.template(kind), f"{kind.value}.csv")


def attachment(body: bytes, name: str) -> web.Response:
    """A file to be saved."""
    return web.Response(
        body=body,
        content_type=CSV,
        charset="utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )
