"""What a person or a file says of a product and of goods; the sentences are for both."""

import calendar
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from core.http import Schema
from core.wording import finding
from pharmacy.formulary.models import Antimicrobial, Controlled, Kind, OnlineDelivery

MOST_FEN: Final = 100_000_000
LATEST: Final = 2100


_NARROW: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def _text(value: Any) -> Any:
    """Full-width letters, digits and brackets become narrow; Ⅱ stays what it is."""
    return value.translate(_NARROW).strip() if isinstance(value, str) else value


def _fen(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        amount = Decimal(_text(value).removeprefix("¥").removesuffix("元").replace(",", "").strip())
    except InvalidOperation:
        raise ValueError("请填金额,例如 12.60") from None
    if not amount.is_finite() or amount != round(amount, 2):
        raise ValueError("金额最多到分,例如 12.60")
    return int(amount * 100)


_YES: Final = {"1", "yes", "y", "true", "是", "有", "√", "可", "可以"}
_NO: Final = {"", "0", "no", "n", "false", "否", "无", "不", "不可", "×"}


def _yes(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    word = _text(value).lower()
    if word not in _YES | _NO:
        raise ValueError("请填“是”或“否”")
    return word in _YES


_Tidy: Final = BeforeValidator(_text)
Up8 = Annotated[str, StringConstraints(max_length=8), _Tidy]
Up40 = Annotated[str, StringConstraints(max_length=40), _Tidy]
Up60 = Annotated[str, StringConstraints(max_length=60), _Tidy]
Up80 = Annotated[str, StringConstraints(max_length=80), _Tidy]
Up200 = Annotated[str, StringConstraints(max_length=200), _Tidy]
Some8 = Annotated[str, StringConstraints(min_length=1, max_length=8), _Tidy]
Some20 = Annotated[str, StringConstraints(min_length=1, max_length=20), _Tidy]
Some40 = Annotated[str, StringConstraints(min_length=1, max_length=40), _Tidy]
Some60 = Annotated[str, StringConstraints(min_length=1, max_length=60), _Tidy]
Some80 = Annotated[str, StringConstraints(min_length=1, max_length=80), _Tidy]
Why = Annotated[str, StringConstraints(min_length=2, max_length=200), _Tidy]
Fen = Annotated[int, BeforeValidator(_fen), Field(ge=0, le=MOST_FEN)]
Yes = Annotated[bool, BeforeValidator(_yes)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,29}$"), _Tidy]


class ProductIn(Schema):
    """One product of the formulary. `price` is yuan for one pack; `unit` the smallest counted."""

    code: Code
    generic_name: Some80
    brand_name: Up80 = ""
    kind: Kind
    form: Some20
    strength: Some60
    strength_value: Annotated[Decimal | None, Field(gt=0, max_digits=12, decimal_places=4)] = None
    strength_unit: Up8 = ""
    unit: Some8
    pack_size: Annotated[int, Field(ge=1, le=100_000)] = 1
    pack_unit: Some8
    splittable: Yes = False
    route: Some20
    price: Fen
    ingredients: Up200 = ""
    prescription_only: Yes = True
    antimicrobial: Antimicrobial = Antimicrobial.NONE
    controlled: Controlled = Controlled.NONE
    cold_chain: Yes = False
    injection: Yes = False
    online_delivery: OnlineDelivery | None = None
    online_reason: Up200 = ""
    trace_prefix: Annotated[str, StringConstraints(pattern=r"^(\d{7})?$"), _Tidy] = ""
    manufacturer: Up80 = ""
    approval_number: Up40 = ""
    storage: Up60 = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.strength_value is None) != (not self.strength_unit):
            raise finding("strength_unit", "每单位含量和它的单位要一起填,例如 5 和 mg")
        sent = self.online_delivery not in (None, OnlineDelivery.DENY)
        if self.controlled is not Controlled.NONE and sent:
            raise finding("online_delivery", "麻醉、精神、毒性、放射性药品不能配送,请填“不能配送”")
        return self


class ProductEdit(ProductIn):
    """The form: who edits says why, and which state was seen."""

    initials: Annotated[str, StringConstraints(pattern=r"^[a-z0-9 ]*$", max_length=80)] = ""
    reason: Why
    seen: Up40 = ""


_DAYS: Final = (
    re.compile(r"(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?"),
    re.compile(r"(\d{4})(\d{2})(\d{2})?"),
)


def last_day(value: Any) -> Any:
    """2027-08-31, 20270831, 2027.8.31, 2027年8月: a month alone means its last day
    (药品说明书和标签管理规定 art. 23)."""
    if not isinstance(value, str):
        return value
    written = _text(value).partition(" ")[0].removesuffix("止")
    found = next(filter(None, (pattern.fullmatch(written) for pattern in _DAYS)), None)
    if found is None:
        raise ValueError("请填有效期,例如 2027-08-31 或 2027-08")
    year, month, day = int(found[1]), int(found[2]), found[3]
    if not (1 <= month <= 12 and year < LATEST):
        raise ValueError("没有这一天,请看包装上的有效期")
    end = calendar.monthrange(year, month)[1]
    if day and not 1 <= int(day) <= end:
        raise ValueError("没有这一天,请看包装上的有效期")
    return date(year, month, int(day) if day else end)


class GoodsIn(Schema):
    """Goods that come in: units, packs, or both."""

    lot: Some40
    expires_on: Annotated[date, BeforeValidator(last_day)]
    packs: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    units: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    reason: Up200 = ""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.packs and not self.units:
            raise finding("packs", "请填数量")
        return self

    def total(self, pack_size: int) -> int:
        """In units."""
        return self.packs * max(pack_size, 1) + self.units


class ReceiptIn(GoodsIn):
    """One line of a delivery."""

    code: Code


class CountIn(Schema):
    """What the shelf holds, and what the books said when one began to count."""

    packs: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    units: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    seen: Annotated[int, Field(ge=0)]
    reason: Up200 = ""


class ScrapIn(Schema):
    """Units that are destroyed, and why."""

    packs: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    units: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    reason: Why

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.packs and not self.units:
            raise finding("packs", "请填数量")
        return self


class MinimumIn(Schema):
    """Below how many units somebody wants to be told; 0: not at all."""

    packs: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    units: Annotated[int, Field(ge=0, le=10_000_000)] = 0
