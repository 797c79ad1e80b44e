"""The design system to look at, one sheet for each kind of page; served only in the demo."""

from datetime import timedelta
from typing import Any, Final

from aiohttp import web

from core import clock, pages
from core.doors import public
from core.errors import NotFound

SHEETS: Final = {
    "": ("core/gallery.html", "设计系统"),
    "door": ("core/gallery_door.html", "设备检查"),
    "room": ("core/gallery_room.html", "会诊室"),
    "paper": ("core/gallery_paper.html", "远程会诊报告"),
}
ACTOR: Final = {
    "name": "周玉梅",
    "title": "乡村医生",
    "organization_name": "石门村卫生室",
}
NAV: Final = [
    {"label": label, "href": f"/design#{icon}", "icon": icon, "count": count, "current": not place}
    for place, (label, icon, count) in enumerate(
        [
            ("今天", "home", 0),
            ("会诊", "video", 3),
            ("患者", "people", 0),
            ("随访", "calendar", 12),
            ("取药", "pill", 2),
            ("通知", "bell", 0),
        ]
    )
]


@public
async def show(request: web.Request) -> web.Response:
    """One sheet with sample words and a sample person. Raises NotFound."""
    sheet = request.match_info.get("sheet", "")
    if sheet not in SHEETS:
        raise NotFound("not_found", "没有这个页面,请检查网址。")
    template, title = SHEETS[sheet]
    sample: dict[str, Any] = {"title": title, "actor": ACTOR, "nav": NAV, "live": False}
    sample["since"] = [(clock.now() - timedelta(minutes=m)).isoformat() for m in (12, 8, 2)]
    return await pages.render(request, template, **sample)
