"""The one file that touches private names of `wechatpayv3`; a contract test guards them.

The library signs requests, shapes bodies and opens certificates. Replaced are the address (so
that the sandbox can be it) and the check of answers, which knows only one public key, asks the
network in the middle of it and takes a signature of any age.
"""

import httpx
from wechatpayv3.async_ import AsyncWeChatPay
from wechatpayv3.async_.core import AsyncCore
from wechatpayv3.async_.type import WeChatPayType

from wechat.pay.platform_keys import PlatformKeys
from wechat.settings import Merchant

TIMEOUT = httpx.Timeout(8.0, connect=3.0)


class Core(AsyncCore):  # type: ignore[misc]  # the library has no types
    """The library's core with our address, our connections and our keys."""

    def __init__(self, merchant: Merchant, keys: PlatformKeys) -> None:
        super().__init__(
            mchid=merchant.merchant_id,
            cert_serial_no=merchant.certificate_serial,
            private_key=merchant.private_key,
            apiv3_key=merchant.api_key,
        )
        self._keys = keys
        self._gate_way = merchant.url
        self._client = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)

    async def _verify_signature_async(self, headers: httpx.Headers, body: str) -> bool:
        """Raises Forged or UnknownSerial, which say more than the library's bare Exception."""
        self._keys.verify(headers, body.encode())
        return True

    @property
    def _public_key_id(self) -> str | None:
        """Which key answers are to be signed with: the newest public key in the folder."""
        return self._keys.newest_public_key or None

    @_public_key_id.setter
    def _public_key_id(self, value: str | None) -> None:
        """The library sets it from its arguments; ours come from the folder."""

    async def fetch_certificates(self) -> None:
        """Take over the platform certificates WeChat offers, opened with the APIv3 key."""
        await self._update_certificates()
        for certificate in self._certificates:
            self._keys.add_certificate(certificate)

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.aclose()


def library(merchant: Merchant, core: Core) -> AsyncWeChatPay:
    """The library's calls on our core."""
    pay = AsyncWeChatPay(
        wechatpay_type=WeChatPayType.MINIPROG,
        mchid=merchant.merchant_id,
        private_key=merchant.private_key,
        cert_serial_no=merchant.certificate_serial,
        appid=merchant.app_id,
        apiv3_key=merchant.api_key,
        notify_url=merchant.notify_url,
    )
    pay._core = core
    return pay
