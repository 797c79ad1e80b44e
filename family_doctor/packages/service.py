"""The verbs of packages: offer, change, add_item, drop_item. The administrator's work."""

from typing import Any
from uuid import UUID, uuid4

from tortoise.exceptions import IntegrityError

from core import db
from core.audit import Who, audit
from core.errors import FieldError, Invalid, NotFound
from family_doctor.packages.models import PackageItem, ServicePackage
from family_doctor.packages.schemas import ItemIn, PackageIn

TWICE = "这个编码已经有了,请换一个。"


def subject(package_id: object) -> str:
    """The name of a package in audit."""
    return f"ServicePackage/{package_id}"


async def offer(who: Who, entry: PackageIn) -> ServicePackage:
    """A new package without items. Raises Invalid for a code that is taken."""
    try:
        async with db.atomic():
            row = await ServicePackage.create(id=uuid4(), **_values(entry))
            await audit(who, "service_package.offer", subject(row.id))
    except IntegrityError:
        raise _wrong() from None
    return row


async def change(who: Who, package_id: UUID, entry: PackageIn) -> None:
    """Change it for those who sign from now on. Raises NotFound, Invalid."""
    try:
        async with db.atomic():
            if not await ServicePackage.filter(id=package_id).update(**_values(entry)):
                raise _missing()
            await audit(who, "service_package.change", subject(package_id))
    except IntegrityError:
        raise _wrong() from None


async def add_item(who: Who, package_id: UUID, entry: ItemIn) -> PackageItem:
    """One item more. Raises NotFound, Invalid for a code that is taken."""
    try:
        async with db.atomic():
            if not await ServicePackage.exists(id=package_id):
                raise _missing()
            row = await PackageItem.create(id=uuid4(), package_id=package_id, **entry.model_dump())
            await audit(who, "service_package.add_item", subject(package_id), reason=row.code)
    except IntegrityError:
        raise _wrong() from None
    return row


async def drop_item(who: Who, package_id: UUID, item_id: UUID) -> None:
    """One item less; again: nothing."""
    async with db.atomic():
        if await PackageItem.filter(id=item_id, package_id=package_id).delete():
            await audit(who, "service_package.drop_item", subject(package_id))


async def offered() -> list[ServicePackage]:
    """What may be signed today, with items, the basic one first."""
    rows = ServicePackage.filter(active=True).prefetch_related("items")
    return [row for row in sorted(await rows, key=_order) if row.items]


async def every() -> list[ServicePackage]:
    """All of them, with items."""
    return sorted(await ServicePackage.all().prefetch_related("items"), key=_order)


def _order(row: ServicePackage) -> tuple[bool, str]:
    return row.group != "basic", row.code


def _values(entry: PackageIn) -> dict[str, Any]:
    fen = {"price_fen": int(entry.price * 100), "insurer_fen": int(entry.insurer * 100)}
    return entry.model_dump(exclude={"price", "insurer"}) | fen


def _missing() -> NotFound:
    return NotFound("package_not_found", "没有找到这个服务包。")


def _wrong() -> Invalid:
    return Invalid("invalid_input", errors=[FieldError("code", TWICE)])
