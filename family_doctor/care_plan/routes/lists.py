"""随访: what is to be done, the longest overdue first; and the villages."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from aiohttp import web

from core import clock, pages
from core.audit import audit
from core.doors import allow
from family_doctor.access import MEMBERS, my_team_ids
from family_doctor.care_plan import queries, words
from family_doctor.care_plan.models import Programme
from family_doctor.care_plan.queries import Filter, Line, Shown
from family_doctor.followup import words as follow_ups
from family_doctor.followup.devices import kept_for
from people.actor import Actor, actor_of
from people.ages import age_in_words
from people.queries import SEX_WORDS

routes = web.RouteTableDef()

TABS: Final = {
    Shown.NOW: "现在要办",
    Shown.OVERDUE: "已超期",
    Shown.HOME: "要上门",
    Shown.LATER: "以后的",
}
WHOSE: Final = {"": "全部", "mine": "我的", "inbox": "还没人领"}


@routes.get("/follow-ups", name="follow_ups")
@allow(*MEMBERS)
async def show(request: web.Request) -> web.Response:
    """What is to be done for the residents of my teams."""
    actor = actor_of(request)
    team_ids = await my_team_ids(actor)
    what = _filter(request.query, team_ids, actor)
    found = await queries.listed(what)
    await audit(actor, "follow_ups.open", "Task/*")
    counted = await queries.counts(team_ids)
    owners = await queries.owners([line.task for line in found.lines])
    return await pages.render(
        request,
        "family_doctor/care_plan/list.html",
        title="随访",
        tabs=[(shown.value, word, counted[shown]) for shown, word in TABS.items()],
        what=what,
        whose=request.query.get("whose", ""),
        choices={
            "villages": [(row.name, row.name) for row in await queries.villages(team_ids)],
            "programmes": [(one.value, word) for one, word in words.SHORT.items()],
            "whose": list(WHOSE.items()),
        },
        rows=[_row(line, owners) for line in found.lines],
        found=found,
        in_team=bool(team_ids),
        kept=kept_for(actor),
        href=f"/follow-ups?{_rest(request.query)}&page=",
    )


def _filter(query: Mapping[str, str], team_ids: list[UUID], actor: Actor) -> Filter:
    whose, page = query.get("whose", ""), query.get("page", "1")
    programme = query.get("programme", "")
    return Filter(
        team_ids,
        Shown(query["shown"]) if query.get("shown") in list(Shown) else Shown.NOW,
        village=query.get("village", "")[:60],
        programme=Programme(programme) if programme in list(Programme) else None,
        owner_id=actor.practitioner_id if whose == "mine" else None,
        inbox=whose == "inbox",
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1,
    )


def _rest(query: Mapping[str, str]) -> str:
    names = ("shown", "village", "programme", "whose")
    return urlencode({name: query[name] for name in names if query.get(name)})


def _row(line: Line, owners: Mapping[UUID, str]) -> dict[str, Any]:
    patient, last = line.task.patient, line.last
    return {
        "task": line.task,
        "name": patient.name,
        "who": f"{SEX_WORDS[patient.sex]} {age_in_words(patient.birth_date, clock.today())}",
        "programmes": "、".join(words.SHORT[one] for one in line.programmes),
        "what": words.task_words(line.task.kind, line.task.code),
        "late": line.late,
        "owner": owners.get(line.task.owner_id, "") if line.task.owner_id else "",
        "last": last,
        "last_class": follow_ups.class_of(last.classification) if last else None,
    }


@routes.get("/follow-ups/villages", name="follow_up_villages")
@allow(*MEMBERS)
async def villages(request: web.Request) -> web.Response:
    """The villages of my teams: how many are looked after, due and overdue."""
    actor = actor_of(request)
    rows = await queries.villages(await my_team_ids(actor))
    await audit(actor, "follow_ups.villages", "Task/*")
    return await pages.render(
        request, "family_doctor/care_plan/villages.html", title="各村随访", rows=rows
    )
