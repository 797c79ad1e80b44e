"""What happened to plans and tasks that others may want to know."""

from dataclasses import dataclass
from typing import ClassVar

from core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMoved(Event):
    """A patient came into a programme, or left it (`action`: enrol, hold, resume, end, reopen)."""

    name: ClassVar[str] = "family_doctor.PlanMoved"
    plan_id: str
    patient_id: str
    team_id: str
    programme: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskOpened(Event):
    """Something has to be done for a patient until `due` (ISO day)."""

    name: ClassVar[str] = "family_doctor.TaskOpened"
    task_id: str
    patient_id: str
    team_id: str
    kind: str
    due: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEnded(Event):
    """It was done, or nobody needs it any more."""

    name: ClassVar[str] = "family_doctor.TaskEnded"
    task_id: str
    patient_id: str
    team_id: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMoved(Event):
    """Its days have come nearer."""

    name: ClassVar[str] = "family_doctor.TaskMoved"
    task_id: str
    patient_id: str
    team_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingWanted(Event):
    """A value from home is wanted by a day."""

    name: ClassVar[str] = "family_doctor.ReadingWanted"
    request_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettled(Event):
    """It came, or is wanted no more."""

    name: ClassVar[str] = "family_doctor.ReadingSettled"
    request_id: str
