"""Products and their history: what is written of one, what changed, who changed it."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from core import clock, db
from core.audit import NOBODY, Who, audit
from core.errors import Conflict, FieldError, Invalid
from pharmacy.formulary import online, sounds
from pharmacy.formulary.models import Medication, MedicationChange
from pharmacy.formulary.schemas import ProductEdit, ProductIn

SILENT: Final = frozenset({"initials", "pinyin"})
"""Columns that follow from others and are not worth a line of history by themselves."""


def columns(entry: ProductIn) -> dict[str, Any]:
    """The columns of a product as somebody wrote it; what may be sent is filled in by the list."""
    found = entry.model_dump(exclude={"price", "reason", "seen", "initials"})
    found["price_fen"] = entry.price
    answer, why = online.by_list(
        entry.generic_name,
        entry.form,
        kind=entry.kind,
        controlled=entry.controlled,
        injection=entry.injection,
    )
    if entry.online_delivery in (None, answer):
        found["online_delivery"], found["online_reason"] = answer, entry.online_reason or why
    typed = entry.initials if isinstance(entry, ProductEdit) else ""
    heard, spoken = sounds.of(entry.generic_name, entry.brand_name)
    return found | {"initials": typed or heard, "pinyin": spoken}


def differences(row: Medication, wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    """`{column: [before, after]}` of what would change."""
    found = {}
    for name, after in wanted.items():
        both = [_plain(getattr(row, name)), _plain(after)]
        if both[0] != both[1]:
            found[name] = both
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.value if isinstance(value, Enum) else value


def history(
    row: Medication, changes: Mapping[str, Any], who: Who, *, reason: str = "", source: str = ""
) -> MedicationChange:
    """The line of history, not yet saved."""
    return MedicationChange(
        medication_id=row.id,
        changed_at=clock.now(),
        changed_by=None if who.account_id == NOBODY else who.account_id,
        by_name=who.name,
        reason=reason,
        source=source,
        changes={name: both for name, both in changes.items() if name not in SILENT},
    )


async def add(who: Who, entry: ProductEdit) -> Medication:
    """A new product. Raises Invalid when the code is taken."""
    wanted = columns(entry)
    async with db.atomic():
        if await Medication.exists(code=entry.code):
            taken = FieldError("code", "这个编码已经有药品在用,请换一个。")
            raise Invalid("code_taken", errors=[taken])
        row = await Medication.create(**wanted, updated_at=clock.now())
        await history(row, {}, who, reason=entry.reason).save()
        await audit(who, "medication.add", f"Medication/{row.id}", reason=entry.reason)
    return row


async def edit(who: Who, row: Medication, entry: ProductEdit) -> bool:
    """Change a product; False when nothing is different.

    Raises Invalid for a taken code, Conflict `changed_meanwhile` when it is no longer what was
    seen.
    """
    wanted = columns(entry)
    if entry.code != row.code and await Medication.exists(code=entry.code):
        raise Invalid("code_taken", errors=[FieldError("code", "这个编码已经有药品在用。")])
    if not (changes := differences(row, wanted)):
        return False
    await _write(who, row, wanted, changes, seen=entry.seen, reason=entry.reason)
    return True


async def set_active(who: Who, row: Medication, *, active: bool, reason: str, seen: str) -> None:
    """Take a product out of the formulary or back in: it can no longer, or again, be prescribed."""
    if row.active == active:
        return
    changes = {"active": [row.active, active]}
    await _write(who, row, {"active": active}, changes, seen=seen, reason=reason)


async def _write(
    who: Who,
    row: Medication,
    wanted: Mapping[str, Any],
    changes: Mapping[str, Any],
    *,
    seen: str,
    reason: str,
) -> None:
    async with db.atomic():
        before = row.updated_at
        if seen and seen != mark(before):
            raise _changed_meanwhile()
        moved = await Medication.filter(id=row.id, updated_at=before).update(
            **wanted, updated_at=clock.now()
        )
        if not moved:
            raise _changed_meanwhile()
        await history(row, changes, who, reason=reason).save()
        await audit(who, "medication.edit", f"Medication/{row.id}", reason=reason)


def mark(moment: datetime) -> str:
    """Which state of a product a form was made from."""
    return moment.isoformat()


def _changed_meanwhile() -> Conflict:
    return Conflict("changed_meanwhile", "刚才有人先改了这个药品,请刷新页面看看最新的内容再改。")
