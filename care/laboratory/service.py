"""Verbs on panels of results: each opens the patient's door, writes, audits and tells, at once."""

from collections.abc import Mapping
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from care.laboratory import rules
from care.laboratory.catalogue import range_for
from care.laboratory.events import ResultsInError, ResultsRecorded
from care.laboratory.models import DiagnosticReport, LaboratoryObservation
from care.laboratory.schemas import Result, read
from care.laboratory.states import COUNTS, LABORATORY_REPORT, Status
from care.record.models import AttachmentKind, DocumentReference, EntryStatus, Interpretation
from core import clock, db
from core.audit import audit
from core.errors import FieldError, Invalid, NotFound
from core.outbox import record
from core.states import advance
from people.access import open_patient
from people.actor import Actor
from people.ages import years
from people.links import same_person
from people.models import Patient

SHORTEST_REASON: Final = 2


async def record_panel(actor: Actor, patient_id: UUID, entry: Any) -> DiagnosticReport:
    """Write down what a slip says (`schemas.PanelIn`).

    Raises Invalid with the fields that nobody can have, NotFound or Forbidden.
    """
    patient = await open_patient(actor, patient_id, purpose="laboratory")
    results = _sound(entry, patient)
    own = uuid4()
    async with db.atomic():
        await _refuse_twice(patient, entry.slip, results)
        report = _report(actor, patient, entry, id=own, document_id=own)
        await _keep(actor, patient, report, results, before={})
    return report


async def correct(actor: Actor, report_id: UUID, entry: Any) -> DiagnosticReport:
    """Replace a version by a better one, which names it and says why.

    Raises Invalid, NotFound, Forbidden; Conflict when another one was faster.
    """
    old = await _found(report_id)
    patient = await open_patient(actor, old.patient_id, purpose="laboratory-correction")
    errors = _reasonless(entry.reason)
    results = _sound(entry, patient, errors)
    before = {row.code: row for row in await LaboratoryObservation.filter(report_id=old.id)}
    async with db.atomic():
        await advance(old, LABORATORY_REPORT, "correct", **_changed(actor, entry.reason))
        await _refuse_twice(patient, entry.slip, results)
        report = _report(
            actor,
            patient,
            entry,
            id=uuid4(),
            document_id=old.document_id,
            version=old.version + 1,
            status=Status.CORRECTED,
            corrects_id=old.id,
            correction_reason=entry.reason,
        )
        await _keep(actor, patient, report, results, before=before)
    return report


async def mark_in_error(actor: Actor, report_id: UUID, *, reason: str) -> DiagnosticReport:
    """Say that a panel never was true, and why; it stays, struck through.

    Raises NotFound, Forbidden or Conflict.
    """
    row = await find(actor, report_id, purpose="laboratory-correction")
    async with db.atomic():
        await advance(row, LABORATORY_REPORT, "mark_in_error", **_changed(actor, reason))
        name = f"DiagnosticReport/{row.id}"
        await audit(
            actor, "laboratory.mark_in_error", name, patient_id=row.patient_id, reason=reason
        )
        told = ResultsInError(patient_id=str(row.patient_id), report_id=str(row.id))
        await record(told, subject=f"Patient/{row.patient_id}")
    return row


async def find(actor: Actor, report_id: UUID, *, purpose: str) -> DiagnosticReport:
    """One version, through its patient's door. Raises NotFound or Forbidden."""
    row = await _found(report_id)
    await open_patient(actor, row.patient_id, purpose=purpose)
    return row


async def _found(report_id: UUID) -> DiagnosticReport:
    row = await DiagnosticReport.get_or_none(id=report_id)
    if row is None:
        raise NotFound("not_found", "没有找到这份化验结果。")
    return row


def _changed(actor: Actor, reason: str) -> dict[str, Any]:
    return {
        "changed_at": clock.now(),
        "changed_by_name": actor.name,
        "change_reason": reason,
    }


def _reasonless(reason: str) -> dict[str, str]:
    if len(reason.strip()) >= SHORTEST_REASON:
        return {}
    return {"reason": "请写明为什么更正"}


def _sound(entry: Any, patient: Patient, errors: Mapping[str, str] | None = None) -> list[Result]:
    found = read(entry)
    wrong = {**(errors or {}), **found.errors}
    if entry.taken_on < patient.birth_date:
        wrong["taken_on"] = "采样日期不能早于出生日期"
    if _taken_at(entry) > clock.now():
        wrong["taken_time"] = "采样时间不能在以后"
    if wrong:
        fields = [FieldError(name, sentence) for name, sentence in wrong.items()]
        raise Invalid("invalid_input", "有几处需要改一下。", errors=fields)
    return found.results


def _taken_at(entry: Any) -> datetime:
    """A day without an hour begins at its midnight, so that it is never in the future."""
    return datetime.combine(entry.taken_on, entry.taken_time or time(), clock.SHANGHAI)


async def _refuse_twice(patient: Patient, slip_id: UUID | None, results: list[Result]) -> None:
    """A slip is the patient's own, and nothing on it is typed twice, by two people at once either
    (its row is held). Raises Invalid.
    """
    if slip_id is None:
        return
    slip = await DocumentReference.filter(id=slip_id).select_for_update().first()
    mine = slip is not None and slip.patient_id in await same_person(patient.id)
    if slip is None or not mine or slip.status is EntryStatus.ENTERED_IN_ERROR:
        raise _invalid("slip", "这张化验单不在这位居民的病历里,请重新选")
    if slip.kind is not AttachmentKind.LAB_SLIP:
        raise _invalid("slip", "这份资料不是化验单")
    rows = LaboratoryObservation.filter(
        report__slip_id=slip_id,
        report__status__in=list(COUNTS),
        code__in=[one.analyte.code for one in results],
    )
    twice = {row.code for row in await rows}
    if twice:
        known = next(one.analyte for one in results if one.analyte.code in twice)
        sentence = f"这张化验单的{known.name}已经录过;写错了的,打开那一份点“更正”"
        raise _invalid(known.code, sentence)


def _invalid(name: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", sentence, errors=[FieldError(name, sentence)])


def _report(actor: Actor, patient: Patient, entry: Any, **version: Any) -> DiagnosticReport:
    return DiagnosticReport(
        **version,
        patient_id=patient.id,
        taken_at=_taken_at(entry),
        hour_known=entry.taken_time is not None,
        laboratory=entry.laboratory,
        slip_id=entry.slip,
        recorded_at=clock.now(),
        recorder_id=actor.practitioner_id,
        recorder_name=actor.name,
        organization_id=actor.organization_id,
        organization_name=actor.organization_name,
    )


async def _keep(
    actor: Actor,
    patient: Patient,
    report: DiagnosticReport,
    results: list[Result],
    *,
    before: Mapping[str, LaboratoryObservation],
) -> None:
    await report.save(force_create=True)
    rows = [_row(patient, report, place, one, before) for place, one in enumerate(results)]
    await LaboratoryObservation.bulk_create(rows)
    name = f"DiagnosticReport/{report.id}"
    action = "laboratory.correct" if report.corrects_id else "laboratory.record"
    reason = report.correction_reason
    await audit(actor, action, name, patient_id=patient.id, reason=reason)
    told = ResultsRecorded(
        patient_id=str(patient.id), report_id=str(report.id), version=report.version
    )
    await record(told, subject=f"Patient/{patient.id}")


def _row(
    patient: Patient,
    report: DiagnosticReport,
    place: int,
    one: Result,
    before: Mapping[str, LaboratoryObservation],
) -> LaboratoryObservation:
    low, high, source = _range(patient, report, one)
    row = LaboratoryObservation(
        id=uuid4(),
        report_id=report.id,
        patient_id=patient.id,
        taken_at=report.taken_at,
        code=one.analyte.code,
        place=place,
        value=one.number.value if one.number else None,
        comparator=one.number.comparator if one.number else "",
        answer=one.answer,
        given_value=one.given_value,
        given_unit=one.unit.code,
        low=low,
        high=high,
        range_source=source,
        interpretation=_judged(one, low, high),
    )
    old = before.get(row.code)
    if old is not None and _said(old) != _said(row):
        row.corrects_id = old.id
    return row


def _range(
    patient: Patient, report: DiagnosticReport, one: Result
) -> tuple[Decimal | None, Decimal | None, str]:
    """The slip's own range wins; else the house's default for this sex and age."""
    if one.low is not None or one.high is not None:
        return one.low, one.high, ""
    age = years(patient.birth_date, report.taken_at.astimezone(clock.SHANGHAI).date())
    usual = range_for(one.analyte.code, patient.sex.value, age)
    return (usual.low, usual.high, usual.source) if usual else (None, None, "")


def _judged(one: Result, low: Decimal | None, high: Decimal | None) -> Interpretation:
    if one.number is None:
        return rules.judge_answer(one.analyte, one.answer)
    return rules.judge(one.number, low, high)


def _said(row: LaboratoryObservation) -> tuple[Any, ...]:
    return row.value, row.comparator, row.answer, row.low, row.high, row.taken_at
