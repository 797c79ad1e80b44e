"""The person is checked again: at the start of a shift, and before what binds (监管细则)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from core import clock
from core.errors import FieldError, Invalid
from people import second_factor, sign_in
from people.actor import Actor
from people.policy import policy
from people.proof import has_recent_proof

PASSWORD: Final = "password"  # noqa: S105  (the name of a way)
WITH_CODE: Final = "password+totp"
WORDS: Final = {PASSWORD: "密码", WITH_CODE: "密码和验证码"}


@dataclass(frozen=True, slots=True)
class IdentityCheck:
    """How, when and on what device it was shown that the person is who they say."""

    method: str
    at: datetime
    device: str


async def check_again(
    actor: Actor, password: str, code: str = "", *, device: str = ""
) -> IdentityCheck:
    """The password, and the code where the house asks for one. Raises Invalid, TooMany."""
    await sign_in.reauthenticate(actor, password)
    method = PASSWORD
    if policy().second_factor:
        await second_factor.prove(actor.account_id, code)
        method = WITH_CODE
    return IdentityCheck(method, clock.now(), device)


async def before_signing(
    actor: Actor, password: str = "", code: str = "", *, device: str = ""
) -> tuple[Actor, IdentityCheck]:
    """The check that stands when it is recent enough, else a new one; the actor who may sign.

    Raises Invalid (no password where one is needed, a wrong one), TooMany.
    """
    if password:
        found = await check_again(actor, password, code, device=device)
        return replace(actor, reauthenticated_at=found.at), found
    if has_recent_proof(actor) and actor.reauthenticated_at is not None:
        return actor, IdentityCheck(PASSWORD, actor.reauthenticated_at, device)
    sentence = "签名前请再输入一次密码,确认是您本人"
    raise Invalid("reauthenticate", errors=[FieldError("password", sentence)])
