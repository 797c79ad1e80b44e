"""The verb of follow-ups: record one. What was measured goes into the county's record, the rules
decide, the task is done and the next one opens, all at once or not at all."""

from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from care.record.models import Meal, Observation
from care.record.schemas import VitalsIn
from care.record.service import record_vitals
from core import clock, db
from core.audit import audit
from core.errors import Conflict, FieldError, Invalid
from core.outbox import record
from family_doctor.access import ResidentView, open_resident
from family_doctor.care_plan import tasks
from family_doctor.care_plan.models import CarePlan, Programme, Task
from family_doctor.care_plan.policy import params
from family_doctor.followup import judging, queries
from family_doctor.followup.events import FollowUpRecorded
from family_doctor.followup.form import FollowUpIn
from family_doctor.followup.models import FollowUp, Mode
from family_doctor.followup.rules.table import Decision
from family_doctor.followup.rules.together import Judged
from people.actor import Actor
from people.links import same_person
from people.models import Patient

LATEST_ENTRY: Final = timedelta(days=30)
"""How long after it a follow-up may be written down; the paper form of a home visit travels."""
AGAIN: Final = "上次的随访表记错了,重新随访"
AFTER_REFERRAL: Final = "转诊后随访:问清去了没有、医院怎么处理"
TOLD: Final = "电话自报"
OVER: Final = "居民现在没有纳入这项管理(可能已经结案或暂停)。请先纳入或恢复管理,再交这张表。"


class PlanOver(Conflict):
    """The form asks about a disease for which the resident is in no programme any more."""


async def record_follow_up(actor: Actor, patient_id: UUID, entry: FollowUpIn) -> FollowUp:
    """Write a follow-up down and act on it. The same `id` twice is one follow-up.

    Raises Invalid with the field that has to be mended, PlanOver, NotFound.
    """
    view = await open_resident(actor, patient_id, purpose="follow-up")
    try:
        async with db.atomic():
            return await _one_after_the_other(view, entry)
    except IntegrityError:
        return await _the_same(await FollowUp.get(id=entry.id), view)


async def _one_after_the_other(view: ResidentView, entry: FollowUpIn) -> FollowUp:
    """Forms about one patient, from however many devices, each judged by those before it."""
    await Patient.filter(id=view.patient.id).select_for_update().get()
    there = await FollowUp.get_or_none(id=entry.id)
    if there is not None:
        return await _the_same(there, view)
    plans = await _plans(view, entry)
    found, stored = await _judge(view, entry, plans)
    _refuse_dates(entry, found.decision)
    return await _write(view, entry, plans, found.decision, stored)


async def _the_same(there: FollowUp, view: ResidentView) -> FollowUp:
    if there.patient_id not in await same_person(view.patient.id):
        raise Conflict("another_patient", "这张随访表已经记在另一位居民名下,请重新填写。")
    return there


async def _plans(view: ResidentView, entry: FollowUpIn) -> dict[Programme, CarePlan]:
    plans = await queries.plans_by_table(view.patient.id)
    strange = [one for one in entry.diseases if judging.PROGRAMME[one] not in plans]
    if strange:
        raise PlanOver("plan_over", OVER)
    return plans


async def _judge(
    view: ResidentView, entry: FollowUpIn, plans: dict[Programme, CarePlan]
) -> tuple[Judged, dict[str, object]]:
    known = await queries.known(view.patient, plans, entry.met_on)
    seen = judging.seen_of(entry, known)
    found = judging.judged(seen, params().table)
    return found, judging.kept(seen, found)


def _refuse_dates(entry: FollowUpIn, decision: Decision) -> None:
    today = clock.today()
    if not today - LATEST_ENTRY <= entry.met_on <= today:
        sentence = f"随访日期要在最近 {LATEST_ENTRY.days} 天之内。"
        raise Invalid("met_on", sentence, errors=[FieldError("met_on", sentence)])
    latest = decision.next_by(entry.met_on)
    if entry.next_on is not None and not entry.met_on < entry.next_on <= latest:
        sentence = f"下次随访最晚 {latest.month} 月 {latest.day} 日。"
        raise Invalid("next_on", sentence, errors=[FieldError("next_on", sentence)])


async def _write(
    view: ResidentView,
    entry: FollowUpIn,
    plans: dict[Programme, CarePlan],
    decision: Decision,
    stored: dict[str, object],
) -> FollowUp:
    actor, own = view.actor, entry.next_on or decision.next_by(entry.met_on)
    newest = await queries.is_newest(view.patient.id, entry.met_on)
    next_by = min([own, *await _others(view, entry)]) if newest else own
    task = await _answered(view, entry) if newest else None
    row = await FollowUp.create(
        id=entry.id,
        patient_id=view.patient.id,
        team_id=view.contract.team_id,
        task_id=task.id if task else None,
        mode=entry.mode,
        met_on=entry.met_on,
        form=entry.model_dump(mode="json", exclude={"id", "mode", "met_on"}, exclude_defaults=True),
        judged=stored,
        classification=decision.classification,
        action=decision.action,
        next_by=next_by,
        panel_id=await _measured(actor, view.patient.id, entry),
        by_id=actor.practitioner_id,
        by_name=actor.name,
        organization_id=actor.organization_id,
        recorded_at=clock.now(),
    )
    if task is not None:
        await tasks.end(actor, task, "complete", "")
    if newest:
        await _next(view, entry, plans, decision, next_by)
    await audit(actor, "follow_up.record", f"FollowUp/{row.id}", patient_id=row.patient_id)
    await record(_told(row, entry), subject=f"Patient/{row.patient_id}")
    return row


async def _answered(view: ResidentView, entry: FollowUpIn) -> Task | None:
    """The task that this visit has done; not one that was asked for because of something later."""
    task = await tasks.open_one(view.patient.id, tasks.FOLLOW_UP)
    if task is None or (task.reason not in ("", AGAIN) and task.opens > entry.met_on):
        return None
    return task


async def _others(view: ResidentView, entry: FollowUpIn) -> list[date]:
    """Until when the diseases that this form did not ask about have to be followed up."""
    plans = await queries.plans_by_table(view.patient.id)
    left = {one for one, name in judging.PROGRAMME.items() if name in plans} - entry.diseases
    return [await queries.due_on(plans[judging.PROGRAMME[one]], one) for one in sorted(left)]


async def _next(
    view: ResidentView,
    entry: FollowUpIn,
    plans: dict[Programme, CarePlan],
    decision: Decision,
    by: date,
) -> None:
    plan = next(plans[judging.PROGRAMME[one]] for one in sorted(entry.diseases))
    soon = by - timedelta(days=params().table.soon)
    opens = min(max(entry.met_on + timedelta(days=1), soon), by)
    await tasks.open_follow_up(
        plan,
        view.patient.village,
        opens=opens,
        by=by,
        reason=AFTER_REFERRAL if decision.follows_referral else "",
    )


async def _measured(actor: Actor, patient_id: UUID, entry: FollowUpIn) -> UUID | None:
    """What was measured goes where every doctor of the county sees it."""
    at = _moment(entry.met_on)
    device = TOLD if entry.mode is Mode.PHONE else ""
    names = ("systolic", "diastolic", "pulse", "temperature", "weight", "height")
    values = {name: getattr(entry, name) for name in names}
    rounds = [
        {**values, "glucose": entry.fasting, "meal": entry.fasting and Meal.FASTING},
        {"glucose": entry.other_glucose, "meal": entry.other_glucose and Meal.RANDOM},
    ]
    rows: list[Observation] = []
    for one in rounds:
        given = {name: value for name, value in one.items() if value is not None}
        if given:
            vitals = VitalsIn.model_validate({**given, "measured_at": at, "device": device})
            rows += await record_vitals(actor, patient_id, vitals)
    return rows[0].panel_id if rows else None


def _moment(day: date) -> datetime:
    if day == clock.today():
        return clock.now()
    return datetime.combine(day, time(12), clock.SHANGHAI)


def _told(row: FollowUp, entry: FollowUpIn) -> FollowUpRecorded:
    return FollowUpRecorded(
        follow_up_id=str(row.id),
        patient_id=str(row.patient_id),
        team_id=str(row.team_id),
        by_id=str(row.by_id),
        mode=row.mode,
        met_on=row.met_on.isoformat(),
        diseases=sorted(entry.diseases),
        action=row.action,
        next_by=row.next_by.isoformat(),
    )
