"""As whose an account acts for a patient: oneself, parent, child, ward."""

from uuid import UUID

from people.links import same_person
from people.residents.access import live, missing
from people.residents.actor import Resident
from people.residents.models import Bond, Relation, Scope


async def relation_to(resident: Resident, patient_id: UUID, scope: Scope) -> Relation:
    """The relation of the bond that opens this scope. Raises NotFound.

    No door: the caller has opened the patient and writes the look down.
    """
    bonds = Bond.filter(live(), account_id=resident.account_id, scopes__contains=scope.value)
    bond = await bonds.filter(patient_id__in=await same_person(patient_id)).first()
    if bond is None:
        raise missing()
    return Relation(bond.relation)
