"""审方规则: what software knows of a drug, for those who answer for it. Read only."""

from typing import Final

from aiohttp import web

from core import pages
from core.doors import allow
from core.errors import NotFound
from people.actor import Role
from pharmacy.screening.finding import WORDS, Severity
from pharmacy.screening.rulebook import current
from pharmacy.screening.sheet import MOST, search, sheet

routes = web.RouteTableDef()

READERS: Final = (Role.PHARMACIST, Role.SPECIALIST, Role.TOWNSHIP_DOCTOR)
"""Who reviews by them, and who is told by them."""
HERE: Final = "/pharmacy/screening-rules"
BADGES: Final = {
    Severity.BLOCKING: "urgent",
    Severity.SEVERE: "danger",
    Severity.WARNING: "waiting",
    Severity.NOTE: "neutral",
    Severity.UNJUDGED: "progress",
}


@routes.get(HERE, name="screening_rules")
@allow(*READERS)
async def show(request: web.Request) -> web.Response:
    """Search by name; a single hit is shown at once."""
    words = request.query.get("q", "")[:40]
    rules = current()
    found = search(rules, words)
    if len(found) == 1:
        return await _sheet(request, found[0].code, words)
    return await pages.render(
        request,
        "pharmacy/screening/rules.html",
        title="审方规则",
        words=words,
        found=found,
        most=MOST,
        rules=rules,
        here=HERE,
    )


@routes.get(HERE + "/{code:[a-z0-9_-]{1,60}}", name="screening_rule")
@allow(*READERS)
async def one(request: web.Request) -> web.Response:
    """Everything about one substance or class."""
    return await _sheet(request, request.match_info["code"], "")


async def _sheet(request: web.Request, code: str, words: str) -> web.Response:
    rules = current()
    shown = sheet(rules, code)
    if shown is None:
        raise NotFound("rule_not_found", "规则库里没有这个药或类别。")
    return await pages.render(
        request,
        "pharmacy/screening/one.html",
        title=shown.found.name,
        words=words,
        sheet=shown,
        badges=BADGES,
        severities=WORDS,
        rules=rules,
        here=HERE,
    )
