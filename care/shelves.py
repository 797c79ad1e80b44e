"""Templates of doctors (常用模板): one's own, and those that a department shares.

A template is a row with `title` and `content`, `owner_id` (null when the department shares it),
`organization_id`, `department`, `made_by` and `created_at`.
"""

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar
from uuid import UUID, uuid4

from tortoise.expressions import Q
from tortoise.models import Model

from core import clock
from core.errors import Conflict, NotFound
from people.actor import Actor
from people.models import Practitioner

T = TypeVar("T", bound=Model)
MOST_OWN: Final = 50
MOST_SHARED: Final = 100


@dataclass(frozen=True, slots=True)
class Shelf(Generic[T]):
    """The templates of one kind; `only` narrows them further, to one form for example."""

    model: type[T]

    async def of(self, actor: Actor, **only: Any) -> list[T]:
        """One's own first, then those of the department, by title."""
        rows: list[Any] = await self.model.filter(await _visible(actor), **only).order_by(
            "title", "created_at"
        )
        return sorted(rows, key=lambda row: row.owner_id is None)

    async def get(self, actor: Actor, template_id: UUID, **only: Any) -> T:
        """One that this doctor may use. Raises NotFound."""
        row = await self.model.filter(await _visible(actor), id=template_id, **only).first()
        if row is None:
            raise _unknown()
        return row

    async def keep(
        self, actor: Actor, title: str, content: dict[str, Any], *, shared: bool, **only: Any
    ) -> T:
        """A new one; the same title again takes its place if one made it.

        Raises Conflict `title_taken`, `too_many`.
        """
        scope: dict[str, Any] = only | {
            "owner_id": None if shared else actor.practitioner_id,
            "organization_id": actor.organization_id,
            "department": await _department(actor) if shared else "",
        }
        same: Any = await self.model.filter(**scope, title=title).first()
        if same is not None:
            if same.made_by != actor.practitioner_id:
                raise Conflict("title_taken", "同科已有这个名字的模板,请换个名字。")
            await self.model.filter(id=same.id).update(content=content)
            same.content = content
            kept: T = same
            return kept
        most = MOST_SHARED if shared else MOST_OWN
        if await self.model.filter(**scope).count() >= most:
            raise Conflict("too_many", f"模板最多 {most} 个,请先删掉不用的。")
        return await self.model.create(
            id=uuid4(),
            title=title,
            content=content,
            made_by=actor.practitioner_id,
            created_at=clock.now(),
            **scope,
        )

    async def remove(self, actor: Actor, template_id: UUID) -> None:
        """Take away one that one has made. Raises NotFound."""
        mine = self.model.filter(id=template_id, made_by=actor.practitioner_id)
        if not await mine.delete():
            raise _unknown()


async def _visible(actor: Actor) -> Q:
    department = await _department(actor)
    shared = Q(owner_id=None, organization_id=actor.organization_id, department=department)
    return Q(owner_id=actor.practitioner_id) | shared


async def _department(actor: Actor) -> str:
    """The specialty's code; a house without specialties shares one list."""
    return (await Practitioner.get(id=actor.practitioner_id)).specialty


def _unknown() -> NotFound:
    return NotFound("not_found", "没有找到这个模板,或者它是别人存的。")
