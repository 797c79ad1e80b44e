"""The `/live` namespace: a page names what it shows, and hears that it has changed.

A hint carries ids and nothing else, so a listener learns no more than that something moved; the
page then fetches what its reader may see. Which topics a person may hear is decided per kind.
When a session ends, its sockets are told and closed.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, StringConstraints, ValidationError

from core.http import Schema
from core.live import NAMESPACE
from people import access
from people.actor import Actor
from people.sockets import Identify, SignedInNamespace, by_cookie

Door = Callable[[Actor, str], Awaitable[bool]]
MOST_TOPICS: Final = 40

Topic = Annotated[str, StringConstraints(pattern=r"^[a-z-]{1,30}(:[A-Za-z0-9-]{1,40})?$")]


class Topics(Schema):
    """What a page shows."""

    topics: Annotated[list[Topic], Field(max_length=MOST_TOPICS)]


async def own_topic(actor: Actor, practitioner_id: str) -> bool:
    """`staff:<id>` is for that person alone."""
    return str(actor.practitioner_id) == practitioner_id


async def own_organization(actor: Actor, organization_id: str) -> bool:
    """`organization:<id>` is for its people."""
    return str(actor.organization_id) == organization_id


async def open_patient(actor: Actor, patient_id: str) -> bool:
    """`patient:<id>` is for those who may open the record."""
    try:
        return await access.may_open(actor, UUID(patient_id))
    except ValueError:
        return False


class LiveNamespace(SignedInNamespace[Actor]):
    """One connection of one signed-in person. `doors` decides by the word before the colon."""

    MESSAGES = frozenset({"listen"})

    def __init__(self, identify: Identify, doors: Mapping[str, Door]) -> None:
        super().__init__(NAMESPACE, by_cookie(identify))
        self._doors = {
            "staff": own_topic,
            "organization": own_organization,
            "patient": open_patient,
            **doors,
        }

    async def on_listen(self, sid: str, given: Any = None, *_: Any) -> dict[str, Any]:
        """Listen to topics; the answer names those that are open to this person."""
        actor = self.people.get(sid)
        try:
            wanted = Topics.model_validate(given).topics
        except ValidationError:
            actor = None
        if actor is None or len(self.rooms(sid)) > 2 * MOST_TOPICS:
            return {"ok": False, "problem": {"code": "invalid_input", "detail": "请刷新页面。"}}
        heard = [topic for topic in wanted if await self._may_hear(actor, topic)]
        for topic in heard:
            await self.enter_room(sid, topic)
        return {"ok": True, "topics": heard}

    async def _may_hear(self, actor: Actor, topic: str) -> bool:
        kind, _, rest = topic.partition(":")
        door = self._doors.get(kind)
        return door is not None and await door(actor, rest)
