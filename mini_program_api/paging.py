"""Cursors: where a list goes on. Opaque and signed, so that only ours are followed."""

import base64
import binascii
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final, TypeVar
from uuid import UUID

from core import crypto
from core.errors import FieldError, Invalid
from mini_program_api.schemas.common import PageQuery

T = TypeVar("T")
MAC_LENGTH: Final = 24
WRONG: Final = "这一页已经过期,请从头再看。"


def encode(kind: str, *values: str) -> str:
    """A cursor for a list of this kind that goes on after these values."""
    raw = json.dumps([kind, *values], ensure_ascii=False, separators=(",", ":")).encode()
    return f"{base64.urlsafe_b64encode(raw).decode().rstrip('=')}.{_mac(raw)}"


def decode(kind: str, cursor: str) -> list[str]:
    """The values. Raises Invalid for what is not ours, or belongs to another list."""
    text, _, mac = cursor.partition(".")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        raise wrong() from None
    if not mac.isascii() or not hmac.compare_digest(_mac(raw), mac):
        raise wrong()
    found, *values = json.loads(raw)
    if found != kind:
        raise wrong()
    return list(values)


def cut(kind: str, items: Sequence[T], query: PageQuery) -> tuple[list[T], str | None]:
    """One page of a short list that is at hand as a whole, and the cursor of the next."""
    start = int(decode(kind, query.cursor)[0]) if query.cursor else 0
    end = start + query.limit
    return list(items[start:end]), encode(kind, str(end)) if end < len(items) else None


def after(kind: str, cursor: str | None) -> tuple[datetime, UUID] | None:
    """The last row of the page before, of a list by time and id."""
    if cursor is None:
        return None
    at, last = decode(kind, cursor)
    return datetime.fromisoformat(at), UUID(last)


def wrong() -> Invalid:
    """The cursor leads nowhere."""
    return Invalid("invalid_cursor", WRONG, errors=[FieldError("cursor", WRONG)])


def _mac(raw: bytes) -> str:
    return crypto.keyring().mac("api-cursor", raw)[:MAC_LENGTH]
