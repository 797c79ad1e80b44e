"""The county's page: which village needs a better line. Shows lines, and no patients."""

from typing import Any, Final

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import NotFound
from core.http import path_id
from people import queries as people
from people.actor import Role
from rtc.quality import charts, queries
from rtc.quality.models import CallQuality
from rtc.quality.queries import Line, Period, Week

routes: Final = web.RouteTableDef()

PERIODS: Final = {4: "4 周", 12: "12 周", 52: "一年"}
SIZES: Final = {"wide": (760, 220, 13), "narrow": (340, 190, 5)}
READERS: Final = (Role.ADMIN, Role.SUPERVISOR)


@routes.get("/line-quality", name="line_quality")
@allow(*READERS)
async def overview(request: web.Request) -> web.StreamResponse:
    """Every clinic's line, the worst first."""
    period = _period(request)
    lines, silent = await queries.lines(period)
    return await pages.render(
        request,
        "rtc/line_quality.html",
        lines=lines,
        silent=silent,
        spark=_spark,
        **_shared(period),
    )


@routes.get("/line-quality/{id}", name="clinic_line_quality")
@allow(*READERS)
async def clinic(request: web.Request) -> web.StreamResponse:
    """One clinic's weeks and calls."""
    period, card = _period(request), await people.organization(path_id(request))
    page = _number(request.query.get("page", "1"), 1)
    line = await queries.line(card, period)
    calls, count = await queries.calls(card.id, period, page=page)
    return await pages.render(
        request,
        "rtc/line_quality_clinic.html",
        clinic=card,
        line=line,
        courses=_weeks(line) if line else {},
        calls=calls,
        page=min(page, count),
        page_count=count,
        **_shared(period),
    )


@routes.get("/line-quality/calls/{id}", name="call_line_quality")
@allow(*READERS)
async def call(request: web.Request) -> web.StreamResponse:
    """One call of a clinic, minute by minute while that is kept."""
    found = await CallQuality.get_or_none(id=path_id(request))
    if found is None or found.organization_id is None:
        raise NotFound("call_not_found", "没有找到这次通话的线路记录,可能已过保存期。")
    minutes = await queries.minutes(found)
    values = [(f"{number}", one.voice_score) for number, one in enumerate(minutes, 1)]
    return await pages.render(
        request,
        "rtc/line_quality_call.html",
        call=found,
        clinic=await people.organization(found.organization_id),
        minutes=minutes,
        courses=_courses(values),
        **_shared(_period(request)),
    )


def _shared(period: Period) -> dict[str, Any]:
    return {"period": period, "periods": PERIODS, "scale": charts.scale, "along": charts.along}


def _period(request: web.Request) -> Period:
    weeks = _number(request.query.get("weeks", ""), 4)
    return Period(weeks if weeks in PERIODS else 4)


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else otherwise


def _day(week: Week) -> str:
    return f"{week.begins.month}/{week.begins.day}"


def _weeks(line: Line) -> dict[str, charts.Course]:
    return _courses([(_day(week), week.score) for week in line.weeks])


def _courses(values: list[tuple[str, float | None]]) -> dict[str, charts.Course]:
    """The same picture for a desk and for a phone."""
    return {
        size: charts.course(values, width=width, height=height, labels=labels)
        for size, (width, height, labels) in SIZES.items()
    }


def _spark(line: Line) -> list[str]:
    """The clinic's weeks in a corner of the table: point lists on 96 x 28."""
    last = max(1, len(line.weeks) - 1)
    stretches: list[list[str]] = [[]]
    for number, week in enumerate(line.weeks):
        if week.score is None:
            stretches.append([])
        else:
            x, y = 3 + number * 90 / last, 26 - charts.along(week.score, 24)
            stretches[-1].append(f"{x:.1f},{y:.1f}")
    return [" ".join(one) for one in stretches if one]
