"""Verbs on the record: each opens the patient's door, writes, audits and tells, at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from care.record import rules
from care.record.events import AttachmentAdded, RecordChanged, VitalsRecorded
from care.record.models import (
    LASTING,
    MOMENTARY,
    AllergyCategory,
    AllergyIntolerance,
    Condition,
    DocumentReference,
    Entry,
    EntryStatus,
    Interpretation,
    Meal,
    MedicationStatement,
    Observation,
    VitalSign,
)
from care.record.schemas import AllergyIn, AttachmentsIn, ConditionIn, MedicationIn, VitalsIn
from core import clock, db
from core.audit import audit
from core.blobs import Blob
from core.errors import Conflict, FieldError, Invalid, NotFound
from core.outbox import record
from core.states import Table, advance
from people.access import open_patient
from people.actor import Actor
from people.ages import years
from people.links import same_person
from people.models import Patient

FUTURE: Final = timedelta(minutes=10)
RESOURCES: Final[Mapping[str, tuple[type[Entry], Table[EntryStatus]]]] = {
    "AllergyIntolerance": (AllergyIntolerance, LASTING),
    "Condition": (Condition, LASTING),
    "MedicationStatement": (MedicationStatement, LASTING),
    "Observation": (Observation, MOMENTARY),
    "DocumentReference": (DocumentReference, MOMENTARY),
}
FIELDS: Final[Mapping[VitalSign, str]] = {
    VitalSign.BLOOD_PRESSURE: "systolic",
    VitalSign.PULSE: "pulse",
    VitalSign.TEMPERATURE: "temperature",
    VitalSign.RESPIRATION: "respiration",
    VitalSign.SPO2: "spo2",
    VitalSign.GLUCOSE: "glucose",
    VitalSign.WEIGHT: "weight",
    VitalSign.HEIGHT: "height",
}


async def record_vitals(actor: Actor, patient_id: UUID, entry: VitalsIn) -> list[Observation]:
    """Write down one round of measurements.

    Raises Invalid with the fields that nobody can have, NotFound or Forbidden.
    """
    patient = await open_patient(actor, patient_id, purpose="vitals")
    patient_id = patient.id
    refuse_impossible(entry, patient)
    age, panel_id = years(patient.birth_date, clock.today()), uuid4()
    rows = []
    for code, name in FIELDS.items():
        value = getattr(entry, name)
        if value is not None:
            rows.append(_observation(actor, patient_id, panel_id, code, value, entry, age))
    critical = any(row.interpretation is Interpretation.CRITICAL for row in rows)
    async with db.atomic():
        for row in rows:
            await row.save(force_create=True)
        await audit(actor, "vitals.record", f"Panel/{panel_id}", patient_id=patient_id)
        await record(
            VitalsRecorded(
                patient_id=str(patient_id),
                panel_id=str(panel_id),
                organization_id=str(actor.organization_id),
                critical=critical,
            ),
            subject=f"Patient/{patient_id}",
        )
    return rows


def refuse_impossible(entry: VitalsIn, patient: Patient) -> None:
    """Raise Invalid with the fields that nobody can have, and for times that cannot be."""
    found: dict[str, str] = {}
    for code, name in FIELDS.items():
        value: Decimal | None = getattr(entry, name)
        if code is VitalSign.BLOOD_PRESSURE and value is None:
            if entry.diastolic is not None:
                found["systolic"] = "请填高压(收缩压)"
            continue
        if value is not None:
            for part, reason in rules.why_impossible(code, value, entry.diastolic).items():
                found["diastolic" if part == "diastolic" else name] = reason
    if entry.measured_at > clock.now() + FUTURE:
        found["measured_at"] = "测量时间不能在以后"
    elif entry.measured_at.astimezone(clock.SHANGHAI).date() < patient.birth_date:
        found["measured_at"] = "测量时间不能早于出生日期"
    _raise(found)


def _raise(found: Mapping[str, str]) -> None:
    if found:
        errors = [FieldError(name, sentence) for name, sentence in found.items()]
        raise Invalid("invalid_input", "有几处需要改一下。", errors=errors)


def _observation(
    actor: Actor,
    patient_id: UUID,
    panel_id: UUID,
    code: VitalSign,
    value: Decimal,
    entry: VitalsIn,
    age: int,
) -> Observation:
    diastolic = entry.diastolic if code is VitalSign.BLOOD_PRESSURE else None
    meal = (entry.meal or Meal.RANDOM) if code is VitalSign.GLUCOSE else None
    finding = rules.judge(code, value, diastolic=diastolic, meal=meal, age_years=age)
    return Observation(
        **_by(actor, patient_id),
        panel_id=panel_id,
        code=code,
        value=value,
        diastolic=diastolic,
        meal=meal,
        measured_at=entry.measured_at,
        method=entry.method,
        device=entry.device,
        interpretation=finding.level,
    )


def _by(actor: Actor, patient_id: UUID) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "patient_id": patient_id,
        "recorded_at": clock.now(),
        "recorder_id": actor.practitioner_id,
        "recorder_name": actor.name,
        "organization_id": actor.organization_id,
        "organization_name": actor.organization_name,
    }


async def add_allergy(actor: Actor, patient_id: UUID, entry: AllergyIn) -> AllergyIntolerance:
    """Write down an allergy, or that somebody asked and there is none.

    A real allergy ends the statement that there is none; that statement is refused while an
    allergy stands. Raises Invalid, NotFound or Forbidden.
    """
    patient_id = (await open_patient(actor, patient_id, purpose="allergy")).id
    none_known = entry.category is AllergyCategory.NONE_KNOWN
    if not none_known and not entry.substance:
        _raise({"substance": "请写明对什么过敏"})
    row = AllergyIntolerance(
        **_by(actor, patient_id),
        category=entry.category,
        substance="" if none_known else entry.substance,
        reaction="" if none_known else entry.reaction,
        severity=entry.severity,
    )
    async with db.atomic():
        standing = await AllergyIntolerance.filter(
            patient_id__in=await same_person(patient_id), status=EntryStatus.ACTIVE
        ).select_for_update()
        statements = [r for r in standing if r.category is AllergyCategory.NONE_KNOWN]
        if none_known and len(standing) > len(statements):
            _raise({"category": "已经记有过敏,要先把那一条标为结束或记错"})
        if not none_known and any(_same(r.substance, entry.substance) for r in standing):
            _raise({"substance": f"已经记有“{entry.substance}”过敏"})
        for statement in statements:
            if statement.patient_id != patient_id:
                continue  # of a merged record, which stays as it is
            await _move(actor, statement, LASTING, "end", reason="有新的过敏记录")
        await _write(actor, row)
    return row


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


async def add_condition(actor: Actor, patient_id: UUID, entry: ConditionIn) -> Condition:
    """Write down a problem or past illness."""
    patient_id = (await open_patient(actor, patient_id, purpose="condition")).id
    row = Condition(**_by(actor, patient_id), **entry.model_dump())
    async with db.atomic():
        await _write(actor, row)
    return row


async def add_medication(
    actor: Actor, patient_id: UUID, entry: MedicationIn
) -> MedicationStatement:
    """Write down what the patient takes now."""
    patient_id = (await open_patient(actor, patient_id, purpose="medication")).id
    row = MedicationStatement(**_by(actor, patient_id), **entry.model_dump())
    async with db.atomic():
        await _write(actor, row)
    return row


async def add_attachments(
    actor: Actor, patient_id: UUID, entry: AttachmentsIn, blobs: Sequence[Blob]
) -> list[DocumentReference]:
    """Put received files into the record, all of one kind. Raises Invalid without files."""
    patient = await open_patient(actor, patient_id, purpose="attachment")
    patient_id = patient.id
    if not blobs:
        _raise({"files": "请选择或拍摄至少一张照片"})
    if entry.taken_on < patient.birth_date:
        _raise({"taken_on": "日期不能早于出生日期"})
    rows = [
        DocumentReference(
            **_by(actor, patient_id),
            kind=entry.kind,
            title=entry.title,
            taken_on=entry.taken_on,
            blob_id=blob.id,
        )
        for blob in blobs
    ]
    async with db.atomic():
        for row in rows:
            await row.save(force_create=True)
            await audit(
                actor, "attachment.add", f"DocumentReference/{row.id}", patient_id=patient_id
            )
            await record(
                AttachmentAdded(
                    patient_id=str(patient_id), attachment_id=str(row.id), kind=entry.kind.value
                ),
                subject=f"Patient/{patient_id}",
            )
    return rows


async def find_entry(actor: Actor, resource: str, entry_id: UUID, *, purpose: str) -> Entry:
    """One entry of any kind, through its patient's door. Raises NotFound or Forbidden."""
    known = RESOURCES.get(resource)
    row = await known[0].get_or_none(id=entry_id) if known else None
    if row is None:
        raise NotFound("not_found", "没有找到这条记录。")
    await open_patient(actor, row.patient_id, purpose=purpose)
    return row


async def mark_in_error(actor: Actor, resource: str, entry_id: UUID, *, reason: str) -> Entry:
    """Say that an entry never was true, and why; it stays, struck through.

    A measurement takes those of the same round with it only when asked one by one: each value is
    an entry of its own. Raises NotFound, Forbidden or Conflict.
    """
    row = await find_entry(actor, resource, entry_id, purpose="correction")
    async with db.atomic():
        await _move(actor, row, RESOURCES[resource][1], "mark_in_error", reason=reason)
    return row


async def mark_all_in_error(actor: Actor, rows: Iterable[Entry], *, reason: str) -> None:
    """The same of several entries of a patient whose door the caller has opened; those that are
    marked already stay as they are. Within a transaction."""
    for row in rows:
        if row.status is not EntryStatus.ENTERED_IN_ERROR:
            table = RESOURCES[type(row).__name__][1]
            await _move(actor, row, table, "mark_in_error", reason=reason)


async def end(actor: Actor, resource: str, entry_id: UUID) -> Entry:
    """Say that a problem, allergy or medicine is over."""
    return await _turn(actor, resource, entry_id, "end")


async def resume(actor: Actor, resource: str, entry_id: UUID) -> Entry:
    """Say that it is not over after all."""
    return await _turn(actor, resource, entry_id, "resume")


async def _turn(actor: Actor, resource: str, entry_id: UUID, action: str) -> Entry:
    row = await find_entry(actor, resource, entry_id, purpose="correction")
    if isinstance(row, AllergyIntolerance) and row.category is AllergyCategory.NONE_KNOWN:
        raise Conflict("not_lasting", "“无已知过敏”不能结束,记了新的过敏它会自动结束。")
    async with db.atomic():
        await _move(actor, row, RESOURCES[resource][1], action)
    return row


async def _write(actor: Actor, row: Entry) -> None:
    await row.save(force_create=True)
    await _tell(actor, row, "add")


async def _move(
    actor: Actor, row: Entry, table: Table[EntryStatus], action: str, *, reason: str = ""
) -> None:
    await advance(
        row,
        table,
        action,
        changed_at=clock.now(),
        changed_by_name=actor.name,
        change_reason=reason,
    )
    await _tell(actor, row, action, reason=reason)


async def _tell(actor: Actor, row: Entry, action: str, *, reason: str = "") -> None:
    resource = type(row).__name__
    await audit(
        actor,
        f"record.{action}",
        f"{resource}/{row.id}",
        patient_id=row.patient_id,
        reason=reason,
    )
    await record(
        RecordChanged(
            patient_id=str(row.patient_id),
            resource=resource,
            entry_id=str(row.id),
            action=action,
        ),
        subject=f"Patient/{row.patient_id}",
    )
