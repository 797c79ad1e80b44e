"""Reads of formulary and stock for pages and for the packages beside. None of them is a door."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from pharmacy.formulary import sounds
from pharmacy.formulary.models import Kind, Medication, MedicationChange

MOST: Final = 12
LOOKED_AT: Final = 200
PAGE: Final = 50


async def search(
    words: str,
    *,
    kind: Kind | Collection[Kind] | None = None,
    active: bool | None = True,
    most: int = MOST,
) -> list[Medication]:
    """Products by generic or brand name, code, pinyin, initials or trace code, the best first.

    `kind`: of which sort (the prescription form that asks); None: all. A whole trace code
    (20 digits) finds its drug by the first seven.
    """
    wanted = sounds.tidy(words)
    if not wanted:
        return []
    rows = Medication.filter(_named(wanted))
    if kind is not None:
        rows = rows.filter(kind__in=[kind] if isinstance(kind, Kind) else list(kind))
    if active is not None:
        rows = rows.filter(active=active)
    found = await rows.order_by("generic_name", "strength", "code").limit(LOOKED_AT)
    return sorted(found, key=lambda one: _rank(one, wanted))[:most]


def trace_prefix(scanned: str) -> str:
    """The drug's part of a scanned code: of 20 digits the first seven (domain facts §2.7)."""
    return scanned[:7] if len(scanned) == 20 and scanned.isdecimal() else ""


def _named(wanted: str) -> Q:
    if prefix := trace_prefix(wanted):
        return Q(trace_prefix=prefix)
    named = Q(generic_name__icontains=wanted) | Q(brand_name__icontains=wanted)
    named |= Q(code__istartswith=wanted) | Q(initials__icontains=wanted)
    if len(wanted) > 1:
        named |= Q(pinyin__icontains=wanted)
    if len(wanted) == 7 and wanted.isdecimal():
        named |= Q(trace_prefix=wanted)
    return named


def _rank(one: Medication, wanted: str) -> tuple[int, int]:
    """Exact, then what begins so, then what contains it; among equals the shorter name."""
    spoken = f"{one.initials} {one.pinyin}".split()
    keys = [one.code.lower(), one.generic_name.lower(), one.brand_name.lower(), *spoken]
    if wanted in keys:
        return 0, len(one.generic_name)
    begins = any(key.startswith(wanted) for key in keys)
    return (1 if begins else 2), len(one.generic_name)


def listed(*, kind: Kind | None, active: bool) -> QuerySet[Medication]:
    """The formulary, page by page, by name."""
    rows = Medication.filter(active=active)
    rows = rows.filter(kind=kind) if kind else rows
    return rows.order_by("generic_name", "strength", "code")


async def history(medication_id: UUID) -> list[MedicationChange]:
    """Who changed what, the latest first."""
    return await MedicationChange.filter(medication_id=medication_id).order_by("-id").limit(100)
