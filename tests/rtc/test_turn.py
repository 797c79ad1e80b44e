"""Relay credentials as coturn checks them (`use-auth-secret`)."""

import base64
import hashlib
import hmac
from uuid import UUID

from rtc.turn import LIFETIME, ice_servers
from tests.plumbing.clocks import HeldClock

URLS = ["turn:turn.example:3478?transport=udp", "turns:turn.example:443?transport=tcp"]


def test_credentials_expire_and_are_signed(clock: HeldClock) -> None:
    (server,) = ice_servers(URLS, "shared secret", UUID(int=7))
    expires, seat = server["username"].split(":")
    assert int(expires) == int((clock() + LIFETIME).timestamp())
    assert seat == str(UUID(int=7))
    expected = hmac.new(b"shared secret", server["username"].encode(), hashlib.sha1).digest()
    assert base64.b64decode(server["credential"]) == expected
    assert server["urls"] == URLS


def test_without_turn_there_is_nothing_to_tell() -> None:
    assert ice_servers([], "secret", UUID(int=7)) == []
    assert ice_servers(URLS, "", UUID(int=7)) == []
