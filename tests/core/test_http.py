"""Typed endpoints, problems in words, same-origin forms and the headers on everything."""

import asyncio
import gzip
import json
from urllib.parse import quote
from uuid import UUID

import pytest
from aiohttp import web
from openapi_spec_validator import validate

from core import csrf, observability, openapi, pages
from core.doors import ANY_STAFF, allow, door_of, public
from core.errors import Conflict
from core.http import Rendered, Schema, Template, endpoint, path_id

routes = web.RouteTableDef()
PROBLEM = "application/problem+json"


class BedIn(Schema):
    name: str
    places: int = 1


class BedOut(Schema):
    name: str


class FindIn(Schema):
    q: str = ""


@routes.post("/api/beds", name="add_bed")
@public
@endpoint(status=201)
async def add_bed(request: web.Request, *, body: BedIn) -> BedOut:
    """Add a bed.

    With room for one or more.
    """
    return BedOut(name=body.name)


@routes.get("/api/beds/{id}", name="show_bed")
@allow(ANY_STAFF)
@endpoint
async def show_bed(request: web.Request, *, query: FindIn) -> BedOut:
    """Show a bed."""
    return BedOut(name=f"{path_id(request)} {query.q}")


class WardOut(Schema):
    name: str
    house: str
    beds: list[BedOut]


WARD = Template(WardOut(name="", house="县医院", beds=[BedOut(name="一")]), ["name"])


@routes.get("/api/wards/{name}", name="show_ward")
@public
@endpoint
async def show_ward(request: web.Request) -> WardOut | Rendered:
    """Show a ward."""
    return WARD.filled(name=request.match_info["name"])


@routes.get("/api/broken")
@public
async def broken(request: web.Request) -> web.Response:
    raise RuntimeError("身份证 11010519491231002X")


@routes.post("/form")
async def form(request: web.Request) -> web.Response:
    return web.Response(text="done")


@routes.get("/page")
async def page(request: web.Request) -> web.Response:
    return web.Response(text=csrf.token(request))


@routes.post("/api/taken")
async def taken(request: web.Request) -> web.Response:
    raise Conflict("slot_full", "号满了。", retry_after_s=3)


@pytest.fixture
async def client(aiohttp_client):
    app = web.Application(
        middlewares=[observability.observe, pages.problems, csrf.guard("session")]
    )
    app.on_response_prepare.append(pages.headers)
    app.add_routes(routes)
    return await aiohttp_client(app)


async def test_a_body_is_parsed_and_an_answer_rendered(client):
    answer = await client.post("/api/beds", json={"name": " 一号床 "})
    assert (answer.status, await answer.json()) == (201, {"name": "一号床"})


@pytest.mark.parametrize("size", [1, 5_000, 300_000])
async def test_a_body_is_whole_in_however_many_pieces_it_comes(client, size):
    name = "床" * size
    raw = json.dumps({"name": name}, ensure_ascii=False).encode()

    async def pieces():
        for start in range(0, len(raw), 1 + len(raw) // 3):
            yield raw[start : start + 1 + len(raw) // 3]
            await asyncio.sleep(0.01)

    for body in (raw, pieces()):
        answer = await client.post("/api/beds", data=body)
        assert (answer.status, await answer.json()) == (201, {"name": name})


async def test_a_body_that_is_packed_is_unpacked(client):
    raw = gzip.compress(b'{"name": "' + b"x" * 9_000 + b'"}')
    answer = await client.post("/api/beds", data=raw, headers={"Content-Encoding": "gzip"})
    assert (answer.status, len((await answer.json())["name"])) == (201, 9_000)


async def test_a_template_is_made_once_and_filled_for_each(client):
    for name in ("心内科", '"\\'):
        answer = await client.get("/api/wards/" + quote(name, safe=""))
        shown = WardOut.model_validate(await answer.json())
        assert shown == WardOut(name=name, house="县医院", beds=[BedOut(name="一")])


@pytest.mark.parametrize("own", [{}, {"name": "", "house": ""}])
def test_a_template_is_filled_with_all_that_is_own_and_nothing_else(own):
    with pytest.raises(TypeError):
        WARD.filled(**own)


async def test_every_wrong_field_is_named_in_words(client):
    answer = await client.post("/api/beds", json={"places": "viele", "colour": "red"})
    body = await answer.json()
    assert (answer.status, answer.content_type, body["code"]) == (422, PROBLEM, "invalid_input")
    assert {e["field"]: e["message"] for e in body["errors"]} == {
        "name": "请填写",
        "places": "请填整数",
        "colour": "这里不认识这一项",
    }


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'"x"'])
async def test_a_body_that_is_no_object_is_refused(client, raw):
    answer = await client.post("/api/beds", data=raw)
    assert (answer.status, answer.content_type) == (422, PROBLEM)


@pytest.mark.parametrize(
    "raw", [b"{", b"\xff\xfe", b'{"name": "\xff"}', b'{"name": "\\ud800"}', b"[" * 20_000]
)
async def test_what_is_no_json_is_called_so(client, raw):
    answer = await client.post("/api/beds", data=raw)
    body = await answer.json()
    assert (answer.status, answer.content_type) == (400, PROBLEM)
    assert (body["code"], "JSON" in body["detail"]) == ("malformed_json", True)


async def test_a_nul_is_named_with_its_field_before_a_database_meets_it(client):
    for field in ("name", "colour"):
        answer = await client.post("/api/beds", json={"name": "床", field: "一\0号"})
        assert answer.status == 422
        assert field in [error["field"] for error in (await answer.json())["errors"]]
    assert (await client.get(f"/api/beds/{UUID(int=1)}?q=%00")).status in (401, 422)


async def test_a_malformed_id_is_simply_not_found(client):
    assert (await client.get("/api/beds/1%20or%201=1")).status == 404


async def test_a_problem_keeps_its_code_and_extras(client):
    answer = await client.post("/api/taken")
    body = await answer.json()
    assert (answer.status, body["code"], body["retry_after_s"]) == (409, "slot_full", 3)


async def test_an_accident_tells_a_number_and_no_secret(client):
    answer = await client.get("/api/broken")
    text = await answer.text()
    assert answer.status == 500
    assert "11010519491231002X" not in text
    assert (await answer.json())["request_id"] == answer.headers["X-Request-Id"]


async def test_security_headers_are_on_everything(client):
    for path in ("/page", "/nowhere", "/api/broken"):
        headers = (await client.get(path)).headers
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


async def test_a_form_from_another_site_is_refused(client):
    host = f"http://{client.host}:{client.port}"
    for header in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        assert (await client.post("/form", headers=header)).status == 403
    for header in ({}, {"Origin": host}, {"Sec-Fetch-Site": "same-origin"}):
        assert (await client.post("/form", headers=header)).status == 200


async def test_a_signed_in_form_needs_the_pages_token(client):
    client.session.cookie_jar.update_cookies({"session": "x"})
    token = await (await client.get("/page")).text()
    assert (await client.post("/form")).status == 403
    assert (await client.post("/form", data={"csrf_token": "0" * 64})).status == 403
    assert (await client.post("/form", data={"csrf_token": token})).status == 200
    assert (await client.post("/form", headers={"X-CSRF-Token": token})).status == 200


def test_the_document_comes_from_the_signatures():
    document = openapi.document(routes, title="Beds", version="1")
    validate(document)
    add = document["paths"]["/api/beds"]["post"]
    assert (add["operationId"], add["summary"], add["security"]) == ("add_bed", "Add a bed.", [])
    assert set(add["responses"]) == {"201", "400", "413", "422"}
    assert [p["name"] for p in document["paths"]["/api/beds/{id}"]["get"]["parameters"]] == [
        "id",
        "q",
    ]


def test_a_route_without_a_mark_opens_for_nobody():
    assert door_of(form) == frozenset()
    assert door_of(show_bed) == frozenset({ANY_STAFF})
