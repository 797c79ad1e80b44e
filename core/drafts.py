"""What is typed and not signed yet: kept by compare-and-swap, so no window overwrites another.

A draft is a row with `open` (whose form it is: unique while it is written, null once signed),
`revision` (how often it was kept), `tab` and `seq` (which window kept it, in which turn),
`saved_at`, and a JSON column that holds what was typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeVar

from pydantic import Field, StringConstraints
from tortoise.exceptions import IntegrityError
from tortoise.models import Model

from core import clock, db
from core.errors import Conflict
from core.http import Schema

D = TypeVar("D", bound=Model)
SENTENCE: Final = "{what}在另一个窗口改过了。您在这里写的还在,请核对两边,再保存一次。"


class BaseIn(Schema):
    """Where a form stands: the draft it was filled from, its window, and the turn in it."""

    revision: Annotated[int, Field(ge=-1000, le=2**31)] = 0
    tab: Annotated[str, StringConstraints(max_length=40)] = ""
    seq: Annotated[int, Field(ge=0, le=2**53)] = 0


class Changed(Conflict):
    """Another window kept something else meanwhile, or signed. `kept` is what stands now."""

    def __init__(self, code: str, what: str, kept: Any) -> None:
        super().__init__(code, SENTENCE.format(what=what))
        self.kept = kept


@dataclass(frozen=True, slots=True)
class Drafts(Generic[D]):
    """The drafts of one kind: rows of `model`, the words in `column`. `code` and `what` are told
    to whoever was slower."""

    model: type[D]
    column: str
    code: str
    what: str

    async def of(self, open: str) -> D | None:
        """What is being written on this form."""
        return await self.model.get_or_none(open=open)

    def changed(self, kept: D | None) -> Changed:
        """For the slower of two windows."""
        return Changed(self.code, self.what, kept)

    async def keep(self, row: D, words: Mapping[str, Any], base: BaseIn) -> D:
        """Keep what was typed over what it was typed from. The same words again change nothing,
        and neither does an earlier turn of the same window. Raises Changed.
        """
        draft: Any = row
        own = bool(base.tab) and base.tab == draft.tab and base.seq > 0
        if (own and base.seq <= draft.seq) or getattr(draft, self.column) == dict(words):
            return row
        if base.revision != draft.revision and not own:
            raise self.changed(row)
        changes = {self.column: dict(words), "revision": draft.revision + 1, **_turn(base)}
        same = self.model.filter(pk=draft.pk, open=draft.open, revision=draft.revision)
        if not await same.update(**changes):
            raise self.changed(await self.of(draft.open))
        row.update_from_dict(changes)
        return row

    async def begin(self, open: str, words: Mapping[str, Any], base: BaseIn, **columns: Any) -> D:
        """A new draft. Raises Changed when another window has begun one."""
        written: dict[str, Any] = {"open": open, self.column: dict(words), **_turn(base)}
        try:
            async with db.atomic():
                return await self.model.create(**written, **columns)
        except IntegrityError:
            raise self.changed(await self.of(open)) from None


def _turn(base: BaseIn) -> dict[str, Any]:
    return {"tab": base.tab, "seq": base.seq, "saved_at": clock.now()}
