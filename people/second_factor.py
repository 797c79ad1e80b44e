"""The second factor: time-based one-time codes (RFC 6238, 30 s, six digits, SHA-1 as apps do).

A code counts once: the time step of the last right code is kept, and only a later one passes.
"""

import hmac
import io
from typing import Final
from uuid import UUID

import pyotp
import segno

from core import audit, clock, db
from core.errors import FieldError, Invalid, TooMany
from people import sessions, throttle
from people.models import Account, Session
from people.sign_in import whose

STEP_S: Final = 30
DRIFT_STEPS: Final = 1
ISSUER: Final = "Doorstep"
WRONG: Final = "验证码不对或已经用过,请等下一个验证码再输入"


async def new_secret(account: Account) -> str:
    """The secret waiting to be enrolled; the same one until it is confirmed or dropped."""
    if account.totp_new_secret:
        return str(account.totp_new_secret)
    secret = pyotp.random_base32()
    await Account.filter(id=account.id, totp_new_secret=None).update(totp_new_secret=secret)
    await account.refresh_from_db(fields=["totp_new_secret"])
    return str(account.totp_new_secret)


def qr_svg(account: Account, secret: str) -> bytes:
    """The enrolment QR code, dark on white whatever the page's theme."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=ISSUER)
    picture = io.BytesIO()
    segno.make(uri, error="m").save(
        picture, kind="svg", scale=6, border=3, light="#fff", dark="#000", svgns=True
    )
    return picture.getvalue()


async def enrol(visit: sessions.Visit, code: str) -> str:
    """Confirm the new secret with its first code; returns the session's new token.

    Every other session of the account ends.
    """
    account = await _counted(visit, "enrol_second_factor")
    secret = account.totp_new_secret
    step = _matching_step(secret, code) if secret else None
    if step is None:
        raise await _wrong(visit, "enrol_second_factor")
    async with db.atomic():
        taken = await Account.filter(id=account.id, totp_last_step__lt=step).update(
            totp_secret=secret, totp_new_secret=None, totp_last_step=step
        )
        token = await _pass(visit, "enrol_second_factor") if taken else None
        if token:
            await sessions.end_of_account(account.id, but=visit.session.id)
    if token is None:
        raise await _wrong(visit, "enrol_second_factor")
    return token


async def verify(visit: sessions.Visit, code: str) -> str:
    """Pass the second factor; returns the session's new token. Raises Invalid or TooMany."""
    account = await _counted(visit, "second_factor")
    step = _matching_step(account.totp_secret, code) if account.totp_secret else None
    if step is None:
        raise await _wrong(visit, "second_factor")
    async with db.atomic():
        fresh = await Account.filter(id=account.id, totp_last_step__lt=step).update(
            totp_last_step=step
        )
        token = await _pass(visit, "second_factor") if fresh else None
    if token is None:
        raise await _wrong(visit, "second_factor")
    return token


async def prove(account_id: UUID, code: str) -> None:
    """Take a code from somebody who is signed in already, before something that binds.

    Raises Invalid `second_factor`, or TooMany.
    """
    account = await Account.get(id=account_id).select_related("practitioner")
    subject = f"Account/{account_id}"
    try:
        await throttle.count(throttle.SECOND_FACTOR, str(account_id))
    except TooMany:
        await audit.audit(whose(account), "second_factor", subject, outcome="locked")
        raise
    step = _matching_step(account.totp_secret, code) if account.totp_secret else None
    fresh = step is not None and await Account.filter(
        id=account_id, totp_last_step__lt=step
    ).update(totp_last_step=step)
    if not fresh:
        await audit.audit(whose(account), "second_factor", subject, outcome="failure")
        raise Invalid("second_factor", WRONG, errors=[FieldError("code", WRONG)])
    await throttle.forget(throttle.SECOND_FACTOR, str(account_id))
    await audit.audit(whose(account), "second_factor", subject)


def _matching_step(secret: str, code: str) -> int | None:
    """The time step this code belongs to, with one step of drift either way."""
    generator = pyotp.TOTP(secret)
    present = int(clock.now().timestamp()) // STEP_S
    given = code.replace(" ", "").encode()
    found = None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if hmac.compare_digest(generator.at(step * STEP_S).encode(), given):
            found = step
    return found


async def _counted(visit: sessions.Visit, action: str) -> Account:
    try:
        await throttle.count(throttle.SECOND_FACTOR, str(visit.account.id))
    except TooMany:
        await audit.audit(
            whose(visit.account), action, f"Account/{visit.account.id}", outcome="locked"
        )
        raise
    return await Account.get(id=visit.account.id)


async def _pass(visit: sessions.Visit, action: str) -> str:
    token, hashed = sessions.new_token()
    await Session.filter(id=visit.session.id).update(
        token_hash=hashed, second_factor_at=clock.now()
    )
    await throttle.forget(throttle.SECOND_FACTOR, str(visit.account.id))
    await audit.audit(whose(visit.account), action, f"Account/{visit.account.id}")
    return token


async def _wrong(visit: sessions.Visit, action: str) -> Invalid:
    await audit.audit(
        whose(visit.account), action, f"Account/{visit.account.id}", outcome="failure"
    )
    return Invalid("second_factor", errors=[FieldError("code", WRONG)])
