"""What a prescription may begin from, when its doctor chooses so: templates, and the last one."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.expressions import Q

from core import clock
from core.errors import Conflict, NotFound
from people.actor import Actor
from people.links import same_person
from people.models import Practitioner
from pharmacy.prescribing.models import Category, MedicationRequest, PrescriptionTemplate
from pharmacy.prescribing.schemas import Words
from pharmacy.prescribing.states import Status

MOST_OWN: Final = 50
MOST_SHARED: Final = 100
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


async def of(actor: Actor, category: Category | None = None) -> list[PrescriptionTemplate]:
    """One's own first, then those of the department, by title."""
    rows = PrescriptionTemplate.filter(await _visible(actor))
    if category is not None:
        rows = rows.filter(category=category)
    found = await rows.order_by("title", "created_at")
    return sorted(found, key=lambda row: row.owner_id is None)


async def get(actor: Actor, template_id: UUID, category: Category) -> PrescriptionTemplate:
    """One that this doctor may use on this form. Raises NotFound."""
    rows = PrescriptionTemplate.filter(await _visible(actor), id=template_id, category=category)
    row = await rows.first()
    if row is None:
        raise _unknown()
    return row


async def add(
    actor: Actor, category: Category, title: str, words: Mapping[str, Any], *, shared: bool
) -> PrescriptionTemplate:
    """Keep what is typed as a template; the same title again takes its place if one made it.

    Raises Conflict `nothing_typed`, `title_short`, `title_taken`, `too_many`.
    """
    content = begun(words)
    if len(title) < 2:
        raise Conflict("title_short", "请给模板起个名字(至少两个字)。")
    if not content["lines"]:
        raise Conflict("nothing_typed", "处方还是空的,先加药再存为模板。")
    scope: dict[str, Any] = {
        "owner_id": None if shared else actor.practitioner_id,
        "organization_id": actor.organization_id,
        "department": await _department(actor) if shared else "",
        "category": category,
    }
    same = await PrescriptionTemplate.filter(**scope, title=title).first()
    if same is not None:
        if same.made_by != actor.practitioner_id:
            raise Conflict("title_taken", "同科已有这个名字的模板,请换个名字。")
        await PrescriptionTemplate.filter(id=same.id).update(content=content)
        same.content = content
        return same
    most = MOST_SHARED if shared else MOST_OWN
    if await PrescriptionTemplate.filter(**scope).count() >= most:
        raise Conflict("too_many", f"模板最多 {most} 个,请先删掉不用的。")
    return await PrescriptionTemplate.create(
        id=uuid4(),
        title=title,
        content=content,
        made_by=actor.practitioner_id,
        created_at=clock.now(),
        **scope,
    )


async def remove(actor: Actor, template_id: UUID) -> None:
    """Take away one that one has made. Raises NotFound."""
    mine = PrescriptionTemplate.filter(id=template_id, made_by=actor.practitioner_id)
    if not await mine.delete():
        raise _unknown()


async def _visible(actor: Actor) -> Q:
    shared = Q(
        owner_id=None,
        organization_id=actor.organization_id,
        department=await _department(actor),
    )
    return Q(owner_id=actor.practitioner_id) | shared


async def _department(actor: Actor) -> str:
    return (await Practitioner.get(id=actor.practitioner_id)).specialty


def _unknown() -> NotFound:
    return NotFound("not_found", "没有找到这个模板,或者它是别人存的。")
