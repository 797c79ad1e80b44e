"""Pages of the administrator: the county's staff."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import Conflict, NotFound
from core.forms import Form, blank, filled
from core.http import path_id
from people import staff
from people.actor import Role, actor_of
from people.models import Account
from people.proof import require_recent_proof
from people.queries import TIER_WORDS, organizations
from people.specialties import SPECIALTIES
from people.staff import LICENCE_WORDS, ROLE_WORDS, NewStaff, Roles

routes = web.RouteTableDef()

ROLES_CHANGED: Final = pages.notice("roles-changed", "岗位已修改,对方打开下一个页面时生效。")
FACTOR_RESET: Final = pages.notice("factor-reset", "验证器已解绑,对方下次登录时重新绑定。")
DEACTIVATED: Final = pages.notice("staff-deactivated", "账号已停用,所有设备都已退出。")
ACTIVATED: Final = pages.notice("staff-activated", "账号已恢复。")
PAGE_SIZE: Final = 50


@routes.get("/staff", name="staff")
@allow(Role.ADMIN)
async def staff_list(request: web.Request) -> web.StreamResponse:
    """Everybody, by organization and name; `q` narrows by name or user name."""
    words = request.query.get("q", "").strip()[:40]
    asked = request.query.get("page", "1")
    rows = await _rows(words)
    count = max(1, -(-len(rows) // PAGE_SIZE))
    page = min(max(int(asked), 1), count) if asked.isascii() and asked.isdigit() else 1
    return await pages.render(
        request,
        "people/staff.html",
        rows=rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE],
        words=words,
        page=page,
        pages=count,
        total=len(rows),
        role_words=ROLE_WORDS,
    )


async def _rows(words: str) -> list[Account]:
    accounts = Account.all().select_related("practitioner__organization")
    rows = await accounts.order_by("practitioner__organization__code", "practitioner__name")
    wanted = words.lower()
    return [
        row for row in rows if wanted in row.username or wanted in row.practitioner.name.lower()
    ]


@routes.get("/staff/new", name="new_staff")
@allow(Role.ADMIN)
async def new_staff(request: web.Request) -> web.StreamResponse:
    """The form for a new colleague."""
    require_recent_proof(actor_of(request))
    return await _new(request, blank(licence="none"))


async def _new(request: web.Request, form: Form[Any]) -> web.Response:
    houses: dict[str, list[tuple[str, str]]] = {}
    for house in await organizations():
        word = {tier.value: words for tier, words in TIER_WORDS.items()}[house.tier]
        houses.setdefault(f"{word}级", []).append((str(house.id), house.name))
    return await pages.render(
        request,
        "people/staff_new.html",
        status=form.status,
        form=form,
        organizations=houses,
        roles=[(role.value, words) for role, words in ROLE_WORDS.items()],
        licences=[(licence.value, words) for licence, words in LICENCE_WORDS.items()],
        specialties=list(SPECIALTIES.items()),
    )


@routes.post("/staff", name="create_staff")
@allow(Role.ADMIN)
@filled(NewStaff, again=_new, refusals={Conflict: "username"})
async def create_staff(request: web.Request, entry: NewStaff) -> web.StreamResponse:
    """Add a colleague and show the temporary password, once."""
    made = await staff.create_staff(actor_of(request), entry)
    return await pages.render(request, "people/staff_password.html", made=made, is_new=True)


@routes.get("/staff/{id}", name="staff_member")
@allow(Role.ADMIN)
async def staff_member(request: web.Request) -> web.StreamResponse:
    """One colleague: roles, password, second factor, leaving."""
    account = await _account(request)
    return await _member(request, blank(roles=list(account.roles)))


async def _member(request: web.Request, form: Form[Any]) -> web.Response:
    return await pages.render(
        request,
        "people/staff_member.html",
        status=form.status,
        account=await _account(request),
        form=form,
        roles=[(role.value, words) for role, words in ROLE_WORDS.items()],
        licence_words=LICENCE_WORDS,
        specialties=SPECIALTIES,
    )


@routes.post("/staff/{id}/roles", name="change_staff_roles")
@allow(Role.ADMIN)
@filled(Roles, again=_member)
async def change_roles(request: web.Request, entry: Roles) -> web.StreamResponse:
    """Change what somebody works as."""
    account = await _account(request)
    await staff.change_roles(actor_of(request), account.id, entry.roles)
    raise pages.see_other(f"/staff/{account.id}", say=ROLES_CHANGED)


@routes.post("/staff/{id}/password-reset", name="reset_staff_password")
@allow(Role.ADMIN)
async def reset_password(request: web.Request) -> web.StreamResponse:
    """Make a temporary password and show it, once."""
    made = await staff.reset_password(actor_of(request), path_id(request))
    return await pages.render(request, "people/staff_password.html", made=made, is_new=False)


@routes.post("/staff/{id}/second-factor-reset", name="reset_staff_second_factor")
@allow(Role.ADMIN)
async def reset_second_factor(request: web.Request) -> web.StreamResponse:
    """Forget a lost phone."""
    await staff.reset_second_factor(actor_of(request), path_id(request))
    raise pages.see_other(f"/staff/{path_id(request)}", say=FACTOR_RESET)


@routes.post("/staff/{id}/deactivation", name="deactivate_staff")
@allow(Role.ADMIN)
async def deactivate(request: web.Request) -> web.StreamResponse:
    """Close an account."""
    await staff.deactivate(actor_of(request), path_id(request))
    raise pages.see_other(f"/staff/{path_id(request)}", say=DEACTIVATED)


@routes.post("/staff/{id}/activation", name="activate_staff")
@allow(Role.ADMIN)
async def activate(request: web.Request) -> web.StreamResponse:
    """Open a closed account again."""
    await staff.activate(actor_of(request), path_id(request))
    raise pages.see_other(f"/staff/{path_id(request)}", say=ACTIVATED)


async def _account(request: web.Request) -> Account:
    account = await Account.get_or_none(id=path_id(request)).select_related(
        "practitioner__organization"
    )
    if account is None:
        raise NotFound("not_found", "没有找到这位同事。")
    return account
