"""What a doctor outside the team asks of it: by a day, in the doctor's own words.

A task of its own, ticked off by itself: the national form may answer it or not. Without a team
nobody is asked; the note and the referral still say it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from tortoise.queryset import QuerySet

from core import db
from family_doctor.care_plan import tasks
from family_doctor.care_plan.models import Task, TaskKind
from family_doctor.care_plan.states import TaskStatus
from family_doctor.queries import team_of
from people.models import Patient

LONGEST: Final = 200
CUT: Final = "……(全文在病历里)"
OTHERWISE: Final = "医生改了安排"


async def ask(patient_id: UUID, source: UUID, *, by: date, words: str) -> None:
    """Ask the patient's team for something until `by`. The same `source` again changes what it
    asked for, and nothing once that has been done."""
    team = await team_of(patient_id)
    if team is None:
        return
    async with db.atomic():
        before = await _of(patient_id, source).first()
        if before is None:
            patient = await Patient.get(id=patient_id)
            await tasks.open_asked(patient, team.id, code_of(source), by=by, reason=_short(words))
        else:
            waiting = Task.filter(id=before.id, status=TaskStatus.REQUESTED)
            await waiting.update(due=by, reason=_short(words))


async def withdraw(patient_id: UUID, source: UUID) -> None:
    """It is not asked for any more; what has been done stays."""
    async with db.atomic():
        for task in await _of(patient_id, source).filter(status=TaskStatus.REQUESTED):
            await tasks.end_by_itself(task, "cancel", OTHERWISE)


async def leave(patient_ids: Sequence[UUID], reason: str) -> None:
    """Nobody looks after the patient any more. Within a transaction."""
    waiting = Task.filter(patient_id__in=list(patient_ids), kind=TaskKind.ASKED)
    for task in await waiting.filter(status=TaskStatus.REQUESTED):
        await tasks.end_by_itself(task, "cancel", reason)


def code_of(source: UUID) -> str:
    """The task's code: one for each note or referral, however often it is told."""
    return f"asked-{source.hex[:24]}"


def _of(patient_id: UUID, source: UUID) -> QuerySet[Task]:
    return Task.filter(patient_id=patient_id, code=code_of(source))


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - len(CUT)] + CUT
