"""Brings notifications to the merchant as WeChat does: signed, sealed, again and again.

A notice that is not answered with 200 or 204 within five seconds comes again after 15 s, 15 s,
30 s, 3 min … for a day. One that was taken may come again all the same. Nothing keeps two
notices in order. `Options.pace` shortens all pauses.
"""

import asyncio
import json
import random
import secrets
import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core import clock
from core.clock import SHANGHAI
from wechat.sandbox import pushes
from wechat.sandbox.world import Notice

if TYPE_CHECKING:
    from wechat.sandbox.keys import Signer
    from wechat.sandbox.state import Sandbox

DICE: Final = random.Random()  # noqa: S311  (its own: nobody else's luck changes with it)
log = structlog.get_logger(__name__)

PAUSES_S: Final = (
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600,
)  # fmt: skip
PATIENCE: Final = aiohttp.ClientTimeout(total=5)
TAKEN: Final = frozenset({200, 204})


class Postman:
    """Delivers for one sandbox."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._rounds: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def post(self, event_type: str, url: str, content: dict[str, Any]) -> asyncio.Event:
        """Begin to deliver; the event is set after the first try."""
        notice = Notice(
            id=secrets.token_hex(16),
            url=url,
            event_type=event_type,
            content=content,
            made_at=clock.now(),
        )
        self._sandbox.world.keep(notice)
        tried = asyncio.Event()
        late = self._sandbox.options.late > 0
        self._sandbox.options.late -= late
        self.later(self._deliver(notice, tried, first_s=PAUSES_S[0] if late else 0))
        return tried

    def push_end(self, openid: str, template_id: str, number: int) -> None:
        """Tell the house that a subscribe message arrived, where pushes are set up."""
        if url := self._sandbox.options.push_url:
            self.later(pushes.tell_end(self._client(), url, openid, template_id, number))

    def push_official(self, openid: str, event: str, more: str = "") -> None:
        """An event of the official account, where its pushes are set up."""
        if url := self._sandbox.options.official_push_url:
            self.later(pushes.tell_official(self._client(), url, openid, event, more))

    def resume(self) -> None:
        """Go on with what was not taken before a restart."""
        for notice in self._sandbox.world.all(Notice):
            if not notice.done:
                self.later(self._deliver(notice, asyncio.Event(), first_s=PAUSES_S[0]))

    def later(self, work: Any) -> None:
        """Run beside the requests until it ends or the sandbox does."""
        task = asyncio.ensure_future(work)
        self._rounds.add(task)
        task.add_done_callback(self._rounds.discard)

    async def close(self) -> None:
        """Stop all rounds."""
        for task in list(self._rounds):
            task.cancel()
        await asyncio.gather(*self._rounds, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _deliver(self, notice: Notice, tried: asyncio.Event, *, first_s: float) -> None:
        for wait_s in (first_s, *PAUSES_S):
            await self._sleep(wait_s)
            status = await self.send(notice)
            tried.set()
            if status in TAKEN:
                break
        notice.done = True
        self._sandbox.world.keep(notice)
        for _ in range(self._sandbox.options.repeats):
            await self._sleep(PAUSES_S[0] * DICE.uniform(0.2, 2))
            await self.send(notice)

    async def _sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self._sandbox.options.pace)

    async def send(self, notice: Notice) -> int:
        """One try; 0 when nobody answered."""
        signers = self._sandbox.identity.signers
        headers, body = self.seal(notice, signers[notice.attempts % len(signers)])
        try:
            async with self._client().post(notice.url, data=body, headers=headers) as answer:
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        notice.attempts += 1
        notice.answers.append(status)
        self._sandbox.world.keep(notice)
        return status

    def seal(self, notice: Notice, signer: "Signer") -> tuple[dict[str, str], bytes]:
        """Headers and body of the notice, as they go over the wire."""
        nonce, about = secrets.token_hex(6), notice.event_type.partition(".")[0].lower()
        plain = json.dumps(notice.content, ensure_ascii=False).encode()
        box = AESGCM(self._sandbox.identity.api_key.encode())
        body = {
            "id": notice.id,
            "create_time": notice.made_at.astimezone(SHANGHAI).isoformat(timespec="seconds"),
            "resource_type": "encrypt-resource",
            "event_type": notice.event_type,
            "summary": "通知",
            "resource": {
                "original_type": about,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": b64encode(
                    box.encrypt(nonce.encode(), plain, about.encode())
                ).decode(),
                "associated_data": about,
                "nonce": nonce,
            },
        }
        text = json.dumps(body, ensure_ascii=False)
        return signed_headers(signer, text), text.encode()

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=PATIENCE)
        return self._session


def signed_headers(signer: "Signer", body: str, *, at: int | None = None) -> dict[str, str]:
    """WeChat Pay's headers for an answer or a notification."""
    stamp, nonce = str(at or int(time.time())), secrets.token_hex(16)
    return {
        "Content-Type": "application/json",
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": signer.serial,
        "Wechatpay-Signature": signer.sign(f"{stamp}\n{nonce}\n{body}\n"),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }
