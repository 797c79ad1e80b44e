"""团队: every team of the county; found one, change it, who joins and leaves."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import Invalid, NotFound
from core.forms import Form, blank, read_form, with_problem
from core.http import path_id
from core.idempotency import once
from family_doctor import words
from family_doctor.fulfilment.rules import DEFINITION
from family_doctor.queries import members_of
from family_doctor.rules import missing_tiers
from family_doctor.teams import queries, service
from family_doctor.teams.models import CareTeam
from family_doctor.teams.schemas import MemberIn, TeamIn
from people.actor import Role, actor_of
from people.models import Organization, Practitioner, Tier

routes = web.RouteTableDef()

ONE: Final = "/teams/{id:[0-9a-fA-F-]{36}}"
MEMBER: Final = ONE + "/members/{member:[0-9a-fA-F-]{36}}"
SAVED: Final = pages.notice("team-saved", "团队已保存。")
CHANGED: Final = pages.notice("team-members-changed", "团队成员已更新。")


@routes.get("/teams", name="care_teams")
@allow(Role.ADMIN, Role.SUPERVISOR)
async def show(request: web.Request) -> web.Response:
    """Teams with their numbers; the administrator founds another."""
    return await _list(request, blank(active="1"))


async def _list(request: web.Request, form: Form[Any], *, status: int = 200) -> web.Response:
    return await pages.render(
        request,
        "family_doctor/teams/teams.html",
        status=status,
        title="家庭医生团队",
        rows=await queries.standings(),
        may_change=actor_of(request).has(Role.ADMIN),
        form=form,
        houses=await _houses(),
        words=words,
        definition=DEFINITION,
    )


async def _houses() -> list[tuple[UUID, str]]:
    rows = Organization.filter(provides_care=True).exclude(tier=Tier.VILLAGE).order_by("code")
    return [(row.id, row.name) for row in await rows]


@routes.post("/teams", name="found_care_team")
@allow(Role.ADMIN)
@once
async def found(request: web.Request) -> web.Response:
    """Found one."""
    form = await read_form(request, TeamIn)
    try:
        team = await service.found(actor_of(request), form.require())
    except Invalid as problem:
        shown = with_problem(form, problem) if form.entry else form
        return await _list(request, shown, status=422)
    raise pages.see_other(f"/teams/{team.id}", say=SAVED)


@routes.get(ONE, name="care_team")
@allow(Role.ADMIN)
async def one(request: web.Request) -> web.Response:
    """One team: what is said of it, and who is in it."""
    team = await _team(request)
    values = {name: getattr(team, name) for name in TeamIn.model_fields if name != "villages"}
    values["villages"] = "\n".join(await queries.villages_of(team.id))
    return await _page(request, team, blank(**values))


async def _team(request: web.Request) -> CareTeam:
    team = await CareTeam.get_or_none(id=path_id(request)).select_related("organization")
    if team is None:
        raise NotFound("team_not_found", "没有找到这个团队。")
    return team


async def _page(
    request: web.Request,
    team: CareTeam,
    form: Form[Any],
    *,
    joining: Form[Any] | None = None,
    status: int = 200,
) -> web.Response:
    members = await members_of(team.id)
    known = {one.practitioner_id for one in members}
    staff = Practitioner.filter(active=True).select_related("organization")
    people: dict[str, list[tuple[UUID, str]]] = {}
    for person in await staff.order_by("organization__code", "name"):
        if person.id not in known:
            label = f"{person.name} {person.title}".strip()
            people.setdefault(person.organization.name, []).append((person.id, label))
    return await pages.render(
        request,
        "family_doctor/teams/team.html",
        status=status,
        title=team.name,
        team=team,
        form=form,
        joining=joining or blank(),
        members=members,
        missing=missing_tiers({one.role for one in members}),
        people=people,
        houses=await _houses(),
        roles=[(role.value, word) for role, word in words.ROLES.items()],
        words=words,
    )


@routes.post(ONE, name="change_care_team")
@allow(Role.ADMIN)
@once
async def change(request: web.Request) -> web.Response:
    """Change it."""
    team = await _team(request)
    form = await read_form(request, TeamIn)
    try:
        await service.change(actor_of(request), team.id, form.require())
    except Invalid as problem:
        shown = with_problem(form, problem) if form.entry else form
        return await _page(request, team, shown, status=422)
    raise pages.see_other(f"/teams/{team.id}", say=SAVED)


@routes.post(f"{ONE}/members", name="join_care_team")
@allow(Role.ADMIN)
@once
async def join(request: web.Request) -> web.Response:
    """Somebody joins."""
    team = await _team(request)
    form = await read_form(request, MemberIn)
    try:
        await service.join(actor_of(request), team.id, form.require())
    except Invalid as problem:
        shown = with_problem(form, problem) if form.entry else form
        values = {name: getattr(team, name) for name in TeamIn.model_fields if name != "villages"}
        values["villages"] = "\n".join(await queries.villages_of(team.id))
        return await _page(request, team, blank(**values), joining=shown, status=422)
    raise pages.see_other(f"/teams/{team.id}", say=CHANGED)


@routes.post(f"{MEMBER}/departure", name="leave_care_team")
@allow(Role.ADMIN)
@once
async def leave(request: web.Request) -> web.Response:
    """Somebody leaves, from now on."""
    await service.leave(actor_of(request), path_id(request), path_id(request, "member"))
    raise pages.see_other(f"/teams/{path_id(request)}", say=CHANGED)


@routes.post(f"{MEMBER}/responsibility", name="answer_for_care_team")
@allow(Role.ADMIN)
@once
async def answer_for(request: web.Request) -> web.Response:
    """This one is the responsible doctor."""
    await service.answer_for(actor_of(request), path_id(request), path_id(request, "member"))
    raise pages.see_other(f"/teams/{path_id(request)}", say=CHANGED)
