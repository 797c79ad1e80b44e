"""The verbs beside `recording`: find a dose wrong, compare with the book. Each opens the resident's
door, audits, and makes the child's next visits anew, at once."""

from uuid import UUID

from core import clock, db
from core.audit import audit
from core.errors import Forbidden, NotFound
from family_doctor.access import ResidentView, open_resident, open_team
from family_doctor.immunization import planning
from family_doctor.immunization.models import Immunization, ImmunizationBook, Status
from family_doctor.immunization.rules import GROWN_UP
from people.actor import Actor
from people.ages import years


def require_child(view: ResidentView) -> None:
    """The programme is for those under 18. Raises NotFound."""
    if years(view.patient.birth_date, clock.today()) >= GROWN_UP:
        raise NotFound("no_child", "免疫规划的疫苗针对 18 岁以下的孩子。")


async def open_dose(actor: Actor, dose_id: UUID) -> Immunization:
    """A dose of one of the team's children. Raises NotFound alike for strangers."""
    row = await Immunization.get_or_none(id=dose_id)
    if row is None:
        raise NotFound("immunization_not_found", "没有找到这条接种记录。")
    await open_resident(actor, row.patient_id, purpose="immunization")
    return row


async def find_wrong(actor: Actor, dose_id: UUID, reason: str) -> Immunization:
    """It counts for nothing any more and stays readable with the reason; what it had settled waits
    again. By whoever wrote it or the lead; a repeat changes nothing. Raises NotFound, Forbidden."""
    row = await open_dose(actor, dose_id)
    view = await open_resident(actor, row.patient_id, purpose="immunization-wrong")
    team = await open_team(actor, view.contract.team_id)
    if row.by_id != actor.practitioner_id and not team.leads:
        raise Forbidden("not_yours", "由记的人或者团队长来标。")
    said = {
        "status": Status.ENTERED_IN_ERROR,
        "counts": None,
        "wrong_at": clock.now(),
        "wrong_by_name": actor.name,
        "wrong_reason": reason,
    }
    async with db.atomic():
        if await Immunization.filter(id=row.id, status=Status.COMPLETED).update(**said):
            await _tell(actor, row, "wrong", reason)
            await planning.plan(view.patient)
    return await Immunization.get(id=row.id)


async def compare(actor: Actor, patient_id: UUID) -> None:
    """All that the book says is on record: from now on what is missing counts as missing. A repeat
    brings the day up to date. Raises NotFound."""
    view = await open_resident(actor, patient_id, purpose="immunization-book")
    require_child(view)
    seen = {
        "checked_on": clock.today(),
        "by_id": actor.practitioner_id,
        "by_name": actor.name,
    }
    async with db.atomic():
        await ImmunizationBook.update_or_create(defaults=seen, patient_id=view.patient.id)
        subject = f"Patient/{view.patient.id}"
        await audit(actor, "immunization.book", subject, patient_id=view.patient.id)
        await planning.plan(view.patient)


async def _tell(actor: Actor, row: Immunization, action: str, reason: str = "") -> None:
    subject = f"Immunization/{row.id}"
    await audit(actor, f"immunization.{action}", subject, patient_id=row.patient_id, reason=reason)
