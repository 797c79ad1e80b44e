"""Complaints: file one, see what becomes of it, be content or not."""

from aiohttp import web

from booking.models import Schedule
from care.complaint import queries, service, words
from care.complaint.access import open_own
from care.complaint.models import Complaint
from care.complaint.policy import params
from care.complaint.service import Filing
from care.complaint.states import COMPLAINT, Status
from care.encounter import access as visits
from core.clock import SHANGHAI, in_words
from core.doors import residents
from core.errors import FieldError, Invalid
from core.http import answers, endpoint, path_id
from core.idempotency import HEADER, keyed, once
from core.states import allowed
from mini_program_api import own
from mini_program_api.border import BASE
from mini_program_api.schemas.complaints import (
    ComplaintIn,
    ComplaintOut,
    ComplaintReopening,
    Complaints,
    ComplaintStepOut,
)
from people.models import Organization
from people.residents import access
from people.residents.actor import Resident, resident_of
from people.residents.models import Scope

routes = web.RouteTableDef()

ONE = BASE + "/complaints/{id}"
MINE = ("close", "reopen", "withdraw")


@routes.post(f"{BASE}/complaints", name="mp_complain")
@residents
@keyed
@answers(403, 404, 409)
@endpoint(status=201)
async def complain(request: web.Request, *, body: ComplaintIn) -> ComplaintOut:
    """File a complaint; a repeat answers with the one of the first time."""
    who = resident_of(request)
    patient = await access.open_own(who, body.patient_id, Scope.VIEW, purpose="complaint")
    filing = await _filing(who, body, patient.id)
    key = own.key_of(who, request.headers[HEADER])
    return await _shown(await service.file(who, filing, key=key))


async def _filing(who: Resident, body: ComplaintIn, patient_id: object) -> Filing:
    subject = about = ""
    house, whose = body.organization_id, body.patient_id
    if body.about == "encounter" and body.about_id:
        row = await visits.open_own(who, body.about_id)
        await row.fetch_related("practitioner")
        house, whose, subject = row.organization_id, row.patient_id, f"Encounter/{row.id}"
        about = f"在线复诊 {row.practitioner.name} {row.asked_at.astimezone(SHANGHAI):%Y-%m-%d}"
    elif body.about == "appointment" and body.about_id:
        booked = await own.open_appointment(who, body.about_id, Scope.VIEW)
        schedule = await Schedule.get(id=booked.schedule_id)
        house, whose = schedule.organization_id, booked.patient_id
        subject, about = f"Appointment/{booked.id}", f"预约 {schedule.name} {booked.day}"
    if house is None or not await Organization.exists(id=house):
        sentence = "请选是哪家医院。"
        raise Invalid("organization_id", sentence, errors=[FieldError("organization_id", sentence)])
    return Filing(whose, house, body.category, body.text, subject, about)


@routes.get(f"{BASE}/complaints", name="mp_complaints")
@residents
@endpoint
async def complaints(request: web.Request) -> Complaints:
    """The account's own, the latest first."""
    rows = await queries.of_account(resident_of(request).account_id)
    items = [await _shown(row) for row in rows]
    return Complaints(items=items, promise=words.promise(params()))


@routes.get(ONE, name="mp_complaint")
@residents
@endpoint
async def complaint(request: web.Request) -> ComplaintOut:
    """One, with everything that was done."""
    return await _shown(await open_own(resident_of(request), path_id(request)))


@routes.post(f"{ONE}/closure", name="mp_close_complaint")
@residents
@once
@answers(409)
@endpoint
async def close(request: web.Request) -> ComplaintOut:
    """Content with the answer."""
    who = resident_of(request)
    row = await open_own(who, path_id(request))
    await service.close(who, row)
    return await _shown(row)


@routes.post(f"{ONE}/reopening", name="mp_reopen_complaint")
@residents
@once
@answers(409)
@endpoint
async def reopen(request: web.Request, *, body: ComplaintReopening) -> ComplaintOut:
    """Not content: the house answers again, with a new clock."""
    who = resident_of(request)
    row = await open_own(who, path_id(request))
    await service.reopen(who, row, body.reason)
    return await _shown(row)


@routes.post(f"{ONE}/withdrawal", name="mp_withdraw_complaint")
@residents
@once
@answers(409)
@endpoint
async def withdraw(request: web.Request) -> ComplaintOut:
    """Take it back."""
    who = resident_of(request)
    row = await open_own(who, path_id(request))
    await service.withdraw(who, row)
    return await _shown(row)


async def _shown(row: Complaint) -> ComplaintOut:
    await row.fetch_related("patient", "organization")
    line = queries.line_of(row)
    return ComplaintOut(
        id=row.id,
        status=row.status.value,
        status_name=words.STATUS[row.status][1],
        next_step=_step(line),
        category_name=words.CATEGORIES[row.category],
        patient_name=row.patient.name,
        organization_name=row.organization.name,
        about=row.about,
        text=row.text,
        answer=row.answer,
        due=line.due,
        overdue=line.overdue,
        filed_at=row.filed_at,
        steps=[
            ComplaintStepOut(
                name=words.ACTIONS[step.action],
                by=row.organization.short_name
                if step.action in ("accept", "answer")
                else step.by_name,
                words=step.words,
                at=step.at,
            )
            for step in await queries.steps(row.id)
        ],
        can=[action for action in allowed(COMPLAINT, row.status) if action in MINE],
    )


def _step(line: queries.Line) -> str:
    row, due = line.row, in_words(line.due) if line.due else ""
    if line.overdue:
        return "医院超过规定时间了,卫健局能看到。请再等等,或者打电话问。"
    if row.status is Status.RECEIVED:
        return f"等医院受理,最晚 {due}。"
    if due:
        return f"等医院答复,最晚 {due}。"
    if row.status is Status.ANSWERED:
        return "看看答复。满意就点“可以了”,不满意可以要求再办。"
    return ""
