"""Proof that the person at the desk is still the one who signed in."""

from typing import Final

from core import clock
from core.errors import Forbidden
from people.actor import Actor
from people.policy import policy

REAUTHENTICATE: Final = "reauthenticate"


def has_recent_proof(actor: Actor) -> bool:
    """Whether the password was given recently enough to sign a document."""
    given = actor.reauthenticated_at
    return given is not None and clock.now() - given < policy().recent_proof


def require_recent_proof(actor: Actor) -> None:
    """Raise Forbidden `reauthenticate` unless the password was given recently.

    Pages are led to `/reauthentication?next=` by the session middleware. A form whose content
    would be lost should ask `has_recent_proof` before it is shown.
    """
    if not has_recent_proof(actor):
        raise Forbidden(REAUTHENTICATE, "这一步要再确认一次身份,请重新输入密码。")
