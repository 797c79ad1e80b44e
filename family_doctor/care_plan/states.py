"""States of a plan and of a task, as tables (docs/states)."""

from enum import StrEnum
from typing import Final

from core.states import Table


class PlanStatus(StrEnum):
    """FHIR CarePlan.status."""

    ACTIVE = "active"
    ON_HOLD = "on-hold"  # away for a while, or refuses for now
    ENDED = "completed"  # moved, died, finished, or the diagnosis was withdrawn


class TaskStatus(StrEnum):
    """FHIR Task.status."""

    REQUESTED = "requested"  # the team
    COMPLETED = "completed"
    CANCELLED = "cancelled"  # nobody needs it any more; the reason says why


CARE_PLAN: Final[Table[PlanStatus]] = {
    (PlanStatus.ACTIVE, "hold"): PlanStatus.ON_HOLD,
    (PlanStatus.ON_HOLD, "resume"): PlanStatus.ACTIVE,
    (PlanStatus.ACTIVE, "end"): PlanStatus.ENDED,
    (PlanStatus.ON_HOLD, "end"): PlanStatus.ENDED,
}

TASK: Final[Table[TaskStatus]] = {
    (TaskStatus.REQUESTED, "complete"): TaskStatus.COMPLETED,
    (TaskStatus.REQUESTED, "cancel"): TaskStatus.CANCELLED,
}
