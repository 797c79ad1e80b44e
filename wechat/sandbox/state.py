"""The sandbox's settings and state, which its handlers share."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from aiohttp import web

from wechat.sandbox import keys
from wechat.sandbox.limits import Rate
from wechat.sandbox.postman import Postman
from wechat.sandbox.world import World


@dataclass(slots=True, kw_only=True)
class Options:
    """How this sandbox behaves.

    `pace` shortens WeChat's pauses between notifications (1 is WeChat's own day-long schedule).
    `repeats` is how often a notification comes again although it was taken. `busy` is how many of
    the next calls answer "system busy", `late` how many of the next notifications miss their first
    try. `push_url` is where events go (消息推送), `official_push_url` where those of the official
    account do; empty: nowhere. `folder` keeps keys and memory. `refund_s` is how long a refund
    takes. So many template messages may be sent in a day; `numbered_errcode` is what a
    client_msg_id is answered with when it comes again.
    """

    folder: Path
    remember: bool = True
    pace: float = 0.02
    repeats: int = 1
    calls_per_second: int = 200
    logins_per_minute: int = 100
    refund_s: float = 5.0
    push_url: str = ""
    official_push_url: str = ""
    official_a_day: int = 100_000
    numbered_errcode: int = 0
    busy: int = 0
    late: int = 0


@dataclass(slots=True)
class Sandbox:
    """The running sandbox; handlers find it on the application."""

    options: Options
    prefix: str
    counts: dict[str, int] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    _identity: keys.Identity | None = None
    _world: World | None = None
    logins: Rate = field(init=False)
    calls: Rate = field(init=False)
    postman: Postman = field(init=False)

    def __post_init__(self) -> None:
        self.logins = Rate(self.options.logins_per_minute, 60)
        self.calls = Rate(self.options.calls_per_second, 1)
        self.postman = Postman(self)

    @property
    def identity(self) -> keys.Identity:
        """Its keys, made when first needed."""
        if self._identity is None:
            self._identity = keys.load(self.options.folder)
        return self._identity

    @property
    def world(self) -> World:
        """Its memory, opened when first needed."""
        if self._world is None:
            self.identity  # noqa: B018  (makes the folder)
            file = self.options.folder / "memory.sqlite3" if self.options.remember else None
            self._world = World(file)
        return self._world

    def count(self, what: str) -> int:
        """Count a call; `GET /stats` shows the counts."""
        self.counts[what] = self.counts.get(what, 0) + 1
        return self.counts[what]

    def is_busy(self) -> bool:
        """Whether this call is one of those that answer "busy"."""
        if self.options.busy <= 0:
            return False
        self.options.busy -= 1
        return True

    async def close(self) -> None:
        """Stop delivering, close the memory."""
        await self.postman.close()
        if self._world is not None:
            self._world.close()


SANDBOX: Final = web.AppKey("wechat_sandbox", Sandbox)
Handle = Callable[[web.Request, Sandbox], Awaitable[web.StreamResponse]]
