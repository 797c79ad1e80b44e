"""What residents are told because something happened to a contract; wired in `app.reactions`.

What shows on a locked screen names the house and the masked name, never a disease or a package.
"""

from typing import Final

from core import clock
from family_doctor.contracts.events import (
    ContractActivated,
    ContractEnded,
    ContractMoved,
)
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.contracts.steps import own_fen
from family_doctor.contracts.terms import subject
from family_doctor.fulfilment.events import ServiceRecorded
from family_doctor.fulfilment.service import subject as service_subject
from notifications.service import Message, tell
from people.masking import mask_name

Words = tuple[str, str, str]
ASKED: Final = ("contract_asked", "签约申请交给团队了", "团队审核以后告诉您。请打开看看签字没有。")
REVIEWED: Final = ("contract_reviewed", "团队同意签约了", "请打开签字,填手机收到的验证码。")
TO_PAY: Final = ("contract_to_pay", "签约等您付款", "双方都签好了,付款以后生效。")
BEGUN: Final = ("contract_begun", "签约生效了", "从现在起家庭医生团队为您服务。")
REFUSED: Final = ("contract_refused", "团队没有接收签约", "请打开看原因,可以选别的团队。")
LAPSED: Final = ("contract_lapsed", "签约申请过期了", "想签时可以再申请。")
ENDED: Final = ("contract_ended", "家庭医生签约结束了", "想接着签,可以再申请。")
SERVED: Final = ("contract_service", "请确认一次服务", "团队记了一次服务,请打开看做过没有。")


async def tell_moved(event: ContractMoved) -> None:
    """The steps somebody else took, and that one's own application has arrived."""
    row = await _contract(event.contract_id)
    words: Words | None = {"ask": ASKED, "refuse": REFUSED, "lapse": LAPSED}.get(event.action)
    if event.action == "review" and row.resident_signed_at is None:
        words = REVIEWED
    if event.action == "sign" and own_fen(row) and row.status is Status.SIGNED:
        words = TO_PAY
    if words:
        await _tell(row, words, event.action)


async def tell_begun(event: ContractActivated) -> None:
    """In force."""
    await _tell(await _contract(event.contract_id), BEGUN, "begin")


async def tell_ended(event: ContractEnded) -> None:
    """Over; nobody is told of what one did oneself, of a renewal, or after a death."""
    if event.status in (Status.TERMINATED.value, Status.EXPIRED.value) and event.by != "resident":
        row = await _contract(event.contract_id)
        if not row.end_reason.startswith("居民去世"):
            await _tell(row, ENDED, event.status)


async def tell_service(event: ServiceRecorded) -> None:
    """Something was written down as done."""
    if event.action == "record":
        row = await _contract(event.contract_id)
        await _tell(row, SERVED, "service", about=service_subject(event.record_id))


async def _contract(contract_id: str) -> Contract:
    rows = Contract.get(id=contract_id)
    return await rows.select_related("patient", "team__organization")


async def _tell(row: Contract, words: Words, step: str, *, about: str = "") -> None:
    topic, title, text = words
    message = Message(
        topic=topic,
        title=title,
        text=f"{row.patient.name}:{text}",
        words={
            "patient": mask_name(row.patient.name),
            "place": row.team.organization.short_name,
            "at": clock.now(),
        },
        page=f"pages/contract/index?id={row.id}",
    )
    await tell(row.patient_id, about or f"{subject(row.id)}/{step}", message)
