"""The only door to a conversation: being a member of it."""

from dataclasses import dataclass
from uuid import UUID

from chat.models import Conversation, Member
from core.errors import Forbidden, NotFound
from people.actor import Actor


@dataclass(frozen=True, slots=True)
class Seat:
    """A conversation and the actor's place in it."""

    conversation: Conversation
    member: Member

    @property
    def readable_until(self) -> int | None:
        """The last message this member may read; None means all."""
        return self.member.left_seq

    def require_writing(self) -> None:
        """Raise Forbidden for those who only watch or have left, and when it is closed."""
        if self.conversation.closed_at is not None:
            raise Forbidden("conversation_closed", "这次会诊已结束,聊天只能查看。")
        if not self.member.may_write or self.member.left_at is not None:
            raise Forbidden("read_only", "您在这里只能查看,不能发言。")


async def open_conversation(actor: Actor, conversation_id: UUID) -> Seat:
    """Open by id. Raises NotFound, the same for a missing one and for somebody else's."""
    member = await Member.get_or_none(
        conversation_id=conversation_id, person_id=actor.practitioner_id
    ).select_related("conversation")
    return _seat(member)


async def open_by_subject(actor: Actor, subject: str) -> Seat:
    """Open by what it is about. Raises NotFound."""
    member = await Member.get_or_none(
        conversation__subject=subject, person_id=actor.practitioner_id
    ).select_related("conversation")
    return _seat(member)


def _seat(member: Member | None) -> Seat:
    if member is None:
        raise NotFound("not_found", "没有找到这个聊天,或者您不在其中。")
    return Seat(member.conversation, member)
