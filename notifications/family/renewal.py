"""The reminder that a contract ends soon; wired in `app.reactions`."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from core import clock
from core.clock import SHANGHAI
from family_doctor.contracts.events import RenewalDue
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from notifications import reminders
from notifications.family import wording
from notifications.reminders import Said, Source

NAME: Final = "ContractRenewal"


async def tell(event: RenewalDue) -> None:
    """`family_doctor.contracts` has its clock; from here on it is a reminder as any other."""
    await reminders.remind(NAME, UUID(event.contract_id), due_at=clock.now())


async def _still(ids: Collection[UUID]) -> set[UUID]:
    """In force, not over, and nothing follows it yet."""
    rows = Contract.filter(id__in=list(ids), status=Status.ACTIVE, ends_on__gte=clock.today())
    rows = rows.filter(patient__deceased_on=None)
    found = {row.id: row.active_for for row in await rows}
    followed = Contract.filter(pending_for__in=[one for one in found.values() if one])
    busy = set(await followed.values_list("pending_for", flat=True))
    return {id for id, whose in found.items() if whose not in busy}


async def _said(id: UUID) -> Said:
    row = await Contract.get(id=id).select_related("patient", "team__organization")
    day = row.ends_on or clock.today()
    over = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    return Said(row.patient_id, wording.renewal(row), expires_at=over)


OWN: Final = (Source(NAME, "contract_renewal", _still, _said),)
