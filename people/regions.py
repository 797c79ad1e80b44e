"""The county's own list of townships and their villages, where an address can be.

A text file the county writes (`REGIONS_FILE`): a line for each township, its villages after a
colon, parted by commas. Without it townships and villages are typed and not checked.
"""

import re
from collections.abc import Mapping
from pathlib import Path

Regions = Mapping[str, tuple[str, ...]]

_regions: Regions = {}


def configure(found: Regions) -> None:
    """Set the process's list."""
    global _regions
    _regions = found


def regions() -> Regions:
    """Townships with their villages, in the county's order; empty when nobody wrote them down."""
    return _regions


def read(path: Path) -> Regions:
    """What the file says. Raises ValueError with the line that cannot be read."""
    found: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        township, colon, rest = line.replace("\uff1a", ":").partition(":")
        parts = re.split(r"[,\uff0c、]", rest)
        villages = tuple(name for part in parts if (name := part.strip()))
        if not colon or not township.strip() or not villages:
            raise ValueError(f"REGIONS_FILE line {number}: `township: village, village`")
        found[township.strip()] = villages
    return found


def objection(township: str, village: str) -> tuple[str, str]:
    """Which of the two fields is wrong and why, in plain words; two empty texts when none is."""
    known = _regions
    if not known:
        return "", ""
    if township not in known:
        return "township", "请从列表里选乡镇。不在列表里的地方,现在还送不到。"
    if village not in known[township]:
        return "village", "请从列表里选村。不在列表里的地方,现在还送不到。"
    return "", ""
