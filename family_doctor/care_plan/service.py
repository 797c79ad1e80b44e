"""The verbs on plans: enrol, hold, resume, end. Each opens the resident's door, moves by
compare-and-swap, audits and tells, at once."""

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import audit
from core.errors import FieldError, Invalid, NotFound
from core.outbox import record
from core.states import advance
from family_doctor.access import ResidentView, open_resident
from family_doctor.care_plan import tasks
from family_doctor.care_plan.events import PlanMoved
from family_doctor.care_plan.models import CarePlan, Programme
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.care_plan.states import CARE_PLAN, PlanStatus
from family_doctor.followup.rules import dates, hypertension
from people.actor import Actor
from people.ages import years
from people.links import same_person

CHILD_YEARS: Final = 7
LONGEST_PREGNANCY: Final = timedelta(weeks=44)


async def enrol(actor: Actor, patient_id: UUID, entry: EnrolIn) -> CarePlan:
    """Take a patient into a programme and open what is due first.

    Who is in it already stays as they are. Raises Invalid where the programme is not for them.
    """
    view = await open_resident(actor, patient_id, purpose="enrol")
    _refuse_unfit(entry, view)
    name = f"{view.patient.id}:{entry.programme}"
    names = [f"{one}:{entry.programme}" for one in await same_person(view.patient.id)]
    there = await CarePlan.filter(open__in=names).order_by("opened_at").first()
    if there is not None:
        return there
    try:
        return await _open_plan(view, entry, name)
    except IntegrityError:
        return await CarePlan.get(open=name)


async def _open_plan(view: ResidentView, entry: EnrolIn, name: str) -> CarePlan:
    async with db.atomic():
        plan = await CarePlan.create(
            patient_id=view.patient.id,
            programme=entry.programme,
            open=name,
            team_id=view.contract.team_id,
            began_from=entry.began_from,
            diagnosis=entry.diagnosis,
            target_systolic=entry.target_systolic,
            target_diastolic=entry.target_diastolic,
            facts=entry.facts(),
            opened_at=clock.now(),
            opened_by=view.actor.practitioner_id,
        )
        await tasks.open_next(plan, view.patient.village)
        await _tell(view.actor, plan, "enrol")
    return plan


def _refuse_unfit(entry: EnrolIn, view: ResidentView) -> None:
    today = clock.today()
    if (reason := _why_unfit(entry, view, today)) is not None:
        field, sentence = reason
        raise Invalid("unfit", sentence, errors=[FieldError(field, sentence)])


def _why_unfit(entry: EnrolIn, view: ResidentView, today: date) -> tuple[str, str] | None:
    age = years(view.patient.birth_date, today)
    if entry.began_from > today:
        return "began_from", "日期不能在今天以后。"
    match entry.programme:
        case Programme.HYPERTENSION | Programme.DIABETES if age < hypertension.YOUNGEST:
            return "programme", "这项管理针对 35 岁及以上的居民。"
        case Programme.ELDERLY if today.year - view.patient.birth_date.year < dates.OLD:
            return "programme", "今年还不满 65 岁。"
        case Programme.CHILD if age >= CHILD_YEARS:
            return "programme", "这项管理针对 0~6 岁的孩子。"
        case Programme.PREGNANCY if today - entry.began_from > LONGEST_PREGNANCY and not (
            entry.born_on
        ):
            return "began_from", "离末次月经太久了,已经生产的请填分娩日期。"
    return None


async def open_plan(actor: Actor, plan_id: UUID, *, purpose: str) -> CarePlan:
    """A plan of one of the team's residents. Raises NotFound."""
    plan = await CarePlan.get_or_none(id=plan_id).select_related("patient")
    if plan is None:
        raise NotFound("plan_not_found", "没有找到这项管理。")
    await open_resident(actor, plan.patient_id, purpose=purpose)
    return plan


async def hold(actor: Actor, plan_id: UUID, reason: str) -> CarePlan:
    """Away for a while, or not willing for now."""
    return await _move(actor, plan_id, "hold", reason)


async def resume(actor: Actor, plan_id: UUID) -> CarePlan:
    """Back again: the next date is looked for anew."""
    return await _move(actor, plan_id, "resume", "")


async def end(actor: Actor, plan_id: UUID, reason: str) -> CarePlan:
    """Out of the programme for good."""
    return await _move(actor, plan_id, "end", reason)


async def _move(actor: Actor, plan_id: UUID, action: str, reason: str) -> CarePlan:
    plan = await open_plan(actor, plan_id, purpose=f"plan.{action}")
    if (plan.status, action) not in CARE_PLAN and plan.status is _leads_to(action):
        return plan
    async with db.atomic():
        await move(plan, action, reason)
        await _tell(actor, plan, action)
    return plan


async def move(plan: CarePlan, action: str, reason: str) -> None:
    """Move a plan, with its tasks. Within a transaction."""
    ended = action == "end"
    await advance(
        plan,
        CARE_PLAN,
        action,
        end_reason=reason,
        open=None if ended else plan.open,
        ended_at=clock.now() if ended else None,
    )
    if action == "resume":
        await tasks.open_next(plan, plan.patient.village)
    else:
        await tasks.cancel_of(plan, reason)


def _leads_to(action: str) -> PlanStatus:
    return next(then for (_, name), then in CARE_PLAN.items() if name == action)


async def _tell(actor: Actor, plan: CarePlan, action: str) -> None:
    await audit(actor, f"care_plan.{action}", f"CarePlan/{plan.id}", patient_id=plan.patient_id)
    await record(
        PlanMoved(
            plan_id=str(plan.id),
            patient_id=str(plan.patient_id),
            team_id=str(plan.team_id),
            programme=plan.programme,
            action=action,
        ),
        subject=f"Patient/{plan.patient_id}",
    )
