"""What a seal is, without reading or writing anything."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

NUMBER: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{4,22}[A-Z0-9]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Params:
    """Which bags are photographed with their seal (药品零售配送质量管理: sealed, and to be proven):
    those that are carried away, those that are fetched at the counter."""

    photo_carried: bool = True
    photo_counter: bool = False


def read_number(text: str) -> str | None:
    """The number on a seal as it was scanned or typed; None when it is none."""
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", text[:80]).upper())
    return plain if NUMBER.fullmatch(plain) else None


def wants_photo(*, carried: bool, params: Params) -> bool:
    """Whether a bag that is carried away, or is fetched, needs the photo."""
    return params.photo_carried if carried else params.photo_counter
