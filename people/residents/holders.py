"""Which phones act for a patient: seen, ended and confirmed by staff who may open the record."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import StringConstraints

from core import db
from core.audit import audit, refused
from core.errors import FieldError, Invalid, NotFound
from core.http import Schema
from people import access as records
from people import links
from people import rules as documents
from people.actor import Actor
from people.masking import mask_name, mask_phone
from people.models import Patient, PatientIdentifier
from people.residents import family, proofs, rules, sessions
from people.residents.access import SCOPE_WORDS, is_live, live, scopes_of
from people.residents.models import Bond, BondStatus, EndReason, Proof, Relation

END_WORDS: Final = {
    EndReason.LOST_PHONE: "手机丢了或换人用了(这个微信在所有手机上退出)",
    EndReason.NOT_WANTED: "本人不愿意再让这个微信代办",
    EndReason.NOT_FAMILY: "关系不实,或者已经不再照看",
    EndReason.OTHER: "其他",
}
PROOF_WORDS: Final = {
    Proof.NONE: "还没有证明",
    Proof.REAL_NAME: "实名核验",
    Proof.GUARDIAN: "监护人声明",
    Proof.CODE: "本人手机验证码",
    Proof.DESK: "窗口核对证件",
}
WRONG_DOCUMENT: Final = "和登记的证件对不上,请照着证件再核对一遍。"
Words = Annotated[str, StringConstraints(max_length=150)]
Number = Annotated[str, StringConstraints(min_length=1, max_length=40)]


@dataclass(frozen=True, slots=True)
class Holder:
    """One account that acts for a patient, or asks to, as staff see it."""

    id: UUID
    owner: str
    phone_masked: str
    relation: str
    scopes: str
    proof: str
    pending: bool
    asked_at: datetime
    until: datetime | None


class Revocation(Schema):
    """Why an account may act no more."""

    reason: EndReason
    note: Words = ""


class Confirmation(Schema):
    """What lay on the table: the patient's document, and the patient's word or a family book."""

    document_number: Number
    agreed: bool = False


async def holders(actor: Actor, patient_id: UUID) -> tuple[Patient, list[Holder]]:
    """Who acts for this patient by phone, the waiting ones first. Raises as `open_patient`."""
    patient = await records.open_patient(actor, patient_id, purpose="resident_accounts")
    bonds = (
        await Bond.filter(patient_id__in=await links.same_person(patient_id))
        .exclude(status=BondStatus.ENDED)
        .order_by("asked_at")
        .select_related("account")
    )
    names = await owners([bond.account_id for bond in bonds])
    shown = [holder(bond, names.get(bond.account_id, "")) for bond in bonds]
    return patient, sorted(shown, key=lambda one: not one.pending)


async def holder_by_id(actor: Actor, bond_id: UUID) -> tuple[UUID, Holder]:
    """One of them, and whose it is. Raises NotFound or Forbidden."""
    bond = await _bond(actor, bond_id)
    names = await owners([bond.account_id])
    return bond.patient_id, holder(bond, names.get(bond.account_id, ""))


async def revoke(actor: Actor, bond_id: UUID, entry: Revocation) -> UUID:
    """End a bond for the patient and return whose it was; repeating changes nothing.

    An account that loses its owner loses the family too, which it held by the owner's real name.
    A lost phone is signed out everywhere. Raises NotFound, Forbidden, Invalid.
    """
    if entry.reason is EndReason.OTHER and len(entry.note) < records.REASON_SHORTEST:
        sentence = "请写明原因"
        raise Invalid("reason", sentence, errors=[FieldError("note", sentence)])
    bond = await _bond(actor, bond_id)
    if bond.status is BondStatus.ENDED:
        return bond.patient_id
    reason = f"{entry.reason}: {entry.note}".rstrip(": ")
    async with db.atomic():
        await family.end_bond(bond, by=actor.practitioner_id, reason=reason)
        if bond.relation is Relation.SELF:
            await family.end_family(bond.account_id, by=actor.practitioner_id, reason=reason)
        if entry.reason is EndReason.LOST_PHONE:
            await sessions.end_of_account(bond.account_id)
        await audit(
            actor, "bond.revoke", f"Bond/{bond.id}", patient_id=bond.patient_id, reason=reason
        )
    return bond.patient_id


async def confirm(actor: Actor, bond_id: UUID, entry: Confirmation) -> UUID:
    """Say that the documents were shown and the patient agreed; return whose bond it is.

    Raises NotFound, Invalid.
    """
    bond = await _bond(actor, bond_id)
    require_word(entry.agreed)
    if not await _is_document_of(bond.patient_id, entry.document_number):
        problem = Invalid(
            "document", WRONG_DOCUMENT, errors=[FieldError("document_number", WRONG_DOCUMENT)]
        )
        raise refused(problem, actor, "bond.confirm", f"Bond/{bond.id}", patient_id=bond.patient_id)
    if bond.status is not BondStatus.ACTIVE:
        async with db.atomic():
            await proofs.accept(bond, Proof.DESK, by=actor.practitioner_id)
            await audit(actor, "bond.confirm", f"Bond/{bond.id}", patient_id=bond.patient_id)
    return bond.patient_id


async def _is_document_of(patient_id: UUID, number: str) -> bool:
    tidy = documents.tidy_number(number)
    rows = await PatientIdentifier.filter(patient_id__in=await links.same_person(patient_id))
    return any(row.value == tidy for row in rows)


async def _bond(actor: Actor, bond_id: UUID) -> Bond:
    """A bond through the door of its patient. Raises NotFound or Forbidden."""
    bond = await Bond.get_or_none(id=bond_id).select_related("account")
    if bond is None:
        raise NotFound("not_found", "没有找到这个绑定。")
    actor.require(*records.CLINICAL)
    await records.open_patient(actor, bond.patient_id, purpose="resident_accounts")
    return bond


async def owners(account_ids: list[UUID]) -> dict[UUID, str]:
    """The masked names of those accounts whose owners are proven."""
    own = await Bond.filter(
        live(), account_id__in=account_ids, relation=Relation.SELF
    ).select_related("patient")
    return {bond.account_id: mask_name(bond.patient.name) for bond in own}


def holder(bond: Bond, owner: str) -> Holder:
    return Holder(
        id=bond.id,
        owner=owner or "还没有实名的微信",
        phone_masked=mask_phone(bond.account.phone or ""),
        relation=rules.RELATION_WORDS[bond.relation],
        scopes="、".join(SCOPE_WORDS[scope] for scope in scopes_of(bond)),
        proof=PROOF_WORDS[bond.proof],
        pending=not is_live(bond),
        asked_at=bond.asked_at,
        until=bond.until,
    )


def require_word(agreed: bool) -> None:
    if not agreed:
        sentence = "请先当面核对证件、问过本人(孩子问监护人),再勾选"
        raise Invalid("agreed", sentence, errors=[FieldError("agreed", sentence)])
