"""An account's patients: adding oneself and the family, and letting them go."""

from uuid import UUID

from tortoise.exceptions import IntegrityError

from core import clock, db
from core.audit import SYSTEM, audit
from core.errors import Conflict
from core.states import advance
from people.models import Patient
from people.residents import access, agreements, entries, proofs
from people.residents.actor import Resident
from people.residents.cards import PatientCard, cards_of
from people.residents.models import BOND, Bond, BondStatus, Relation, ResidentAddress
from people.residents.schemas import NewPatient


async def add_patient(resident: Resident, entry: NewPatient) -> PatientCard:
    """Add oneself or one of the family; the same entry again answers the same.

    Raises Invalid (`relation`, `consents`, `identity_mismatch`, `organization_id`), Conflict
    (`family_full`, `already_added`, `own_taken`, `needs_desk`), TooMany, or Unavailable when the
    provider of real names does not answer.
    """
    asked = await entries.ask(resident, entry)
    known = await entries.owner(asked)
    if known is not None and (bond := await entries.open_bond(resident, known.id)):
        return await _again(asked, known, bond)
    await agreements.require(
        resident, asked.needed, entries.agreed(entry), known.id if known else None
    )
    await entries.check_room(asked)
    finding = await entries.real_name(asked)
    try:
        bond = await entries.bind(asked, finding)
    except IntegrityError:  # the same entry, sent twice at once
        bond = await entries.bind(asked, finding)
    if bond.status is BondStatus.PENDING:
        await proofs.send_first(bond)
    return await _card(resident, bond.patient_id)


async def patients(resident: Resident) -> list[PatientCard]:
    """Everybody this account may act for or has asked to, oneself first."""
    return await cards_of(resident.account_id)


async def remove_patient(resident: Resident, patient_id: UUID) -> None:
    """Let somebody go; what was agreed to for them counts no more. Records stay.

    Raises NotFound for strangers, Conflict `self_last` for oneself while the family depends on it.
    """
    bonds = Bond.filter(account_id=resident.account_id)
    bond = await bonds.filter(patient_id=patient_id).order_by("-asked_at").first()
    if bond is None:
        raise access.missing()
    if bond.status is BondStatus.ENDED:
        return
    others = bonds.exclude(status=BondStatus.ENDED).exclude(id=bond.id)
    if bond.relation is Relation.SELF and await others.exists():
        raise Conflict("self_last", "家人是以您的实名添加的,请先移除家人,最后移除本人。")
    async with db.atomic():
        await end_bond(bond, by=resident.account_id, reason="removed by the account")
        await audit(resident, "resident.remove_patient", f"Bond/{bond.id}", patient_id=patient_id)


async def end_bond(bond: Bond, *, by: UUID | None, reason: str) -> None:
    """End a bond in the caller's transaction. Raises Conflict when somebody was faster."""
    await advance(
        bond,
        BOND,
        "end",
        ended_at=clock.now(),
        ended_by=by,
        end_reason=reason[:200],
        claimed_phone=None,
    )
    await ResidentAddress.filter(account_id=bond.account_id, patient_id=bond.patient_id).delete()
    await agreements.withdraw(bond.account_id, bond.patient_id)


async def end_family(account_id: UUID, *, by: UUID | None, reason: str) -> None:
    """End all bonds of an account whose owner is no longer proven, in the caller's transaction."""
    for bond in await Bond.filter(account_id=account_id).exclude(status=BondStatus.ENDED):
        await end_bond(bond, by=by, reason=reason)
        await audit(SYSTEM, "bond.expire", f"Bond/{bond.id}", patient_id=bond.patient_id)


async def _again(asked: entries.Asked, known: Patient, bond: Bond) -> PatientCard:
    """The same person again: the same answer, and another code when one is still awaited."""
    entry = asked.entry
    if not entries.same_person(known, entry):
        raise entries.not_this_person(asked, known)
    if bond.relation is not entry.relation:
        raise Conflict("already_added", "这位就诊人已经添加过了,关系不同的话请先移除再添加。")
    if bond.status is BondStatus.PENDING:
        await entries.check_again(asked, bond)
        if bond.status is BondStatus.PENDING:
            await proofs.send_first(bond)
    return await _card(asked.resident, bond.patient_id)


async def _card(resident: Resident, patient_id: UUID) -> PatientCard:
    return (await cards_of(resident.account_id, patient_id))[0]
