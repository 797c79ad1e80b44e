"""A signed note for reading: by its doctor, and by those who may open the patient."""

from collections.abc import Mapping
from typing import Any

from care.note import signing
from care.note.models import Composition
from care.note.rules import keep_until
from care.note.words import LABELS, WAYS
from people.rechecks import WORDS as CHECKS


async def paper(row: Composition) -> dict[str, Any]:
    """A signed version for reading, with what its signature is worth."""
    verdict = await signing.proof(row)
    words = signing.typed_of(row.content)
    return {
        "row": row,
        "entries": entries(words),
        "genuine": verdict.genuine,
        "faults": verdict.faults,
        "check": CHECKS.get(row.check_method, row.check_method),
        "keep_until": keep_until(row.signed_at) if row.signed_at else None,
    }


def entries(words: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(heading, words) of what is written, in the order of the form."""
    found = []
    for name, label in LABELS.items():
        value = words.get(name)
        if isinstance(value, list):
            value = "\n".join(value)
        if name == "next_way":
            value = WAYS.get(value or "", "")
        if value:
            found.append((label, str(value)))
    return found
