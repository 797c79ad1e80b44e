"""The left navigation of each role: where their work lives, with live counts."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from app import team_talk
from booking import queries as bookings
from care.complaint import queries as complaints
from care.encounter import queries as visits
from care.encounter.access import DOCTORS
from care.referral import queries as referrals
from care.teleconsultation import queries
from chat.phrase_routes import WRITERS as PHRASE_WRITERS
from devices import queries as devices
from devices.access import KEEPERS as DEVICE_KEEPERS
from family_doctor.access import MEMBERS as FAMILY
from family_doctor.access import my_team_ids
from family_doctor.alerts import queries as dangers
from family_doctor.alerts.access import DUTY
from family_doctor.boards import access as boards
from family_doctor.care_plan import queries as follow_ups
from family_doctor.contracts import queries as contracts
from notifications.calls import service as calls
from notifications.calls.service import CALLERS
from notifications.education import queries as education
from notifications.health import queries as message_health
from notifications.health.service import OPERATORS
from payments import books as cashier
from people import emergencies
from people.access import BY_GRANT
from people.actor import ACTOR, CLINICIANS, Actor
from people.cards import alerts
from people.matching.service import MERGERS
from pharmacy.decoction import queries as decoctions
from pharmacy.decoction.access import WORKERS as DECOCTION_WORKERS
from pharmacy.dispatch import queries as dispatching
from pharmacy.dispatch.access import SENDERS
from pharmacy.dispensing import queries as dispensing
from pharmacy.formulary import shelves
from pharmacy.formulary.access import SHELF
from pharmacy.prescribing import queries as prescriptions
from pharmacy.returns import queries as returned
from pharmacy.review import queries as reviews
from pharmacy.review.access import PHARMACISTS
from pharmacy.runs import queries as runs
from pharmacy.runs.access import DRIVERS
from pharmacy.village import queries as village_shelf
from pharmacy.village.access import KEEPERS


async def provide(request: web.Request) -> Mapping[str, Any]:
    """`actor` and `nav` for every page."""
    if ACTOR not in request:
        return {"actor": None, "nav": []}
    actor = request[ACTOR]
    entries = await _entries(actor)
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


async def _entries(actor: Actor) -> list[dict[str, Any]]:
    """What this person works with: the family doctors' pages only for those in a team, the county
    hospital's alerts for those who answer when no team does, boards for those who have one."""
    mine = [entry for entry in ENTRIES if actor.has(*entry["roles"])]
    if not any(entry["roles"] is FAMILY for entry in mine) or await my_team_ids(actor):
        return mine
    asked = {"/alerts"} if actor.has(*DUTY) and actor.tier == "county" else set()
    if await boards.townships(actor):
        asked.add("/boards")
    return [entry for entry in mine if entry["roles"] is not FAMILY or entry["href"] in asked]


ENTRIES: list[dict[str, Any]] = [
    {
        "label": "今天",
        "href": "/today",
        "icon": "clock",
        "roles": DOCTORS,
    },
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
        "label": "审方",
        "href": "/pharmacy/review",
        "icon": "pill",
        "roles": PHARMACISTS,
        "waiting": reviews.waiting,
    },
    {
        "label": "危急值",
        "href": "/alerts",
        "icon": "urgent",
        "roles": FAMILY,
        "waiting": dangers.waiting,
    },
    {
        "label": "随访",
        "href": "/follow-ups",
        "icon": "people",
        "roles": FAMILY,
        "waiting": follow_ups.waiting,
    },
    {
        "label": "居民留言",
        "href": "/talks",
        "icon": "chat",
        "roles": FAMILY,
        "waiting": team_talk.waiting,
    },
    {
        "label": "设备读数",
        "href": "/devices",
        "icon": "heart",
        "roles": DEVICE_KEEPERS,
        "waiting": devices.waiting,
    },
    {
        "label": "健康教育",
        "href": "/articles",
        "icon": "sheet",
        "roles": FAMILY,
        "waiting": education.waiting,
    },
    {"label": "常用语", "href": "/phrases", "icon": "pen", "roles": PHRASE_WRITERS},
    {
        "label": "在线复诊",
        "href": "/visits",
        "icon": "chat",
        "roles": ("specialist", "township_doctor"),
        "waiting": visits.waiting_at_the_desk,
    },
    {
        "label": "转诊",
        "href": "/referrals",
        "icon": "return",
        "roles": CLINICIANS,
        "waiting": referrals.waiting,
    },
    {
        "label": "库存",
        "href": "/pharmacy/stock",
        "icon": "board",
        "roles": SHELF,
        "waiting": shelves.waiting,
    },
    {"label": "药品目录", "href": "/pharmacy/formulary", "icon": "sheet", "roles": SHELF},
    {"label": "处方点评", "href": "/pharmacy/appraisals", "icon": "sheet", "roles": PHARMACISTS},
    {
        "label": "审方规则",
        "href": "/pharmacy/screening-rules",
        "icon": "file",
        "roles": PHARMACISTS,
    },
    {
        "label": "我的处方",
        "href": "/prescriptions",
        "icon": "pen",
        "roles": DOCTORS,
        "waiting": prescriptions.waiting_for,
    },
    {
        "label": "煎药",
        "href": "/pharmacy/decoctions",
        "icon": "clock",
        "roles": DECOCTION_WORKERS,
        "waiting": decoctions.waiting,
    },
    {
        "label": "门诊",
        "href": "/outpatient",
        "icon": "queue",
        "roles": ("scheduler",),
        "waiting": bookings.waiting_for_office,
    },
    {"label": "号表", "href": "/schedules", "icon": "calendar", "roles": ("scheduler", "admin")},
    {
        "label": "配药发药",
        "href": "/pharmacy/dispensing",
        "icon": "board",
        "roles": ("pharmacist",),
        "waiting": dispensing.waiting,
    },
    {
        "label": "送药",
        "href": "/pharmacy/dispatch",
        "icon": "send",
        "roles": SENDERS,
        "waiting": dispatching.waiting,
    },
    {
        "label": "退回台",
        "href": "/pharmacy/returns",
        "icon": "return",
        "roles": SENDERS,
        "waiting": returned.waiting,
    },
    {
        "label": "今天要送的",
        "href": "/runs",
        "icon": "send",
        "roles": DRIVERS,
        "waiting": runs.waiting,
    },
    {
        "label": "代收药包",
        "href": "/village-parcels",
        "icon": "pill",
        "roles": KEEPERS,
        "waiting": village_shelf.waiting,
        "line": "包药等居民来取",
    },
    {"label": "爽约申诉", "href": "/no-shows", "icon": "return", "roles": ("scheduler",)},
    {
        "label": "投诉",
        "href": "/complaints",
        "icon": "chat",
        "roles": ("scheduler", "admin", "supervisor"),
        "waiting": complaints.waiting,
    },
    {
        "label": "电话通知",
        "href": "/calls",
        "icon": "phone",
        "roles": CALLERS,
        "waiting": calls.waiting,
    },
    {"label": "现金", "href": "/cash", "icon": "sheet", "roles": ("scheduler",)},
    {
        "label": "微信收款",
        "href": "/payments",
        "icon": "sheet",
        "roles": ("scheduler", "admin"),
        "waiting": cashier.waiting,
    },
    {"label": "微信开通", "href": "/account-desk", "icon": "phone", "roles": ("scheduler",)},
    {
        "label": "签约",
        "href": "/family",
        "icon": "people",
        "roles": FAMILY,
        "waiting": contracts.waiting,
    },
    {"label": "看板", "href": "/boards", "icon": "board", "roles": FAMILY},
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
    {"label": "家庭医生看板", "href": "/boards", "icon": "board", "roles": boards.COUNTY},
    {"label": "家庭医生团队", "href": "/teams", "icon": "people", "roles": ("admin", "supervisor")},
    {
        "label": "签约服务包",
        "href": "/service-packages",
        "icon": "sheet",
        "roles": ("admin", "supervisor"),
    },
    {"label": "药房", "href": "/pharmacy/places", "icon": "pill", "roles": ("admin",)},
    {"label": "员工账号", "href": "/staff", "icon": "shield", "roles": ("admin",)},
    {
        "label": "消息健康",
        "href": "/message-health",
        "icon": "bell",
        "roles": OPERATORS,
        "waiting": message_health.waiting,
    },
    {"label": "合作系统", "href": "/partners", "icon": "file", "roles": ("admin",)},
    {
        "label": "紧急查看",
        "href": "/emergency-accesses",
        "icon": "eye",
        "roles": emergencies.READERS,
        "waiting": emergencies.waiting_for_review,
    },
]
