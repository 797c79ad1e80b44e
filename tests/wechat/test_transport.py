"""Time-outs and repeats: a call is made again only when that is safe."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from core.errors import Problem
from wechat import errors, transport
from wechat.transport import Repeat, Transport

Play = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Stage:
    """A server that plays a list of answers, one for each request, and the last for ever."""

    def __init__(self) -> None:
        self.asked = 0
        self.plays: list[Play] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        play = self.plays[min(self.asked, len(self.plays) - 1)]
        self.asked += 1
        return await play(request)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    app = web.Application()
    app.router.add_route("*", "/call", stage.answer)
    server = TestServer(app)
    await server.start_server()
    stage.url = str(server.make_url("/")).rstrip("/")  # type: ignore[attr-defined]
    yield stage
    await server.close()


@pytest.fixture
async def to(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Transport]:
    monkeypatch.setattr(transport, "FIRST_WAIT_S", 0.001)
    timeout = aiohttp.ClientTimeout(total=0.5)
    made = Transport(stage.url, timeout=timeout)  # type: ignore[attr-defined]
    yield made
    await made.close()


async def good(_: web.Request) -> web.StreamResponse:
    return web.json_response({"errcode": 0}, content_type="text/plain")


async def busy(_: web.Request) -> web.StreamResponse:
    return web.json_response({"errcode": -1, "errmsg": "system error"})


async def broken(_: web.Request) -> web.StreamResponse:
    return web.Response(status=502, text="<html>bad gateway")


async def gibberish(_: web.Request) -> web.StreamResponse:
    return web.Response(text="<html>")


async def a_list(_: web.Request) -> web.StreamResponse:
    return web.json_response([1])


async def silent(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(5)
    return web.Response()


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport
    request.transport.abort()
    return web.Response()


@pytest.mark.parametrize(
    ("play", "repeat", "asked"),
    [
        (busy, Repeat.ANY, 2),
        (busy, Repeat.UNSENT, 2),  # WeChat says that it did nothing
        (broken, Repeat.ANY, 2),
        (gibberish, Repeat.ANY, 2),
        (a_list, Repeat.ANY, 2),
        (silent, Repeat.ANY, 2),
        (hangs_up, Repeat.ANY, 2),
    ],
)
async def test_one_bad_answer_is_got_over(
    stage: Stage, to: Transport, play: Play, repeat: Repeat, asked: int
) -> None:
    stage.plays = [play, good]
    assert (await to.call("x", "GET", "/call", repeat=repeat))["errcode"] == 0
    assert stage.asked == asked


@pytest.mark.parametrize("play", [broken, gibberish, a_list, silent, hangs_up])
async def test_what_may_have_been_done_is_not_done_again(
    stage: Stage, to: Transport, play: Play
) -> None:
    stage.plays = [play]
    with pytest.raises(errors.Unreachable) as lost:
        await to.call("x", "POST", "/call", body={}, repeat=Repeat.UNSENT)
    assert stage.asked == 1
    assert lost.value.uncertain


@pytest.mark.parametrize("play", [broken, silent])
async def test_repeats_end(stage: Stage, to: Transport, play: Play) -> None:
    stage.plays = [play]
    with pytest.raises(errors.Unreachable, match="稍等"):
        await to.call("x", "GET", "/call", repeat=Repeat.ANY)
    assert stage.asked == transport.TRIES


async def test_always_busy_is_wechats_answer(stage: Stage, to: Transport) -> None:
    stage.plays = [busy]
    answer = await to.call("x", "POST", "/call", body={}, repeat=Repeat.UNSENT)
    assert answer["errcode"] == -1
    assert stage.asked == transport.TRIES


async def test_nobody_there_is_tried_again_and_certain() -> None:
    to = Transport(f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(errors.Unreachable) as lost:
        await to.call("x", "POST", "/call", body={}, repeat=Repeat.UNSENT)
    assert not lost.value.uncertain
    await to.close()


@pytest.mark.parametrize(("errcode", "entry"), errors.API.items())
def test_every_errcode_of_the_table_has_words(
    errcode: int, entry: tuple[type[Problem], str, str]
) -> None:
    problem = errors.of_api("call", errcode)
    assert type(problem) is entry[0]
    assert problem.detail.endswith("。")
    assert problem.code.startswith("wechat_")
    assert str(errcode) not in problem.detail


@pytest.mark.parametrize("code", [*errors.PAY, "ORDER_NOT_EXIST", "SYSTEM_ERROR", "NOT_ENOUGH"])
def test_every_pay_code_of_the_table_has_words(code: str) -> None:
    problem = errors.of_pay("call", 400, code)
    assert type(problem) is errors.PAY[code.replace("_", "")][0]
    assert problem.detail.endswith("。")


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (lambda: errors.of_api("call", 40125), errors.Misconfigured),
        (lambda: errors.of_api("call", 99999), errors.Misconfigured),
        (lambda: errors.of_pay("order", 401, "SIGN_ERROR"), errors.Misconfigured),
        (lambda: errors.of_pay("order", 400, "INVALID_REQUEST"), errors.Misconfigured),
        (lambda: errors.of_pay("refund", 400, "INVALID_REQUEST"), errors.RefundRefused),
        (lambda: errors.of_pay("order", 500, "NEVER_SEEN"), errors.Unreachable),
        (lambda: errors.of_pay("order", 429, "NEVER_SEEN"), errors.TooFast),
    ],
)
def test_what_no_table_knows(problem: Callable[[], Problem], kind: type[Problem]) -> None:
    found = problem()
    assert type(found) is kind
    assert found.detail.endswith("。")
