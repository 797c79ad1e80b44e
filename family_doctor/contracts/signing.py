"""The resident's side: sign with a code or at the desk, withdraw, end."""

from uuid import UUID

from core import clock, db
from core.errors import Conflict, FieldError, Forbidden, Invalid
from family_doctor.access import open_contract, open_own
from family_doctor.contracts import codes, rules, steps
from family_doctor.contracts.asking import DESK
from family_doctor.contracts.models import Contract, EndedBy, SignedBy
from family_doctor.contracts.schemas import DeskSignIn, EndIn
from family_doctor.contracts.states import Status
from family_doctor.words import END_REASONS
from people.actor import Actor
from people.residents.actor import Resident
from people.residents.models import Relation


async def send_code(who: Resident, contract_id: UUID) -> str:
    """A code to the patient's own number; returns the number, masked. Raises NotFound, Conflict
    (signed already, no number), TooMany, Unavailable."""
    row = await open_own(who, contract_id)
    if row.resident_signed_at is not None or row.status not in steps.WAITS:
        raise Conflict(*steps.SIGNED_ALREADY)
    return await codes.send(row, who)


async def sign_own(who: Resident, contract_id: UUID, relation: Relation, code: str) -> Contract:
    """Sign with the code. Raises NotFound, Invalid `wrong_code`, Conflict; again: nothing."""
    row = await open_own(who, contract_id)
    if row.resident_signed_at is not None:
        return row
    await codes.require(row, code)
    async with db.atomic():
        row = await open_own(who, contract_id, lock=True)
        await steps.residents_signature(who, row, SignedBy.CODE, relation.value)
    return row


async def sign_at_desk(actor: Actor, contract_id: UUID, entry: DeskSignIn) -> Contract:
    """The resident signs on the screen of a member of the team, the document on the table."""
    if not actor.has(*DESK):
        raise Forbidden("not_at_the_desk", "由村医、乡镇医生或护士在现场办理签约。")
    async with db.atomic():
        row = (await open_contract(actor, contract_id, lock=True)).contract
        if row.resident_signed_at is not None:
            return row
        born = row.patient.birth_date
        if sentence := rules.why_not_signer(entry.signer, born, clock.today()):
            raise Invalid("signer", sentence, errors=[FieldError("signer", sentence)])
        await steps.residents_signature(actor, row, SignedBy.DESK, entry.signer)
    return row


async def withdraw(who: Resident, contract_id: UUID) -> Contract:
    """Not any more, before it is in force. Raises NotFound, Conflict."""
    async with db.atomic():
        row = await open_own(who, contract_id, lock=True)
        if row.status is not Status.WITHDRAWN:
            said = {"ended_at": clock.now(), "ended_by": EndedBy.RESIDENT}
            await steps.move(who, row, "withdraw", "resident", **said)
    return row


async def end_own(who: Resident, contract_id: UUID, entry: EndIn) -> Contract:
    """The resident ends it early (个人信息保护法 art. 15: as easily as it was given)."""
    async with db.atomic():
        row = await open_own(who, contract_id, lock=True)
        if row.status is not Status.TERMINATED:
            reason = f"{END_REASONS[entry.why]}:{entry.words}".rstrip(":")
            await steps.end_early(who, row, EndedBy.RESIDENT, reason)
    return row
