"""Canned sentences (常用语): a doctor's own, and those of a department, inserted with one click."""

from typing import Any, Final
from uuid import UUID, uuid4

from tortoise.expressions import Q

from chat.models import Phrase
from chat.schemas import PhraseOut
from core import clock
from core.errors import Conflict, NotFound
from people.actor import Actor
from people.models import Practitioner

MOST_OWN: Final = 50
MOST_SHARED: Final = 100


async def phrases(actor: Actor) -> list[PhraseOut]:
    """One's own first, then those of the department, each in the order of writing."""
    department = await _department(actor)
    rows = await Phrase.filter(
        Q(owner_id=actor.practitioner_id)
        | Q(owner_id=None, organization_id=actor.organization_id, department=department)
    ).order_by("created_at", "id")
    own = [row for row in rows if row.owner_id is not None]
    return [_shown(row, actor) for row in own + [r for r in rows if r.owner_id is None]]


async def add(actor: Actor, text: str, *, shared: bool) -> PhraseOut:
    """Keep a sentence; the same one again is kept once. Raises Conflict `too_many`."""
    scope: dict[str, Any] = {
        "organization_id": actor.organization_id,
        "department": await _department(actor) if shared else "",
        "owner_id": None if shared else actor.practitioner_id,
    }
    if row := await Phrase.filter(**scope, text=text).first():
        return _shown(row, actor)
    most = MOST_SHARED if shared else MOST_OWN
    if await Phrase.filter(**scope).count() >= most:
        raise Conflict("too_many", f"常用语最多 {most} 条,请先删掉不用的。")
    row = await Phrase.create(
        id=uuid4(), text=text, made_by=actor.practitioner_id, created_at=clock.now(), **scope
    )
    return _shown(row, actor)


async def remove(actor: Actor, phrase_id: UUID) -> None:
    """Take away one's own, or a shared one that one has written. Raises NotFound."""
    if not await Phrase.filter(id=phrase_id, made_by=actor.practitioner_id).delete():
        raise NotFound("not_found", "没有找到这条常用语,或者它是别人写的。")


async def _department(actor: Actor) -> str:
    """The specialty's code; everybody of a house without specialties shares one list."""
    return (await Practitioner.get(id=actor.practitioner_id)).specialty


def _shown(row: Phrase, actor: Actor) -> PhraseOut:
    return PhraseOut(
        id=row.id,
        text=row.text,
        shared=row.owner_id is None,
        mine=row.made_by == actor.practitioner_id,
    )
