"""What is typed in about packages."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from core.http import Schema
from core.wording import finding
from family_doctor.packages.models import FulfilledBy, Group, Mode
from family_doctor.teams.models import MemberRole

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{2,20}$", to_upper=True)]
Yuan = Annotated[Decimal, Field(ge=0, le=100_000, decimal_places=2)]
TOO_MUCH = "医保支付的部分不能比总价多"


class PackageIn(Schema):
    """A package; prices in yuan a year."""

    code: Code
    name: Annotated[str, Field(min_length=2, max_length=40)]
    group: Group
    words: Annotated[str, Field(max_length=300)] = ""
    price: Yuan = Decimal(0)
    insurer: Yuan = Decimal(0)
    active: bool = False

    @field_validator("price", "insurer", mode="before")
    @classmethod
    def _nothing_is_free(cls, given: object) -> object:
        return given or "0"

    @model_validator(mode="after")
    def _insurer_pays_a_part(self) -> Self:
        if self.insurer > self.price:
            raise finding("insurer", TOO_MUCH)
        return self


class ItemIn(Schema):
    """One item of a package."""

    code: Code
    name: Annotated[str, Field(min_length=2, max_length=60)]
    times: Annotated[int, Field(ge=1, le=52)]
    mode: Mode
    who: MemberRole
    fulfilled_by: FulfilledBy | None = None
