"""What contracts want of the team's lead: applications to review, papers to sign, ends that come
near, services that are late. Whoever only belongs to the team reads it under 签约.
"""

from collections.abc import Sequence
from typing import Final

from app.today.items import Item, When, who_is
from core import clock
from family_doctor.contracts import queries as contracts
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.fulfilment import queries as fulfilment
from family_doctor.fulfilment.queries import OverdueItem
from family_doctor.queries import teams_of
from family_doctor.teams.models import CareTeam
from people.actor import Actor, Role

SOON: Final = 7
"""Days before the end that are shown as danger."""
MOST: Final = 5
"""Lines of each kind; the rest is one line that leads to the list."""


async def waiting(actor: Actor) -> list[Item]:
    """Of every team that this person leads or answers for."""
    found: list[Item] = []
    for team in await teams_of(actor.practitioner_id):
        signs = team.responsible_id == actor.practitioner_id
        if signs or actor.has(Role.TEAM_LEAD):
            found += await _on_their_way(team, signs=signs)
            found += await _ending(team)
            found += await _late(team)
    return found


async def _on_their_way(team: CareTeam, *, signs: bool) -> list[Item]:
    rows = [line.row for line in await contracts.on_their_way(team.id)]
    mine = [row for row in rows if _mine(row, signs=signs)]
    return _few([_asked(row) for row in mine], "签约申请", f"/family/{team.id}")


def _mine(row: Contract, *, signs: bool) -> bool:
    if row.status is Status.APPLIED:
        return True
    return signs and row.status is Status.REVIEWED and row.doctor_signed_at is None


def _asked(row: Contract) -> Item:
    review = row.status is Status.APPLIED
    return Item(
        when=When.WAITING,
        at=row.asked_at,
        kind="签约申请",
        who=who_is(row.patient),
        note=f"{row.patient.village} · {clock.in_words(row.expires_at)} 前要办",
        badge="waiting",
        word="等您审核" if review else "等您签字",
        href=f"/contracts/{row.id}",
        act="去审核" if review else "去签字",
    )


async def _ending(team: CareTeam) -> list[Item]:
    rows = await contracts.ending(team.id)
    return _few([_end(row) for row in rows], "快到期的签约", f"/family/{team.id}")


def _end(row: Contract) -> Item:
    left = (row.ends_on - clock.today()).days if row.ends_on else 0
    return Item(
        when=When.TEAM,
        at=None,
        kind="签约快到期",
        who=who_is(row.patient),
        note=f"{row.ends_on} 到期,还没有续签",
        badge="danger" if left < SOON else "waiting",
        word=f"还有 {left} 天" if left else "今天到期",
        href=f"/contracts/{row.id}",
        act="联系续签",
    )


async def _late(team: CareTeam) -> list[Item]:
    owed = (await fulfilment.of_team(team.id)).overdue
    return _few([_service(one) for one in owed], "晚了的服务", f"/family/{team.id}/overdue")


def _service(one: OverdueItem) -> Item:
    days = one.progress.overdue_days
    return Item(
        when=When.TEAM,
        at=None,
        kind="协议里的服务",
        who=who_is(one.contract.patient),
        note=one.item.name,
        badge="danger",
        word=f"晚了 {days} 天" if days else "今天到期",
        href=f"/contracts/{one.contract.id}",
        act="去做",
    )


def _few(items: Sequence[Item], kind: str, href: str) -> list[Item]:
    """The first of them, and how many more."""
    if len(items) <= MOST:
        return list(items)
    last = items[MOST]
    more = Item(
        when=last.when,
        at=last.at,
        kind=kind,
        who=f"另外 {len(items) - MOST} 项",
        note="在名单里看全部",
        badge="neutral",
        word="更多",
        href=href,
        act="看名单",
    )
    return [*items[:MOST], more]
