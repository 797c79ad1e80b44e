"""What WeChat lets into a subscribe message, read from its document a second time.

Independent of `wechat.rules`, which makes values fit: here they are refused.
"""

import re
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

_CLOCK: Final = r"([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?"
_DAY: Final = r"\d{4}年(1[0-2]|0?[1-9])月(3[01]|[12]\d|0?[1-9])日"
_POINT: Final = rf"({_DAY} ?)?{_CLOCK}"
_PATTERNS: Final = {
    "thing": r".{1,20}",
    "number": r"\d{1,32}|\d{1,30}\.\d{1,30}",
    "letter": r"[A-Za-z]{1,32}",
    "symbol": r"([^\w\s]|_){1,5}",
    "character_string": r"[\x21-\x7e ]{1,32}",
    "time": rf"{_POINT}(~{_POINT})?",
    "date": rf"{_DAY}( {_CLOCK})?",
    "amount": r"[¥$€£]\d{1,10}(\.\d{1,2})?元?",
    "phone_number": r"[\d+*()\- ]{1,17}",
    "car_number": r"[0-9A-Z\u4e00-\u9fff]{1,8}",
    "name": r"[^\d]{1,20}",
    "phrase": r"[\u3400-\u4dbf\u4e00-\u9fff]{1,5}",
}
_MARKS: Final = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def misfit(template: Sequence[str], data: Mapping[str, Any]) -> str:
    """The first field of the template that WeChat would refuse, empty when all fit."""
    for field in template:
        entry = data.get(field)
        value = entry.get("value") if isinstance(entry, dict) else None
        if not isinstance(value, str) or not value.strip() or not _fits(field, value):
            return field
    return ""


def _fits(field: str, value: str) -> bool:
    kind = field.rstrip("0123456789")
    if kind not in _PATTERNS or _MARKS.search(value):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    if not re.fullmatch(_PATTERNS[kind], value, re.ASCII if kind == "number" else 0):
        return False
    if kind == "name" and any(ord(sign) > 0x7F for sign in value):
        return len(value) <= 10
    if kind == "amount":
        return len(re.sub(r"\D", "", value)) <= 10
    return kind != "car_number" or bool(value)


class Rate:
    """At most `most` in `seconds` for each key."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most, self._seconds = most, seconds
        self._times: dict[str, deque[float]] = {}

    def passes(self, key: str) -> bool:
        """Count one; False when it is one too many."""
        moment = time.monotonic()
        times = self._times.setdefault(key, deque())
        while times and times[0] <= moment - self._seconds:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(moment)
        return True
