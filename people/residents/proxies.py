"""Who acts for oneself: seen and stopped by the person, without a reason (民法典 art. 173)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core import db
from core.audit import audit, refused
from core.errors import NotFound
from people import links
from people.masking import mask_phone
from people.residents import family
from people.residents.access import is_live, live, scopes_of
from people.residents.actor import Resident
from people.residents.holders import owners
from people.residents.models import Bond, BondStatus, Relation


@dataclass(frozen=True, slots=True)
class Proxy:
    """Another account that acts for me, or asks to. `owner` and phone are masked."""

    id: UUID
    owner: str
    phone_masked: str
    scopes: tuple[str, ...]
    pending: bool
    asked_at: datetime
    until: datetime | None


async def proxies(resident: Resident) -> list[Proxy]:
    """The other accounts of my own record, the oldest first; nobody before I am proven."""
    bonds = await _of_mine(resident)
    names = await owners([bond.account_id for bond in bonds])
    return [
        Proxy(
            id=bond.id,
            owner=names.get(bond.account_id, ""),
            phone_masked=mask_phone(bond.account.phone or ""),
            scopes=tuple(scope.value for scope in scopes_of(bond)),
            pending=not is_live(bond),
            asked_at=bond.asked_at,
            until=bond.until,
        )
        for bond in bonds
    ]


async def stop(resident: Resident, bond_id: UUID) -> None:
    """Stop one of them at once; one that is over stays over. Raises NotFound for others'."""
    bond = next((one for one in await _of_mine(resident, ended=True) if one.id == bond_id), None)
    if bond is None:
        missing = NotFound("not_found", "没有找到这个代办,可能已经停了。")
        raise refused(missing, resident, "resident.stop_proxy", f"Bond/{bond_id}")
    if bond.status is BondStatus.ENDED:
        return
    async with db.atomic():
        await family.end_bond(bond, by=resident.account_id, reason="stopped by the patient")
        await audit(resident, "resident.stop_proxy", f"Bond/{bond.id}", patient_id=bond.patient_id)


async def _of_mine(resident: Resident, *, ended: bool = False) -> list[Bond]:
    own = await Bond.filter(live(), account_id=resident.account_id, relation=Relation.SELF).first()
    if own is None:
        return []
    records = await links.same_person(own.patient_id)
    bonds = Bond.filter(patient_id__in=records).exclude(account_id=resident.account_id)
    bonds = bonds.exclude(relation=Relation.SELF)
    if not ended:
        bonds = bonds.exclude(status=BondStatus.ENDED)
    return await bonds.order_by("asked_at").select_related("account")
