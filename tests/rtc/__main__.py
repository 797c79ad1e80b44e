"""`python -m tests.rtc`: the whole application, plus a plain room page whose tickets anybody gets.

Settings come from the environment as in `python -m app web`. The page stands in for whoever gives
out tickets; everything else is the application as it is served.
"""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import aiohttp_jinja2
import jinja2
from aiohttp import web

from app import settings
from app.demo.people import practitioner_id
from app.main import create_app
from core import live, pages, tickets
from core.doors import public
from core.tickets import Right
from rtc import routes as rtc_routes
from rtc import service

EVERYTHING: Final = frozenset({Right.PUBLISH, Right.SUBSCRIBE, Right.RECORD})
PEOPLE: Final[dict[str, dict[str, Any]]] = {
    "zhou": {
        "seat": practitioner_id("village1"),
        "name": "周玉梅",
        "organization": "石门村卫生室",
        "tier": "village",
        "part": "doctor",
        "rights": EVERYTHING,
    },
    "chen": {
        "seat": practitioner_id("township1"),
        "name": "陈志强",
        "organization": "柳河镇卫生院",
        "tier": "township",
        "part": "doctor",
        "rights": EVERYTHING,
    },
    "li": {
        "seat": practitioner_id("county1"),
        "name": "李建华",
        "organization": "县人民医院 心内科",
        "tier": "county",
        "part": "doctor",
        "rights": EVERYTHING,
    },
    "sun": {
        "seat": practitioner_id("supervisor1"),
        "name": "孙督导",
        "organization": "县卫生健康局",
        "tier": "county",
        "part": "observer",
        "rights": frozenset({Right.SUBSCRIBE}),
    },
}
PAGE: Final = """
{% extends "core/room.html" %}
{% block body_class %}{% endblock %}
{% block scripts %}{{ super() }}
<script type="module" src="{{ asset('js/consult/room.js') }}"></script>{% endblock %}
{% block body %}
{% set door_title = "进会诊室前,先看一看" %}
{% set door_note = "王秀兰 女 67 岁 · 心内科会诊" %}{% set door_back = "/" %}
{% set door_initial = who.name[0] %}
{% include "core/consult/door.html" %}
<div class="room" id="consult-room" data-panel="closed" data-room="{{ room }}"
     data-ticket-url="/test-rooms/{{ room }}/{{ key }}/ticket" data-leave-url="/" hidden>
  <header class="room__top"><h1 class="room__title"><b>王秀兰</b> 女 67 岁</h1>
  {% include "core/consult/facts.html" %}</header>
  {% include "core/consult/stage.html" %}
  <aside class="room__panel" aria-label="病历"><p>病历</p></aside>
  <footer class="room__bar" aria-label="会诊控制">
  {% include "core/consult/bar.html" %}</footer>
</div>
{% endblock %}
"""
CHECK_PAGE: Final = """
{% extends "core/room.html" %}
{% block body_class %}{% endblock %}
{% block scripts %}{{ super() }}
<script type="module" src="{{ asset('js/consult/device-check-page.js') }}"></script>{% endblock %}
{% block body %}<div id="device-check-page" data-next="">
{% include "core/consult/door.html" %}</div>{% endblock %}
"""


@public
async def _room(request: web.Request) -> web.Response:
    key = request.match_info["who"]
    return await pages.render(
        request,
        "room-page.html",
        title="会诊室",
        room=request.match_info["room"],
        key=key,
        who=PEOPLE[key],
    )


@public
async def _check(request: web.Request) -> web.Response:
    return await pages.render(request, "check-page.html", title="检查设备")


@public
async def _ticket(request: web.Request) -> web.Response:
    who = PEOPLE[request.match_info["who"]]
    room = UUID(request.match_info["room"])
    lifetime = timedelta(seconds=float(request.query.get("lifetime", "300")))
    ticket = tickets.issue(room=room, lifetime=lifetime, **who)
    return web.json_response({"ticket": ticket, "room": str(room), "seat": str(who["seat"])})


@public
async def _end(request: web.Request) -> web.Response:
    room = UUID(request.match_info["room"])
    await service.end_room(room, sockets=request.app[live.SOCKETS])
    return web.Response()


def room_app(found: settings.Settings) -> web.Application:
    """The application with the room page."""
    app = create_app(found)
    public(rtc_routes.line_check)  # nobody signs in to the page below
    environment = aiohttp_jinja2.get_env(app)
    environment.loader = jinja2.ChoiceLoader(
        [
            environment.loader,  # type: ignore[list-item]
            jinja2.DictLoader({"room-page.html": PAGE, "check-page.html": CHECK_PAGE}),
        ]
    )
    app.router.add_get("/test-rooms/{room}/{who}", _room)
    app.router.add_post("/test-rooms/{room}/{who}/ticket", _ticket)
    app.router.add_post("/test-rooms/{room}/end", _end)
    app.router.add_get("/test-check", _check)
    return app


if __name__ == "__main__":
    chosen = settings.load()
    web.run_app(
        room_app(chosen),
        host=chosen.host,
        port=chosen.port,
        access_log=None,
        print=None,
        shutdown_timeout=0.5,
    )
