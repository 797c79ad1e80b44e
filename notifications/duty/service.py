"""The verbs: ask for a number to be used, prove it, give it up; and whom it reaches."""

import hmac
import secrets
from collections.abc import Collection
from typing import Final
from uuid import UUID

from tortoise.expressions import Subquery

from core import clock, crypto, db
from core.audit import audit, refused
from core.errors import FieldError, Invalid, TooMany
from notifications.duty.models import DutyPhone
from people import rules, sms
from people.actor import Actor
from people.models import Practitioner
from people.queries import organization
from people.residents.policy import params

WRONG: Final = "验证码不对或已经过期,请再看一遍短信,或者重新获取。"
TOO_SOON: Final = "刚刚发过,请等一分钟再获取。"
NO_MORE_TODAY: Final = "今天发的验证码够多了,请明天再试。"


async def mine(actor: Actor) -> DutyPhone | None:
    """One's own, if any."""
    return await DutyPhone.get_or_none(practitioner_id=actor.practitioner_id)


async def ask(actor: Actor, phone: str) -> None:
    """Send a code to this number; the old one counts until the new one is proven.

    Raises Invalid, TooMany (too soon, too many today), Unavailable.
    """
    tidy = rules.tidy_phone(phone)
    if rules.phone_objection(tidy) or not tidy.startswith("1"):
        sentence = "请填 11 位手机号,座机收不到短信"
        raise Invalid("phone", sentence, errors=[FieldError("phone", sentence)])
    code = f"{secrets.randbelow(1_000_000):06d}"
    async with db.atomic():
        await _keep(actor.practitioner_id, tidy, code)
        await audit(actor, "duty_phone.ask", _subject(actor))
    hospital = await organization(actor.organization_id)
    minutes = str(int(params().code.total_seconds() // 60))
    values = {"hospital": hospital.name, "code": code, "minutes": minutes}
    await sms.sender().send(tidy, sms.Template.DUTY_CODE, values)


async def _keep(practitioner_id: UUID, phone: str, code: str) -> None:
    moment, today = clock.now(), clock.today()
    new = DutyPhone(practitioner_id=practitioner_id)
    await DutyPhone.bulk_create([new], ignore_conflicts=True)
    rows = DutyPhone.filter(practitioner_id=practitioner_id)
    row = await rows.select_for_update().get()
    if row.sent_at and row.sent_at + params().resend > moment:
        raise TooMany("too_soon", TOO_SOON, retry_after_s=60)
    count = row.sent_that_day + 1 if row.day == today else 1
    if count > params().codes_a_day:
        raise TooMany("too_many_codes", NO_MORE_TODAY, retry_after_s=6 * 3600)
    mac = _mac(practitioner_id, phone, code)
    fresh = {"asked_phone": phone, "mac": mac, "sent_at": moment, "failures": 0}
    await rows.update(day=today, sent_that_day=count, **fresh)


async def prove(actor: Actor, code: str) -> None:
    """Bring the code that arrived. Raises Invalid `wrong_code`."""
    if not await _fits(actor, code):
        problem = Invalid("wrong_code", WRONG, errors=[FieldError("code", WRONG)])
        raise refused(problem, actor, "duty_phone.prove", _subject(actor))


async def _fits(actor: Actor, code: str) -> bool:
    """A wrong one is counted, the right one counts once."""
    given = "".join(sign for sign in code if sign.isascii() and sign.isdigit())
    async with db.atomic():
        rows = DutyPhone.filter(practitioner_id=actor.practitioner_id)
        row = await rows.select_for_update().first()
        if row is None or not row.asked_phone or row.failures >= params().code_attempts:
            return False
        if row.sent_at is None or row.sent_at + params().code <= clock.now():
            return False
        mac = _mac(row.practitioner_id, row.asked_phone, given)
        if not hmac.compare_digest(row.mac, mac):
            await rows.update(failures=row.failures + 1)
            return False
        phone, moment = row.asked_phone, clock.now()
        await rows.update(phone=phone, proven_at=moment, asked_phone=None, mac="")
        await audit(actor, "duty_phone.prove", _subject(actor))
    return True


async def only_alerts(actor: Actor, on: bool) -> None:
    """Off duty: nothing but alerts; or everything again."""
    async with db.atomic():
        rows = DutyPhone.filter(practitioner_id=actor.practitioner_id)
        await rows.update(only_alerts=on)
        await audit(actor, f"duty_phone.{'only_alerts' if on else 'everything'}", _subject(actor))


async def forget(actor: Actor) -> None:
    """No number any more; a repeat changes nothing."""
    async with db.atomic():
        rows = DutyPhone.filter(practitioner_id=actor.practitioner_id)
        await rows.update(phone=None, proven_at=None, asked_phone=None, mac="")
        await audit(actor, "duty_phone.forget", _subject(actor))


async def reachable(practitioner_ids: Collection[UUID], *, alert: bool) -> list[UUID]:
    """Of these, who works here, has a proven number, and wants to be told this."""
    here = Practitioner.filter(id__in=list(practitioner_ids), active=True).values("id")
    rows = DutyPhone.filter(practitioner_id__in=Subquery(here), proven_at__not_isnull=True)
    if not alert:
        rows = rows.filter(only_alerts=False)
    return [db.as_id(one) for one in await rows.values_list("practitioner_id", flat=True)]


def _subject(actor: Actor) -> str:
    return f"DutyPhone/{actor.practitioner_id}"


def _mac(practitioner_id: UUID, phone: str, code: str) -> str:
    said = f"{practitioner_id}|{phone}|{code}"
    return crypto.keyring().mac("duty-code", said.encode())
