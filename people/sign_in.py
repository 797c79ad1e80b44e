"""Signing in and out, and giving the password again.

An unknown name and a wrong password get the same sentence after the same work. What was typed
never reaches a log or the audit trail: people type passwords into the name field.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from core import audit, clock, context, db
from core.errors import FieldError, Invalid, TooMany
from people import passwords, sessions, throttle
from people.actor import Actor
from people.models import Account, Session
from people.policy import policy

WRONG: Final = "用户名或密码不对,请再试一次。"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody at the sign-in page, for the audit trail."""

    account_id: UUID = audit.NOBODY
    name: str = "未登录"
    organization_id: UUID = audit.NOBODY


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token for the cookie, and what is still owed."""

    token: str
    step: sessions.Step


async def sign_in(username: str, password: str, *, device: str = "") -> SignedIn:
    """Start a session. Raises Invalid `sign_in_failed` or TooMany `locked`."""
    name = username.strip().lower()
    account = await _account(username=name)
    locks_next = await _count(name, account)
    stored = account.password_hash if account else None
    if not await passwords.fits(stored, password) or account is None:
        outcome = "locked" if locks_next else "failure"
        await audit.audit(Visitor(), "sign_in", _subject(account), outcome=outcome)
        raise Invalid("sign_in_failed", WRONG, errors=[FieldError("", WRONG)])
    await _forgive(name)
    return await _start(account, password, device)


async def sign_out(visit: sessions.Visit) -> None:
    """End the session this request came with."""
    async with db.atomic():
        await sessions.end(visit.session.id)
        await audit.audit(visit.actor, "sign_out", f"Session/{visit.session.id}")


async def reauthenticate(actor: Actor, password: str) -> None:
    """Prove again that it is still the same person. Raises Invalid or TooMany."""
    await _check_password(actor, password, action="reauthenticate", field="password")
    async with db.atomic():
        await Session.filter(id=actor.session_id).update(reauthenticated_at=clock.now())
        await audit.audit(actor, "reauthenticate", f"Account/{actor.account_id}")


async def change_password(actor: Actor, *, current: str, new: str) -> None:
    """Set a password of one's own; every other session ends. Raises Invalid or TooMany."""
    account = await _check_password(actor, current, action="change_password", field="current")
    if new == current:
        raise Invalid("password", errors=[FieldError("new", "新密码不能和原来的一样")])
    if found := passwords.objection(new, username=account.username):
        raise Invalid("password", errors=[FieldError("new", found)])
    hashed = await passwords.hash_of(new)
    async with db.atomic():
        await Account.filter(id=account.id).update(password_hash=hashed, must_change_password=False)
        await Session.filter(id=actor.session_id).update(reauthenticated_at=clock.now())
        await sessions.end_of_account(account.id, but=actor.session_id)
        await audit.audit(actor, "change_password", f"Account/{account.id}")


async def end_session(actor: Actor, session_id: UUID) -> None:
    """End one of one's own sessions; somebody else's simply is not there."""
    async with db.atomic():
        mine = await Session.filter(id=session_id, account_id=actor.account_id).exists()
        if mine and await sessions.end(session_id):
            await audit.audit(actor, "end_session", f"Session/{session_id}")


async def _account(**where: object) -> Account | None:
    return (
        await Account.filter(active=True, **where)
        .select_related("practitioner__organization")
        .first()
    )


async def _count(name: str, account: Account | None) -> bool:
    """Count the attempt. Raises TooMany, and writes that down."""
    address = context.origin().address
    try:
        if not _is_free(address):
            await throttle.count(throttle.ADDRESS, address)
        return await throttle.count(throttle.ACCOUNT, name)
    except TooMany:
        await audit.audit(Visitor(), "sign_in", _subject(account), outcome="locked")
        raise


async def _forgive(name: str) -> None:
    address = context.origin().address
    await throttle.forget(throttle.ACCOUNT, name)
    if not _is_free(address):
        await throttle.take_back(throttle.ADDRESS, address)


def _is_free(address: str) -> bool:
    return not address or (policy().loopback_is_free and address in ("127.0.0.1", "::1"))


async def _start(account: Account, password: str, device: str) -> SignedIn:
    moment = clock.now()
    renewed = None
    if passwords.is_outdated(account.password_hash):
        renewed = await passwords.hash_of(password)
    token, hashed = sessions.new_token()
    async with db.atomic():
        session = await Session.create(
            token_hash=hashed,
            account=account,
            created_at=moment,
            seen_at=moment,
            reauthenticated_at=moment,
            address=context.origin().address,
            device=device[:200],
        )
        if renewed:
            await Account.filter(id=account.id).update(password_hash=renewed)
        await audit.audit(whose(account), "sign_in", f"Account/{account.id}")
    return SignedIn(token, sessions.step_of(account, session))


async def _check_password(actor: Actor, password: str, *, action: str, field: str) -> Account:
    account = await Account.get(id=actor.account_id)
    subject = f"Account/{account.id}"
    try:
        locks_next = await throttle.count(throttle.ACCOUNT, account.username)
    except TooMany:
        await audit.audit(actor, action, subject, outcome="locked")
        raise
    if not await passwords.fits(account.password_hash, password):
        await audit.audit(actor, action, subject, outcome="locked" if locks_next else "failure")
        wrong = FieldError(field, "密码不对,请再试一次")
        raise Invalid("password", errors=[wrong])
    await throttle.forget(throttle.ACCOUNT, account.username)
    return account


def whose(account: Account) -> Visitor:
    """The account's owner as the audit trail names them."""
    person = account.practitioner
    return Visitor(account.id, person.name, person.organization_id)


def _subject(account: Account | None) -> str:
    return f"Account/{account.id}" if account else "Account/unknown"
