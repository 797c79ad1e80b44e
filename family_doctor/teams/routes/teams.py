"""团队: every team of the county; found one, change it, who joins and leaves."""

from typing import Any, Final
from uuid import UUID

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import NotFound
from core.forms import Form, blank, filled
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


async def _list(request: web.Request, form: Form[Any]) -> web.Response:
    return await pages.render(
        request,
        "family_doctor/teams/teams.html",
        status=form.status,
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
@filled(TeamIn, again=_list)
async def found(request: web.Request, entry: TeamIn) -> web.Response:
    """Found one."""
    team = await service.found(actor_of(request), entry)
    raise pages.see_other(f"/teams/{team.id}", say=SAVED)


@routes.get(ONE, name="care_team")
@allow(Role.ADMIN)
async def one(request: web.Request) -> web.Response:
    """One team: what is said of it, and who is in it."""
    return await _not_joined(request, blank())


async def _not_joined(request: web.Request, joining: Form[Any]) -> web.Response:
    team = await _team(request)
    values = {name: getattr(team, name) for name in TeamIn.model_fields if name != "villages"}
    values["villages"] = "\n".join(await queries.villages_of(team.id))
    return await _page(request, team, blank(**values), joining)


async def _unchanged(request: web.Request, form: Form[Any]) -> web.Response:
    return await _page(request, await _team(request), form, blank())


async def _team(request: web.Request) -> CareTeam:
    team = await CareTeam.get_or_none(id=path_id(request)).select_related("organization")
    if team is None:
        raise NotFound("team_not_found", "没有找到这个团队。")
    return team


async def _page(
    request: web.Request, team: CareTeam, form: Form[Any], joining: Form[Any]
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
        status=max(form.status, joining.status),
        title=team.name,
        team=team,
        form=form,
        joining=joining,
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
@filled(TeamIn, again=_unchanged)
async def change(request: web.Request, entry: TeamIn) -> web.Response:
    """Change it."""
    team = await _team(request)
    await service.change(actor_of(request), team.id, entry)
    raise pages.see_other(f"/teams/{team.id}", say=SAVED)


@routes.post(f"{ONE}/members", name="join_care_team")
@allow(Role.ADMIN)
@once
@filled(MemberIn, again=_not_joined)
async def join(request: web.Request, entry: MemberIn) -> web.Response:
    """Somebody joins."""
    team = await _team(request)
    await service.join(actor_of(request), team.id, entry)
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
