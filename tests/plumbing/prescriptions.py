"""Signed prescriptions as signing leaves them, for those who come after the doctor."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID, uuid4

from care.signatures.service import sign
from core import clock, db, outbox
from core.clock import SHANGHAI
from core.states import advance
from people.actor import Actor
from pharmacy.formulary.models import Kind, Medication
from pharmacy.prescribing.content import signed_content
from pharmacy.prescribing.events import (
    MedicationRequestCancelled,
    MedicationRequestExpired,
    MedicationRequestSigned,
)
from pharmacy.prescribing.models import Category, MedicationRequest, PrescribedLine
from pharmacy.prescribing.states import MEDICATION_REQUEST, Status
from pharmacy.prescribing.steps import KIND
from tests.plumbing.actors import actor

SCREENED: Final = {
    "version": "test",
    "findings": [
        {
            "severity": "warning",
            "rule_id": "interactions/amlodipine+simvastatin",
            "sentence": "合用时辛伐他汀每日不超过 20 mg",
            "source": "药品说明书",
            "drugs": ["苯磺酸氨氯地平片"],
            "lines": [0],
        },
        {
            "severity": "unjudged",
            "rule_id": "indications/unknown",
            "sentence": "这个诊断软件不认识,请药师判断是否对症",
            "source": "医疗机构处方审核规范",
            "drugs": [],
            "lines": [],
        },
    ],
}


async def medicine(name: str = "苯磺酸氨氯地平片", kind: Kind = Kind.WESTERN) -> Medication:
    """One product of the formulary."""
    found, _ = await Medication.get_or_create(
        code=f"T-{name}"[:30],
        defaults={
            "id": uuid4(),
            "generic_name": name,
            "kind": kind,
            "form": "片剂",
            "strength": "5 mg × 28 片",
            "unit": "片",
            "pack_size": 28,
            "pack_unit": "盒",
            "route": "口服",
            "price_fen": 2800,
            "updated_at": clock.now(),
        },
    )
    return found


async def signed(
    patient_id: UUID,
    *,
    by: str = "county1",
    drugs: tuple[str, ...] = ("苯磺酸氨氯地平片",),
    **more: Any,
) -> MedicationRequest:
    """A prescription that has just been signed and waits for the pharmacist."""
    doctor = await actor(by)
    async with db.atomic():
        row = await _written(doctor, patient_id, drugs, more)
        return await _signed(doctor, row)


async def _written(
    doctor: Actor, patient_id: UUID, drugs: tuple[str, ...], more: dict[str, Any]
) -> MedicationRequest:
    moment, document_id = clock.now(), uuid4()
    content = {
        "organization": doctor.organization_name,
        "department": "心血管内科",
        "patient": {"weight": "62 kg"},
        "diagnosis": ["I10 原发性高血压"],
        "lines": [_line(name) for name in drugs],
        "reason": "慢性病,病情稳定",
    }
    end = datetime.combine(moment.astimezone(SHANGHAI).date() + timedelta(days=3), time(), SHANGHAI)
    values = {
        "id": uuid4(),
        "document_id": document_id,
        "number": f"YH{moment:%y%m%d}{document_id.hex[:8].upper()}",
        "category": Category.WESTERN,
        "subject": f"Encounter/{uuid4()}",
        "patient_id": patient_id,
        "author_id": doctor.practitioner_id,
        "organization_id": doctor.organization_id,
        "department": "心内科",
        "content": content,
        "screening": SCREENED,
        "saved_at": moment,
        "author_name": doctor.name,
        "author_title": doctor.title,
        "author_organization": doctor.organization_name,
        "valid_until": end,
    }
    row = await MedicationRequest.create(**values | more)
    for rank, name in enumerate(drugs):
        product = await medicine(name)
        await PrescribedLine.create(
            request=row,
            rank=rank,
            medication=product,
            name=name,
            form=product.form,
            strength=product.strength,
            unit=product.unit,
            dose=Decimal(5),
            dose_unit="mg",
            route="口服",
            frequency="qd",
            days=28,
            quantity=28,
            price_fen=product.price_fen,
            amount_fen=product.price_fen,
        )
    return row


def _line(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "form": "片剂",
        "strength": "5 mg × 28 片",
        "dose": "5",
        "dose_unit": "mg",
        "how_often": "每日 1 次",
        "route": "口服",
        "days": 28,
        "handed_out": "共 1 盒(28 片)",
    }


async def _signed(doctor: Actor, row: MedicationRequest) -> MedicationRequest:
    kept = await sign(
        doctor,
        kind=KIND,
        document_id=row.document_id,
        version=row.version,
        content=signed_content(row),
    )
    await advance(
        row, MEDICATION_REQUEST, "sign", signed_at=kept.signed_at, signature_id=kept.id, open=None
    )
    await _tell(row)
    return row


async def confirmed(row: MedicationRequest, *, by: str = "county1") -> MedicationRequest:
    """The doctor keeps it after a return, with a second signature and a reason."""
    doctor = await actor(by)
    async with db.atomic():
        row = await MedicationRequest.get(id=row.id)
        kept = await sign(
            doctor,
            kind=f"{KIND}Confirmation",
            document_id=row.id,
            version=row.version,
            content=signed_content(row),
        )
        reason = "患者用这个剂量多年,心率稳定"
        changes = {"second_signature_id": kept.id, "confirmed_reason": reason}
        await advance(row, MEDICATION_REQUEST, "confirm", **changes)
        await _tell(row, confirmed=True)
    return row


async def rewritten(row: MedicationRequest, *, by: str = "county1") -> MedicationRequest:
    """The doctor writes a new version after a return."""
    doctor = await actor(by)
    async with db.atomic():
        row = await MedicationRequest.get(id=row.id)
        await advance(row, MEDICATION_REQUEST, "rewrite", ended_at=clock.now())
        more = {
            "document_id": row.document_id,
            "version": row.version + 1,
            "replaces_id": row.id,
            "number": f"{row.number}-2",
            "subject": row.subject,
        }
        new = await _written(doctor, row.patient_id, ("苯磺酸氨氯地平片",), more)
        return await _signed(doctor, new)


async def ended(row: MedicationRequest, action: str) -> None:
    """Cancelled or run out, as the doctor's side does it."""
    row = await MedicationRequest.get(id=row.id)
    kind = MedicationRequestCancelled if action == "cancel" else MedicationRequestExpired
    async with db.atomic():
        await advance(row, MEDICATION_REQUEST, action, ended_at=clock.now())
        await outbox.record(kind(**_ids(row)))


async def _tell(row: MedicationRequest, *, confirmed: bool = False) -> None:
    assert row.status is Status.ON_HOLD
    event = MedicationRequestSigned(**_ids(row), confirmed=confirmed)
    await outbox.record(event, subject=f"MedicationRequest/{row.id}")


def _ids(row: MedicationRequest) -> dict[str, str]:
    return {
        "request_id": str(row.id),
        "patient_id": str(row.patient_id),
        "author_id": str(row.author_id),
        "organization_id": str(row.organization_id),
        "about": row.subject,
    }
