"""Residents' accounts: signing in with WeChat, settings, and the end of an account."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from core import clock, crypto, db
from core.audit import audit
from core.errors import Conflict, FieldError, Invalid
from core.states import advance
from people import rules
from people.masking import mask_phone
from people.residents import sessions
from people.residents.actor import Resident
from people.residents.models import (
    ACCOUNT,
    Bond,
    BondStatus,
    Relation,
    ResidentAccount,
    ResidentAddress,
    ResidentAgreement,
)

ClosingCheck = Callable[[Resident], Awaitable[str]]
CLOSING_CHECKS: Final[list[ClosingCheck]] = []
"""What the composition root asks before an account closes: a sentence why not yet, or nothing."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; the token is shown once."""

    token: str
    expires_at: datetime
    account_id: UUID


@dataclass(frozen=True, slots=True)
class AccountCard:
    """An account as its owner sees it. `own_patient_id`: the owner as a patient, once proven."""

    account_id: UUID
    elder_mode: bool
    phone_masked: str
    own_patient_id: UUID | None


async def sign_in(
    openid: str, unionid: str | None = None, *, address: str = "", device: str = ""
) -> SignedIn:
    """Start a session for a WeChat user; the account is made at the first one."""
    try:
        return await _sign_in(openid, unionid, address, device)
    except IntegrityError:  # two first sign-ins at once
        return await _sign_in(openid, unionid, address, device)


async def _sign_in(openid: str, unionid: str | None, address: str, device: str) -> SignedIn:
    async with db.atomic():
        account = await ResidentAccount.get_or_none(openid=openid)
        if account is None:
            account = await ResidentAccount.create(
                openid=openid, unionid=unionid, created_at=clock.now()
            )
        elif unionid and account.unionid != unionid:
            await ResidentAccount.filter(id=account.id).update(unionid=unionid)
        token, expires_at = await sessions.start(account.id, address=address, device=device)
        who = Resident(account.id, openid, account.id)
        await audit(who, "resident.sign_in", f"ResidentAccount/{account.id}")
    return SignedIn(token, expires_at, account.id)


async def sign_out(resident: Resident) -> None:
    """End the session this request came with."""
    async with db.atomic():
        await sessions.end(resident.session_id)
        await audit(resident, "resident.sign_out", f"ResidentSession/{resident.session_id}")


async def account_card(resident: Resident) -> AccountCard:
    """The account for its owner."""
    account = await ResidentAccount.get(id=resident.account_id)
    own = await Bond.filter(
        account_id=account.id, relation=Relation.SELF, status=BondStatus.ACTIVE
    ).first()
    return AccountCard(
        account.id,
        account.elder_mode,
        mask_phone(account.phone or ""),
        own.patient_id if own else None,
    )


async def set_elder_mode(resident: Resident, on: bool) -> None:
    """Larger text and fewer choices, on every phone of this account."""
    await ResidentAccount.filter(id=resident.account_id).update(elder_mode=on)


async def own_phone(resident: Resident, phone: str) -> None:
    """Keep the number that WeChat has verified for this user. Raises Invalid.

    A phone is not a proof of identity; a typed one must not come here.
    """
    if sentence := rules.phone_objection(phone):
        raise Invalid("phone", sentence, errors=[FieldError("phone", sentence)])
    tidy = rules.tidy_phone(phone)
    async with db.atomic():
        await ResidentAccount.filter(id=resident.account_id).update(
            phone=tidy, phone_index=crypto.keyring().index(tidy)
        )
        await audit(resident, "resident.own_phone", f"ResidentAccount/{resident.account_id}")


async def close_account(resident: Resident) -> None:
    """Delete the account as far as the law allows (个人信息保护法 art. 47, 19).

    Bonds, sessions and agreements end; openid, unionid and phone are forgotten. Records of care
    stay with the institutions as the law wants, and so does the trail of what was done. Raises
    Conflict `account_in_use` while something is still open that belongs to somebody's money or
    appointment.
    """
    reasons = [sentence for check in CLOSING_CHECKS if (sentence := await check(resident))]
    if reasons:
        raise Conflict("account_in_use", "还不能注销:" + "".join(reasons))
    moment = clock.now()
    async with db.atomic():
        account = await ResidentAccount.get(id=resident.account_id)
        await advance(
            account,
            ACCOUNT,
            "close",
            openid=None,
            unionid=None,
            phone=None,
            phone_index=None,
            closed_at=moment,
        )
        open_bonds = Bond.filter(account_id=account.id).exclude(status=BondStatus.ENDED)
        await open_bonds.update(
            status=BondStatus.ENDED,
            ended_at=moment,
            ended_by=account.id,
            end_reason="account closed",
            claimed_phone=None,
        )
        await ResidentAgreement.filter(account_id=account.id, withdrawn_at=None).update(
            withdrawn_at=moment
        )
        await ResidentAddress.filter(account_id=account.id).delete()
        await sessions.end_of_account(account.id)
        await audit(resident, "resident.close_account", f"ResidentAccount/{account.id}")
