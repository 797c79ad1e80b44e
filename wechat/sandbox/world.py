"""What the sandbox remembers. With a file it outlives a restart, as WeChat does ours."""

import base64
import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

from pydantic import BaseModel

from core import clock
from wechat.sandbox.keys import APP_ID

CODE_LIVES: Final = timedelta(minutes=5)
TOKEN_LIVES: Final = timedelta(hours=2)
PREPAY_LIVES: Final = timedelta(hours=2)


class Record(BaseModel):
    """Something remembered, found again by its `id`."""

    kind: ClassVar[str]
    id: str


class User(Record):
    """Somebody with WeChat; `id` is the openid in our mini program."""

    kind: ClassVar[str] = "user"
    name: str
    phone: str
    seen_at: datetime | None = None


class Code(Record):
    """A one-time code: `purpose` is login or phone."""

    kind: ClassVar[str] = "code"
    purpose: str
    openid: str
    made_at: datetime
    used: bool = False


class ApiToken(Record):
    """An access token."""

    kind: ClassVar[str] = "token"
    app: str = APP_ID
    expires_at: datetime
    current: bool = True


class Credit(Record):
    """What the user agreed to; `id` is `openid|template`."""

    kind: ClassVar[str] = "credit"
    left: int = 0
    standing: bool = False


class Message(Record):
    """A subscribe message the user received."""

    kind: ClassVar[str] = "message"
    openid: str
    template_id: str
    page: str
    data: dict[str, str]
    at: datetime


class Fan(Record):
    """Who follows, or did; `id` is the openid at the official account. `blocks`: takes none of its
    messages."""

    kind: ClassVar[str] = "fan"
    name: str
    follows: bool
    blocks: bool = False
    since: datetime


class TemplateMessage(Record):
    """A template message of the official account that somebody received; `id` is the msgid."""

    kind: ClassVar[str] = "template_message"
    openid: str
    template_id: str
    page: str
    number: str
    data: dict[str, str]
    at: datetime


class Numbered(Record):
    """A client_msg_id that was used; `id` is `openid|client_msg_id`."""

    kind: ClassVar[str] = "numbered"
    message_id: str
    at: datetime


class Order(Record):
    """A WeChat Pay order; `id` is the out_trade_no."""

    kind: ClassVar[str] = "order"
    body: dict[str, Any]
    prepay_id: str
    made_at: datetime
    expires_at: datetime | None
    state: str = "NOTPAY"
    transaction_id: str = ""
    paid_at: datetime | None = None

    @property
    def total(self) -> int:
        """Fen."""
        return int(self.body["amount"]["total"])


class Refund(Record):
    """A refund; `id` is the out_refund_no."""

    kind: ClassVar[str] = "refund"
    body: dict[str, Any]
    refund_id: str
    out_trade_no: str
    transaction_id: str
    total: int
    refund: int
    status: str = "PROCESSING"
    made_at: datetime
    done_at: datetime | None = None


class Notice(Record):
    """A notification and how far its delivery got."""

    kind: ClassVar[str] = "notice"
    url: str
    event_type: str
    content: dict[str, Any]
    made_at: datetime
    attempts: int = 0
    answers: list[int] = []
    done: bool = False


KINDS: Final[tuple[type[Record], ...]] = (
    User, Code, ApiToken, Credit, Message, Fan, TemplateMessage, Numbered, Order, Refund, Notice,
)  # fmt: skip
R = TypeVar("R", bound=Record)


class World:
    """Everything the sandbox knows; `keep` after every change."""

    def __init__(self, file: Path | None = None) -> None:
        self._found: dict[tuple[str, str], Record] = {}
        self._file = _open(file) if file else None
        if self._file:
            kinds = {kind.kind: kind for kind in KINDS}
            for kind, body in self._file.execute("SELECT kind, body FROM record ORDER BY rowid"):
                record = kinds[kind].model_validate_json(body)
                self._found[kind, record.id] = record

    def get(self, kind: type[R], id: str) -> R | None:
        """Find one."""
        found = self._found.get((kind.kind, id))
        return found if isinstance(found, kind) else None

    def all(self, kind: type[R]) -> Iterator[R]:
        """All of a kind, oldest first."""
        return (record for record in list(self._found.values()) if isinstance(record, kind))

    def keep(self, record: Record) -> None:
        """Remember it as it is now."""
        self._found[record.kind, record.id] = record
        if self._file:
            self._file.execute(
                "INSERT INTO record (kind, id, body) VALUES (?, ?, ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (record.kind, record.id, record.model_dump_json()),
            )

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()
            self._file = None

    def user(self, name: str) -> User:
        """The WeChat user of that name, who has always been there."""
        openid = openid_of(name)
        if user := self.get(User, openid):
            return user
        digits = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**8
        user = User(id=openid, name=name, phone=f"139{digits:08}")
        self.keep(user)
        return user

    def new_code(self, purpose: str, openid: str) -> Code:
        """A code as the WeChat client gets it."""
        code = Code(
            id=f"0{secrets.token_urlsafe(23)}",
            purpose=purpose,
            openid=openid,
            made_at=clock.now(),
        )
        self.keep(code)
        return code


def openid_of(name: str) -> str:
    """The openid of the user NAME: 28 signs, as WeChat's."""
    return "o" + _signs(f"openid/{name}")


def official_openid_of(name: str) -> str:
    """The same user's openid at the official account."""
    return "p" + _signs(f"official/{name}")


def unionid_of(name: str) -> str:
    """The same user in all apps of one account of the open platform."""
    return "u" + _signs(f"unionid/{name}")


def _signs(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()[:27]


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None, timeout=10)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute(
        "CREATE TABLE IF NOT EXISTS record (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))"
    )
    return connection
