"""The team's side: review, sign, refuse, end. Each is safe to repeat."""

from typing import Final
from uuid import UUID

from care.signatures.service import sign as sign_document
from core import clock, db
from core.errors import Conflict, Forbidden
from family_doctor.access import ContractView, open_contract
from family_doctor.contracts import rules, steps
from family_doctor.contracts.content import KIND
from family_doctor.contracts.models import Contract, EndedBy
from family_doctor.contracts.schemas import EndIn, RefuseIn
from family_doctor.contracts.states import Status
from family_doctor.policy import params
from family_doctor.words import END_REASONS
from people.actor import Actor

FULL: Final = "责任医生的签约人数已满 {load} 人,不能再签。可以请居民选别的团队。"


async def review(actor: Actor, contract_id: UUID) -> Contract:
    """The team takes the resident on. Raises NotFound, Forbidden, Conflict."""
    async with db.atomic():
        view = await open_contract(actor, contract_id, lock=True)
        view.team.require_lead()
        if view.contract.status is not Status.REVIEWED:
            await _review(actor, view)
        return view.contract


async def sign(actor: Actor, contract_id: UUID) -> Contract:
    """The responsible doctor signs, and reviews in the same act what nobody has reviewed yet.

    Raises NotFound, Forbidden (another one, or `reauthenticate`), Conflict.
    """
    async with db.atomic():
        view = await open_contract(actor, contract_id, lock=True)
        row = view.contract
        if not view.team.is_responsible:
            raise Forbidden("not_responsible", "由团队的责任医生签字。")
        if row.doctor_signed_at is not None and row.doctor_id == actor.practitioner_id:
            return row
        if row.status is Status.APPLIED:
            await _review(actor, view)
        if row.status is not Status.REVIEWED:
            raise Conflict("not_now", "这份签约现在不能签字,请刷新页面。")
        await sign_document(actor, kind=KIND, document_id=row.id, version=1, content=row.content)
        said = {"doctor_signed_at": clock.now(), "doctor_id": actor.practitioner_id}
        await Contract.filter(id=row.id).update(**said)
        row.update_from_dict(said)
        await steps.write_down(actor, row, "doctor_sign", "team")
        await steps.signed_by_both(actor, row)
        return row


async def refuse(actor: Actor, contract_id: UUID, entry: RefuseIn) -> Contract:
    """The team cannot, and says why. Raises NotFound, Forbidden, Conflict."""
    async with db.atomic():
        view = await open_contract(actor, contract_id, lock=True)
        view.team.require_lead()
        if view.contract.status is not Status.REFUSED:
            said = {"answer": entry.why, "ended_at": clock.now(), "ended_by": EndedBy.TEAM}
            await steps.move(actor, view.contract, "refuse", "team", **said)
        return view.contract


async def terminate(actor: Actor, contract_id: UUID, entry: EndIn) -> Contract:
    """The team ends it early, with a reason: moved away, died, cannot go on. The record closes."""
    async with db.atomic():
        view = await open_contract(actor, contract_id, lock=True)
        view.team.require_lead()
        row = view.contract
        if row.status is not Status.TERMINATED:
            by = EndedBy.HOUSE if entry.why == "died" else EndedBy.TEAM
            reason = f"{END_REASONS[entry.why]}:{entry.words}".rstrip(":")
            await steps.end_early(actor, row, by, reason)
        return row


async def _review(actor: Actor, view: ContractView) -> None:
    row = view.contract
    doctor_id = view.team.team.responsible_id
    if rules.is_full(await steps.residents_of(doctor_id), params().load):
        raise Conflict("team_full", FULL.format(load=params().load))
    said = {
        "reviewed_at": clock.now(),
        "reviewed_by": actor.practitioner_id,
        "doctor_id": doctor_id,
        "expires_at": clock.now() + params().signing,
    }
    await steps.move(actor, row, "review", "team", **said)
    await steps.signed_by_both(actor, row)
