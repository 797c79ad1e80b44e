"""The visit itself: call, pass over, begin, change over, judge, finish, stop, did not happen."""

from datetime import timedelta
from uuid import UUID, uuid4

from care.encounter import evidence, reasons, rules
from care.encounter.access import DoctorView, open_encounter
from care.encounter.events import (
    CallUnanswered,
    EncounterBegan,
    EncounterCalled,
    EncounterEnded,
    EncounterKindChanged,
    EncounterMoved,
    VerdictGiven,
)
from care.encounter.models import EligibilityVerdict, Encounter, Kind, OnlineShift, Verdict
from care.encounter.policy import params
from care.encounter.reasons import NotHappened, Offer, Termination
from care.encounter.schemas import (
    GuardianIn,
    NotHappenedIn,
    TerminationIn,
    VerdictIn,
)
from care.encounter.states import OVER, ShiftStatus, Status
from care.encounter.steps import ids, move, subject, write_down
from care.note import drafts
from core import clock, db, outbox
from core.audit import SYSTEM, Who
from core.errors import Conflict
from people import access as patients
from people.actor import Actor
from people.policy import policy

BARELY = timedelta(microseconds=1)


async def call_next(actor: Actor) -> Encounter | None:
    """Call the first in line; None when nobody waits. Raises Conflict."""
    async with db.atomic():
        await _lock_line(actor)
        first = await (
            Encounter.filter(practitioner_id=actor.practitioner_id, status=Status.WAITING)
            .order_by("place", "arrived_at")
            .first()
        )
        return await _call(actor, first) if first else None


async def call(actor: Actor, encounter_id: UUID) -> Encounter:
    """Call this one, out of turn or once more. Raises Conflict, NotFound."""
    async with db.atomic():
        await _lock_line(actor, but=encounter_id)
        view = await open_encounter(actor, encounter_id, lock=True)
        return await _call(actor, view.encounter)


async def _lock_line(actor: Actor, *, but: UUID | None = None) -> OnlineShift:
    """One doctor, one hand at a time; and one called at a time."""
    shift = await OnlineShift.filter(live=actor.practitioner_id).select_for_update().first()
    if shift is None:
        raise Conflict("no_shift", "请先开始接诊。")
    if shift.status is not ShiftStatus.OPEN:
        raise Conflict("shift_paused", "现在是暂停接诊,请先点“继续接诊”。")
    called = Encounter.filter(practitioner_id=actor.practitioner_id, status=Status.CALLED)
    if await (called.exclude(id=but) if but else called).exists():
        raise Conflict("somebody_called", "已叫的人还没有进来:请等一下,或者先点“过号”。")
    return shift


async def _call(who: Who, row: Encounter) -> Encounter:
    moment, number = clock.now(), row.calls + 1
    await move(
        who,
        row,
        "call",
        EncounterCalled(**ids(row), call=number),
        called_at=moment,
        calls=number,
    )
    await outbox.schedule(
        CallUnanswered(**ids(row), call=number),
        due_at=moment + params().answer,
        key=f"encounter-call:{row.id}",
    )
    return row


async def pass_over(who: Who, row: Encounter) -> Encounter:
    """Called and not there: back into the line, behind the next few."""
    async with db.atomic():
        return await _pass(who, row)


async def _pass(who: Who, row: Encounter) -> Encounter:
    line = await (
        Encounter.filter(practitioner_id=row.practitioner_id, status=Status.WAITING)
        .order_by("place", "arrived_at")
        .limit(params().behind)
    )
    last = line[-1].place if line else None
    place = last + BARELY if last else clock.now()
    return await move(who, row, "pass", EncounterMoved(**ids(row)), place=place)


async def call_unanswered(encounter_id: UUID, call: int) -> None:
    """The minutes after a call are over: behind the next few, or it did not happen."""
    row = await Encounter.filter(id=encounter_id).select_for_update().first()
    if row is None or row.status is not Status.CALLED or row.calls != call:
        return
    if call < params().calls:
        await _pass(SYSTEM, row)
    else:
        await _close(SYSTEM, row, NotHappened.NO_SHOW)


async def lapse(encounter_id: UUID) -> None:
    """Nobody came in time to a visit that was asked for: the resident, or else the doctor."""
    row = await Encounter.filter(id=encounter_id).select_for_update().first()
    if row is None or row.status in OVER or row.status is Status.IN_PROGRESS:
        return
    came = row.status is not Status.PLANNED
    await _close(SYSTEM, row, NotHappened.DOCTOR_UNAVAILABLE if came else NotHappened.NO_SHOW)


async def enter(who: Who, row: Encounter) -> Encounter:
    """The called resident is here: it begins. Safe to repeat; coming back in changes nothing."""
    if row.status is Status.IN_PROGRESS:
        return row
    if row.status is not Status.CALLED:
        raise Conflict("not_called", "医生还没有叫您,请在候诊室等一会儿。")
    async with db.atomic():
        event = EncounterBegan(**ids(row))
        return await move(who, row, "begin", event, began_at=clock.now())


async def change_kind(actor: Actor, encounter_id: UUID, kind: Kind) -> Encounter:
    """From text to video or back, in mid-visit."""
    async with db.atomic():
        row = (await open_encounter(actor, encounter_id, lock=True)).encounter
        if row.kind is kind and row.status is Status.IN_PROGRESS:
            return row
        event = EncounterKindChanged(**ids(row), kind=kind.value)
        return await move(actor, row, "change_kind", event, kind=kind)


async def judge(actor: Actor, encounter_id: UUID, entry: VerdictIn) -> EligibilityVerdict:
    """The doctor's verdict with its reason. Raises Conflict without evidence, or when over."""
    async with db.atomic():
        view = await open_encounter(actor, encounter_id, lock=True)
        view.require_writing()
        row = view.encounter
        lacking = evidence.why_not_enough(row, await evidence.of(row.id))
        if refused := rules.why_not_verdict(entry.verdict, lacking):
            raise Conflict(refused.code, "没有可用的确诊资料,不能判断为符合复诊。")
        found = await EligibilityVerdict.create(
            id=uuid4(),
            encounter_id=row.id,
            verdict=entry.verdict,
            reason=entry.why,
            practitioner_id=actor.practitioner_id,
            practitioner_name=actor.name,
            at=clock.now(),
        )
        event = VerdictGiven(**ids(row), verdict=entry.verdict.value)
        await write_down(actor, row, "verdict", event, note=entry.verdict.value)
    return found


async def verdict_of(encounter_id: UUID) -> EligibilityVerdict | None:
    """The one that counts."""
    found = EligibilityVerdict.filter(encounter_id=encounter_id)
    return await found.order_by("-at", "-id").first()


async def confirm_guardian(actor: Actor, encounter_id: UUID, entry: GuardianIn) -> Encounter:
    """诊疗办法 art. 19: the doctor has seen that a guardian is with the child."""
    async with db.atomic():
        view = await open_encounter(actor, encounter_id, lock=True)
        view.require_writing()
        row = view.encounter
        changes = {
            "guardian_confirmed_at": clock.now() if entry.confirmed else None,
            "accompanying_doctor": entry.accompanying_doctor,
        }
        await Encounter.filter(id=row.id).update(**changes)
        row.update_from_dict(changes)
        await write_down(actor, row, "guardian", note=entry.accompanying_doctor)
    return row


async def finish(actor: Actor, encounter_id: UUID) -> Encounter:
    """The visit is over, with the signed note's advice for home.

    Raises Conflict without a fitting verdict, or without a signed note.
    """
    async with db.atomic():
        row = (await open_encounter(actor, encounter_id, lock=True)).encounter
        if row.status is Status.FINISHED:
            return row
        found = await verdict_of(row.id)
        note = await drafts.latest(subject(row.id))
        refused = rules.why_not_finish(found.verdict if found else None)
        if refused := refused or rules.why_not_end(noted=note is not None):
            raise Conflict(refused.code, refused.sentence)
        advice = note.content["advice"] if note else ""
        event = _ended(row, Status.FINISHED)
        await move(actor, row, "finish", event, ended_at=clock.now(), advice=advice)
        await patients.close_after(subject(row.id), policy().after_visit)
    return row


async def terminate(actor: Actor, encounter_id: UUID, entry: TerminationIn) -> Encounter:
    """Stop at once and guide to a physical institution (诊疗办法 art. 16)."""
    async with db.atomic():
        row = (await open_encounter(actor, encounter_id, lock=True)).encounter
        if row.status is Status.TERMINATED:
            return row
        refund = reasons.refunds(entry.reason, terminated=params().refund_terminated)
        refund = refund and row.fee_fen > 0
        await move(
            actor,
            row,
            "terminate",
            _ended(row, Status.TERMINATED, entry.reason, refund=refund),
            note=entry.reason.value,
            reason=entry.reason.value,
            ended_at=clock.now(),
            **_told(entry),
            refund=refund,
        )
        await patients.close_after(subject(row.id), policy().after_visit)
    return row


def _told(entry: TerminationIn) -> dict[str, str]:
    return {
        "guidance": entry.guidance or reasons.TERMINATIONS[entry.reason].guidance,
        "guided_to": entry.guided_to,
        "offer": reasons.offer_after(entry.reason, entry.offer).value,
    }


async def did_not_happen(actor: Actor, encounter_id: UUID, entry: NotHappenedIn) -> Encounter:
    """Close it for one of six reasons."""
    async with db.atomic():
        row = (await open_encounter(actor, encounter_id, lock=True)).encounter
        if row.status is Status.DID_NOT_HAPPEN:
            return row
        return await _close(actor, row, entry.cause, note=entry.note)


async def close_all(who: Who, practitioner_id: UUID, reason: NotHappened) -> int:
    """Close everything of this doctor that has not begun; return how many."""
    waiting = Encounter.filter(
        practitioner_id=practitioner_id,
        status__in=[Status.WAITING, Status.AWAY, Status.CALLED],
    )
    rows = await waiting.order_by("place").select_for_update()
    for row in rows:
        await _close(who, row, reason)
    return len(rows)


async def _close(who: Who, row: Encounter, reason: NotHappened, *, note: str = "") -> Encounter:
    refund = reasons.refunds(reason, terminated=False) and row.fee_fen > 0
    again = reasons.NOT_HAPPENED[reason].again
    await move(
        who,
        row,
        "close",
        _ended(row, Status.DID_NOT_HAPPEN, reason, refund=refund),
        note=reason.value,
        reason=reason.value,
        ended_at=clock.now(),
        reason_text=note,
        guidance=reasons.NOT_HAPPENED[reason].guidance,
        offer=(Offer.ONLINE if again else Offer.NONE).value,
        refund=refund,
    )
    await patients.revoke(subject(row.id))
    return row


def _ended(
    row: Encounter,
    status: Status,
    reason: Termination | NotHappened | None = None,
    *,
    refund: bool = False,
) -> EncounterEnded:
    return EncounterEnded(
        **ids(row), status=status.value, reason=reason.value if reason else "", refund=refund
    )


async def why_not_prescribe(view: DoctorView, *, rewriting: bool = False) -> rules.Refusal | None:
    """The question every prescription of this visit has to pass, at each step of its own."""
    row = view.encounter
    await row.fetch_related("patient", "practitioner")
    found = await verdict_of(row.id)
    return rules.why_not_prescribe(
        row.status,
        Verdict(found.verdict) if found else None,
        child=rules.needs_guardian(row.patient.birth_date, clock.today()),
        guardian_confirmed=row.guardian_confirmed_at is not None,
        specialty=row.practitioner.specialty,
        accompanied_by=row.accompanying_doctor,
        rewriting=rewriting,
    )
