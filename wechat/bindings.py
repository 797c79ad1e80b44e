"""How the rest of the house reaches WeChat: one object on the application."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from aiohttp import web

from wechat.api import Api
from wechat.errors import Misconfigured
from wechat.official.api import OfficialApi
from wechat.pay.client import Pay
from wechat.settings import Configuration, Inbox, Official

OFF: Final = "本院还没有开通微信服务,请到窗口或打电话办理。"


class WeChat:
    """The clients, made when first used. Each raises Misconfigured when it is not set up."""

    def __init__(self, configured: Callable[[], Configuration]) -> None:
        self._configured = configured
        self._api: Api | None = None
        self._pay: Pay | None = None
        self._official_api: OfficialApi | None = None

    @cached_property
    def configuration(self) -> Configuration:
        """What the operator set."""
        return self._configured()

    @property
    def api(self) -> Api:
        """The mini program's API."""
        if self._api is None:
            if self.configuration.mini_program is None:
                raise Misconfigured("wechat_off", OFF)
            self._api = Api(self.configuration.mini_program)
        return self._api

    @property
    def pay(self) -> Pay:
        """WeChat Pay."""
        if self._pay is None:
            if self.configuration.merchant is None:
                raise Misconfigured("wechat_pay_off", OFF)
            self._pay = Pay(self.configuration.merchant)
        return self._pay

    @property
    def official(self) -> Official:
        """The official account as it is set up."""
        if self.configuration.official is None:
            raise Misconfigured("wechat_official_off", OFF)
        return self.configuration.official

    @property
    def official_api(self) -> OfficialApi:
        """The official account's API."""
        if self._official_api is None:
            self._official_api = OfficialApi(self.official)
        return self._official_api

    @property
    def inbox(self) -> Inbox:
        """Where WeChat pushes to."""
        if self.configuration.inbox is None:
            raise Misconfigured("wechat_off", OFF)
        return self.configuration.inbox

    async def close(self) -> None:
        """Let all connections go."""
        for client in (self._api, self._pay, self._official_api):
            if client is not None:
                await client.close()


WECHAT: Final = web.AppKey("wechat", WeChat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """WeChat's word about the end of one message. `error` is 0 when it was delivered."""

    openid: str
    template_id: str
    message_id: str
    error: int


Hearing = Callable[[Told], Awaitable[None]]
HEARING: Final[web.AppKey[Hearing]] = web.AppKey("wechat_hearing")
"""Who wants to know what became of subscribe messages."""
OFFICIAL_HEARING: Final[web.AppKey[Hearing]] = web.AppKey("wechat_official_hearing")
"""The same for template messages of the official account."""


async def running(app: web.Application) -> AsyncIterator[None]:
    """Close the clients with the application."""
    yield
    await app[WECHAT].close()
