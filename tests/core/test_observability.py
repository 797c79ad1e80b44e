"""One line for each request, the same as the logger's own."""

import json
import sys

import pytest
import structlog
from aiohttp import web

from core import context, observability, pages
from core.doors import public


@pytest.fixture
def house_logs():
    """The house's own logging; as before afterwards."""
    before = structlog.get_config()
    yield observability.set_up_logs
    structlog.configure(**before)
    observability._write_line = None


def _answered(status: int, request_id: str) -> None:
    observability._kind("GET", "/b/{id}%", status).write_down(request_id, 0.0124)


def test_the_line_is_the_loggers_own(house_logs, capfdbinary, monkeypatch):
    monkeypatch.setattr(sys, "stdout", open(1, "w", closefd=False))  # noqa: SIM115
    house_logs()
    context.enter(context.Origin("00ff00ff00ff"))
    structlog.get_logger("access").info(
        "request", method="GET", route="/b/{id}%", status=409, ms=12
    )
    _answered(409, "00ff00ff00ff")
    its, ours = (json.loads(line) for line in capfdbinary.readouterr().out.splitlines())
    assert list(its) == list(ours)
    assert {**its, "timestamp": ""} == {**ours, "timestamp": ""}
    assert len(its["timestamp"]) == len(ours["timestamp"])


def test_a_house_that_wants_warnings_only_has_no_lines(house_logs, capfdbinary):
    house_logs(level="WARNING")
    _answered(200, "00ff00ff00ff")
    assert capfdbinary.readouterr().out == b""


async def test_each_request_has_its_id_and_its_line(aiohttp_client, monkeypatch):
    lines: list[bytes] = []
    monkeypatch.setattr(observability, "_write_line", lines.append)

    @public
    async def bed(request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/")

    app = web.Application(middlewares=[observability.observe])
    app.on_response_prepare.append(pages.headers)
    app.router.add_get("/beds/{id}", bed)
    app.router.add_get("/static/{id}", bed)
    client = await aiohttp_client(app)
    for path in ("/beds/7", "/static/7", "/nowhere"):
        await client.get(path, allow_redirects=False)
    told = [json.loads(line) for line in lines]
    assert [(one["route"], one["status"]) for one in told] == [
        ("/beds/{id}", 303),
        ("unknown", 404),
    ]
    assert len({one["request_id"] for one in told}) == 2
