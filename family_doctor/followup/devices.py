"""The key for forms that a device keeps while it has no network.

Given with each page to the signed-in person, never stored on the device: what is kept there can
be read by the same person after signing in, and by nobody else.
"""

import base64
from typing import TypedDict

from core import crypto
from people.actor import Actor


class Kept(TypedDict):
    """For the page: whose forms, and the key in base64."""

    account: str
    key: str


def kept_for(actor: Actor) -> Kept:
    """The same on every device, another for everybody."""
    account = str(actor.account_id)
    key = crypto.keyring().derive(f"follow-up forms of {account}")
    return {"account": account, "key": base64.b64encode(key).decode()}
