"""The verbs: file, accept, answer, close, reopen, withdraw. Each moves by compare-and-swap, writes
a step that stays, and is safe to repeat."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from care.complaint import rules
from care.complaint.access import ComplaintView
from care.complaint.events import ComplaintMoved, ComplaintSilent
from care.complaint.models import Category, Complaint, ComplaintStep
from care.complaint.policy import closed_days, params
from care.complaint.states import COMPLAINT, OWED, Status
from core import clock, db, outbox
from core.audit import SYSTEM, Who, audit
from core.errors import Conflict
from core.states import advance
from people.residents.actor import Resident

RESIDENT = "居民"


@dataclass(frozen=True, slots=True)
class Filing:
    """What is complained about; the caller has checked that `subject` is the account's own."""

    patient_id: UUID
    organization_id: UUID
    category: Category
    text: str
    subject: str = ""
    about: str = ""


async def file(who: Resident, filing: Filing, *, key: str) -> Complaint:
    """File it; the same `key` again is the same one. Raises Conflict when too many are open."""
    if found := await Complaint.get_or_none(key=key):
        return found
    mine = Complaint.filter(account_id=who.account_id, status__in=list(OWED))
    if await mine.count() >= params().most:
        raise Conflict("too_many", "您还有几个投诉在办理,请先等答复,或者把新的情况写进去。")
    moment = clock.now()
    try:
        async with db.atomic():
            row = await Complaint.create(
                id=uuid4(),
                category=filing.category,
                patient_id=filing.patient_id,
                organization_id=filing.organization_id,
                account_id=who.account_id,
                key=key,
                subject=filing.subject,
                about=filing.about[:120],
                text=filing.text,
                filed_at=moment,
                accept_by=moment + params().accept,
                close_by=await _close_by(filing.organization_id, moment),
            )
            await _write(who, row, "file", RESIDENT, filing.text)
    except IntegrityError:
        return await Complaint.get(key=key)
    return row


async def _close_by(organization_id: UUID, start: datetime) -> datetime:
    closed = await closed_days(organization_id)
    return rules.after_working_days(start, params().close_days, closed)


async def accept(view: ComplaintView) -> None:
    """The house takes it on."""
    row = view.complaint
    view.require_desk()
    if row.status is Status.ACCEPTED:
        return
    async with db.atomic():
        await _move(view.actor, row, "accept", view.actor.name, accepted_at=clock.now())


async def answer(view: ComplaintView, words: str) -> None:
    """The house's answer; without a word from the resident it closes by itself."""
    row, moment = view.complaint, clock.now()
    view.require_desk()
    if row.status is Status.ANSWERED and row.answer == words:
        return
    async with db.atomic():
        if row.status is Status.RECEIVED:
            await _move(view.actor, row, "accept", view.actor.name, accepted_at=moment)
        step = await _move(
            view.actor, row, "answer", view.actor.name, words, answer=words, answered_at=moment
        )
        silent = ComplaintSilent(complaint_id=str(row.id), step=step)
        due = moment + params().silent
        await outbox.schedule(silent, due_at=due, key=f"complaint-silent:{row.id}")


async def close(who: Who, row: Complaint) -> None:
    """The resident is content."""
    if row.status is Status.CLOSED:
        return
    async with db.atomic():
        await _move(who, row, "close", RESIDENT, ended_at=clock.now(), content=True)


async def close_silent(complaint_id: UUID, step: int) -> None:
    """Nobody has said anything to that answer: it counts as settled, and may be reopened."""
    row = await Complaint.filter(id=complaint_id).select_for_update().first()
    if row is None or row.status is not Status.ANSWERED or await _steps(row) != step:
        return
    await _move(SYSTEM, row, "close", "系统", "没有再提意见,自动办结", ended_at=clock.now())


async def reopen(who: Who, row: Complaint, words: str) -> None:
    """Not content: the clock starts anew. Raises Conflict when it was closed too long ago."""
    if row.status is Status.REOPENED:
        return
    moment = clock.now()
    if row.ended_at is not None and moment - row.ended_at > params().reopen:
        raise Conflict("too_late", "这个投诉办结很久了,有新的情况请重新投诉。")
    async with db.atomic():
        await _move(
            who,
            row,
            "reopen",
            RESIDENT,
            words,
            reopened=row.reopened + 1,
            ended_at=None,
            content=False,
            close_by=await _close_by(row.organization_id, moment),
        )


async def withdraw(who: Who, row: Complaint) -> None:
    """The resident takes it back. What was said is kept: it is supervised data."""
    if row.status is Status.WITHDRAWN:
        return
    async with db.atomic():
        await _move(who, row, "withdraw", RESIDENT, ended_at=clock.now())


async def _move(
    who: Who, row: Complaint, action: str, by: str, words: str = "", **changes: Any
) -> int:
    due = rules.due_at(row.status, row.accept_by, row.close_by)
    late = due is not None and clock.now() > due
    await advance(row, COMPLAINT, action, **changes)
    return await _write(who, row, action, by, words, late=late)


async def _write(
    who: Who, row: Complaint, action: str, by: str, words: str = "", *, late: bool = False
) -> int:
    await ComplaintStep.create(
        complaint_id=row.id, action=action, by_name=by[:60], words=words, late=late, at=clock.now()
    )
    name, step = f"Complaint/{row.id}", await _steps(row)
    await audit(who, f"complaint.{action}", name, patient_id=row.patient_id)
    event = ComplaintMoved(
        complaint_id=str(row.id),
        patient_id=str(row.patient_id),
        organization_id=str(row.organization_id),
        action=action,
        status=row.status.value,
        step=step,
    )
    await outbox.record(event, subject=name)
    return step


async def _steps(row: Complaint) -> int:
    return await ComplaintStep.filter(complaint_id=row.id).count()
