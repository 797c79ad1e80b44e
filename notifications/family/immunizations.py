"""Reminders of children's vaccination: before a window opens, and once when it is late; wired in
`app.reactions`. The message on the screen says only that the team asks to come."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from core import clock
from core.clock import SHANGHAI
from family_doctor.immunization import policy
from family_doctor.immunization.events import ImmunizationDue, ImmunizationSettled
from family_doctor.immunization.models import ImmunizationRecommendation
from family_doctor.immunization.queries import still_waits
from family_doctor.immunization.rules import Line, State
from notifications import reminders
from notifications.family import rules, wording
from notifications.family.policy import params
from notifications.family.whose import contract_now
from notifications.reminders import Said, Source

COMING: Final = "Immunization"
LATE: Final = "ImmunizationLate"


async def set_reminders(event: ImmunizationDue) -> None:
    """A visit was found, or its days have moved."""
    row = await ImmunizationRecommendation.get(id=event.recommendation_id)
    if row.ended_at is not None:
        return
    now, house = clock.now(), params()
    first = rules.vaccination_coming(row.opens, now, house)
    again = rules.vaccination_late(row.due, now, house)
    for name, moment in ((COMING, first), (LATE, again)):
        if moment is not None:
            await reminders.remind(name, row.id, due_at=moment)


async def take_back(event: ImmunizationSettled) -> None:
    """It was given, or nobody waits for it any more."""
    for name in (COMING, LATE):
        await reminders.withdraw(name, UUID(event.recommendation_id))


async def _to_come(ids: Collection[UUID]) -> set[UUID]:
    waits = await still_waits(ids)
    return {id for id, lines in waits.items() if any(one.last >= clock.today() for one in lines)}


async def _overdue(ids: Collection[UUID]) -> set[UUID]:
    waits = await still_waits(ids)
    return {id for id, lines in waits.items() if any(one.state is State.LATE for one in lines)}


async def _coming(id: UUID) -> Said:
    row, lines = await _row(id)
    message = wording.vaccination(lines, await contract_now(row.patient_id), policy.params().where)
    over = datetime.combine(row.due + timedelta(days=1), time(), SHANGHAI)
    return Said(row.patient_id, message, expires_at=over)


async def _late(id: UUID) -> Said:
    row, lines = await _row(id)
    late = [one for one in lines if one.state is State.LATE]
    contract = await contract_now(row.patient_id)
    message = wording.vaccination_late(late, contract, policy.params().where)
    return Said(row.patient_id, message)


async def _row(id: UUID) -> tuple[ImmunizationRecommendation, list[Line]]:
    row = await ImmunizationRecommendation.get(id=id)
    return row, (await still_waits([id])).get(id, [])


OWN: Final = (
    Source(COMING, "immunization_due", _to_come, _coming),
    Source(LATE, "immunization_late", _overdue, _late),
)
