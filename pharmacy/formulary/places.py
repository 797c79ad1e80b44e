"""Pharmacies: opened, changed, closed. A closed one takes no more orders and keeps its stock."""

from typing import Annotated, Final
from uuid import UUID

from pydantic import Field
from tortoise.exceptions import IntegrityError

from core import db
from core.audit import Who, audit
from core.errors import FieldError, Invalid, NotFound
from core.http import Schema
from people.models import Organization
from pharmacy.formulary.models import Pharmacy, PharmacyKind
from pharmacy.formulary.schemas import Some60, Up60, Yes

TWICE: Final = "这家机构已经有一个这种药房,请改那一个。"


class PlaceIn(Schema):
    """What is said of a pharmacy; `organization_id` only when it is opened."""

    organization_id: UUID | None = None
    kind: PharmacyKind
    name: Some60
    address: Annotated[str, Field(max_length=120)] = ""
    phone: Annotated[str, Field(max_length=20)] = ""
    hours: Up60 = ""
    delivers: Yes = False
    active: Yes = False


async def open_place(who: Who, entry: PlaceIn) -> Pharmacy:
    """A new pharmacy. Raises Invalid for an unknown house and for a second one of its kind."""
    if not await Organization.exists(id=entry.organization_id, provides_care=True):
        raise _wrong("organization_id", "请选一家机构。")
    try:
        async with db.atomic():
            row = await Pharmacy.create(**entry.model_dump())
            await audit(who, "pharmacy.open", f"Pharmacy/{row.id}")
    except IntegrityError:
        raise _wrong("kind", TWICE) from None
    return row


async def change_place(who: Who, place_id: UUID, entry: PlaceIn) -> None:
    """Change it. Raises NotFound, Invalid."""
    changes = entry.model_dump(exclude={"organization_id"})
    try:
        async with db.atomic():
            if not await Pharmacy.filter(id=place_id).update(**changes):
                raise NotFound("pharmacy_not_found", "没有找到这家药房。")
            await audit(who, "pharmacy.change", f"Pharmacy/{place_id}")
    except IntegrityError:
        raise _wrong("kind", TWICE) from None


def _wrong(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_input", errors=[FieldError(field, sentence)])
