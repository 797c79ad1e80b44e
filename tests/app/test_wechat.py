"""WeChat as the house has it: the sandbox mounted in the demo, settings that are whole."""

import asyncio
import base64
from datetime import datetime, timedelta

import pytest
from aiohttp import web

from app.settings import Settings, SettingsError, load
from core import clock
from tests.plumbing.house import Build, House
from wechat.bindings import WECHAT, WeChat
from wechat.errors import Misconfigured
from wechat.sandbox import PREFIX, SANDBOX, Options, create
from wechat.sandbox.world import Notice, Order, Refund
from wechat.settings import NOTIFY_PATH

NUMBER = "DS20261102000001"


async def test_the_demo_talks_to_its_own_sandbox(house: House) -> None:
    """Login, order, cashier and message through the mounted paths, with the real client."""
    wechat = house.app[WECHAT]
    user = await wechat.api.login("demo-wang")
    stranger = await house.visitor()
    answer = await stranger.client.post(f"{PREFIX}/codes", json={"name": "wang"})
    code = (await answer.json())["code"]
    assert (await wechat.api.login(code)).openid == user.openid
    prepay = await wechat.pay.order(
        out_trade_no=NUMBER,
        description="挂号费",
        amount_fen=1200,
        openid=user.openid,
        expires_at=in_an_hour(),
    )
    paid = await stranger.client.post(
        f"{PREFIX}/pay", json={"prepay_id": prepay, "outcome": "success"}
    )
    assert paid.status == 200
    assert (await wechat.pay.query(NUMBER)).trade_state.is_paid
    messages = await stranger.client.get(f"{PREFIX}/messages?openid={user.openid}")
    assert await messages.json() == {"items": []}


def in_an_hour() -> datetime:
    return clock.now() + timedelta(hours=1)


async def test_staff_who_are_signed_in_may_use_the_cashier_too(house: House) -> None:
    """The resident's page runs in the same browser as a staff page; no form token is asked for."""
    nurse = await house.signed_in("village1")
    answer = await nurse.client.post(f"{PREFIX}/pay", json={"prepay_id": "wx0"})
    assert answer.status == 409


async def test_outside_the_demo_there_is_no_sandbox_and_no_wechat(build_house: Build) -> None:
    house = await build_house(demo=False)
    visitor = await house.visitor()
    for path in ("/codes", "/pay", "/cgi-bin/stable_token"):
        assert (await visitor.client.post(PREFIX + path, json={})).status in (403, 404)
    with pytest.raises(Misconfigured, match="还没有开通微信"):
        await house.app[WECHAT].api.login("demo-wang")


async def test_the_sandbox_remembers_over_a_restart(tmp_path, aiohttp_server) -> None:
    """What was paid while we were away is told of when both are back."""
    settings = Settings(demo=True, data_dir=tmp_path)
    options = Options(folder=settings.sandbox_dir(), pace=0.001)
    first = await aiohttp_server(create(options, prefix=""))
    settings.wechat_api_url = str(first.make_url("")).rstrip("/")
    arrived = asyncio.Event()

    async def notified(_: web.Request) -> web.Response:
        arrived.set()
        return web.Response(status=204)

    house = web.Application()
    house.router.add_post(NOTIFY_PATH, notified)
    door = await aiohttp_server(house)
    settings.port = door.port
    clients = WeChat(settings.wechat)
    openid = first.app[SANDBOX].world.user("wang").id
    prepay = await clients.pay.order(
        out_trade_no=NUMBER,
        description="挂号费",
        amount_fen=1200,
        openid=openid,
        expires_at=in_an_hour(),
    )
    world = first.app[SANDBOX].world
    order = world.get(Order, NUMBER)
    assert order
    world.keep(
        Notice(
            id="n1",
            url=order.body["notify_url"],
            event_type="TRANSACTION.SUCCESS",
            content={},
            made_at=order.made_at,
        )
    )
    moment = in_an_hour()
    world.keep(
        Refund(
            id="RF-1",
            body={},
            refund_id="503",
            out_trade_no=NUMBER,
            transaction_id="420",
            total=1200,
            refund=1200,
            made_at=moment,
        )
    )
    await first.close()
    options.refund_s = 0
    second = await aiohttp_server(create(options))
    found = second.app[SANDBOX].world.get(Order, NUMBER)
    assert found
    assert found.prepay_id == prepay
    async with asyncio.timeout(30):
        await arrived.wait()
        while second.app[SANDBOX].world.get(Refund, "RF-1").status != "SUCCESS":
            await asyncio.sleep(0.01)
    await clients.close()


@pytest.fixture
def environment(monkeypatch, tmp_path):
    for name in ("DEMO", "SECRET_KEY_FILE", "PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", "s" * 40)
    monkeypatch.setenv("FIELD_KEY", "k1:" + base64.b64encode(b"k" * 32).decode())
    return monkeypatch


def test_a_house_without_wechat_starts(environment) -> None:
    assert load().wechat().mini_program is None


def test_half_a_wechat_does_not_start(environment) -> None:
    environment.setenv("WECHAT_APP_ID", "wx1")
    with pytest.raises(SettingsError, match="WECHAT_APP_SECRET is missing"):
        load()
    environment.setenv("WECHAT_APP_SECRET", "secret")
    environment.setenv("WECHAT_PAY_KEY", "3" * 32)
    with pytest.raises(SettingsError, match="WECHAT_PAY_MERCHANT_ID is missing"):
        load()


def test_a_whole_wechat_starts_with_secrets_from_files(
    environment, tmp_path, sandbox_folder
) -> None:
    (tmp_path / "secret").write_text("from a file\n")
    environment.setenv("PUBLIC_URL", "https://hospital.example")
    environment.setenv("WECHAT_APP_ID", "wx1")
    environment.setenv("WECHAT_APP_SECRET_FILE", str(tmp_path / "secret"))
    environment.setenv("WECHAT_PAY_MERCHANT_ID", "1900000109")
    environment.setenv("WECHAT_PAY_CERTIFICATE_SERIAL", "4C0FFEE")
    environment.setenv("WECHAT_PAY_PRIVATE_KEY_FILE", str(sandbox_folder / "merchant.pem"))
    environment.setenv("WECHAT_PAY_KEY", "3" * 32)
    environment.setenv("WECHAT_PAY_PLATFORM_KEYS", str(sandbox_folder / "platform"))
    made = load().wechat()
    assert made.mini_program
    assert made.merchant
    assert made.mini_program.secret == "from a file"
    assert made.merchant.notify_url == f"https://hospital.example{NOTIFY_PATH}"
    assert made.merchant.url == "https://api.mch.weixin.qq.com"


def test_a_demo_may_have_a_real_mini_program(environment) -> None:
    environment.setenv("DEMO", "1")
    environment.setenv("WECHAT_APP_ID", "wx1")
    environment.setenv("WECHAT_APP_SECRET", "secret")
    made = load().wechat()
    assert made.mini_program
    assert made.mini_program.url == "https://api.weixin.qq.com"
    assert made.merchant is None
