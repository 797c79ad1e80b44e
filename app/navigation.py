"""The left navigation of each role: where their work lives, with live counts."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from booking import queries as bookings
from care.teleconsultation import queries
from payments import books as cashier
from people import emergencies
from people.access import BY_GRANT
from people.actor import ACTOR
from people.cards import alerts
from people.matching.service import MERGERS


async def provide(request: web.Request) -> Mapping[str, Any]:
    """`actor` and `nav` for every page."""
    if ACTOR not in request:
        return {"actor": None, "nav": []}
    actor = request[ACTOR]
    entries = [entry for entry in ENTRIES if actor.has(*entry["roles"])]
    here = request.path
    whole_page = not request.headers.get("HX-Request")
    return {
        "actor": actor,
        "nav": [
            entry
            | {
                "current": here.startswith(entry["href"]),
                "count": await entry["waiting"](actor) if whole_page and "waiting" in entry else 0,
            }
            for entry in entries
        ],
        "live": True,
    }


ENTRIES: list[dict[str, Any]] = [
    {
        "label": "工作台",
        "href": "/desk",
        "icon": "queue",
        "roles": ("specialist",),
        "waiting": queries.waiting_at_the_desk,
    },
    {
        "label": "工作台",
        "href": "/clinic",
        "icon": "home",
        "roles": ("village_doctor", "township_doctor"),
        "waiting": queries.waiting_for_the_inviter,
    },
    {
        "label": "会诊",
        "href": "/consultations",
        "icon": "video",
        "roles": ("village_doctor", "township_doctor", "specialist"),
    },
    {
        "label": "门诊",
        "href": "/outpatient",
        "icon": "queue",
        "roles": ("scheduler",),
        "waiting": bookings.waiting_for_office,
    },
    {"label": "号表", "href": "/schedules", "icon": "calendar", "roles": ("scheduler", "admin")},
    {"label": "爽约申诉", "href": "/no-shows", "icon": "return", "roles": ("scheduler",)},
    {"label": "现金", "href": "/cash", "icon": "sheet", "roles": ("scheduler",)},
    {
        "label": "微信收款",
        "href": "/payments",
        "icon": "sheet",
        "roles": ("scheduler", "admin"),
        "waiting": cashier.waiting,
    },
    {"label": "微信开通", "href": "/account-desk", "icon": "phone", "roles": ("scheduler",)},
    {"label": "居民", "href": "/patients", "icon": "people", "roles": BY_GRANT},
    {
        "label": "预约挂号",
        "href": "/bookings",
        "icon": "calendar",
        "roles": ("village_doctor", "township_doctor", "team_lead", "nurse"),
        "waiting": bookings.waiting_for_clinic,
    },
    {"label": "我的门诊", "href": "/outpatient", "icon": "board", "roles": ("specialist",)},
    {"label": "预约时间", "href": "/calendar", "icon": "calendar", "roles": ("specialist",)},
    {
        "label": "会诊督导",
        "href": "/oversight/consultations",
        "icon": "eye",
        "roles": ("supervisor",),
    },
    {
        "label": "值班表",
        "href": "/roster",
        "icon": "board",
        "roles": (
            "village_doctor",
            "township_doctor",
            "specialist",
            "scheduler",
            "admin",
            "supervisor",
        ),
    },
    {
        "label": "线路质量",
        "href": "/line-quality",
        "icon": "signal",
        "roles": ("admin", "supervisor"),
    },
    {
        "label": "重复档案",
        "href": "/patients/suspects",
        "icon": "people",
        "roles": MERGERS,
    },
    {
        "label": "健康卡提醒",
        "href": "/card-alerts",
        "icon": "heart",
        "roles": alerts.READERS,
        "waiting": alerts.unseen,
    },
    {"label": "员工账号", "href": "/staff", "icon": "shield", "roles": ("admin",)},
    {
        "label": "紧急查看",
        "href": "/emergency-accesses",
        "icon": "eye",
        "roles": emergencies.READERS,
        "waiting": emergencies.waiting_for_review,
    },
]
