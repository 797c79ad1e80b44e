"""Putting words into a note without losing any: what is written stays, the new goes below it."""

from collections.abc import Mapping
from typing import Any, Final

from care.note.schemas import FIELDS, LISTS

ONE_VALUE: Final = frozenset({"next_on", "next_way", "follow_by"})


def filled(written: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """`written` with `more`: into empty fields as it is, else on a line of its own, once."""
    found = dict(written)
    for name in FIELDS:
        new = more.get(name)
        if not new:
            continue
        old = found.get(name)
        if not old:
            found[name] = new
        elif name in LISTS:
            found[name] = [*old, *(one for one in new if one not in old)]
        elif name not in ONE_VALUE and new not in old:
            found[name] = f"{old}\n{new}"
    return found
