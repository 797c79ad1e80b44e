"""Reads of prescriptions for pages. None of these is a door."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from people.actor import Actor
from pharmacy.prescribing import catalogue
from pharmacy.prescribing.models import MedicationRequest, PrescriptionTemplate
from pharmacy.prescribing.schemas import id_of
from pharmacy.prescribing.states import SIGNED, Status
from pharmacy.prescribing.words import STATES

MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list; `drugs` in a sentence."""

    row: MedicationRequest
    who: str
    drugs: str
    badge: str
    word: str


async def of_author(author_id: UUID) -> list[Row]:
    """The doctor's own signed ones: what waits for the doctor first, then the newest."""
    rows = MedicationRequest.filter(author_id=author_id, status__in=list(SIGNED))
    found = await rows.order_by("-signed_at").limit(MOST)
    returned = await rows.filter(status=Status.RETURNED).order_by("signed_at")
    first = {row.id for row in returned}
    return [_row(row) for row in [*returned, *(one for one in found if one.id not in first)]]


def _row(row: MedicationRequest) -> Row:
    patient = row.content["patient"]
    badge, word = STATES[row.status]
    return Row(
        row=row,
        who=f"{patient['name']} {patient['sex']} {patient['age']}",
        drugs="、".join(line["name"] for line in row.content["lines"]),
        badge=badge,
        word=word,
    )


async def waiting_for(actor: Actor) -> int:
    """How many were returned to this doctor, for the navigation."""
    mine = MedicationRequest.filter(author_id=actor.practitioner_id, status=Status.RETURNED)
    return await mine.count()


async def templates_in_words(found: Iterable[PrescriptionTemplate]) -> Sequence[dict[str, Any]]:
    """Templates with the names of their drugs."""
    kept = list(found)
    ids = [id_of(line["medication"]) for one in kept for line in one.content["lines"]]
    known = await catalogue.products(id for id in ids if id)
    return [
        {
            "row": one,
            "drugs": "、".join(
                known[id].generic_name
                for line in one.content["lines"]
                if (id := id_of(line["medication"])) in known
            ),
        }
        for one in kept
    ]
