"""The page `/today`."""

from collections.abc import Iterable, Sequence

from aiohttp import web

from app.today.day import today
from app.today.items import WORDS, Item, When
from care.encounter.access import DOCTORS
from core import pages
from core.audit import audit
from core.doors import allow
from people.actor import Actor, actor_of

routes = web.RouteTableDef()


def _groups(items: Iterable[Item]) -> Sequence[tuple[str, list[Item]]]:
    by_when: dict[When, list[Item]] = {when: [] for when in When}
    for item in items:
        by_when[item.when].append(item)
    return [(WORDS[when], found) for when, found in by_when.items() if found]


@routes.get("/today", name="today")
@allow(*DOCTORS)
async def show(request: web.Request) -> web.Response:
    """The page."""
    actor = actor_of(request)
    await audit(actor, "today.open", f"Practitioner/{actor.practitioner_id}")
    return await _render(request, actor, "app/today.html")


@routes.get("/today/work", name="today_work")
@allow(*DOCTORS)
async def work(request: web.Request) -> web.Response:
    """The changing part."""
    return await _render(request, actor_of(request), "app/_today.html")


async def _render(request: web.Request, actor: Actor, template: str) -> web.Response:
    items = await today(actor)
    return await pages.render(
        request, template, title="今天", first=items[0] if items else None, groups=_groups(items)
    )
