"""One content, one sequence of bytes: canonical JSON in the manner of RFC 8785.

Keys are sorted by their UTF-16 code units, there is no white space, text is UTF-8. Numbers are
integers within ±2^53; a float is refused because two machines may write it differently.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Final
from uuid import UUID

LARGEST: Final = 2**53


def canonical(content: Any) -> bytes:
    """The bytes that are hashed and signed. Raises TypeError or ValueError with the reason."""
    text = json.dumps(_plain(content), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def digest(content: Any) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical(content)).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case Enum():
            return _plain(value.value)
        case str():
            return value
        case int():
            if abs(value) > LARGEST:
                raise ValueError(f"{value} is beyond 2^53")
            return value
        case float():
            raise TypeError("a float has no single written form; use an integer or text")
        case datetime():
            return _instant(value)
        case date() | UUID() | Decimal():
            return str(value)
        case Mapping():
            return _sorted(value)
        case Sequence():
            return [_plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be signed")


def _instant(moment: datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be signed")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _sorted(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    if not all(isinstance(key, str) for key in mapping):
        raise TypeError("keys must be text")
    ordered = sorted(mapping, key=lambda key: key.encode("utf-16-be"))
    return {key: _plain(mapping[key]) for key in ordered}
