"""What software says of a prescription's legality and form, and what its screening said."""

from care.signatures.models import Signature
from care.signatures.service import verify
from people.models import Licence, Practitioner
from pharmacy.formulary.models import Antimicrobial, Controlled, Medication
from pharmacy.prescribing.content import signed_content
from pharmacy.prescribing.models import Category, MedicationRequest, PrescribedLine
from pharmacy.prescribing.words import AS_MUCH
from pharmacy.review.checklist import Judged, of_screening

Said = tuple[Judged, tuple[str, ...]]
MOST_LINES = 5
OK: Said = (Judged.OK, ())


async def said_of(row: MedicationRequest) -> dict[str, Said]:
    """Every point that software has an opinion on."""
    lines = await PrescribedLine.filter(request_id=row.id).order_by("rank")
    author = await Practitioner.get(id=row.author_id)
    drugs = await Medication.filter(id__in=[line.medication_id for line in lines])
    screened = of_screening(row.category, row.screening or {})
    own = {
        "legal-doctor": _doctor(author),
        "legal-place": _place(author, row),
        "legal-special": _special(drugs),
        "fit-solvent": _solvent(drugs),
        "formal-form": _form(row),
        "formal-signature": await _signature(row),
        "formal-writing": _writing(row, lines),
    }
    return own | {code: _worse(own.get(code, OK), said) for code, said in screened.items()}


def _worse(one: Said, other: Said) -> Said:
    order = (Judged.OK, Judged.UNJUDGED, Judged.FOUND)
    return max(one, other, key=lambda said: order.index(said[0]))


def _doctor(author: Practitioner) -> Said:
    """医师法 art. 13; 诊疗办法 art. 14: found in the registration."""
    doctors = (Licence.PHYSICIAN, Licence.ASSISTANT_PHYSICIAN)
    if author.active and author.licence in doctors and author.licence_number:
        return OK
    return Judged.FOUND, ("没有查到这位医师有效的执业登记。",)


def _place(author: Practitioner, row: MedicationRequest) -> Said:
    if author.organization_id == row.organization_id:
        return OK
    return Judged.UNJUDGED, ("医师登记的机构和开方机构不同,请核对多机构执业备案。",)


def _special(drugs: list[Medication]) -> Said:
    """抗菌药物临床应用管理办法 art. 24; 处方办法 art. 11."""
    plain = (Antimicrobial.NONE, Antimicrobial.UNRESTRICTED)
    special = [
        drug.generic_name
        for drug in drugs
        if drug.controlled is not Controlled.NONE or drug.antimicrobial not in plain
    ]
    if not special:
        return OK
    return Judged.UNJUDGED, (f"{'、'.join(special)}:请核对医师的处方权。",)


def _solvent(drugs: list[Medication]) -> Said:
    """Nothing is dissolved where nothing is injected."""
    return (Judged.UNJUDGED, ()) if any(drug.injection for drug in drugs) else OK


def _form(row: MedicationRequest) -> Said:
    """处方办法 附件1: front part, body, end; the diagnosis is stated."""
    if row.content.get("diagnosis") and row.author_name and row.number:
        return OK
    return Judged.UNJUDGED, ("软件没有读到临床诊断或编号,请看处方原文。",)


async def _signature(row: MedicationRequest) -> Said:
    """电子签名法 art. 13: who signed, and nothing has changed since."""
    signature = await Signature.get_or_none(id=row.signature_id) if row.signature_id else None
    if signature is None or signature.practitioner_id != row.author_id:
        return Judged.FOUND, ("没有找到开方医师的电子签名。",)
    verdict = await verify(signature, signed_content(row))
    return OK if verdict.genuine else (Judged.FOUND, verdict.faults)


def _writing(row: MedicationRequest, lines: list[PrescribedLine]) -> Said:
    """处方办法 art. 6: five drugs at most, pieces apart; every line whole."""
    if row.category is Category.WESTERN and len(lines) > MOST_LINES:
        return Judged.FOUND, (f"一张处方最多 {MOST_LINES} 种药,这张有 {len(lines)} 种。",)
    bare = [line.name for line in lines if not _whole(row, line)]
    if bare or not lines:
        return Judged.FOUND, (f"{'、'.join(bare) or '处方'}:剂量、数量或用法没有写全。",)
    return OK


def _whole(row: MedicationRequest, line: PrescribedLine) -> bool:
    """A dose may be 适量 (ointments); pieces share one way of taking."""
    dosed = line.dose > 0 or line.dose_unit == AS_MUCH
    return line.quantity > 0 and dosed and bool(line.route or row.category is Category.TCM)
