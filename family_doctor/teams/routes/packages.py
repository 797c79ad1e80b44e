"""服务包: what may be signed, its items and price."""

from decimal import Decimal
from typing import Any, Final

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import NotFound
from core.forms import Form, blank, filled
from core.http import path_id
from core.idempotency import once
from core.money import fee, yuan
from family_doctor import words
from family_doctor.packages import service
from family_doctor.packages.models import ServicePackage
from family_doctor.packages.schemas import ItemIn, PackageIn
from people.actor import Role, actor_of

routes = web.RouteTableDef()

ONE: Final = "/service-packages/{id:[0-9a-fA-F-]{36}}"
SAVED: Final = pages.notice("package-saved", "服务包已保存,已签的协议不变。")


@routes.get("/service-packages", name="service_packages")
@allow(Role.ADMIN, Role.SUPERVISOR)
async def show(request: web.Request) -> web.Response:
    """All packages; the administrator adds another."""
    return await _list(request, blank(active="1"))


async def _list(request: web.Request, form: Form[Any]) -> web.Response:
    return await pages.render(
        request,
        "family_doctor/packages/packages.html",
        status=form.status,
        title="签约服务包",
        rows=await service.every(),
        may_change=actor_of(request).has(Role.ADMIN),
        form=form,
        **_choices(),
    )


def _choices() -> dict[str, Any]:
    return {
        "groups": [(key.value, word) for key, word in words.GROUPS.items()],
        "modes": [(key.value, word) for key, word in words.MODES.items()],
        "roles": [(key.value, word) for key, word in words.ROLES.items()],
        "meanings": [(key.value, word) for key, word in words.FULFILLED_BY.items()],
        "words": words,
        "fee": fee,
        "yuan": yuan,
    }


@routes.post("/service-packages", name="offer_service_package")
@allow(Role.ADMIN)
@once
@filled(PackageIn, again=_list)
async def offer(request: web.Request, entry: PackageIn) -> web.Response:
    """Offer one."""
    row = await service.offer(actor_of(request), entry)
    raise pages.see_other(f"/service-packages/{row.id}", say=SAVED)


@routes.get(ONE, name="service_package")
@allow(Role.ADMIN)
async def one(request: web.Request) -> web.Response:
    """One package and its items."""
    row = await _row(request)
    return await _page(request, row, _form(row), _new_item())


async def _row(request: web.Request) -> ServicePackage:
    rows = ServicePackage.filter(id=path_id(request)).prefetch_related("items")
    if row := await rows.first():
        return row
    raise NotFound("package_not_found", "没有找到这个服务包。")


def _form(row: ServicePackage) -> Form[Any]:
    return blank(
        code=row.code,
        name=row.name,
        group=row.group.value,
        words=row.words,
        price=Decimal(row.price_fen) / 100,
        insurer=Decimal(row.insurer_fen) / 100,
        active=row.active,
    )


def _new_item() -> Form[Any]:
    return blank(times="1")


async def _unchanged(request: web.Request, form: Form[Any]) -> web.Response:
    return await _page(request, await _row(request), form, _new_item())


async def _not_added(request: web.Request, form: Form[Any]) -> web.Response:
    row = await _row(request)
    return await _page(request, row, _form(row), form)


async def _page(
    request: web.Request, row: ServicePackage, form: Form[Any], adding: Form[Any]
) -> web.Response:
    return await pages.render(
        request,
        "family_doctor/packages/package.html",
        status=max(form.status, adding.status),
        title=row.name,
        row=row,
        items=sorted(row.items, key=lambda item: item.code),
        form=form,
        editing="edit" in request.query or bool(form.errors),
        adding=adding,
        **_choices(),
    )


@routes.post(ONE, name="change_service_package")
@allow(Role.ADMIN)
@once
@filled(PackageIn, again=_unchanged)
async def change(request: web.Request, entry: PackageIn) -> web.Response:
    """Change it."""
    row = await _row(request)
    await service.change(actor_of(request), row.id, entry)
    raise pages.see_other(f"/service-packages/{row.id}", say=SAVED)


@routes.post(f"{ONE}/items", name="add_package_item")
@allow(Role.ADMIN)
@once
@filled(ItemIn, again=_not_added)
async def add_item(request: web.Request, entry: ItemIn) -> web.Response:
    """One item more."""
    row = await _row(request)
    await service.add_item(actor_of(request), row.id, entry)
    raise pages.see_other(f"/service-packages/{row.id}", say=SAVED)


@routes.post(ONE + "/items/{item:[0-9a-fA-F-]{36}}/removal", name="drop_package_item")
@allow(Role.ADMIN)
@once
async def drop_item(request: web.Request) -> web.Response:
    """One item less."""
    await service.drop_item(actor_of(request), path_id(request), path_id(request, "item"))
    raise pages.see_other(f"/service-packages/{path_id(request)}", say=SAVED)
