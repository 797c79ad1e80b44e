"""Templates of notes (常用模板): a doctor's own, and those of a department."""

from collections.abc import Mapping
from typing import Any, Final

from care.note.models import NoteTemplate
from care.note.schemas import FIELDS
from care.shelves import Shelf
from core.errors import Conflict
from people.actor import Actor

SHELF: Final = Shelf(NoteTemplate)
OF_ONE_VISIT: Final = frozenset({"next_on", "same_why"})
"""What belongs to one visit only and goes into no template."""


async def add(actor: Actor, title: str, words: Mapping[str, Any], *, shared: bool) -> NoteTemplate:
    """Keep what is typed as a template. Raises Conflict `nothing_typed`, and those of the shelf."""
    content = {name: words[name] for name in FIELDS if words.get(name) and name not in OF_ONE_VISIT}
    if not content:
        raise Conflict("nothing_typed", "病历还是空的,先写一些再存为模板。")
    return await SHELF.keep(actor, title, content, shared=shared)
