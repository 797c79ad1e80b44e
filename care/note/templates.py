"""Templates of notes (常用模板): a doctor's own, and those of a department."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.expressions import Q

from care.note.models import NoteTemplate
from care.note.schemas import FIELDS
from core import clock
from core.errors import Conflict, NotFound
from people.actor import Actor
from people.models import Practitioner

MOST_OWN: Final = 50
MOST_SHARED: Final = 100
OF_ONE_VISIT: Final = frozenset({"next_on", "follow_by", "same_why"})
"""What belongs to one visit only and goes into no template."""


async def of(actor: Actor) -> list[NoteTemplate]:
    """One's own first, then those of the department, by title."""
    rows = await NoteTemplate.filter(await _visible(actor)).order_by("title", "created_at")
    return sorted(rows, key=lambda row: row.owner_id is None)


async def _visible(actor: Actor) -> Q:
    department = await _department(actor)
    shared = Q(owner_id=None, organization_id=actor.organization_id, department=department)
    return Q(owner_id=actor.practitioner_id) | shared


async def get(actor: Actor, template_id: UUID) -> NoteTemplate:
    """One that this doctor may use. Raises NotFound."""
    row = await NoteTemplate.filter(await _visible(actor), id=template_id).first()
    if row is None:
        raise _unknown()
    return row


async def add(actor: Actor, title: str, words: Mapping[str, Any], *, shared: bool) -> NoteTemplate:
    """Keep what is typed as a template; the same title again takes its place if one made it.

    Raises Conflict `too_many`, `nothing_typed`, `title_taken`.
    """
    content = {name: words[name] for name in FIELDS if words.get(name) and name not in OF_ONE_VISIT}
    if not content:
        raise Conflict("nothing_typed", "病历还是空的,先写一些再存为模板。")
    scope: dict[str, Any] = {
        "owner_id": None if shared else actor.practitioner_id,
        "organization_id": actor.organization_id,
        "department": await _department(actor) if shared else "",
    }
    same = await NoteTemplate.filter(**scope, title=title).first()
    if same is not None:
        if same.made_by != actor.practitioner_id:
            raise Conflict("title_taken", "同科已有这个名字的模板,请换个名字。")
        await NoteTemplate.filter(id=same.id).update(content=content)
        same.content = content
        return same
    most = MOST_SHARED if shared else MOST_OWN
    if await NoteTemplate.filter(**scope).count() >= most:
        raise Conflict("too_many", f"模板最多 {most} 个,请先删掉不用的。")
    return await NoteTemplate.create(
        id=uuid4(),
        title=title,
        content=content,
        made_by=actor.practitioner_id,
        created_at=clock.now(),
        **scope,
    )


async def remove(actor: Actor, template_id: UUID) -> None:
    """Take away one that one has made. Raises NotFound."""
    if not await NoteTemplate.filter(id=template_id, made_by=actor.practitioner_id).delete():
        raise _unknown()


async def _department(actor: Actor) -> str:
    """The specialty's code; a house without specialties shares one list."""
    return (await Practitioner.get(id=actor.practitioner_id)).specialty


def _unknown() -> NotFound:
    return NotFound("not_found", "没有找到这个模板,或者它是别人存的。")
