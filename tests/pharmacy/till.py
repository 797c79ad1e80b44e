"""WeChat for stories of drugs: the sandbox, and our own door for its signed notices."""

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from payments.routes import notifications
from wechat.bindings import WECHAT, WeChat
from wechat.sandbox import SANDBOX, Options, create, credentials


class Cashier:
    """WeChat's sandbox, and the door of ours at which its signed notices arrive: by themselves, or
    `by_hand` out of a letter box."""

    def __init__(self, folder, *, by_hand=True, pace=0.0, refund_s=1e9):
        self.by_hand = by_hand
        self.options = Options(
            folder=folder,
            remember=False,
            pace=pace,
            repeats=0,
            refund_s=refund_s,
            calls_per_second=100_000,
        )

    async def __aenter__(self):
        house = web.Application()
        self.house = TestServer(house)
        self.sandbox = TestServer(create(self.options))
        await self.sandbox.start_server()
        self.url = str(self.sandbox.make_url("/")).rstrip("/")
        self.post = []
        box = web.Application()
        box.router.add_post("/notify", self._keep)
        self.box = TestServer(box)
        await self.box.start_server()
        self.wechat = house[WECHAT] = WeChat(lambda: self.settings)
        house.router.add_routes(notifications.routes)
        await self.house.start_server()
        door = self.house.make_url(notifications.NOTIFY_PATH)
        door = self.box.make_url("/notify") if self.by_hand else door
        self.settings = credentials(self.options.folder, self.url, str(door))
        self.session = ClientSession()
        self.world = self.sandbox.app[SANDBOX].world
        return self

    async def __aexit__(self, *_):
        await self.session.close()
        await self.wechat.close()
        for server in (self.house, self.sandbox, self.box):
            await server.close()

    async def _keep(self, request):
        self.post.append((dict(request.headers), await request.read()))
        return web.Response(status=204)

    async def pay(self, prepaid):
        """Somebody confirms at the cashier; the notice is on its way."""
        await self.console("/pay", {"prepay_id": prepaid["package"].removeprefix("prepay_id=")})

    async def console(self, path, body):
        """What a person does in WeChat."""
        async with self.session.post(self.url + path, json=body) as answer:
            await answer.read()

    async def told(self):
        """The last notice arrives, where somebody has to bring it."""
        if self.post:
            await self.bring()

    async def bring(self, number=-1):
        """One notice reaches our door, signed as WeChat signed it."""
        headers, body = self.post[number]
        wanted = {k: v for k, v in headers.items() if k.startswith(("Wechatpay", "Content-T"))}
        path = self.house.make_url(notifications.NOTIFY_PATH)
        async with self.session.post(path, data=body, headers=wanted) as answer:
            assert answer.status == 204, await answer.text()
