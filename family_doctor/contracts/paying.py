"""A contract at WeChat Pay: what the resident pays after both have signed."""

from uuid import UUID

from core import db
from core.audit import SYSTEM
from core.errors import Conflict
from family_doctor.contracts import steps
from family_doctor.contracts.events import ContractMoved
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.contracts.terms import subject
from payments import service as payments
from payments.events import PaymentSettled
from people.residents.actor import Resident
from wechat.bindings import WeChat

NOTHING = ("nothing_to_pay", "这份签约现在没有要付的费用。")
IMPOSSIBLE = "付款时签约已经结束,费用原路退回"
WITHDRAWN = "签约没有开始就撤回了,费用原路退回"


def contract_in(name: str) -> UUID | None:
    """The contract a payment's subject names, None when it is about something else."""
    kind, _, id = name.partition("/")
    return UUID(id) if kind == "Contract" else None


def page_of(name: str) -> str:
    """Where staff see what was paid for; the empty string for other subjects."""
    id = contract_in(name)
    return f"/contracts/{id}" if id else ""


def payable(row: Contract) -> bool:
    """Whether the resident's part is waited for."""
    return row.status is Status.SIGNED and row.paid_at is None and steps.own_fen(row) > 0


async def request_payment(who: Resident, row: Contract, wechat: WeChat) -> dict[str, str]:
    """What `wx.requestPayment` takes. Raises Conflict when there is nothing to pay."""
    if not payable(row):
        raise Conflict(*NOTHING)
    return await payments.request_payment(
        who,
        subject=subject(row.id),
        openid=who.openid,
        account_id=who.account_id,
        patient_id=row.patient_id,
        amount_fen=steps.own_fen(row),
        description=f"{row.team.organization.short_name} 家庭医生签约",
        expires_at=row.expires_at,
        wechat=wechat,
        organization_id=row.team.organization_id,
    )


async def may_lapse(row: Contract, *, wechat: WeChat) -> bool:
    """Before an unpaid contract ends the cashier is asked."""
    return await payments.may_release(subject(row.id), wechat=wechat)


async def confirm_paid(event: PaymentSettled) -> None:
    """The money came: the contract goes on; when that is impossible the money goes back."""
    contract_id = contract_in(event.subject)
    if contract_id is None:
        return
    async with db.atomic():
        row = await Contract.filter(id=contract_id).select_for_update().first()
        if row is not None and row.paid_at is not None:
            return  # a repeat
        if row is not None and steps.own_fen(row) == event.amount_fen and await steps.paid(row):
            return
    await _send_back(event.subject, event.amount_fen, IMPOSSIBLE, "late")


async def settle_withdrawn(event: ContractMoved) -> None:
    """Given up before it began: what was paid goes back, and nothing can be paid any more."""
    if event.action not in ("withdraw", "lapse"):
        return
    row = await Contract.get(id=event.contract_id)
    if row.paid_at is not None:
        await _send_back(subject(row.id), steps.own_fen(row), WITHDRAWN, "withdrawn")
    else:
        await payments.withdraw(subject(row.id))


async def _send_back(name: str, fen: int, reason: str, key: str) -> None:
    await payments.refund(SYSTEM, name, amount_fen=fen, reason=reason, key=key)
