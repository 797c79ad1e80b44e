"""What a prescription may begin from, when its doctor chooses so: templates, and the last one."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from care.shelves import Shelf
from core.errors import Conflict
from people.actor import Actor
from people.links import same_person
from pharmacy.prescribing.models import Category, MedicationRequest, PrescriptionTemplate
from pharmacy.prescribing.schemas import Words
from pharmacy.prescribing.states import Status

SHELF: Final = Shelf(PrescriptionTemplate)
KEPT: Final = ("advice", "doses", "way", "route", "preparation", "tcm_disease", "tcm_pattern")
OF_ONE_PERSON: Final = ("over_label", "skin_test")
"""What is judged for one person on one day and goes into no template and no repeat."""
REPEATABLE: Final = (
    Status.ON_HOLD,
    Status.ACTIVE,
    Status.DISPENSING,
    Status.COMPLETED,
    Status.EXPIRED,
)


def begun(words: Mapping[str, Any]) -> Words:
    """What of a prescription may be the beginning of another: its drugs and how they are taken."""
    found: Words = {name: words[name] for name in KEPT if words.get(name)}
    found["lines"] = [
        {name: value for name, value in line.items() if name not in OF_ONE_PERSON}
        for line in words.get("lines", [])
    ]
    return found


def filled(written: Mapping[str, Any], more: Mapping[str, Any]) -> Words:
    """`written` with `more`: drugs below those that stand, each once; empty fields only."""
    found = {name: value for name, value in more.items() if name != "lines"} | dict(written)
    lines = list(written.get("lines", []))
    known = {line["medication"] for line in lines}
    found["lines"] = lines + [one for one in more["lines"] if one["medication"] not in known]
    return found


async def last(
    author_id: UUID, patient_id: UUID, category: Category, *, but: str
) -> MedicationRequest | None:
    """The last one this doctor signed for this person on this form, in another visit."""
    rows = MedicationRequest.filter(
        author_id=author_id,
        patient_id__in=await same_person(patient_id),
        category=category,
        status__in=list(REPEATABLE),
    )
    return await rows.exclude(subject=but).order_by("-signed_at").first()


async def add(
    actor: Actor, category: Category, title: str, words: Mapping[str, Any], *, shared: bool
) -> PrescriptionTemplate:
    """Keep what is typed as a template.

    Raises Conflict `nothing_typed`, `title_short`, and those of the shelf.
    """
    content = begun(words)
    if len(title) < 2:
        raise Conflict("title_short", "请给模板起个名字(至少两个字)。")
    if not content["lines"]:
        raise Conflict("nothing_typed", "处方还是空的,先加药再存为模板。")
    return await SHELF.keep(actor, title, content, shared=shared, category=category)
