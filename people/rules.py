"""What a person's documents say, and when two patients look like one. Pure decisions.

Numbers: GB 11643-1999 (公民身份号码): 6 area, 8 birth date, 3 sequence (odd male, even female),
1 check character by ISO 7064 MOD 11-2. 港澳台居民居住证 (国务院办公厅 2018) begin with 810000,
820000 or 830000 and the foreign permanent residence card of 2023 with 9; both check the same way.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from people.models import IdentifierKind, Sex

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS: Final = "10X98765432"
PROVINCES: Final = frozenset(  # GB/T 2260, the first two digits
    str(code)
    for first, last in ((11, 15), (21, 23), (31, 37), (41, 46), (50, 54), (61, 65))
    for code in range(first, last + 1)
)
EARLIEST_BIRTH: Final = date(1850, 1, 1)
"""Nobody who comes was born before; the oldest example in GB 11643-1999 was in 1880."""
RESIDENCE_AREAS: Final = frozenset({"810000", "820000", "830000"})
NUMBERED: Final = frozenset(
    {
        IdentifierKind.ID_CARD,
        IdentifierKind.RESIDENCE_PERMIT,
        IdentifierKind.FOREIGN_RESIDENCE,
    }
)

_PATTERNS: Final = {
    IdentifierKind.FOREIGN_RESIDENCE: (
        r"[A-Z]{3}\d{12}",
        "永居证号码是 18 位,旧证是 3 个字母加 12 位数字",
    ),
    IdentifierKind.PASSPORT: (r"[A-Z0-9]{5,17}", "护照号码是 5 到 17 位字母和数字"),
    IdentifierKind.HK_MACAU_PERMIT: (r"[HM]\d{8}(\d{2})?", "通行证号码是 H 或 M 加 8 位数字"),
    IdentifierKind.TAIWAN_PERMIT: (r"\d{8}(\d{2}[A-Z]?)?", "台胞证号码是 8 位数字"),
    IdentifierKind.BIRTH_CERTIFICATE: (r"[A-Z]\d{9}", "出生医学证明编号是 1 个字母加 9 位数字"),
    IdentifierKind.HOUSEHOLD_BOOK: (r"[A-Z0-9]{4,20}", "户口簿户号是 4 到 20 位字母和数字"),
}


class NotADocument(ValueError):
    """The number cannot be right; the message says why, for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is kept. Birth date and sex are set when the number tells them."""

    kind: IdentifierKind
    number: str
    birth_date: date | None = None
    sex: Sex | None = None


def tidy_number(text: str) -> str:
    """Full-width and lower-case letters, spaces and dashes away."""
    return re.sub(r"[\s\-‐-―()()]", "", unicodedata.normalize("NFKC", text)).upper()


def check_character(first17: str) -> str:
    """The 18th character for 17 digits."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first17, strict=True))
    return CHECK_CHARACTERS[total % 11]


def read_document(kind: IdentifierKind, text: str, *, today: date) -> Document:
    """Read a document's number. Raises NotADocument.

    Of the three 18-character kinds the number itself tells which one it is, whatever was chosen.
    """
    number = tidy_number(text)
    if not number:
        raise NotADocument("请填写证件号码")
    old_foreign = kind is IdentifierKind.FOREIGN_RESIDENCE and len(number) == 15
    if kind in NUMBERED and not old_foreign:
        return _read_numbered(number, today)
    pattern, sentence = _PATTERNS[kind]
    if not re.fullmatch(pattern, number, re.ASCII):
        raise NotADocument(sentence)
    return Document(kind, number)


def _read_numbered(number: str, today: date) -> Document:
    if len(number) != 18:
        raise NotADocument(f"身份证号码是 18 位,现在是 {len(number)} 位")
    if not re.fullmatch(r"\d{17}[\dX]", number, re.ASCII):
        raise NotADocument("身份证号码前 17 位是数字,最后一位是数字或 X")
    kind = _kind_of(number)
    birth = _birth_date(number[6:14], today)
    if check_character(number[:17]) != number[17]:
        raise NotADocument("号码校验不通过,请对照证件逐位检查")
    return Document(kind, number, birth, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def _kind_of(number: str) -> IdentifierKind:
    if number[:2] in PROVINCES:
        return IdentifierKind.ID_CARD
    if number[:6] in RESIDENCE_AREAS:
        return IdentifierKind.RESIDENCE_PERMIT
    if number[0] == "9":
        return IdentifierKind.FOREIGN_RESIDENCE
    raise NotADocument("号码开头的地区代码不对,请对照证件检查")


def _birth_date(text: str, today: date) -> date:
    try:
        found = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise NotADocument("号码里的出生日期不存在,请对照证件检查") from None
    if found > today:
        raise NotADocument("号码里的出生日期在今天之后,请对照证件检查")
    if found < EARLIEST_BIRTH:
        raise NotADocument("号码里的出生年份太早,请对照证件检查")
    return found


def index_text(document: Document, *, name: str, birth_date: date) -> str:
    """What the blind index is made of: the number, which a household book's alone is not.

    One household number belongs to the whole family, so the person is part of it there.
    """
    if document.kind is IdentifierKind.HOUSEHOLD_BOOK:
        return f"{document.number}|{tidy_name(name)}|{birth_date:%Y%m%d}"
    return document.number


def tidy_name(text: str) -> str:
    """One way to write a name: the dot of 阿依古丽·买买提 has many shapes, and spaces vary."""
    name = unicodedata.normalize("NFKC", text).strip()
    name = re.sub(r"[•・‧∙⋅.]", "·", name) if re.search(r"[㐀-鿿]", name) else name
    if re.search(r"[㐀-鿿]", name):
        return re.sub(r"\s+", "", name)
    return re.sub(r"\s+", " ", name).upper()


def name_objection(text: str) -> str:
    """Why this is not a name, in one sentence; empty when it may be one."""
    name = tidy_name(text)
    chinese = re.fullmatch(r"[〇㐀-鿿\U00020000-\U0003ffff·]{2,30}", name)
    latin = re.fullmatch(r"[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ .,'’\-]{1,58}", name)
    return "" if chinese or latin else "请按证件填写姓名,不要有数字、符号和表情"


def tidy_phone(text: str) -> str:
    """Digits only, without +86."""
    digits = re.sub(r"[\s\-()()]", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"^(\+86|0086)", "", digits)


def phone_objection(text: str) -> str:
    """Why this is not a Chinese phone number; empty when it may be one."""
    phone = tidy_phone(text)
    mobile = re.fullmatch(r"1[3-9]\d{9}", phone, re.ASCII)
    landline = re.fullmatch(r"0\d{9,11}", phone, re.ASCII)
    return "" if mobile or landline else "请填 11 位手机号,或带区号的座机号"


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two patients are compared by. `phone` may be any stand-in, such as a blind index."""

    id: UUID | None
    name: str
    birth_date: date
    sex: Sex
    phone: str | None
    number: str | None = None


def looks_like(new: Likeness, known: Likeness) -> bool:
    """Whether staff should look twice before a second record is made (domain facts §5.2).

    Name 3 (one character off: 2), birth date 3 (same year, or day and month swapped: 1),
    phone 2, sex 1; six is suspicious. Two different identity numbers are two people.
    """
    if new.number and known.number and new.number != known.number:
        return False
    score = _name_score(tidy_name(new.name), tidy_name(known.name))
    score += _birth_score(new.birth_date, known.birth_date)
    score += 2 if new.phone and new.phone == known.phone else 0
    score += 1 if new.sex == known.sex else 0
    return score >= 6


def suspects(new: Likeness, known: Iterable[Likeness]) -> list[UUID]:
    """Those among `known` that the new patient might be."""
    return [other.id for other in known if other.id is not None and looks_like(new, other)]


def _name_score(one: str, other: str) -> int:
    if one == other:
        return 3
    near = len(one) == len(other) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    return 2 if near else 0


def _birth_score(one: date, other: date) -> int:
    if one == other:
        return 3
    swapped = (one.year, one.month, one.day) == (other.year, other.day, other.month)
    return 1 if swapped or one.year == other.year else 0
