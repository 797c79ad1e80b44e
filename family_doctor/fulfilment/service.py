"""The verbs: do_item, withdraw by the team; confirm, dispute by the resident."""

from datetime import datetime, time
from uuid import UUID, uuid4

from core import clock, db, outbox
from core.audit import Who, audit, refused
from core.clock import SHANGHAI
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.states import advance
from family_doctor.access import open_contract, open_own
from family_doctor.contracts.states import Status as Contracts
from family_doctor.fulfilment.events import ServiceRecorded
from family_doctor.fulfilment.models import Confirmed, ContractItem, ServiceRecord
from family_doctor.fulfilment.schemas import DisputeIn, DoneIn
from family_doctor.fulfilment.states import SERVICE_RECORD, Status
from people.actor import Actor
from people.residents.actor import Resident


def subject(record_id: object) -> str:
    """The name of a service in audit and outbox."""
    return f"ServiceRecord/{record_id}"


async def do_item(actor: Actor, contract_id: UUID, entry: DoneIn) -> ServiceRecord:
    """A member writes down that an item was done. Raises NotFound, Conflict (not in force),
    Invalid (before the first day)."""
    async with db.atomic():
        view = await open_contract(actor, contract_id)
        row = view.contract
        if row.status is not Contracts.ACTIVE or row.starts_on is None:
            raise Conflict("not_in_force", "签约生效期间才能记服务。")
        if entry.day < row.starts_on:
            sentence = f"签约从 {row.starts_on:%Y-%m-%d} 开始,不能早于这一天"
            raise Invalid("day", sentence, errors=[FieldError("day", sentence)])
        if not await ContractItem.exists(id=entry.item_id, contract_id=row.id):
            raise NotFound("item_not_found", "这份协议里没有这一项。")
        record = await ServiceRecord.create(
            id=uuid4(),
            item_id=entry.item_id,
            contract_id=row.id,
            done_at=datetime.combine(entry.day, time(12), SHANGHAI),
            by_id=actor.practitioner_id,
            mode=entry.mode,
            reference=entry.reference,
            words=entry.words,
            recorded_at=clock.now(),
        )
        await write_down(actor, record, row.patient_id, "record")
    return record


async def withdraw(actor: Actor, record_id: UUID) -> ServiceRecord:
    """Entered in error: by the one who entered it or the lead. Raises NotFound, Conflict."""
    async with db.atomic():
        record = await _record(record_id)
        view = await open_contract(actor, record.contract_id)
        if record.by_id != actor.practitioner_id:
            view.team.require_lead()
        if record.status is not Status.WITHDRAWN:
            await advance(record, SERVICE_RECORD, "withdraw")
            await write_down(actor, record, view.contract.patient_id, "withdraw")
    return record


async def confirm_at_desk(actor: Actor, record_id: UUID) -> ServiceRecord:
    """The resident says yes at the desk of another member than the one who did it: nobody
    confirms their own work. Raises NotFound, Conflict."""
    record = await _record(record_id)
    view = await open_contract(actor, record.contract_id)
    if record.by_id == actor.practitioner_id:
        raise Conflict("own_work", "自己做的服务,请团队里的另一位同事当面请居民确认。")
    return await _answer(actor, record, view.contract.patient_id, "confirm", Confirmed.DESK)


async def confirm(who: Resident, record_id: UUID) -> ServiceRecord:
    """The resident says yes on the phone. Raises NotFound, Conflict."""
    record = await _own(who, record_id)
    patient_id = record.contract.patient_id
    return await _answer(who, record, patient_id, "confirm", Confirmed.PHONE)


async def dispute(who: Resident, record_id: UUID, entry: DisputeIn) -> ServiceRecord:
    """The resident says that it was not done: it counts no more, and the team sees why."""
    record = await _own(who, record_id)
    patient_id = record.contract.patient_id
    return await _answer(who, record, patient_id, "dispute", Confirmed.PHONE, entry.words)


ANSWERS = {"confirm": Status.CONFIRMED, "dispute": Status.DISPUTED}


async def _answer(
    who: Who,
    record: ServiceRecord,
    patient_id: UUID,
    action: str,
    how: Confirmed,
    words: str = "",
) -> ServiceRecord:
    if record.status is ANSWERS[action]:
        return record
    async with db.atomic():
        said = {
            "answered_at": clock.now(),
            "answered_by": who.account_id,
            "answered_how": how,
            "answer": words,
        }
        await advance(record, SERVICE_RECORD, action, **said)
        await write_down(who, record, patient_id, action)
    return record


async def _own(who: Resident, record_id: UUID) -> ServiceRecord:
    record = await ServiceRecord.get_or_none(id=record_id).select_related("contract")
    if record is None:
        raise refused(_unknown(), who, "resident.service_record", subject(record_id))
    await open_own(who, record.contract_id)
    return record


async def _record(record_id: UUID) -> ServiceRecord:
    record = await ServiceRecord.get_or_none(id=record_id)
    if record is None:
        raise _unknown()
    return record


def _unknown() -> NotFound:
    return NotFound("service_not_found", "没有找到这次服务。")


async def write_down(who: Who, record: ServiceRecord, patient_id: UUID, action: str) -> None:
    """The trail and the event of one step. Within a transaction."""
    name = subject(record.id)
    await audit(who, f"contract.service_{action}", name, patient_id=patient_id)
    event = ServiceRecorded(
        record_id=str(record.id),
        contract_id=str(record.contract_id),
        patient_id=str(patient_id),
        action=action,
    )
    await outbox.record(event, subject=name)
