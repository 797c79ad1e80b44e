"""What of the formulary the form needs: finding a drug, and reading those that were chosen."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from pharmacy.formulary import queries as formulary
from pharmacy.formulary.models import Medication
from pharmacy.prescribing.models import Category
from pharmacy.prescribing.quantity import Product
from pharmacy.prescribing.rules import ON_FORM

MOST: Final = 12


async def search(words: str, category: Category) -> list[Medication]:
    """Drugs of one form by generic or brand name, pinyin or initials; the best first."""
    return await formulary.search(words, kind=ON_FORM[category], most=MOST)


async def products(ids: Iterable[UUID]) -> dict[UUID, Medication]:
    """Those that were chosen, also ones that left the formulary."""
    rows = await Medication.filter(id__in=list(ids))
    return {row.id: row for row in rows}


def counting(one: Medication) -> Product:
    """As the computation of quantities sees it."""
    return Product(
        unit=one.unit,
        pack_size=max(one.pack_size, 1),
        price_fen=one.price_fen,
        splittable=one.splittable,
        strength_value=one.strength_value,
        strength_unit=one.strength_unit,
    )
