"""The door to where a lead begins: those of tasks and alerts, and the team's to the resident."""

from dataclasses import dataclass
from uuid import UUID

from family_doctor.access import ResidentView, open_resident
from family_doctor.alerts.access import open_alert
from family_doctor.care_plan import words as plans
from family_doctor.care_plan.tasks import open_task
from people.actor import Actor


@dataclass(frozen=True, slots=True)
class OriginView:
    """A task or an alert, and the resident it is about. `words` say what it is, `href` where."""

    name: str
    resident: ResidentView
    words: str
    href: str


async def open_origin(actor: Actor, name: str) -> OriginView:
    """Raises NotFound alike for strangers and for nothing."""
    kind, _, text = name.partition("/")
    if kind == "Alert":
        alert = (await open_alert(actor, UUID(text))).alert
        view = await open_resident(actor, alert.patient_id, purpose="lead")
        return OriginView(name, view, f"危急值:{alert.words}", f"/alerts/{alert.id}")
    task = await open_task(actor, UUID(text), purpose="lead")
    view = await open_resident(actor, task.patient_id, purpose="lead")
    said = plans.task_words(task.kind, task.code)
    words = f"{said}:{task.reason}" if task.reason else said
    return OriginView(name, view, words, f"/follow-ups/patients/{task.patient_id}")
