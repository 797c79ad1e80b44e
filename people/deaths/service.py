"""The verbs: hear of a death, record it with its proof, correct it, take it back.

Each opens the resident's door, moves by compare-and-swap, audits and tells in one transaction, and
may be repeated. `Patient.deceased_on` of all records of the person says what stands.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import audit
from core.errors import Conflict, FieldError, Invalid
from core.outbox import record as tell
from core.states import advance
from people import access
from people.actor import Actor
from people.deaths import rules
from people.deaths.models import Death
from people.deaths.queries import standing
from people.deaths.schemas import CorrectionIn, DeathIn
from people.deaths.states import DEATH, Status
from people.events import DeathDisproved, PatientDied
from people.links import same_person
from people.matching.service import in_step
from people.models import GrantBasis, Patient
from people.policy import policy

MEANWHILE: Final = ("changed_meanwhile", "刚才有人先操作了,请刷新页面看看最新进展。")
RECORDED_ALREADY: Final = ("death_recorded", "已经登记过去世。要改的,请用“更正”。")
NOTHING: Final = ("no_death_recorded", "这位居民没有登记去世。")


async def propose(actor: Actor, patient_id: UUID, heard: str) -> None:
    """Somebody said so; nothing follows yet. Known already: nothing changes.

    Call inside the transaction of the verb that heard of it, past the resident's door.
    """
    patient_id = (await same_person(patient_id))[0]
    if await standing(patient_id) is not None:
        return
    try:
        async with db.atomic():
            row = await Death.create(
                id=uuid4(),
                status=Status.PROPOSED,
                patient_id=patient_id,
                open=patient_id,
                heard=heard[:300],
                heard_at=clock.now(),
                heard_by_name=actor.name,
            )
    except IntegrityError:
        return
    await audit(actor, "death.propose", _subject(row), patient_id=patient_id)


async def record(actor: Actor, patient_id: UUID, entry: DeathIn) -> Death:
    """It is proven. Saying the same again changes nothing. Raises NotFound, Invalid, Conflict."""
    patient = await access.open_patient(actor, patient_id, purpose="death")
    _refuse_day(entry, patient)
    try:
        async with db.atomic():
            return await _record(actor, patient, entry)
    except IntegrityError:
        raise Conflict(*MEANWHILE) from None


async def _record(actor: Actor, patient: Patient, entry: DeathIn) -> Death:
    row = await standing(patient.id)
    if row is not None and row.status is Status.RECORDED:
        if _says(row, entry):
            return row
        raise Conflict(*RECORDED_ALREADY)
    if row is None:
        row = await Death.create(
            status=Status.RECORDED, patient_id=patient.id, open=patient.id, **_found(actor, entry)
        )
    else:
        await advance(row, DEATH, "record", **_found(actor, entry))
    await _mark(actor, row, "record")
    await _keep_open(actor, row)
    await tell(_died(row), subject=f"Patient/{row.patient_id}")
    return row


async def _keep_open(actor: Actor, row: Death) -> None:
    """The team's contract ends now: who has seen the proof can still mend what they wrote."""
    await access.grant(
        row.patient_id,
        basis=GrantBasis.PRESENTED,
        subject=_subject(row),
        granted_by=actor.practitioner_id,
        practitioner_id=actor.practitioner_id,
        until=clock.now() + policy().presented_access,
    )


async def dismiss(actor: Actor, patient_id: UUID, reason: str) -> Death:
    """What was heard is not so. A repeat changes nothing. Raises NotFound, Conflict."""
    return await _end(actor, patient_id, "dismiss", Status.PROPOSED, reason)


async def undo(actor: Actor, patient_id: UUID, reason: str) -> Death:
    """The resident lives: it was a mistake, or a court has said so (民法典 art. 50)."""
    return await _end(actor, patient_id, "undo", Status.RECORDED, reason)


async def _end(actor: Actor, patient_id: UUID, action: str, before: Status, reason: str) -> Death:
    patient = await access.open_patient(actor, patient_id, purpose=f"death.{action}")
    async with db.atomic():
        row = await standing(patient.id)
        if row is None or row.status is not before:
            raise Conflict(*NOTHING)
        await advance(row, DEATH, action, **_over(actor, reason))
        await _mark(actor, row, action, reason)
        disproved = DeathDisproved(patient_id=str(row.patient_id), was=before.value)
        await tell(disproved, subject=f"Patient/{row.patient_id}")
    return row


async def correct(actor: Actor, patient_id: UUID, entry: CorrectionIn) -> Death:
    """Another day or another proof: a new row in place of the old one, and why."""
    patient = await access.open_patient(actor, patient_id, purpose="death.correct")
    _refuse_day(entry, patient)
    async with db.atomic():
        old = await standing(patient.id)
        if old is None or old.status is not Status.RECORDED:
            raise Conflict(*NOTHING)
        if _says(old, entry):
            return old
        await advance(old, DEATH, "correct", **_over(actor, entry.why))
        row = await Death.create(
            status=Status.RECORDED,
            patient_id=patient.id,
            open=patient.id,
            corrects_id=old.id,
            **_found(actor, entry),
        )
        await _mark(actor, row, "correct", entry.why)
    return row


async def _mark(actor: Actor, row: Death, action: str, reason: str = "") -> None:
    """Every record of the person says the same, and the trail says who did it."""
    day = row.died_on if row.status is Status.RECORDED else None
    ids = await same_person(row.patient_id)
    await Patient.filter(id__in=ids).update(deceased_on=day)
    name, whose = _subject(row), row.patient_id
    await audit(actor, f"death.{action}", name, patient_id=whose, reason=reason or row.evidence)


def _refuse_day(entry: DeathIn, patient: Patient) -> None:
    if sentence := rules.why_not_day(entry.died_on, patient.birth_date, clock.today()):
        raise Invalid("died_on", sentence, errors=[FieldError("died_on", sentence)])


def _found(actor: Actor, entry: DeathIn) -> dict[str, Any]:
    return {
        **entry.model_dump(include=set(DeathIn.model_fields)),
        "recorded_at": clock.now(),
        "recorded_by": actor.practitioner_id,
        "recorded_by_name": actor.name,
    }


def _over(actor: Actor, reason: str) -> dict[str, Any]:
    return {
        "open": None,
        "ended_at": clock.now(),
        "ended_by": actor.practitioner_id,
        "ended_by_name": actor.name,
        "end_reason": reason,
    }


def _says(row: Death, entry: DeathIn) -> bool:
    said = (row.died_on, row.ground, row.evidence)
    return said == (entry.died_on, entry.ground, entry.evidence)


def _died(row: Death) -> PatientDied:
    return PatientDied(patient_id=str(row.patient_id), died_on=str(row.died_on))


def _subject(row: Death) -> str:
    return f"Death/{row.id}"


@in_step
async def follow_merge(patient_ids: Sequence[UUID]) -> None:
    """Records that become one person, or two again, say of the person what its deaths say; who is
    found to have died by joining a record is told of as by a record of the death."""
    for patient_id in patient_ids:
        ids = await same_person(patient_id)
        rows = Death.filter(patient_id__in=ids, status=Status.RECORDED)
        row = await rows.order_by("recorded_at", "id").first()
        day = row.died_on if row else None
        if row and await Patient.filter(id__in=ids, deceased_on=None).exists():
            died = PatientDied(patient_id=str(ids[0]), died_on=str(day))
            await tell(died, subject=f"Patient/{ids[0]}")
        await Patient.filter(id__in=ids).update(deceased_on=day)
