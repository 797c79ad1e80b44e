"""Couriers: what we ask of one, and the county's own, over HTTP.

Another courier is another class that does what `Courier` says. Nothing here is called with a
transaction open. A request that may have arrived is made again under the same number, which the
courier answers as it did the first time.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Final, Protocol, TypeVar

import aiohttp
import structlog
from aiohttp import web
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from core import streams
from core.errors import Conflict, Unavailable
from pharmacy.delivery import envelope, refusals
from pharmacy.delivery.envelope import Credentials
from pharmacy.delivery.states import Word

DICE: Final = random.Random()  # noqa: S311  (its own: nobody else's luck changes with it)
log = structlog.get_logger(__name__)

TIMEOUT: Final = aiohttp.ClientTimeout(total=8, sock_connect=2)
TRIES: Final = 3
FIRST_WAIT_S: Final = 0.2
LARGEST_ANSWER: Final = 1 << 21
OFF: Final = "本院还没有开通快递,请选择到药房自取。"
SILENT: Final = "快递公司暂时联系不上,系统会自动再试。"
REFUSED: Final = "快递没有接受:{why}"
STRANGER: Final = "快递公司不认本院的密钥。请告诉管理员核对,核对好以后系统会自动再试。"
T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """What is to be carried. `number` is ours and makes a repeat harmless."""

    number: str
    recipient_name: str
    recipient_phone: str
    address: str
    sender_name: str
    sender_phone: str
    sender_address: str


class Track(BaseModel):
    """One thing that happened on the way, when and where, as the courier tells it."""

    tracking_number: Annotated[str, Field(min_length=1, max_length=40)]
    status: Word
    at: AwareDatetime
    place: Annotated[str, Field(max_length=80)] = ""
    note: Annotated[str, Field(max_length=200)] = ""


class Courier(Protocol):
    """A company that carries. Raises Unavailable `courier_silent`,
    `courier_stranger`, Conflict `courier_refused`."""

    async def create(self, consignment: Consignment) -> str:
        """Its tracking number; the same for the same consignment."""

    async def label(self, tracking_number: str) -> bytes:
        """The label to print, a PDF."""

    async def track(self, tracking_number: str) -> Sequence[Track]:
        """All that happened, in no order."""

    async def cancel(self, tracking_number: str) -> None:
        """Not to be fetched. Safe to repeat. Refused once it has been picked up."""

    def read(self, headers: Mapping[str, str], path: str, body: bytes) -> Track:
        """A message of theirs. Raises Unauthorized, ValueError."""

    async def close(self) -> None:
        """Let the connections go."""


class _Created(BaseModel):
    tracking_number: Annotated[str, Field(min_length=1, max_length=40)]


class _Tracks(BaseModel):
    items: list[Track]


class _Done(BaseModel):
    pass


class CountyCourier:
    """The courier at `url`, whose messages are in `envelope`s."""

    def __init__(self, url: str, credentials: Credentials, *, notify_url: str) -> None:
        self._url, self._credentials, self._notify_url = url.rstrip("/"), credentials, notify_url
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def create(self, consignment: Consignment) -> str:
        """Order it to be fetched."""
        body = asdict(consignment) | {"notify_url": self._notify_url}
        return (await self._call(_Created, "POST", "/orders", body)).tracking_number

    async def label(self, tracking_number: str) -> bytes:
        """A PDF of 100 x 150 mm."""
        return await self._patiently("GET", f"/orders/{tracking_number}/label", b"")

    async def track(self, tracking_number: str) -> Sequence[Track]:
        """All they know."""
        return (await self._call(_Tracks, "GET", f"/orders/{tracking_number}/events")).items

    async def cancel(self, tracking_number: str) -> None:
        """Take the order back."""
        await self._call(_Done, "POST", f"/orders/{tracking_number}/cancellation", {})

    def read(self, headers: Mapping[str, str], path: str, body: bytes) -> Track:
        """What was pushed to us."""
        envelope.check(self._credentials, headers, "POST", path, body)
        return Track.model_validate_json(body)

    async def _call(
        self, shape: type[T], method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> T:
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        try:
            return shape.model_validate_json(await self._patiently(method, path, data))
        except ValidationError:
            raise Unavailable("courier_silent", SILENT) from None

    async def _patiently(self, method: str, path: str, data: bytes) -> bytes:
        for attempt in range(TRIES):
            try:
                return await self._once(method, path, data)
            except (aiohttp.ClientError, TimeoutError) as lost:
                # the error's own text may hold the address, so only its kind is written down
                log.warning("courier_lost", why=type(lost).__name__, attempt=attempt)
            await asyncio.sleep(FIRST_WAIT_S * 2**attempt * DICE.uniform(0.5, 1.5))
        raise Unavailable("courier_silent", SILENT)

    async def _once(self, method: str, path: str, data: bytes) -> bytes:
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=TIMEOUT)
        headers = envelope.sign(self._credentials, method, path, data)
        async with self._session.request(
            method, self._url + path, data=data, headers=headers
        ) as answer:
            raw = await streams.up_to(answer.content, LARGEST_ANSWER)
            if answer.status >= 500 or answer.status == 429:
                raise aiohttp.ClientPayloadError(f"status {answer.status}")
            if answer.status in (401, 403):  # the house's mistake and no parcel's: they all wait
                raise Unavailable("courier_stranger", STRANGER)
            if answer.status >= 400:
                raise Conflict("courier_refused", REFUSED.format(why=refusals.in_words(raw)))
            return raw


class Dispatch:
    """The courier of this house, made when first used; `None` from `configured` means there is
    none."""

    def __init__(self, configured: Callable[[], Courier | None]) -> None:
        self._configured = configured
        self._courier: Courier | None = None

    @property
    def courier(self) -> Courier:
        """Raises Unavailable `courier_off`."""
        self._courier = self._courier or self._configured()
        if self._courier is None:
            raise Unavailable("courier_off", OFF)
        return self._courier

    async def close(self) -> None:
        """Let the connections go."""
        if self._courier is not None:
            await self._courier.close()


COURIER: Final = web.AppKey("courier", Dispatch)


async def running(app: web.Application) -> AsyncIterator[None]:
    """Close the connections with the application."""
    yield
    await app[COURIER].close()
