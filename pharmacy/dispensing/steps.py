"""What the dispensing verbs share: the step with its trace, and what is picked so far."""

from core.audit import Who, audit
from core.errors import Conflict
from core.states import advance
from pharmacy.dispensing.models import DispensePick, MedicationDispense
from pharmacy.dispensing.states import MEDICATION_DISPENSE
from pharmacy.dispensing.states import DispenseStatus as Status

PUT_BACK = ",请停下,把药放回货架。钱会退给居民。"


def subject_of(row: MedicationDispense) -> str:
    """What audit and events call a dispense."""
    return f"MedicationDispense/{row.id}"


async def step(
    who: Who, row: MedicationDispense, action: str, reason: str = "", **changes: object
) -> None:
    """Move the state and write it down, in the caller's transaction."""
    await advance(row, MEDICATION_DISPENSE, action, **changes)
    about = subject_of(row)
    await audit(who, f"dispense.{action}", about, patient_id=row.patient_id, reason=reason)


def require(row: MedicationDispense, *states: Status) -> None:
    """Raise Conflict `stopped` or `changed_meanwhile` unless it stands in one of these."""
    if row.status is Status.STOPPED:
        raise Conflict("stopped", f"{row.stop_reason or '这一单已停止'}{PUT_BACK}")
    if row.status not in states:
        raise Conflict("changed_meanwhile", "刚才有人先操作了,请刷新页面看看最新进展。")


async def picks_of(row: MedicationDispense) -> list[DispensePick]:
    """What is taken from the shelf now, in the order it was."""
    found = DispensePick.filter(dispense_id=row.id, undone_at=None).order_by("picked_at", "id")
    return await found.select_related("stock_lot")
