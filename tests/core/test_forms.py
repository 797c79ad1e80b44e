"""Forms come back with what was typed and what was wrong; a sound one reaches its handler."""

from typing import Any

import pytest
from aiohttp import web
from pydantic import Field

from core import pages
from core.audit import SYSTEM, AuditEvent
from core.audit import refused as trace
from core.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Problem, TooMany
from core.forms import ABOVE, LOUD, Form, Nothing, blank, filled, refused
from core.http import Schema

routes = web.RouteTableDef()
FULL = "这张床已经有人了。"
NAMED = FieldError("bed", "请选一张空床")


class Full(Conflict):
    """A conflict of a closer kind."""


REFUSALS: dict[str, Problem] = {
    "named": Invalid("invalid_input", "有几处要改。", errors=[NAMED]),
    "unnamed": Invalid("invalid_input", "今天不收人。"),
    "beside": Full("full", FULL),
    "loud": TooMany("too_many", "请慢一点。"),
    "unknown": NotFound("no_bed", "没有这张床。"),
    "elsewhere": Conflict("closed", "病区关了。"),
    "forbidden": Forbidden("not_yours", "这不是您的病区。"),
}


class BedIn(Schema):
    bed: str = Field(max_length=4)
    note: str = ""


async def _ward(request: web.Request, form: Form[Any]) -> web.Response:
    shown = {"typed": form.values, "errors": form.errors, "loud": form.loud}
    return web.json_response(shown, status=form.status)


@routes.get("/ward")
async def ward(request: web.Request) -> web.Response:
    return await _ward(request, blank(bed="一"))


@routes.post("/ward/beds")
@filled(BedIn, again=_ward, refusals={Conflict: ABOVE, Full: "bed", NotFound: "bed", TooMany: LOUD})
async def take(request: web.Request, entry: BedIn) -> web.Response:
    """Take a bed."""
    if entry.note in REFUSALS:
        raise REFUSALS[entry.note]
    raise pages.see_other(f"/ward/beds/{entry.bed}")


@routes.post("/ward/leave")
@filled(Nothing, again=_ward)
async def leave(request: web.Request, _: Nothing) -> web.Response:
    raise trace(Invalid("not_here", "您不在这里。"), SYSTEM, "ward.leave", "Ward/1")


@pytest.fixture
async def client(aiohttp_client):
    app = web.Application(middlewares=[pages.problems])
    app.add_routes(routes)
    return await aiohttp_client(app)


async def post(client, **typed):
    answer = await client.post("/ward/beds", data=typed, allow_redirects=False)
    shown = await answer.json() if answer.content_type == "application/json" else None
    return answer, shown


async def test_a_form_nobody_has_touched(client):
    answer = await client.get("/ward")
    assert answer.status == 200
    assert await answer.json() == {"typed": {"bed": "一"}, "errors": {}, "loud": ""}


async def test_a_sound_form_reaches_its_handler(client):
    answer, _ = await post(client, bed=" 3 ")
    assert (answer.status, answer.headers["Location"]) == (303, "/ward/beds/3")


async def test_what_is_wrong_comes_back_with_what_was_typed(client):
    answer, shown = await post(client, bed="太长的床号", note="靠窗")
    assert answer.status == 422
    assert shown["typed"] == {"bed": "太长的床号", "note": "靠窗"}
    assert (list(shown["errors"]), shown["loud"]) == (["bed"], "")


@pytest.mark.parametrize(
    ("why", "status", "errors", "loud"),
    [
        ("named", 422, {"bed": NAMED.message}, "有几处要改。"),
        ("unnamed", 422, {ABOVE: "今天不收人。"}, "今天不收人。"),
        ("beside", 409, {"bed": FULL}, FULL),
        ("elsewhere", 409, {ABOVE: "病区关了。"}, "病区关了。"),
        ("loud", 429, {}, "请慢一点。"),
        ("unknown", 422, {"bed": "没有这张床。"}, "没有这张床。"),
    ],
)
async def test_what_the_verb_refuses_stands_where_the_handler_says(
    client, why, status, errors, loud
):
    answer, shown = await post(client, bed="三", note=why)
    assert answer.status == status
    assert shown == {"typed": {"bed": "三", "note": why}, "errors": errors, "loud": loud}


async def test_any_other_refusal_is_an_error_page(client):
    answer, _ = await post(client, bed="三", note="forbidden")
    assert (answer.status, answer.content_type) == (403, "application/problem+json")


async def test_a_refusal_leaves_its_trace(client, database):
    answer = await client.post("/ward/leave", data={"once": "1"})
    assert answer.status == 422
    (row,) = await AuditEvent.all()
    assert (row.action, row.subject, row.outcome) == ("ward.leave", "Ward/1", "refused")


def test_the_handler_keeps_its_name_and_words():
    assert (take.__name__, take.__doc__) == ("take", "Take a bed.")


def test_a_refusal_without_a_field_is_never_silent():
    typed: Form[BedIn] = Form({"bed": "三"}, {}, None)
    said = refused(typed, Invalid("invalid_input", "今天不收人。"))
    assert said.errors == {ABOVE: "今天不收人。"}
    assert refused(typed, Conflict("full", FULL), at="bed").errors == {"bed": FULL}
