"""Room tickets: signed, short-lived leave to sit on one seat of one room.

`care` issues them, `rtc` and `chat` check them; neither needs to know the other. A ticket is
`<base64url JSON>.<base64url HMAC-SHA256>`, names no patient, and lives for minutes.
"""

import base64
import hmac
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from core import clock, crypto
from core.errors import Forbidden
from core.http import Schema

LIFETIME: Final = timedelta(minutes=5)


class Right(StrEnum):
    """What a seat may do in its room."""

    PUBLISH = "publish"
    SUBSCRIBE = "subscribe"
    RECORD = "record"
    INVITE = "invite"
    END = "end"


class RoomTicket(Schema):
    """One seat of one room. `part` is doctor, observer, patient, family or interpreter."""

    room: UUID
    seat: UUID
    name: str
    organization: str
    tier: str
    part: str
    rights: frozenset[Right]
    expires_at: datetime


def issue(
    *,
    room: UUID,
    seat: UUID,
    name: str,
    organization: str,
    tier: str,
    part: str,
    rights: frozenset[Right],
    lifetime: timedelta = LIFETIME,
) -> str:
    """Sign a ticket."""
    ticket = RoomTicket(
        room=room,
        seat=seat,
        name=name,
        organization=organization,
        tier=tier,
        part=part,
        rights=rights,
        expires_at=clock.now() + lifetime,
    )
    body = ticket.model_dump_json().encode()
    return f"{_encode(body)}.{_encode(_sign(body))}"


def check(text: str) -> RoomTicket:
    """Read a ticket. Raises Forbidden `ticket_invalid` or `ticket_expired`."""
    try:
        encoded, signature = text.split(".")
        body = _decode(encoded)
        if not hmac.compare_digest(_decode(signature), _sign(body)):
            raise ValueError("signature")
        ticket = RoomTicket.model_validate_json(body)
    except (ValueError, ValidationError):
        raise Forbidden("ticket_invalid", "入场凭证无效,请从会诊页面重新进入。") from None
    if ticket.expires_at <= clock.now():
        raise Forbidden("ticket_expired", "入场凭证已过期,请从会诊页面重新进入。")
    return ticket


def _sign(body: bytes) -> bytes:
    return hmac.digest(crypto.keyring().derive("room-ticket"), body, "sha256")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
