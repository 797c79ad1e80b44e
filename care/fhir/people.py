"""Patients for partners: read by id, found by id or by the whole number of a document."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from care.fhir.narrowing import BadSearch
from care.fhir.resources import patient
from care.fhir.resources.parts import Resource
from core import clock, crypto
from core.audit import write_refusal
from core.errors import NotFound
from people import rules
from people.models import IdentifierKind, Patient, PatientIdentifier
from people.partners.access import open_patient
from people.partners.actor import PartnerSystem


async def read(
    partner: PartnerSystem, patient_id: UUID, base: str, *, action: str = "fhir.read"
) -> Resource:
    """The patient; of a record that was joined, where to go on reading. Raises NotFound."""
    records = await open_patient(
        partner, patient_id, action=action, subject=f"Patient/{patient_id}", what="Patient"
    )
    row = await Patient.get(id=patient_id).select_related("managing_organization")
    if patient_id != records[0]:
        return patient.replaced(row, records[0])
    return await _whole(row, records, base)


async def find(partner: PartnerSystem, asked: Mapping[str, str], base: str) -> list[Resource]:
    """Nobody, or the one who fits. Whom the partner may not see is nobody."""
    wanted = await _wanted(asked, base)
    if wanted is None:
        return []
    try:
        return [await read(partner, wanted, base, action="fhir.search")]
    except NotFound as problem:
        await write_refusal(problem)
        return []


async def _wanted(asked: Mapping[str, str], base: str) -> UUID | None:
    by_id = _uuid(asked["_id"]) if "_id" in asked else None
    if "identifier" not in asked:
        return by_id
    by_number = await _owner(asked["identifier"], base)
    return by_number if "_id" not in asked or by_id == by_number else None


async def _owner(token: str, base: str) -> UUID | None:
    """The holder of `system|number`. Raises BadSearch for systems we do not know."""
    system, bar, number = token.rpartition("|")
    kinds = {patient.system_of(kind, base): kind for kind in IdentifierKind}
    if not bar or system not in kinds:
        raise BadSearch("bad_identifier", f"identifier 要写成 {base}/sid/id_card|证件号。")
    try:
        document = rules.read_document(kinds[system], number, today=clock.today())
    except rules.NotADocument:
        return None
    row = await PatientIdentifier.filter(
        kind=document.kind, value_index__in=crypto.keyring().indexes(document.number)
    ).first()
    return row.patient_id if row else None


async def _whole(row: Patient, records: Sequence[UUID], base: str) -> Resource:
    documents = await PatientIdentifier.filter(patient_id__in=list(records)).order_by("kind")
    return patient.shown(row, documents, records[1:], base)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
