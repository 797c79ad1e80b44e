"""The doors of formulary and stock.

The formulary is one for the county: whoever prescribes, reviews or dispenses reads it, the head of
the county hospital's pharmacy keeps it. A shelf is its house's: pharmacists and stock keepers of
the organization to which the pharmacy belongs.
"""

from typing import Final
from uuid import UUID

from core.audit import refused
from core.errors import Forbidden, NotFound
from people.actor import CLINICIANS, Actor, Role
from people.models import Tier
from pharmacy.formulary.models import (
    ImportFile,
    ImportKind,
    Medication,
    Pharmacy,
    PharmacyKind,
    StockLot,
)
from pharmacy.review.access import is_head

SHELF: Final = (Role.STOCK_KEEPER, Role.PHARMACIST)
READERS: Final = (*CLINICIANS, *SHELF)


def may_keep_formulary(actor: Actor) -> bool:
    """The head of the county hospital's pharmacy answers for the county's formulary."""
    return is_head(actor) and actor.tier == Tier.COUNTY


def may_recall(actor: Actor) -> bool:
    """A lot is closed off in the whole county by those on the county hospital's shelves."""
    return actor.has(*SHELF) and actor.tier == Tier.COUNTY


def require_keeper(actor: Actor) -> None:
    """Raise Forbidden for those who only read the formulary."""
    if not may_keep_formulary(actor):
        raise Forbidden("read_only", "药品目录由县医院药学部门负责人维护,您这里只能查看。")


async def open_medication(actor: Actor, medication_id: UUID) -> Medication:
    """One product; it tells nothing of anybody, so looks are not written down. Raises NotFound."""
    actor.require(*READERS)
    row = await Medication.get_or_none(id=medication_id)
    if row is None:
        raise NotFound("medication_not_found", "没有找到这个药品。")
    return row


async def pharmacies(actor: Actor) -> list[Pharmacy]:
    """The pharmacies of one's own house."""
    actor.require(*SHELF)
    rows = await Pharmacy.filter(organization_id=actor.organization_id)
    return sorted(rows, key=lambda row: (list(PharmacyKind).index(row.kind), row.name))


async def open_pharmacy(actor: Actor, pharmacy_id: UUID) -> Pharmacy:
    """A pharmacy of one's own house. Raises NotFound alike for others' and for none."""
    actor.require(*SHELF)
    row = await Pharmacy.get_or_none(id=pharmacy_id, organization_id=actor.organization_id)
    if row is None:
        missing = NotFound("pharmacy_not_found", "没有找到这家药房,或者它不归您的机构管。")
        raise refused(missing, actor, "pharmacy.open", f"Pharmacy/{pharmacy_id}")
    return row


async def open_lot(actor: Actor, lot_id: UUID) -> StockLot:
    """A lot on a shelf of one's own house; drug and pharmacy are loaded. Raises NotFound."""
    actor.require(*SHELF)
    lots = StockLot.filter(id=lot_id, pharmacy__organization_id=actor.organization_id)
    row = await lots.select_related("medication", "pharmacy").first()
    if row is None:
        missing = NotFound("lot_not_found", "没有找到这个批号,或者它不归您的机构管。")
        raise refused(missing, actor, "stock.open", f"StockLot/{lot_id}")
    return row


async def open_import(actor: Actor, file_id: UUID) -> ImportFile:
    """A file of one's own house that one may import. Raises NotFound, Forbidden."""
    actor.require(*SHELF)
    row = await ImportFile.get_or_none(id=file_id, organization_id=actor.organization_id)
    if row is None:
        missing = NotFound("import_not_found", "没有找到这次导入。")
        raise refused(missing, actor, "import.open", f"ImportFile/{file_id}")
    if row.kind is ImportKind.FORMULARY:
        require_keeper(actor)
    return row
