"""When a contract comes into force and when it is over, and what that opens and closes.

The ground "team" begins and ends here and nowhere else (docs/adr/0058).
"""

from core import clock, outbox
from core.audit import Who, audit
from core.states import advance
from family_doctor.contracts.events import ContractActivated, ContractEnded
from family_doctor.contracts.models import Contract, EndedBy
from family_doctor.contracts.states import CONTRACT
from people import access as patients
from people.models import GrantBasis


def subject(contract_id: object) -> str:
    """The name of a contract in audit, outbox, grants and payments."""
    return f"Contract/{contract_id}"


async def begin(who: Who, row: Contract) -> None:
    """A signed contract comes into force, and its team may open the record.

    One that is in force, also through a joined record, ends in the same transaction. Call inside
    one. Raises Conflict when it is not signed.
    """
    before = await Contract.get_or_none(active_for=row.pending_for)
    if row.pending_for is not None and before is not None:
        same = before.team_id == row.team_id
        await end(who, before, "renew" if same else "change_team", EndedBy.HOUSE)
    await advance(
        row,
        CONTRACT,
        "begin",
        begun_at=clock.now(),
        active_for=row.pending_for,
        pending_for=None,
    )
    await patients.grant(
        row.patient_id,
        basis=GrantBasis.TEAM,
        subject=subject(row.id),
        granted_by=row.doctor_id or row.asked_by,
        team_id=row.team_id,
    )
    await audit(who, "contract.begin", subject(row.id), patient_id=row.patient_id)
    activated = ContractActivated(
        contract_id=str(row.id),
        patient_id=str(row.patient_id),
        team_id=str(row.team_id),
        doctor_id=str(row.doctor_id or ""),
        follows_id=str(row.follows_id or ""),
        starts_on=str(row.starts_on),
        ends_on=str(row.ends_on),
    )
    await outbox.record(activated, subject=subject(row.id))


async def end(who: Who, row: Contract, action: str, by: EndedBy, reason: str = "") -> None:
    """A contract in force is over, and the record closes at once. Call inside a transaction."""
    await advance(
        row,
        CONTRACT,
        action,
        active_for=None,
        ended_at=clock.now(),
        ended_by=by,
        end_reason=reason,
    )
    await patients.revoke(subject(row.id))
    await audit(who, f"contract.{action}", subject(row.id), patient_id=row.patient_id)
    ended = ContractEnded(
        contract_id=str(row.id),
        patient_id=str(row.patient_id),
        team_id=str(row.team_id),
        status=row.status.value,
        by=by.value,
    )
    await outbox.record(ended, subject=subject(row.id))
