"""What a scanner reads off a pack: a trace code of 20 digits, or a GS1 element string. Pure.

Sources: 药品追溯码编码要求 NMPAB/T 1002-2019 (20 digits, of which the first 7 name the product);
GS1 General Specifications §3 (AI 01, 10, 17, 21; FNC1 ends a field of variable length).
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

LONGEST: Final = 200
PREFIX: Final = 7
SEPARATOR: Final = "\x1d"
TYPED: Final = re.compile(r"\||~|\{GS\}|<GS>")
"""What scanners type for FNC1 when they are set to something a keyboard has."""
_SYMBOLOGY: Final = re.compile(r"^\][CdeQJ]\d")
_FIXED: Final = {"01": 14, "11": 6, "17": 6}
_VARIABLE: Final = {"10": 20, "21": 20}
_WORD: Final = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Scan:
    """One pack. `code` is what is sold once; `prefix` names the product. `lot` and `expires_on`
    only where the pack says them."""

    code: str
    prefix: str
    lot: str = ""
    expires_on: date | None = None


def read(text: str) -> Scan | None:
    """The pack, or None when it is no trace code at all. Twenty digits are always the domestic
    code, also where they could be read as GS1 with a serial number of two digits."""
    plain = unicodedata.normalize("NFKC", text[: 2 * LONGEST]).strip(" \t\r\n")
    plain = _SYMBOLOGY.sub("", TYPED.sub(SEPARATOR, plain)).strip(SEPARATOR)
    digits = re.sub(r"[\s-]", "", plain)
    if re.fullmatch(r"\d{20}", digits, re.ASCII):
        return Scan(digits, digits[:PREFIX])
    if len(plain) > LONGEST:
        return None
    fields = _bracketed(plain) if plain.startswith("(") else _joined(plain)
    return _pack(fields) if fields else None


def _bracketed(text: str) -> dict[str, str] | None:
    """(01)06901234567892(17)271231(10)A1(21)X1, as it is printed."""
    found: dict[str, str] = {}
    for part in re.findall(r"\((\d{2})\)([^()]*)", text):
        found[part[0]] = part[1].strip()
    whole = "".join(f"({ai}){value}" for ai, value in found.items())
    return found if len(whole) == len(re.sub(r"\s", "", text)) else None


def _joined(text: str) -> dict[str, str] | None:
    """010690123456789217271231 10A1<FNC1>21X1, as it is scanned."""
    found: dict[str, str] = {}
    rest = text
    while rest:
        ai, rest = rest[:2], rest[2:]
        if ai in found:
            return None
        if ai in _FIXED:
            value, rest = rest[: _FIXED[ai]], rest[_FIXED[ai] :].removeprefix(SEPARATOR)
        elif ai in _VARIABLE:
            value, _, rest = rest.partition(SEPARATOR)
        else:
            return None
        found[ai] = value
    return found


def _pack(fields: dict[str, str]) -> Scan | None:
    gtin, serial, lot = fields.get("01", ""), fields.get("21", ""), fields.get("10", "")
    if not re.fullmatch(r"\d{14}", gtin, re.ASCII) or check_digit(gtin[:13]) != gtin[13]:
        return None
    if not _WORD.fullmatch(serial) or len(serial) > _VARIABLE["21"]:
        return None
    if lot and (not _WORD.fullmatch(lot) or len(lot) > _VARIABLE["10"]):
        return None
    expires_on = None
    if "17" in fields:
        expires_on = _last_day(fields["17"])
        if expires_on is None:
            return None
    return Scan(f"{gtin}.{serial}", gtin[1 : 1 + PREFIX], lot, expires_on)


def check_digit(digits: str) -> str:
    """GS1's: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(digits[::-1]))
    return str(-total % 10)


def _last_day(text: str) -> date | None:
    """YYMMDD; day 00 is the last day of the month. Two figures mean this century."""
    if not re.fullmatch(r"\d{6}", text, re.ASCII):
        return None
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        if day:
            return date(year, month, day)
        return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    except ValueError:
        return None
