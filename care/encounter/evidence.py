"""Evidence of the diagnosis: gathered from the county's records, or brought along."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid4

from care.encounter import rules
from care.encounter.conditions import CONDITIONS, VisitCondition
from care.encounter.models import Encounter, EncounterEvidence, EvidenceSource, EvidenceType
from care.encounter.policy import params
from care.encounter.schemas import EvidenceIn
from care.encounter.states import WRITING, Status
from care.encounter.steps import write_down
from care.record.models import Condition, EntryStatus
from core import clock, db
from core.audit import Who
from core.blobs import Blob, Store
from core.clock import SHANGHAI
from core.errors import Conflict, FieldError, Invalid, NotFound
from people.links import same_person

MOST: Final = 8


def condition_of(row: Encounter) -> VisitCondition:
    """What is followed up, with its questions."""
    return CONDITIONS.get(row.condition, CONDITIONS["generic"])


async def gather(row: Encounter) -> None:
    """Put diagnoses that institutions of the county wrote down beside the visit; repeatable."""
    wanted = condition_of(row).icd10
    found = Condition.filter(
        patient_id__in=await same_person(row.patient_id), status=EntryStatus.ACTIVE
    ).exclude(icd10="")
    for one in await found.order_by("-recorded_at"):
        if not rules.same_diagnosis(wanted, one.icd10):
            continue
        own = one.organization_id == row.organization_id
        reference = f"Condition/{one.id}"
        if await EncounterEvidence.exists(encounter_id=row.id, reference=reference):
            continue
        await EncounterEvidence.create(
            id=uuid4(),
            encounter_id=row.id,
            type=EvidenceType.OUTPATIENT_RECORD,
            source=EvidenceSource.OWN_HIS if own else EvidenceSource.MEMBER_HIS,
            institution=one.organization_name,
            visit_date=one.recorded_at.astimezone(SHANGHAI).date(),
            icd10=one.icd10,
            diagnosis_text=one.name,
            reference=reference,
            added_at=clock.now(),
        )


async def add(
    who: Who, row: Encounter, entry: EvidenceIn, raw: bytes, *, store: Store
) -> EncounterEvidence:
    """Keep a paper that the resident brings. The same paper again is the same evidence.

    Raises Invalid (a day to come, no picture), TooLarge, Conflict (too many, or too late).
    """
    if row.status is not Status.PLANNED and row.status not in WRITING:
        raise Conflict("not_now", "这次复诊已经结束,不能再加资料。")
    if entry.visit_date > clock.today():
        sentence = "看病的日期还没有到,请检查。"
        raise Invalid("visit_date", sentence, errors=[FieldError("visit_date", sentence)])
    blob = await store.receive(raw, name=f"{entry.type.value}.jpg")
    async with db.atomic():
        await Encounter.filter(id=row.id).select_for_update().first()
        kept = await EncounterEvidence.filter(encounter_id=row.id)
        for one in kept:
            if one.file_sha256 == blob.sha256:
                return one
        if sum(one.source is EvidenceSource.UPLOAD for one in kept) >= MOST:
            raise Conflict("too_many", f"最多传 {MOST} 张,请删掉不清楚的再传。")
        found = await EncounterEvidence.create(
            id=uuid4(),
            encounter_id=row.id,
            source=EvidenceSource.UPLOAD,
            type=entry.type,
            institution=entry.institution,
            visit_date=entry.visit_date,
            diagnosis_text=entry.diagnosis_text,
            blob_id=blob.id,
            file_sha256=blob.sha256,
            added_at=clock.now(),
        )
        await write_down(who, row, "evidence")
    return found


async def of(encounter_id: UUID) -> list[EncounterEvidence]:
    """All of a visit, the latest visit date first."""
    found = EncounterEvidence.filter(encounter_id=encounter_id).select_related("blob")
    return await found.order_by("-visit_date", "added_at")


async def file_of(who: Who, row: Encounter, evidence_id: UUID) -> Blob:
    """The paper behind one; the look is audited. Raises NotFound."""
    found = await EncounterEvidence.get_or_none(id=evidence_id, encounter_id=row.id)
    if found is None or found.blob_id is None:
        raise NotFound("not_found", "没有找到这份资料。")
    await write_down(who, row, "evidence.read")
    return await Blob.get(id=found.blob_id)


def proof_of(one: EncounterEvidence) -> rules.Proof:
    """As the rule sees it."""
    return rules.Proof(
        visit_date=one.visit_date,
        icd10=one.icd10,
        has_file=one.blob_id is not None,
        of_the_county=one.source is not EvidenceSource.UPLOAD,
    )


def why_not_enough(row: Encounter, found: Sequence[EncounterEvidence]) -> rules.Refusal | None:
    """What the rule of no first visits says about this visit's evidence."""
    proofs = [proof_of(one) for one in found]
    wanted = condition_of(row).icd10
    return rules.why_no_follow_up(proofs, wanted, clock.today(), params().evidence_days)


def counts(row: Encounter, one: EncounterEvidence) -> bool:
    """Whether this one alone would do."""
    wanted = condition_of(row).icd10
    return rules.counts(proof_of(one), wanted, clock.today(), params().evidence_days)
