"""The resident's verbs: ask, come into the waiting room, step out and back, give up."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from care.encounter import evidence, rules
from care.encounter.conditions import CONDITIONS
from care.encounter.events import (
    EncounterArrived,
    EncounterAsked,
    EncounterEnded,
    EncounterLapsed,
    EncounterMoved,
)
from care.encounter.models import Encounter, OnlineShift
from care.encounter.policy import params
from care.encounter.schemas import AskIn
from care.encounter.states import LIVE, OVER, ShiftStatus, Status
from care.encounter.steps import ids, move, subject, write_down
from core import clock, db, outbox, texts
from core.audit import Who
from core.errors import Conflict, FieldError, Invalid
from people import access as patients
from people.links import same_person
from people.models import GrantBasis, Patient, Practitioner
from people.policy import policy
from people.residents.actor import Resident
from people.residents.models import Relation

TEXTS: Final = Path(__file__).with_name("texts")
CONSENT: Final = "online_visit"
EMERGENCY: Final = "您说的情况可能是急症。请不要等,马上打 120,或者让家人送您到最近的医院急诊。"


@dataclass(frozen=True, slots=True)
class Booked:
    """What the appointment says, when there is one: its name, its hour and its fee."""

    subject: str
    starts_at: datetime
    fee_fen: int


def consent_text() -> texts.Text:
    """The words to agree to today."""
    return texts.current(TEXTS, CONSENT)


async def ask(
    resident: Resident,
    patient: Patient,
    relation: Relation,
    practitioner_id: UUID,
    entry: AskIn,
    *,
    booked: Booked | None = None,
    key: str | None = None,
) -> Encounter:
    """Ask for a visit; safe to repeat with the same `key` or appointment.

    Raises Conflict `emergency` with what to do, Invalid with the fields, Conflict when the doctor
    takes nobody in or a visit is under way already.
    """
    if found := await _asked_before(booked, key):
        return found
    doctor = await _doctor(practitioner_id)
    answers = _answers(entry)
    consent = _consent(entry)
    refused = rules.why_no_guardian(
        patient.birth_date, clock.today(), by=relation.value, present=entry.guardian_present
    )
    if refused:
        raise _on("guardian_present", refused)
    if booked is None:
        await _require_open(doctor.id)
    moment = clock.now()
    child = rules.needs_guardian(patient.birth_date, clock.today())
    try:
        async with db.atomic():
            await _refuse_second(patient.id, doctor.id)
            row = await Encounter.create(
                id=uuid4(),
                kind=entry.kind,
                patient_id=patient.id,
                practitioner_id=doctor.id,
                organization_id=doctor.organization_id,
                account_id=resident.account_id,
                subject=booked.subject if booked else None,
                key=key,
                fee_fen=booked.fee_fen if booked else 0,
                booked_for=booked.starts_at if booked else None,
                condition=entry.condition,
                complaint=entry.complaint,
                answers=answers,
                consent_version=consent.version,
                consent_sha256=consent.sha256,
                consent_relation=relation.value,
                consented_at=moment,
                guardian_relation=relation.value if child else "",
                asked_at=moment,
            )
            await write_down(resident, row, "ask", EncounterAsked(**ids(row)))
            await evidence.gather(row)
            await outbox.schedule(
                EncounterLapsed(**ids(row)),
                due_at=max(moment, row.booked_for or moment) + params().lapse,
                key=f"encounter-lapse:{row.id}",
            )
    except IntegrityError:
        found = await _asked_before(booked, key)
        if found is None:
            raise
        return found
    return row


async def _asked_before(booked: Booked | None, key: str | None) -> Encounter | None:
    if booked is not None and (row := await Encounter.get_or_none(subject=booked.subject)):
        return row
    return await Encounter.get_or_none(key=key) if key else None


async def _doctor(practitioner_id: UUID) -> Practitioner:
    doctor = await Practitioner.get_or_none(id=practitioner_id, active=True)
    if doctor is None:
        raise Conflict("no_doctor", "这位医生现在不看在线复诊,请换一位。")
    if refused := rules.doctor_may(doctor.licence, doctor.practising_since, clock.today()):
        raise Conflict(refused.code, "这位医生现在不看在线复诊,请换一位。")
    return doctor


def _answers(entry: AskIn) -> list[dict[str, Any]]:
    """Questions with answers, as they were asked: the file may change later."""
    condition = CONDITIONS.get(entry.condition)
    if condition is None:
        raise _invalid("condition", "请选一种要复诊的病。")
    given = {one.id: one.answer for one in entry.answers}
    found = []
    for question in condition.questions:
        answer = given.pop(question.id, "")
        if not question.allows(answer):
            raise _invalid(f"answers.{question.id}", "这个问题还没有答。")
        if question.emergency and answer == question.emergency:
            raise Conflict("emergency", EMERGENCY)
        if answer:
            found.append({"text": question.text, "answer": question.spoken(answer)})
    if given:
        raise _invalid("answers", "问题换了新的,请重新打开页面再答。")
    return found


def _consent(entry: AskIn) -> texts.Text:
    """医院办法 art. 18: informed consent before the service; a new text is a new question."""
    text = consent_text()
    if entry.consent_version != text.version:
        raise _invalid("consent_version", f"请先看过并同意《{text.title}》。")
    return text


async def _require_open(practitioner_id: UUID) -> None:
    shift = await OnlineShift.get_or_none(live=practitioner_id)
    if shift is None:
        raise Conflict("no_shift", "这位医生现在没有在线接诊,请预约一个时间。")
    if not shift.walk_ins or shift.status is ShiftStatus.AWAY:
        raise Conflict("no_walk_ins", "这位医生现在不加号,请预约一个时间。")


async def _refuse_second(patient_id: UUID, practitioner_id: UUID) -> None:
    person = await same_person(patient_id)
    await Patient.filter(id=person[0]).select_for_update(no_key=True)  # ten taps ask in turn
    mine = Encounter.filter(
        patient_id__in=person,
        practitioner_id=practitioner_id,
        status__in=list(LIVE),
    )
    if await mine.exists():
        raise Conflict("already_asked", "您已经有一次和这位医生的复诊在进行,请从“在线复诊”里打开。")


async def arrive(who: Who, row: Encounter, *, place: datetime | None = None) -> Encounter:
    """Come into the waiting room. `place` is the booked one's place in line, else now.

    Raises Conflict `no_evidence` while nothing shows the diagnosis; safe to repeat.
    """
    if row.status is not Status.PLANNED:
        if row.status in LIVE:
            return row
        raise Conflict("over", "这次复诊已经结束。")
    await require_evidence(row)
    if row.subject is None:
        await _require_open(row.practitioner_id)
    moment = clock.now()
    async with db.atomic():
        await move(
            who,
            row,
            "arrive",
            EncounterArrived(**ids(row)),
            arrived_at=moment,
            place=place or moment,
        )
        await patients.grant(
            row.patient_id,
            basis=GrantBasis.VISIT,
            subject=subject(row.id),
            granted_by=who.account_id,
            practitioner_id=row.practitioner_id,
            until=moment + params().lapse + policy().after_visit,
        )
    return row


async def require_evidence(row: Encounter) -> None:
    """诊疗办法 art. 16: raise Conflict `no_evidence` while nothing shows the diagnosis."""
    await evidence.gather(row)
    if refused := evidence.why_not_enough(row, await evidence.of(row.id)):
        raise Conflict(refused.code, refused.sentence)


async def step_out(who: Who, row: Encounter) -> Encounter:
    """The resident has to leave the phone for a moment: the place is kept."""
    if row.status is Status.AWAY:
        return row
    async with db.atomic():
        return await move(who, row, "step_out", EncounterMoved(**ids(row)))


async def come_back(who: Who, row: Encounter) -> Encounter:
    """Here again, in the same place."""
    if row.status is not Status.AWAY:
        return row
    async with db.atomic():
        return await move(who, row, "come_back", EncounterMoved(**ids(row)))


async def cancel(who: Who, row: Encounter, *, reason: str = "") -> Encounter:
    """Give it up before it begins.

    Before the arrival the appointment's own rule of cancelling decides about the fee, and it is
    the caller who asks there; in the waiting room the institution's setting does (facts §12).
    """
    if row.status is Status.CANCELLED:
        return row
    async with db.atomic():
        waited = row.status is not Status.PLANNED
        refund = waited and row.fee_fen > 0 and params().refund_given_up
        event = EncounterEnded(
            **ids(row), status=Status.CANCELLED.value, reason="cancelled", refund=refund
        )
        await move(
            who, row, "cancel", event, ended_at=clock.now(), reason_text=reason, refund=refund
        )
        await patients.revoke(subject(row.id))
    return row


async def acknowledge(who: Who, row: Encounter) -> Encounter:
    """The resident has read where to go."""
    if row.status not in OVER:
        raise Conflict("not_over", "这次复诊还没有结束。")
    if row.acknowledged_at is None:
        moment = clock.now()
        async with db.atomic():
            await Encounter.filter(id=row.id, acknowledged_at=None).update(acknowledged_at=moment)
            row.acknowledged_at = moment
            await write_down(who, row, "acknowledge")
    return row


def _invalid(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, errors=[FieldError(field, sentence)])


def _on(field: str, refused: rules.Refusal) -> Invalid:
    return Invalid(refused.code, refused.sentence, errors=[FieldError(field, refused.sentence)])
