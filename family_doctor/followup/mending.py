"""The verb that finds a follow-up wrong: it was another patient's, or never happened."""

from datetime import timedelta
from uuid import UUID

from care.record.models import Observation
from care.record.service import mark_all_in_error
from core import clock, db
from core.audit import audit
from core.errors import Forbidden, NotFound
from core.outbox import record
from family_doctor.access import open_resident, open_team
from family_doctor.care_plan import tasks
from family_doctor.care_plan.policy import params
from family_doctor.followup import queries
from family_doctor.followup.events import FollowUpFoundWrong
from family_doctor.followup.models import FollowUp
from family_doctor.followup.service import AGAIN
from people.actor import Actor


async def find_wrong(actor: Actor, follow_up_id: UUID, reason: str) -> FollowUp:
    """It counts for nothing any more, nor does what was measured with it; both stay readable with
    the reason, and the next contact comes soon. By the one who wrote it or the lead; a repeat
    changes nothing. Raises NotFound, Forbidden."""
    row = await FollowUp.get_or_none(id=follow_up_id)
    if row is None:
        raise NotFound("follow_up_not_found", "没有找到这次随访。")
    view = await open_resident(actor, row.patient_id, purpose="follow-up-wrong")
    team = await open_team(actor, view.contract.team_id)
    if row.by_id != actor.practitioner_id and not team.leads:
        raise Forbidden("not_yours", "由记的人或者团队长来标。")
    said = {"wrong_at": clock.now(), "wrong_by_name": actor.name, "wrong_reason": reason}
    async with db.atomic():
        if not await FollowUp.filter(id=row.id, wrong_at=None).update(**said):
            return await FollowUp.get(id=row.id)
        row.update_from_dict(said)
        await audit(
            actor,
            "follow_up.wrong",
            f"FollowUp/{row.id}",
            patient_id=row.patient_id,
            reason=reason,
        )
        await mark_all_in_error(actor, await _measured(row), reason=reason)
        wrong = FollowUpFoundWrong(follow_up_id=str(row.id), patient_id=str(row.patient_id))
        await record(wrong, subject=f"Patient/{row.patient_id}")
        for plan in (await queries.plans_by_table(view.patient.id)).values():
            by = clock.today() + timedelta(days=params().first)
            village = view.patient.village
            await tasks.open_follow_up(plan, village, opens=clock.today(), by=by, reason=AGAIN)
            break
    return row


async def _measured(row: FollowUp) -> list[Observation]:
    """What came into the record with it: up to two rounds, written in one transaction."""
    rows = Observation.filter(patient_id=row.patient_id, recorder_id=row.by_id)
    first = await rows.filter(panel_id=row.panel_id).order_by("recorded_at").first()
    if row.panel_id is None or first is None:
        return []
    together = {"recorded_at__gte": first.recorded_at, "recorded_at__lte": row.recorded_at}
    return await rows.filter(measured_at=first.measured_at, **together)
