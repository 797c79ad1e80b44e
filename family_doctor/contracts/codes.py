"""The code with which a resident signs: six digits to the patient's own number, good once.

A child's record has the guardian's number. Only the code's MAC is kept. How often and how long is
what `people.residents` has decided for its codes.
"""

import hmac
import secrets
from datetime import timedelta
from typing import Any

from core import clock, crypto, db
from core.errors import Conflict, FieldError, Invalid, TooMany
from family_doctor.contracts.models import Contract, ContractCode
from people import sms
from people.masking import mask_phone
from people.residents.actor import Resident
from people.residents.models import ResidentAccount
from people.residents.policy import params

WRONG = "验证码不对或已经过期,请再看一遍短信,或者重新获取。"
NO_PHONE = "档案里没有手机号,收不到验证码。请带证件到卫生室,由村医当面办理。"


async def send(row: Contract, who: Resident) -> str:
    """Send one in place of the last; return the masked number."""
    phone = row.patient.phone or await _account_phone(row, who)
    if not phone:
        raise Conflict("no_phone", NO_PHONE)
    code = f"{secrets.randbelow(1_000_000):06d}"
    await _keep(row, code)
    values = {
        "team": row.team.name,
        "hospital": row.team.organization.name,
        "code": code,
        "minutes": str(int(params().code.total_seconds() // 60)),
    }
    await sms.sender().send(phone, sms.Template.CONTRACT_CODE, values)
    return mask_phone(phone)


async def require(row: Contract, code: str) -> None:
    """Raise Invalid `wrong_code` unless it is the code; a wrong one is counted, once it is good."""
    given = "".join(ch for ch in code if ch.isascii() and ch.isdigit())
    async with db.atomic():
        kept = await ContractCode.filter(contract_id=row.id).select_for_update().first()
        usable = (
            kept is not None
            and kept.used_at is None
            and kept.failures < params().code_attempts
            and kept.expires_at > clock.now()
        )
        fits = kept is not None and hmac.compare_digest(kept.mac, _mac(row, given))
        if usable and fits:
            await ContractCode.filter(contract_id=row.id).update(used_at=clock.now())
            return
        if kept is not None and usable:
            await ContractCode.filter(contract_id=row.id).update(failures=kept.failures + 1)
    raise Invalid("wrong_code", WRONG, errors=[FieldError("code", WRONG)])


async def _keep(row: Contract, code: str) -> None:
    moment, today = clock.now(), clock.today()
    fresh: dict[str, Any] = {
        "mac": _mac(row, code),
        "sent_at": moment,
        "expires_at": moment + params().code,
        "failures": 0,
        "used_at": None,
        "day": today,
    }
    async with db.atomic():
        kept = await ContractCode.filter(contract_id=row.id).select_for_update().first()
        if kept is None:
            await ContractCode.create(contract_id=row.id, sent_that_day=1, **fresh)
            return
        wait = kept.sent_at + params().resend - moment
        if wait > timedelta(0):
            seconds = max(1, round(wait.total_seconds()))
            raise TooMany("too_soon", "刚刚发过,请等一会儿再重新获取。", retry_after_s=seconds)
        count = kept.sent_that_day + 1 if kept.day == today else 1
        if count > params().codes_a_day:
            sentence = "今天发的验证码够多了,请明天再试,或者带证件到卫生室当面签。"
            raise TooMany("too_many_codes", sentence, retry_after_s=6 * 3600)
        await ContractCode.filter(contract_id=row.id).update(sent_that_day=count, **fresh)


async def _account_phone(row: Contract, who: Resident) -> str:
    """The account's own number, for a child without one: the guardian signs."""
    if row.relation not in ("self", "child", "ward"):
        return ""
    account = await ResidentAccount.get(id=who.account_id)
    return account.phone or ""


def _mac(row: Contract, code: str) -> str:
    return crypto.keyring().mac("contract-code", f"{row.id}|{row.content_sha256}|{code}".encode())
