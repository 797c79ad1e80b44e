"""The paper of a prescription that a pharmacist let pass, and what became of it since."""

from typing import Any, Final
from uuid import UUID

from care.documents import fates
from care.documents.fates import Fate
from care.documents.models import ArchivedDocument
from care.documents.prescription import (
    KIND,
    Hands,
    PaperLine,
    PrescriptionPaper,
    issue_prescription,
)
from care.signatures.models import Signature
from core import clock
from core.audit import Who
from core.blobs import Store
from core.errors import Conflict
from core.money import yuan
from pharmacy.prescribing import agreement
from pharmacy.prescribing.models import Category, MedicationRequest
from pharmacy.prescribing.shown import in_words
from pharmacy.prescribing.states import Status
from pharmacy.prescribing.words import PREPARATIONS

GONE: Final = {
    Status.DISPENSING: "已经使用:药房正在配药,不能再用一次。",
    Status.COMPLETED: "已经使用:药已发出,不能再用一次。",
    Status.CANCELLED: "已作废。",
    Status.EXPIRED: "已过有效期。",
}


async def issue(
    who: Who, row: MedicationRequest, *, hands: Hands | None, store: Store, base_url: str
) -> ArchivedDocument:
    """Its paper, printed and sealed when there is none, or none that names the `hands` through
    which the drugs went. Raises Conflict while no pharmacist has let it pass: before that it is no
    prescription anybody may dispense (诊疗办法 art. 18); and while the patient has to confirm more
    than four weeks."""
    agreement.require(row)
    if row.review_signature_id is None or row.signature_id is None:
        raise Conflict("not_approved", "药师审核通过以后才有处方笺。")
    doctor = await Signature.get(id=row.signature_id)
    pharmacist = await Signature.get(id=row.review_signature_id)
    sheet = _sheet(row, doctor, pharmacist, hands)
    return await issue_prescription(who, sheet, store=store, base_url=base_url)


def _sheet(
    row: MedicationRequest, doctor: Signature, pharmacist: Signature, hands: Hands | None
) -> PrescriptionPaper:
    held, tcm = row.content, row.category is Category.TCM
    patient = held["patient"]
    return PrescriptionPaper(
        request_id=row.id,
        number=row.number or "",
        patient_id=row.patient_id,
        organization_id=row.organization_id,
        kind=held["paper"],
        name=patient["name"],
        sex=patient["sex"],
        age=patient["age"],
        weight=patient["weight"],
        fee=held["fee"],
        visit=held["visit"][:8].upper(),
        department=held["department"],
        diagnosis=_diagnosis(held),
        lines=[PaperLine(**in_words(line, tcm=tcm)) for line in held["lines"]],
        pieces=tcm,
        whole=_whole(row),
        remarks=_remarks(row),
        amount=yuan(row.amount_fen),
        long_term=row.long_term,
        over_label=any(line["over_label"] for line in held["lines"]),
        valid_until=row.valid_until or clock.now(),
        doctor=doctor,
        pharmacist=pharmacist,
        hands=hands,
    )


def _diagnosis(held: dict[str, Any]) -> str:
    found = ";".join(held["diagnosis"])
    if held["tcm_disease"]:
        found += f";{held['tcm_disease']}({held['tcm_pattern']})"
    return found


def _whole(row: MedicationRequest) -> str:
    if row.category is not Category.TCM or row.preparation is None:
        return ""
    return f"共 {row.doses} 付。{row.content['way']}。{PREPARATIONS[row.preparation]}。"


def _remarks(row: MedicationRequest) -> list[str]:
    """What the law wants written beside it: why longer, why beyond the label, and the advice."""
    held = row.content
    said = [("超过常规天数的理由", held["reason"]), ("长期用药评估", held["assessment"])]
    said += [(f"{one['name']}超说明书用量", one["over_label"]) for one in held["lines"]]
    said += [(f"{one['name']}皮试", one["skin_test"]) for one in held["lines"]]
    said.append(("嘱咐", held["advice"]))
    told = [f"{label}:{words}" for label, words in said if words]
    return [*told, *filter(None, [agreement.in_words(row)])]


@fates.of_kind(KIND)
async def fate(request_id: UUID) -> Fate | None:
    """For the public page: whether it can still be used, and nothing about anybody."""
    row = await MedicationRequest.get_or_none(id=request_id)
    if row is None or row.valid_until is None:
        return None
    if row.status in GONE:
        return Fate(False, GONE[row.status])
    if row.valid_until <= clock.now():
        return Fate(False, GONE[Status.EXPIRED])
    if row.status is not Status.ACTIVE:
        return Fate(False, "现在不能用。")
    return Fate(True, f"药师已审核,还没有用过,有效到 {clock.in_words(row.valid_until)} 前。")
