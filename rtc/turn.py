"""ICE servers for browsers, with credentials that expire.

TURN's REST credentials (draft-uberti-behave-turn-rest-00, coturn's `use-auth-secret`): the user
name is `<expiry as Unix seconds>:<who>`, the password its HMAC-SHA1 under the shared secret.
"""

import base64
import hmac
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from core import clock

LIFETIME: Final = timedelta(hours=6)


def ice_servers(urls: Sequence[str], secret: str, seat: UUID) -> list[dict[str, Any]]:
    """What `RTCPeerConnection` takes as `iceServers`; empty without TURN."""
    if not urls or not secret:
        return []
    expires = int((clock.now() + LIFETIME).timestamp())
    name = f"{expires}:{seat}"
    password = base64.b64encode(hmac.digest(secret.encode(), name.encode(), "sha1")).decode()
    return [{"urls": list(urls), "username": name, "credential": password}]
