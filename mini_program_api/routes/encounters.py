"""Asking for an online visit: questions, doctors who are there, evidence, what stands."""

from functools import partial
from uuid import UUID

from aiohttp import web

from booking import online
from booking.models import Schedule, ServiceType
from booking.states import Status as Booked
from booking.words import yuan
from care.encounter import access as visits
from care.encounter import asking, evidence, queries
from care.encounter.asking import Booked as BookedVisit
from care.encounter.conditions import CONDITIONS, VisitCondition
from care.encounter.models import Encounter
from care.encounter.schemas import AnswerIn, AskIn, EvidenceIn
from core.blobs import STORE
from core.doors import residents
from core.errors import Conflict, FieldError, Invalid
from core.etags import revalidated, when_shown
from core.http import answers, endpoint, path_id
from core.idempotency import HEADER, keyed, once
from mini_program_api import own
from mini_program_api.border import BASE, pictures
from mini_program_api.schemas.encounters import (
    EncounterIn,
    EncounterOut,
    Encounters,
    EncountersQuery,
    EvidenceGiven,
    OnlineDoctorOut,
    OnlineDoctors,
    QuestionOut,
    VisitConditionOut,
    VisitConditions,
)
from mini_program_api.visits import looked_at, shown
from people.residents import access, agreements
from people.residents.actor import Resident, resident_of
from people.residents.models import Scope
from people.residents.relations import relation_to
from people.specialties import SPECIALTIES
from pharmacy.review import queries as reviews

routes = web.RouteTableDef()

ONE = BASE + "/encounters/{id}"


@routes.get(f"{BASE}/visit-conditions", name="mp_visit_conditions")
@residents
@revalidated
@endpoint
async def conditions(request: web.Request) -> VisitConditions:
    """What can be followed up online, and what is asked before."""
    duty = await reviews.on_duty()
    return VisitConditions(
        items=[_condition(one) for one in CONDITIONS.values()], pharmacist_note=duty.sentence
    )


def _condition(one: VisitCondition) -> VisitConditionOut:
    return VisitConditionOut(
        key=one.key,
        name=one.name,
        questions=[
            QuestionOut(
                id=question.id,
                text=question.text,
                kind=question.kind.value,
                choices=list(question.choices),
                emergency=question.emergency,
                required=question.required,
            )
            for question in one.questions
        ],
    )


@routes.get(f"{BASE}/online-doctors", name="mp_online_doctors")
@residents
@revalidated
@endpoint
async def doctors(request: web.Request) -> OnlineDoctors:
    """Doctors who take people without an appointment just now."""
    desks = await queries.open_desks()
    fees = await online.fees_of([desk.shift.practitioner_id for desk in desks])
    return OnlineDoctors(
        items=[
            OnlineDoctorOut(
                practitioner_id=desk.shift.practitioner_id,
                practitioner_name=desk.shift.practitioner.name,
                practitioner_title=desk.shift.practitioner.title,
                department_name=SPECIALTIES.get(desk.shift.practitioner.specialty, ""),
                organization_name=desk.shift.organization.name,
                waiting=desk.waiting,
                sentence=desk.sentence,
                fee_fen=fees[desk.shift.practitioner_id],
            )
            for desk in desks
        ]
    )


@routes.post(f"{BASE}/encounters", name="mp_ask_visit")
@residents
@keyed
@answers(403, 404)
@endpoint(status=201)
async def ask(request: web.Request, *, body: EncounterIn) -> EncounterOut:
    """Ask for a follow-up visit; a repeat answers with the one of the first time.

    409 `emergency` when an answer means 120, `book_first` when the doctor's visits cost something
    and no appointment was given; 422 names what is missing. It waits for evidence and
    for the arrival; `needs_evidence` says whether any has to be brought.
    """
    who = resident_of(request)
    patient = await access.open_own(who, body.patient_id, Scope.CHAT, purpose="online visit")
    await agreements.require_current(who, patient.id)
    booked, practitioner_id = None, body.practitioner_id
    if body.appointment_id is not None:
        booked, practitioner_id = await _booked(who, body.appointment_id, patient.id)
    if practitioner_id is None:
        raise Conflict("no_doctor", "这个预约没有医生,请换一位。")
    if booked is None and (fee := (await online.fees_of([practitioner_id]))[practitioner_id]):
        sentence = f"这位医生的在线复诊收费 {yuan(fee)},请先约今天的号并付款,再进候诊室。"
        raise Conflict("book_first", sentence)
    row = await asking.ask(
        who,
        patient,
        await relation_to(who, patient.id, Scope.CHAT),
        practitioner_id,
        _entry(body),
        booked=booked,
        key=own.key_of(who, request.headers[HEADER]),
    )
    return await shown(row)


def _entry(body: EncounterIn) -> AskIn:
    said = {one.kind: one.version for one in body.consents}
    if asking.CONSENT not in said:
        sentence = f"请先看过并同意《{asking.consent_text().title}》。"
        raise Invalid("consents", sentence, errors=[FieldError("consents", sentence)])
    return AskIn(
        condition=body.condition,
        kind=body.kind,
        complaint=body.complaint,
        answers=[AnswerIn(id=one.id, answer=one.answer) for one in body.answers],
        consent_version=said[asking.CONSENT] or "-",
        guardian_present=body.guardian_present,
    )


async def _booked(
    who: Resident, appointment_id: UUID, patient_id: UUID
) -> tuple[BookedVisit, UUID | None]:
    row = await own.open_appointment(who, appointment_id, Scope.BOOK)
    mine = row.patient_id in await own.patient_ids(who, Scope.CHAT, patient_id)
    schedule = await Schedule.get(id=row.schedule_id)
    if not mine or schedule.service_type is not ServiceType.ONLINE:
        raise Conflict("not_online", "这个预约不是在线复诊,请按预约的时间到医院。")
    if row.status is Booked.HELD:
        raise Conflict("unpaid", "这个号还没有缴费,请先缴费。")
    if row.status not in (Booked.BOOKED, Booked.CHECKED_IN):
        raise Conflict("over", "这个预约已经结束,请重新预约。")
    found = BookedVisit(
        subject=f"Appointment/{row.id}", starts_at=row.starts_at, fee_fen=row.fee_fen
    )
    return found, schedule.practitioner_id


@routes.get(f"{BASE}/encounters", name="mp_encounters")
@residents
@revalidated
@endpoint
async def encounters(request: web.Request, *, query: EncountersQuery) -> Encounters:
    """Online visits of all patients of the account, the latest first, at most thirty."""
    ids = await own.patient_ids(resident_of(request), Scope.CHAT)
    rows = await queries.of_patients(ids, live=query.live)
    return Encounters(items=[await shown(row) for row in rows])


@routes.get(ONE, name="mp_encounter")
@residents
@revalidated
@endpoint
async def encounter(request: web.Request) -> EncounterOut:
    """One visit: place in line, whether one is called, how it ended. Ask again with the ETag."""
    who = resident_of(request)
    row = await visits.open_own(who, path_id(request))
    when_shown(request, partial(looked_at, who, row))
    return await shown(row)


@routes.post(f"{ONE}/evidence", name="mp_add_evidence")
@residents
@pictures
@once
@endpoint(status=201)
async def add_evidence(request: web.Request, *, body: EvidenceGiven) -> EncounterOut:
    """Bring a paper that shows the diagnosis: record, discharge summary or certificate."""
    who = resident_of(request)
    row = await visits.open_own(who, path_id(request))
    await _bring(who, row, body, request)
    return await shown(row)


async def _bring(who: Resident, row: Encounter, body: EvidenceGiven, request: web.Request) -> None:
    entry = EvidenceIn(
        type=body.type,
        institution=body.institution,
        visit_date=body.visit_date,
        diagnosis_text=body.diagnosis_text,
    )
    await evidence.add(who, row, entry, body.file, store=request.app[STORE])
