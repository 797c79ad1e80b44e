"""The only doors to an online visit: the doctor whose visit it is, and the accounts that may talk
with a doctor for the patient. For everybody else it does not exist."""

from dataclasses import dataclass
from uuid import UUID

from care.encounter.models import Encounter
from care.encounter.states import READING, WRITING, Status
from core.audit import refused
from core.errors import Conflict, NotFound
from people.actor import Actor, Role
from people.residents import access as residents
from people.residents.actor import Resident
from people.residents.models import Scope

DOCTORS = (Role.SPECIALIST, Role.TOWNSHIP_DOCTOR)


@dataclass(frozen=True, slots=True)
class DoctorView:
    """A visit as its doctor holds it."""

    encounter: Encounter
    actor: Actor

    @property
    def reads(self) -> bool:
        """Whether evidence and answers are open in this state."""
        return self.encounter.status in READING

    def require_reading(self) -> None:
        """Raise NotFound when evidence is closed again."""
        if not self.reads:
            raise _unknown()

    def require_writing(self) -> None:
        """Raise Conflict when nothing may be judged or noted any more."""
        if self.encounter.status not in WRITING:
            raise Conflict("not_now", "这次复诊现在不能再改了。")


async def open_encounter(actor: Actor, encounter_id: UUID, *, lock: bool = False) -> DoctorView:
    """Open a visit as its doctor. `lock` serialises verbs on it. Raises NotFound."""
    rows = Encounter.filter(id=encounter_id, practitioner_id=actor.practitioner_id)
    rows = rows.exclude(status=Status.PLANNED)
    row = await (rows.select_for_update() if lock else rows).first()
    if row is None:
        raise refused(_unknown(), actor, "encounter.open", f"Encounter/{encounter_id}")
    return DoctorView(row, actor)


async def open_own(resident: Resident, encounter_id: UUID, *, lock: bool = False) -> Encounter:
    """Open a visit for an account that may talk with doctors for its patient.

    Raises NotFound alike for strangers and for ids that do not exist.
    """
    rows = Encounter.filter(id=encounter_id)
    row = await (rows.select_for_update() if lock else rows).first()
    mine = await residents.own_patient_ids(resident, Scope.CHAT)
    if row is None or row.patient_id not in mine:
        raise refused(_unknown(), resident, "resident.encounter", f"Encounter/{encounter_id}")
    return row


def _unknown() -> NotFound:
    return NotFound("encounter_not_found", "没有找到这次复诊。")
