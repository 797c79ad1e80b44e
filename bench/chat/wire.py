"""One connection to `/chat`, spoken by hand: a client library would cost more than the server."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import aiohttp

ADDRESS = "http://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
EVENT = "42/chat,"
ACK = "43/chat,"


class Wire:
    """`heard(text)` gets every event of the server as it came, `42/chat,` and all."""

    def __init__(self, session: aiohttp.ClientSession, port: int, token: str) -> None:
        self._session, self._address, self._token = session, ADDRESS.format(port=port), token
        self._asked: dict[int, asyncio.Future[str]] = {}
        self._number = 0
        self.heard: Callable[[str], None] = lambda _: None

    async def connect(self, *, compress: int = 0) -> None:
        """Until the namespace has let us in; 15 offers to compress. Raises OSError."""
        self._line = await self._session.ws_connect(
            self._address, autoping=False, max_msg_size=0, compress=compress
        )
        await self._line.receive_str()
        await self._line.send_str(f"40/chat,{json.dumps({'token': self._token})}")
        while (answer := await self._line.receive_str()) == "2":  # a ping: the house is busy
            await self._line.send_str("3")
        if not answer.startswith("40/chat"):
            raise OSError(f"not let in: {answer[:80]}")
        self._reading = asyncio.create_task(self._read())

    async def call(self, event: str, given: dict[str, Any]) -> str:
        """The acknowledgement, as it came. Raises ConnectionError when the line breaks."""
        self._number += 1
        number = self._number
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        said = json.dumps([event, given], ensure_ascii=False, separators=(",", ":"))
        await self._line.send_str(f"{EVENT}{number}{said}")
        return str(await answer)

    async def cut(self) -> None:
        """Gone without a word, as a phone is."""
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading
        if (transport := self._line._response.connection) and transport.transport:
            transport.transport.abort()

    async def close(self) -> None:
        """Leave."""
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading
        await self._line.close()

    async def _read(self) -> None:
        try:
            async for frame in self._line:
                text = frame.data
                if text == "2":
                    await self._line.send_str("3")
                elif text.startswith(EVENT):
                    self.heard(text)
                elif text.startswith(ACK):
                    number, _, rest = text[len(ACK) :].partition("[")
                    if (asked := self._asked.pop(int(number), None)) and not asked.done():
                        asked.set_result(rest)
        finally:
            for asked in self._asked.values():
                if not asked.done():
                    asked.set_exception(ConnectionError())
