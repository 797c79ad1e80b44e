"""Residents with a phone: they know the API and nothing else."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

from people.rules import check_character
from tests.plumbing.house import House

API = "/api/mp/v1"


@dataclass
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Any
    type: str

    @property
    def code(self) -> str:
        """The problem's code."""
        return str(self.body["code"])

    @property
    def fields(self) -> set[str]:
        """The fields a problem names."""
        return {error["field"] for error in self.body["errors"]}


@dataclass
class Phone:
    """One WeChat user's phone."""

    session: ClientSession
    house: House
    token: str = ""
    account_id: str = ""
    patient_id: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, **options: Any) -> Answer:
        """One call; the path is under the API."""
        headers = {**self.headers, **options.pop("headers", {})}
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        url = self.house.address + (path if path.startswith(("/api", "/sandbox")) else API + path)
        async with self.session.request(method, url, headers=headers, **options) as answer:
            is_json = "json" in answer.content_type
            body = await answer.json() if is_json else await answer.text()
            return Answer(answer.status, body, answer.headers, answer.content_type)

    async def get(self, path: str, **options: Any) -> Answer:
        """Look."""
        return await self.call("GET", path, **options)

    async def post(
        self, path: str, body: Any = None, *, key: str | None = None, **options: Any
    ) -> Answer:
        """Do; a key of its own unless one is given ("" for none)."""
        headers = options.pop("headers", {})
        if key != "":
            headers["Idempotency-Key"] = key or secrets.token_hex(8)
        return await self.call("POST", path, json=body or {}, headers=headers, **options)

    async def put(self, path: str, body: dict[str, Any]) -> Answer:
        """Say how something is to be."""
        return await self.call("PUT", path, json=body)

    async def delete(self, path: str) -> Answer:
        """Undo."""
        return await self.call("DELETE", path)

    async def sign_in(self, name: str) -> Answer:
        """Open the mini program as this WeChat user."""
        answer = await self.post("/session", {"code": f"demo-{name}"}, key="")
        assert answer.status == 201, answer.body
        self.token, self.account_id = answer.body["token"], answer.body["account_id"]
        return answer

    async def consents(self, *needed_for: str) -> list[dict[str, str]]:
        """Agree to what is asked of everybody and for these."""
        found = (await self.get("/consents")).body["items"]
        wanted = {"account", "patient", *needed_for}
        return [
            {"kind": text["kind"], "version": text["version"]}
            for text in found
            if text["needed_for"] in wanted
        ]

    async def add(self, name: str, number: str, relation: str = "self", **more: Any) -> Answer:
        """Add somebody by real name."""
        needed_for = more.pop("needed_for", ())
        body = {
            "name": name,
            "id_type": "id_card",
            "id_number": number,
            "phone": "13800001234",
            "relation": relation,
            "consents": await self.consents(*needed_for),
        }
        return await self.post("/patients", body | more)

    async def pay(self, prepaid: dict[str, str], outcome: str = "success") -> Answer:
        """At WeChat's cashier: the signed notification arrives before this returns."""
        prepay_id = prepaid["package"].removeprefix("prepay_id=")
        body = {"prepay_id": prepay_id, "outcome": outcome}
        return await self.call("POST", "/sandbox/wechat/pay", json=body)


def id_number(born: str = "19700101", sequence: int = 1, area: str = "371325") -> str:
    """A number with a right checksum; an odd sequence is a man's."""
    first = f"{area}{born}{sequence:03d}"
    return first + check_character(first)


async def until(ask: Callable[[], Awaitable[Answer]], fits: Callable[[Answer], bool]) -> Answer:
    """Ask again, as the H5 does, until the answer fits; a busy machine takes its time."""
    patience = time.monotonic() + 30
    while True:
        found = await ask()
        if fits(found):
            return found
        assert time.monotonic() < patience, found.body
        await asyncio.sleep(0.1)


async def settled(phone: Phone, appointment_id: str, status: str) -> Any:
    """The appointment, once it has come to this state."""
    path = f"/appointments/{appointment_id}"
    return (await until(lambda: phone.get(path), lambda one: one.body["status"] == status)).body


async def heard(phone: Phone, *titles: str) -> None:
    """Wait until the inbox has these; messages follow what happened, each by itself."""

    def has(answer: Answer) -> bool:
        return set(titles) <= {message["title"] for message in answer.body["items"]}

    await until(lambda: phone.get("/communications"), has)
