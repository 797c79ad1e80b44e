"""Patients as their own people see them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from people.masking import mask_number, mask_phone
from people.models import Patient, PatientIdentifier
from people.residents.access import is_live, scopes_of
from people.residents.models import Bond, BondStatus
from people.residents.rules import RELATION_WORDS


@dataclass(frozen=True, slots=True)
class PatientCard:
    """One patient of an account. `needs_proof`: opens nothing until the patient has said yes.

    `deceased_on`: the day, once a death is on record.
    """

    id: UUID
    name: str
    sex: str
    birth_date: date
    id_number_masked: str
    phone_masked: str
    relation: str
    relation_words: str
    scopes: tuple[str, ...]
    needs_proof: bool
    until: datetime | None
    deceased_on: date | None


async def cards_of(account_id: UUID, patient_id: UUID | None = None) -> list[PatientCard]:
    """The open bonds of an account, oneself first, then in the order they were asked for."""
    wanted = Bond.filter(account_id=account_id).exclude(status=BondStatus.ENDED)
    if patient_id is not None:
        wanted = wanted.filter(patient_id=patient_id)
    rows = await wanted.order_by("asked_at", "id").prefetch_related("patient__identifiers")
    rows.sort(key=lambda bond: bond.relation.value != "self")
    return [_card(bond) for bond in rows]


def _card(bond: Bond) -> PatientCard:
    """Before the proof nothing shows but what the account's owner has typed."""
    patient: Patient = bond.patient
    documents: list[PatientIdentifier] = list(patient.identifiers)
    live = is_live(bond)
    phone = patient.phone if live else bond.claimed_phone
    return PatientCard(
        id=patient.id,
        name=patient.name,
        sex=patient.sex.value,
        birth_date=patient.birth_date,
        id_number_masked=mask_number(documents[0].value) if documents else "",
        phone_masked=mask_phone(phone or ""),
        relation=bond.relation.value,
        relation_words=RELATION_WORDS[bond.relation],
        scopes=tuple(scope.value for scope in scopes_of(bond)),
        needs_proof=not live,
        until=bond.until if live else None,
        deceased_on=patient.deceased_on if live else None,
    )
