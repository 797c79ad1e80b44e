"""ICE servers for browsers, with credentials that expire within minutes.

TURN's REST credentials (draft-uberti-behave-turn-rest-00, coturn's `use-auth-secret`): the user
name is `<expiry as Unix seconds>:<who>`, the password its HMAC-SHA1 under the shared secret.
coturn asks for them when a relay is allocated; refreshing a running one works after they ended.
So a stolen pair is soon worthless, no call is cut off, and a page that may have to connect again
asks for new ones in time (`offer` says how long they live).
"""

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from core import clock

LIFETIME: Final = timedelta(minutes=10)


class Credentials(NamedTuple):
    """One pair; it ends at the time its `username` begins with."""

    username: str
    password: str


def sign(secret: str, who: str, lifetime: timedelta) -> Credentials:
    """Credentials that coturn accepts for `lifetime` from now."""
    expires = int((clock.now() + lifetime).timestamp())
    name = f"{expires}:{who}"
    digest = hmac.digest(secret.encode(), name.encode(), "sha1")
    return Credentials(name, base64.b64encode(digest).decode())


@dataclass(frozen=True, slots=True)
class Relays:
    """The TURN servers of this installation."""

    urls: Sequence[str] = ()
    secret: str = ""
    lifetime: timedelta = LIFETIME

    def offer(self, seat: UUID) -> dict[str, Any]:
        """What a page connects with: `ice_servers` for `RTCPeerConnection`, and their seconds."""
        servers = []
        if self.urls and self.secret:
            signed = sign(self.secret, str(seat), self.lifetime)
            servers = [
                {
                    "urls": list(self.urls),
                    "username": signed.username,
                    "credential": signed.password,
                }
            ]
        return {"ice_servers": servers, "ice_lifetime_s": int(self.lifetime.total_seconds())}
