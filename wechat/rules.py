"""What WeChat lets into a subscribe message, by the kind of its field.

Kinds and limits: WeChat's document of `subscribeMessage.send`, parameter limits. A template's
field names carry their kind (`thing1`, `time2`). Words are cut by characters and never make a
message fail; a moment or an amount is given as such, so that nobody reads half of one.
Lengths are counted in UTF-16 units, which is what WeChat's own scripts count; that is never
fewer than the characters a person sees. No part of an emoji or an accent stays behind alone.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from core.clock import SHANGHAI

Value = str | int | date | datetime | tuple[datetime, datetime]
FIELD: Final = re.compile(r"([a-z_]+?)(\d+)")
MORE: Final = "…"
LIMITS: Final[Mapping[str, int | None]] = {
    "thing": 20,
    "name": 10,
    "phrase": 5,
    "character_string": 32,
    "number": 32,
    "letter": 32,
    "symbol": 5,
    "phone_number": 17,
    "car_number": 8,
    "amount": None,
    "time": None,
    "date": None,
}
"""How long each kind may be; None: it is not a text but a sum or a moment."""
OFFICIAL_KINDS: Final = frozenset(
    {"thing", "character_string", "time", "amount", "phone_number", "car_number"}
)
"""What a template of the official account may have of them (类目模板; `const` is not used here)."""
_JOINED: Final = re.compile(  # what belongs to the letter before it
    "[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f\u200d\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
_HAN: Final = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_NOT_ASCII: Final = re.compile(r"[^!-~ ]")


def kind_of(field: str) -> str:
    """The kind a template field's name begins with. Raises ValueError for none of WeChat's."""
    found = FIELD.fullmatch(field)
    if not found or found[1] not in FITTERS:
        raise ValueError(f"{field!r} is no field of a subscribe message")
    return found[1]


def fit(field: str, value: Value) -> str:
    """The value as WeChat accepts it in `field`. Raises ValueError only for a wrong type.

    `amount` takes fen, `time` and `date` take moments (a pair of them is a span), all others text.
    """
    return FITTERS[kind_of(field)](value)


def fit_all(values: Mapping[str, Value]) -> dict[str, dict[str, str]]:
    """The `data` of a message."""
    return {field: {"value": fit(field, value)} for field, value in values.items()}


def width(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, most: int, *, more: str = "") -> str:
    """`text`, or as much of it as fits into `most` units with `more` at its end."""
    if width(text) <= most:
        return text
    kept, room = "", most - width(more)
    for part in _letters(text):
        if width(kept + part) > room:
            break
        kept += part
    return kept.rstrip() + more


def _letters(text: str) -> list[str]:
    """What a person sees as one letter: the sign with its accents, joiners and shades."""
    parts: list[str] = []
    for sign in text:
        joins = _JOINED.match(sign) or (parts and parts[-1].endswith("\u200d"))
        if parts and joins:
            parts[-1] += sign
        else:
            parts.append(sign)
    return parts


def _clean(value: Value) -> str:
    """One line of text without control signs."""
    if not isinstance(value, (str, int)):
        raise ValueError("this field takes text")
    plain = "".join(" " if _is_odd(sign) else sign for sign in str(value))
    return " ".join(plain.split())


def _is_odd(sign: str) -> bool:
    category = unicodedata.category(sign)
    return (category[0] == "C" and sign != "\u200d") or category in ("Zl", "Zp")


def _thing(value: Value) -> str:
    return cut(_clean(value), 20, more=MORE) or "无"


def _name(value: Value) -> str:
    text = "".join(sign for sign in _clean(value) if not sign.isdigit()).strip()
    most = 20 if not _NOT_ASCII.search(text) else 10
    return cut(text, most) or "居民"


def _phrase(value: Value) -> str:
    return "".join(_HAN.findall(_clean(value)))[:5] or "已更新"


def _kept(pattern: str, most: int, otherwise: str) -> Callable[[Value], str]:
    allowed = re.compile(pattern)

    def fitted(value: Value) -> str:
        return "".join(allowed.findall(_clean(value)))[:most].strip() or otherwise

    return fitted


def _number(value: Value) -> str:
    found = re.search(r"\d{1,32}(\.\d+)?", _clean(value), re.ASCII)
    return found[0][:32].rstrip(".") if found else "0"


def _amount(value: Value) -> str:
    """Fen as yuan with the currency sign; ten digits at most."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 10**10:
        raise ValueError("an amount is a number of fen, below 100 million yuan")
    return f"¥{value // 100}.{value % 100:02}"


def _time(value: Value) -> str:
    """`2026年11月2日 09:30`, or a span with `~`."""
    if isinstance(value, tuple):
        first, last = (moment.astimezone(SHANGHAI) for moment in value)
        end = f"{last:%H:%M}" if last.date() == first.date() else _moment(last)
        return f"{_moment(first)}~{end}"
    if not isinstance(value, datetime):
        raise ValueError("a time is a datetime")
    return _moment(value.astimezone(SHANGHAI))


def _moment(local: datetime) -> str:
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _date(value: Value) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    if not isinstance(value, date):
        raise ValueError("a date is a date or a datetime")
    return f"{value.year}年{value.month}月{value.day}日"


FITTERS: Final[Mapping[str, Callable[[Value], str]]] = {
    "thing": _thing,
    "name": _name,
    "phrase": _phrase,
    "character_string": _kept(r"[!-~ ]", 32, "-"),
    "number": _number,
    "letter": _kept(r"[A-Za-z]", 32, "NA"),
    "symbol": _kept(r"[!-/:-@\[-`{-~]", 5, "-"),
    "phone_number": _kept(r"[0-9+*()\- ]", 17, "-"),
    "car_number": _kept("[0-9A-Z\u4e00-\u9fff]", 8, "无"),
    "amount": _amount,
    "time": _time,
    "date": _date,
}
