"""What contracts note because a follow-up or a check was done; wired in `app.reactions`."""

from datetime import date
from uuid import UUID

from core.clock import SHANGHAI
from family_doctor.care_plan.events import TaskEnded
from family_doctor.care_plan.models import Task, TaskKind
from family_doctor.care_plan.states import TaskStatus
from family_doctor.care_plan.words import task_words
from family_doctor.followup.events import FollowUpFoundWrong, FollowUpRecorded
from family_doctor.followup.models import FollowUp
from family_doctor.fulfilment import by_itself, meaning
from family_doctor.fulfilment.by_itself import Visit


async def count_follow_up(event: FollowUpRecorded) -> None:
    """A follow-up fulfils what was promised."""
    if await FollowUp.filter(id=event.follow_up_id, wrong_at__isnull=False).exists():
        return
    mode = meaning.FORM_MODES[event.mode]
    visit = Visit(
        patient_id=UUID(event.patient_id),
        team_id=UUID(event.team_id),
        by_id=UUID(event.by_id),
        day=date.fromisoformat(event.met_on),
        mode=mode,
        meanings=frozenset(meaning.of_follow_up(event.diseases, mode)),
        evidence=f"FollowUp/{event.follow_up_id}",
        words="随访表",
    )
    await by_itself.served(visit)


async def uncount_follow_up(event: FollowUpFoundWrong) -> None:
    """It was entered in error."""
    await by_itself.undo(f"FollowUp/{event.follow_up_id}")


async def count_check(event: TaskEnded) -> None:
    """A check of a calendar was ticked off."""
    if event.status != TaskStatus.COMPLETED:
        return
    row = await Task.get(id=event.task_id)
    if row.kind is not TaskKind.CHECK or row.ended_by is None or row.ended_at is None:
        return
    visit = Visit(
        patient_id=row.patient_id,
        team_id=row.team_id,
        by_id=row.ended_by,
        day=row.ended_at.astimezone(SHANGHAI).date(),
        mode=None,
        meanings=frozenset(meaning.of_check(row.code)),
        evidence=f"Task/{row.id}",
        words=task_words(row.kind, row.code),
    )
    await by_itself.served(visit)
