"""A device to try with: a small real client for HTTP and MQTT, for the demo, operators and tests.

How a message is signed is written a second time on purpose: it must not share a mistake with the
house.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote, urlsplit

import aiohttp
import aiomqtt

ANSWER_S: Final = 20


@dataclass(slots=True)
class Instrument:
    """One device with its code and key; `clock` is the time by its own watch, in Unix seconds."""

    code: str
    key: str = field(repr=False)
    clock: Callable[[], float] = time.time
    topic: str = "doorstep"

    def signed(self, body: bytes) -> dict[str, str]:
        """Time, nonce and signature of a message."""
        stamp, nonce = str(int(self.clock())), secrets.token_hex(8)
        words = f"POST\n/api/devices/v1/{self.code}/messages\n{stamp}\n{nonce}\n".encode()
        mac = hmac.new(self.key.encode(), words + body, hashlib.sha256).hexdigest()
        return {"time": stamp, "nonce": nonce, "signature": mac}

    async def post(
        self, address: str, message: dict[str, Any] | bytes
    ) -> tuple[int, dict[str, Any]]:
        """Send over HTTP; the answer's status and document."""
        body = _bytes(message)
        headers = {f"X-Device-{name.title()}": value for name, value in self.signed(body).items()}
        url = f"{address.rstrip('/')}/api/devices/v1/{self.code}/messages"
        async with (
            aiohttp.ClientSession() as http,
            http.post(
                url, data=body, headers={"Content-Type": "application/json", **headers}
            ) as answer,
        ):
            return answer.status, await answer.json(content_type=None)

    def wrapped(self, message: dict[str, Any] | bytes) -> bytes:
        """The message in its envelope, as it goes over MQTT."""
        body = _bytes(message)
        return json.dumps(self.signed(body) | {"body": body.decode()}).encode()

    async def publish(
        self, url: str, message: dict[str, Any] | bytes, *, hear: bool = True
    ) -> dict[str, Any] | None:
        """Send over MQTT, and hear what became of it; None when nobody answers in time."""
        mine = f"{self.topic}/devices/{self.code}"
        async with client(url) as broker:
            if hear:
                await broker.subscribe(f"{mine}/answers", qos=1)
            await broker.publish(f"{mine}/messages", self.wrapped(message), qos=1)
            if not hear:
                return None
            try:
                async with asyncio.timeout(ANSWER_S):
                    async for answer in broker.messages:
                        found: dict[str, Any] = json.loads(bytes(answer.payload))
                        return found
            except TimeoutError:
                pass
        return None


def client(url: str, *, identifier: str | None = None) -> aiomqtt.Client:
    """A connection to the broker at `mqtt[s]://user:password@host:port`."""
    parts = urlsplit(url)
    secure = parts.scheme == "mqtts"
    return aiomqtt.Client(
        parts.hostname or "127.0.0.1",
        parts.port or (8883 if secure else 1883),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        identifier=identifier,
        tls_params=aiomqtt.TLSParameters() if secure else None,
    )


def pressure(
    number: str, at: datetime, systolic: float, diastolic: float, **more: Any
) -> dict[str, Any]:
    """A blood pressure in Doorstep's own format."""
    unit = more.pop("unit", "mmHg")
    values: dict[str, Any] = {
        "systolic": {"value": systolic, "unit": unit},
        "diastolic": {"value": diastolic, "unit": unit},
    }
    if (pulse := more.pop("pulse", None)) is not None:
        values["pulse"] = {"value": pulse, "unit": "/min"}
    return {"id": number, "measured_at": at.isoformat(), "values": values, **more}


def glucose(number: str, at: datetime, value: float, **more: Any) -> dict[str, Any]:
    """A blood glucose in Doorstep's own format."""
    values = {"glucose": {"value": value, "unit": more.pop("unit", "mmol/L")}}
    return {"id": number, "measured_at": at.isoformat(), "values": values, **more}


def _bytes(message: dict[str, Any] | bytes) -> bytes:
    if isinstance(message, bytes):
        return message
    return json.dumps(message, ensure_ascii=False).encode()
