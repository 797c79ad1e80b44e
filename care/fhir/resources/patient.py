"""Patient: who it is, and no more than a system needs to know it.

Documents' numbers are masked (FHIR rendered-value): who brings the whole number finds the person by
it (`Patient/_search`), nobody is handed one. Phone and address are left out. 个人信息保护法 art. 6.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from care.fhir.resources.parts import About, Resource, house, resource
from people.masking import mask_number
from people.models import IdentifierKind, Patient, PatientIdentifier

RENDERED: Final = "http://hl7.org/fhir/StructureDefinition/rendered-value"


def shown(
    row: Patient, documents: Sequence[PatientIdentifier], merged: Sequence[UUID], base: str
) -> Resource:
    """The patient; `merged` are records that were joined into this one."""
    about = About(base, row.id)
    keeper = row.managing_organization
    return resource(
        "Patient",
        row.id,
        row.created_at,
        identifier=[_masked(document, base) for document in documents],
        active=True,
        name=[{"text": row.name}],
        gender=row.sex.value,
        birthDate=row.birth_date.isoformat(),
        managingOrganization=house(about, keeper.name, keeper.code),
        link=[{"other": {"reference": f"Patient/{one}"}, "type": "replaces"} for one in merged],
        **_deceased(row),
    )


def replaced(row: Patient, by: UUID) -> Resource:
    """A record that was joined into another one: only where to go on reading."""
    return resource(
        "Patient",
        row.id,
        row.created_at,
        active=False,
        link=[{"other": {"reference": f"Patient/{by}"}, "type": "replaced-by"}],
    )


def _deceased(row: Patient) -> Resource:
    return {"deceasedDateTime": row.deceased_on.isoformat()} if row.deceased_on else {}


def _masked(document: PatientIdentifier, base: str) -> Resource:
    return {
        "use": "official",
        "system": system_of(document.kind, base),
        "_value": {"extension": [{"url": RENDERED, "valueString": mask_number(document.value)}]},
    }


def system_of(kind: IdentifierKind, base: str) -> str:
    """What numbers of this kind of document are called."""
    return f"{base}/sid/{kind.value}"
