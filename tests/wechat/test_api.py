"""The mini program's API over real HTTP: codes, phones, messages, content check."""

import logging
from typing import Any

import pytest
import structlog
from aiohttp import ClientSession

from core import db
from core.errors import Problem
from tests.plumbing.clocks import HeldClock
from tests.plumbing.wechat import RunningSandbox
from wechat import errors
from wechat.bindings import WeChat
from wechat.sandbox.templates import TEMPLATES
from wechat.sandbox.world import ApiToken, openid_of
from wechat.schemas import Scene, Suggestion

pytestmark = pytest.mark.usefixtures("database")
REMINDER = "tmpl-appointment-reminder"


def reminder(clock: HeldClock) -> dict[str, Any]:
    where = "云河县人民医院门诊楼三层东侧心血管内科第十二诊室门口"
    return {
        "name1": "张三",
        "thing2": where,
        "time3": clock(),
        "thing4": "带好医保卡",
        "thing5": "",
    }


async def test_a_demo_code_is_the_user_of_that_name(wechat: WeChat) -> None:
    first, again = await wechat.api.login("demo-wang"), await wechat.api.login("demo-wang")
    assert first.openid == again.openid == openid_of("wang")
    assert (await wechat.api.login("demo-li")).openid != first.openid
    assert first.session_key not in repr(first)


@pytest.mark.parametrize("purpose", ["login", "phone"])
async def test_a_code_is_good_once_and_for_five_minutes(
    wechat: WeChat, sandbox: RunningSandbox, clock: HeldClock, purpose: str
) -> None:
    use = wechat.api.login if purpose == "login" else wechat.api.phone_number
    code = await sandbox.code("wang", purpose)
    await use(code)
    with pytest.raises(errors.CodeRefused) as used:
        await use(code)
    assert used.value.status == 401
    late = await sandbox.code("wang", purpose)
    clock.move(minutes=5, seconds=1)
    for bad in (late, "forged", ""):
        with pytest.raises(errors.CodeRefused, match="重新打开"):
            await use(bad)


async def test_a_phone_code_is_no_login_code(wechat: WeChat, sandbox: RunningSandbox) -> None:
    with pytest.raises(errors.CodeRefused):
        await wechat.api.login(await sandbox.code("wang", "phone"))


async def test_the_phone_number_is_the_users(wechat: WeChat, sandbox: RunningSandbox) -> None:
    phone = await wechat.api.phone_number(await sandbox.code("wang", "phone"))
    assert phone.number == sandbox.world.user("wang").phone
    assert phone.country_code == "86"
    assert phone.number not in repr(phone)


async def test_a_message_needs_an_agreement_for_each(
    wechat: WeChat, sandbox: RunningSandbox, clock: HeldClock
) -> None:
    openid = await sandbox.openid("wang")
    with pytest.raises(errors.NoCredit, match="接收提醒"):
        await wechat.api.send(openid, REMINDER, reminder(clock))
    await sandbox.post("/subscriptions", openid=openid, template_ids=[REMINDER])
    await wechat.api.send(openid, REMINDER, reminder(clock), page="pages/appointments/show?id=1")
    with pytest.raises(errors.NoCredit):
        await wechat.api.send(openid, REMINDER, reminder(clock))
    (received,) = (await sandbox.get(f"/messages?openid={openid}"))["items"]
    assert received["data"] == {
        "name1": "张三",
        "thing2": "云河县人民医院门诊楼三层东侧心血管内科…",
        "time3": "2026年11月2日 09:00",
        "thing4": "带好医保卡",
        "thing5": "无",
    }
    assert (await sandbox.get("/messages?openid=somebody-else"))["items"] == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"openid": "nobody"}, errors.UnknownUser),
        ({"template_id": "tmpl-unknown"}, errors.Misconfigured),
        ({"page": "https://elsewhere.example/"}, errors.Misconfigured),
        ({"values": {"name1": "张三"}}, errors.MessageRefused),
    ],
)
async def test_a_message_that_wechat_refuses(
    wechat: WeChat,
    sandbox: RunningSandbox,
    clock: HeldClock,
    change: dict[str, Any],
    problem: type[Problem],
) -> None:
    openid = await sandbox.openid("wang")
    await sandbox.post("/subscriptions", openid=openid, template_ids=[REMINDER])
    given = {"openid": openid, "template_id": REMINDER, "values": reminder(clock)} | change
    with pytest.raises(problem):
        await wechat.api.send(**given)
    await wechat.api.send(openid, REMINDER, reminder(clock))  # the agreement is still there


async def test_the_client_cannot_send_what_the_sandbox_refuses(
    sandbox: RunningSandbox, wechat: WeChat
) -> None:
    """The sandbox has its own reading of the limits: raw calls show that it holds to them."""
    openid, token = await sandbox.openid("wang"), await wechat.api.tokens.get()
    template = "tmpl-every-kind"
    await sandbox.post("/subscriptions", openid=openid, template_ids=[template])
    good = {
        "thing1": "一" * 20, "name2": "张三", "phrase3": "已签收", "character_string4": "A1",
        "number5": "3", "letter6": "ab", "symbol7": "!!", "phone_number8": "138****1234",
        "car_number9": "粤A12345", "amount10": "¥1.00", "time11": "09:30", "date12": "2026年1月2日",
    }  # fmt: skip
    assert set(good) == set(TEMPLATES[template])
    bad = {
        "thing1": ["一" * 21, "", "一\n二"], "name2": ["张三" * 6, "a" * 21, "张3"],
        "phrase3": ["已经签收了啊", "OK"], "character_string4": ["编号", "x" * 33],
        "number5": ["三", "1" * 33], "letter6": ["a1"], "symbol7": ["!!!!!!"],
        "phone_number8": ["1" * 18], "car_number9": ["粤A1234567"],
        "amount10": ["1.00", "¥12345678901"], "time11": ["25:00", "明天"], "date12": ["13月1日"],
    }  # fmt: skip

    async def send(values: dict[str, str]) -> int:
        body = {"touser": openid, "template_id": template}
        data = {name: {"value": value} for name, value in values.items()}
        url = f"{sandbox.url}/cgi-bin/message/subscribe/send?access_token={token}"
        async with (
            ClientSession() as session,
            session.post(url, json=body | {"data": data}) as answer,
        ):
            return int((await answer.json())["errcode"])

    for field, values in bad.items():
        for value in values:
            assert await send(good | {field: value}) == 47003, (field, value)
    assert await send(good) == 0


@pytest.mark.parametrize(
    ("text", "suggest"),
    [
        ("医生很耐心,谢谢", Suggestion.PASS),
        ("有偏方", Suggestion.REVIEW),
        ("网上赌博", Suggestion.RISKY),
        ("好" * 2600 + "赌博", Suggestion.RISKY),
        ("好" * 10_001, Suggestion.REVIEW),
        ("", Suggestion.PASS),
    ],
)
async def test_public_texts_are_checked(wechat: WeChat, text: str, suggest: Suggestion) -> None:
    user = await wechat.api.login("demo-wang")
    verdict = await wechat.api.check_text(user.openid, text, Scene.COMMENT)
    assert verdict.suggest is suggest


async def test_the_check_wants_somebody_who_was_there_lately(
    wechat: WeChat, clock: HeldClock
) -> None:
    user = await wechat.api.login("demo-wang")
    clock.move(hours=2, minutes=1)
    with pytest.raises(errors.NotRecentlySeen):
        await wechat.api.check_text(user.openid, "好", Scene.COMMENT)


async def test_a_user_who_logs_in_too_often(wechat: WeChat, sandbox: RunningSandbox) -> None:
    sandbox.state.logins._most = 3
    for _ in range(3):
        await wechat.api.login("demo-wang")
    with pytest.raises(errors.TooFast) as slow:
        await wechat.api.login("demo-wang")
    assert slow.value.status == 429
    assert slow.value.document()["retry_after_s"] == 60
    await wechat.api.login("demo-li")


async def test_nothing_secret_is_logged(
    wechat: WeChat, sandbox: RunningSandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="aiohttp.access")  # as core.observability has it
    with structlog.testing.capture_logs() as logged:
        session = await wechat.api.login("demo-wang")
        phone = await wechat.api.phone_number("demo-wang")
        with pytest.raises(errors.CodeRefused) as refused:
            await wechat.api.login("a-forged-code")
        await sandbox.server.close()
        with pytest.raises(errors.Unreachable) as lost:
            await wechat.api.login("another-code")
    token = await wechat.api.tokens.get()
    said = f"{logged}{caplog.text}{refused.value!r}{lost.value!r}{lost.value.__cause__!r}"
    assert "wechat_refused" in said
    for secret in (
        session.session_key,
        phone.number,
        token,
        sandbox.state.identity.app_secret,
        "a-forged-code",
        "another-code",
    ):
        assert secret not in said


async def test_the_token_is_sealed_in_the_database(wechat: WeChat) -> None:
    token = await wechat.api.tokens.get()
    _, rows = await db.connection().execute_query("SELECT token FROM wechat_access_token")
    (row,) = rows
    assert dict(row)["token"].startswith("sealed1.")
    assert token not in dict(row)["token"]


async def test_a_token_wechat_forgot_is_renewed_once(
    wechat: WeChat, sandbox: RunningSandbox
) -> None:
    token = await wechat.api.tokens.get()
    sandbox.world.keep(ApiToken(id="new", expires_at=sandbox.world.get(ApiToken, token).expires_at))
    sandbox.world._found.pop(("token", token))
    await wechat.api.phone_number("demo-wang")
    assert await wechat.api.tokens.get() == "new"
    assert sandbox.state.counts["stable_token"] == 2


async def test_a_token_that_stays_bad_is_given_up(wechat: WeChat, sandbox: RunningSandbox) -> None:
    """40001 for ever: wechatpy recursed without end, we renew once (by force) and say so."""
    await wechat.api.tokens.get()
    sandbox.state.counts.clear()
    sandbox.world.get = lambda *_: None  # type: ignore[assignment]  # no token is ever known
    with pytest.raises(errors.Misconfigured):
        await wechat.api.phone_number("demo-wang")
    assert sandbox.state.counts["getuserphonenumber"] == 2
    assert sandbox.state.counts["stable_token"] == 2
