"""The patient says yes: a code on their own phone, told to the one who asks.

Whether a code was really sent does not show from outside: there always is one, and it is sent
only to a number of which the house knows that it is the patient's.
"""

import hmac
import secrets
from typing import Any, Final
from uuid import UUID

import structlog

from core import clock, crypto, db
from core.audit import audit, refused
from core.errors import FieldError, Invalid, TooMany, Unavailable
from core.outbox import record
from core.states import advance
from people import sms
from people.events import BondProven
from people.masking import mask_name
from people.queries import organization
from people.residents import access
from people.residents.actor import Resident
from people.residents.cards import PatientCard, cards_of
from people.residents.models import BOND, Bond, BondCode, BondStatus, Proof, Relation
from people.residents.policy import params

log = structlog.get_logger(__name__)

WRONG: Final = "验证码不对或已经过期,请再看一遍短信,或者重新获取。"
NO_MORE_TODAY: Final = "今天发的验证码够多了,请明天再试,或者带证件到卫生室、医院窗口办理。"
TOO_SOON: Final = "刚刚发过,请等一会儿再重新获取。"


async def prove(resident: Resident, patient_id: UUID, code: str) -> PatientCard:
    """Bring the code that reached the patient; proven already: nothing changes.

    Raises NotFound, or Invalid `wrong_code` for a wrong, used, expired or too often tried one.
    """
    bond = await _bond(resident, patient_id)
    if bond.status is BondStatus.PENDING and not await _fits(bond, code):
        problem = Invalid("wrong_code", WRONG, errors=[FieldError("code", WRONG)])
        raise refused(problem, resident, "resident.prove", f"Bond/{bond.id}", patient_id=patient_id)
    if bond.status is BondStatus.PENDING:
        async with db.atomic():
            await accept(bond, Proof.CODE, by=resident.account_id)
            await audit(resident, "resident.prove", f"Bond/{bond.id}", patient_id=patient_id)
    return (await cards_of(resident.account_id, patient_id))[0]


async def send_code(resident: Resident, patient_id: UUID) -> None:
    """Send another code. Raises NotFound, TooMany (too soon, too many today), Unavailable."""
    bond = await _bond(resident, patient_id)
    if bond.status is BondStatus.PENDING:
        await _send(bond)


async def send_first(bond: Bond) -> None:
    """The code that comes with the entry; a failure to send it fails nothing else."""
    try:
        await _send(bond)
    except (TooMany, Unavailable) as problem:
        log.warning("proof_code_not_sent", code=problem.code)


async def accept(bond: Bond, proof: Proof, *, by: UUID) -> None:
    """The bond opens from now, in the caller's transaction. Raises Conflict."""
    until = bond.until
    if until is None and bond.relation is not Relation.SELF:  # a child that has come of age
        until = clock.now() + params().proxy
    await advance(
        bond,
        BOND,
        "prove",
        proof=proof,
        until=until,
        proven_at=clock.now(),
        proven_by=by,
        claimed_phone=None,
    )
    await opened(bond)


async def opened(bond: Bond) -> None:
    """Record that the bond opens from now, in the caller's transaction: the patient hears of it."""
    event = BondProven(bond_id=str(bond.id), patient_id=str(bond.patient_id))
    await record(event, subject=f"Bond/{bond.id}")


async def _bond(resident: Resident, patient_id: UUID) -> Bond:
    bonds = Bond.filter(account_id=resident.account_id, patient_id=patient_id)
    found = await bonds.exclude(status=BondStatus.ENDED).select_related("patient").first()
    if found is None:
        raise access.missing()
    return found


async def _send(bond: Bond) -> None:
    code = f"{secrets.randbelow(1_000_000):06d}"
    await _keep(bond, code)
    if not bond.phone_is_theirs or bond.claimed_phone is None:
        return
    hospital = await organization(bond.patient.managing_organization_id)
    template = sms.Template.PROXY_CODE
    if bond.relation is Relation.SELF:
        template = sms.Template.OWN_CODE
    values = {
        "who": await _asks(bond),
        "hospital": hospital.name,
        "what": "、".join(access.SCOPE_WORDS[scope] for scope in access.scopes_of(bond)),
        "code": code,
        "minutes": str(int(params().code.total_seconds() // 60)),
    }
    await sms.sender().send(bond.claimed_phone, template, values)


async def _asks(bond: Bond) -> str:
    """Who wants to act, as far as the patient must know to say yes: 王**."""
    own = (
        await Bond.filter(access.live(), account_id=bond.account_id, relation=Relation.SELF)
        .first()
        .select_related("patient")
    )
    return mask_name(own.patient.name) if own else "有人"


async def _keep(bond: Bond, code: str) -> None:
    """Write the code's MAC down in place of the one before. Raises TooMany."""
    moment, today = clock.now(), clock.today()
    fresh: dict[str, Any] = {
        "mac": _mac(bond.id, code),
        "sent_at": moment,
        "expires_at": moment + params().code,
        "failures": 0,
        "used_at": None,
    }
    async with db.atomic():
        await Bond.filter(id=bond.id).select_for_update().get()
        row = await BondCode.get_or_none(bond_id=bond.id)
        if row is None:
            await BondCode.create(bond_id=bond.id, day=today, **fresh)
            return
        wait = row.sent_at + params().resend - moment
        if wait.total_seconds() > 0:
            seconds = max(1, round(wait.total_seconds()))
            raise TooMany("too_soon", TOO_SOON, retry_after_s=seconds)
        count = row.sent_that_day + 1 if row.day == today else 1
        if count > params().codes_a_day:
            raise TooMany("too_many_codes", NO_MORE_TODAY, retry_after_s=6 * 3600)
        await BondCode.filter(bond_id=bond.id).update(day=today, sent_that_day=count, **fresh)


async def _fits(bond: Bond, code: str) -> bool:
    """Whether it is the code; a wrong one is counted, the right one counts once."""
    given = "".join(ch for ch in code if ch.isascii() and ch.isdigit())
    async with db.atomic():
        row = await BondCode.filter(bond_id=bond.id).select_for_update().first()
        if row is None or row.used_at is not None or row.failures >= params().code_attempts:
            return False
        if row.expires_at <= clock.now():
            return False
        if not hmac.compare_digest(row.mac, _mac(bond.id, given)):
            await BondCode.filter(bond_id=bond.id).update(failures=row.failures + 1)
            return False
        await BondCode.filter(bond_id=bond.id).update(used_at=clock.now())
    return True


def _mac(bond_id: UUID, code: str) -> str:
    return crypto.keyring().mac("bond-code", f"{bond_id}|{code}".encode())
