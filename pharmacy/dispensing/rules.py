"""What is decided at the dispenser's desk, without reading or writing anything."""

import re
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

TEN: Final[dict[str, str]] = {
    "department": "对科别",
    "name": "对姓名",
    "age": "对年龄",
    "drug": "对药名",
    "form": "对剂型",
    "strength": "对规格",
    "quantity": "对数量",
    "appearance": "对药品性状",
    "usage": "对用法用量",
    "diagnosis": "对临床诊断",
}
FOUR: Final[dict[str, tuple[str, ...]]] = {
    "查处方": ("department", "name", "age"),
    "查药品": ("drug", "form", "strength", "quantity"),
    "查配伍禁忌": ("appearance", "usage"),
    "查用药合理性": ("diagnosis",),
}
"""处方办法 art. 37: 四查十对."""
NO_CODE: Final[dict[str, str]] = {
    "piece": "中药饮片、颗粒,没有追溯码",
    "split": "拆零,原包装上的码已经扫过",
    "damaged": "码损坏,扫不出来",
    "none": "厂家没有赋码",
}
CODE: Final = re.compile(r"QY?(\d{8})|(\d{8})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a stable code, and a sentence for people."""

    code: str
    sentence: str


def missing_boxes(ticked: Collection[str]) -> list[str]:
    """The words of the ten that were not ticked."""
    return [words for key, words in TEN.items() if key not in ticked]


def why_not_checker(
    checker: UUID, pickers: Collection[UUID], *, self_check: bool
) -> Refusal | None:
    """处方办法 art. 37: who checks and hands out is not who picked; a site with a single
    pharmacist may be allowed both, with two signatures (param)."""
    if checker in pickers and not self_check:
        return Refusal("same_person", "拣药的人不能自己核对,请另一位药师来核对(四查十对)。")
    return None


@dataclass(frozen=True, slots=True)
class Share:
    """How many units of a pack go to a line, or why none."""

    units: int = 0
    refusal: Refusal | None = None


def share(*, remaining: int, pack_units: int, sold: int, splittable: bool) -> Share:
    """A whole pack is sold once; a split one as long as something is in it."""
    left = pack_units - sold
    if left <= 0 or (sold and not splittable):
        sentence = "这个追溯码已经卖过了!请把这一盒单独放好,不要发出,已经上报。"
        return Share(refusal=Refusal("sold_before", sentence))
    if remaining < left and not splittable:
        sentence = (
            f"这种药不能拆零:还差 {remaining},一盒是 {pack_units}。请按整盒配,或者请医生改处方。"
        )
        return Share(refusal=Refusal("not_splittable", sentence))
    return Share(min(left, remaining))


def expired(last_day: date, today: date) -> bool:
    """药品说明书和标签管理规定 art. 23: 有效期至 names the last day on which it may be used."""
    return last_day < today


def new_code() -> str:
    """Eight digits for the counter, the last of them a check digit. Says nothing about anybody."""
    digits = f"{secrets.randbelow(10**7):07d}"
    return digits + check(digits)


def check(digits: str) -> str:
    """ISO/IEC 7812 (Luhn): finds one wrong digit and two swapped ones."""
    doubled = [int(digit) * (2 - at % 2) for at, digit in enumerate(digits[::-1])]
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def qr_text(code: str) -> str:
    """What the QR says."""
    return f"QY{code}"


def read_code(text: str) -> str | None:
    """The digits of a scanned or typed pick-up code; None when it is none."""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text[:80]).upper())
    found = CODE.fullmatch(plain)
    digits = (found[1] or found[2]) if found else ""
    return digits if digits and check(digits[:7]) == digits[7] else None
