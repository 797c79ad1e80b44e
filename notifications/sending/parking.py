"""What no channel took because of a mistake of the house's is set aside, to be sent again.

It lies in the inbox meanwhile, as everything does. `notifications.health` sends it again.
"""

from collections.abc import Sequence
from uuid import UUID

from core.states import after
from notifications.models import Attempt, Channel
from notifications.sending.batch import Mark
from notifications.sending.mending import Tried, channel_to_mend
from notifications.states import COMMUNICATION, Delivery, Stage


async def park(channel: Channel, ended: Sequence[tuple[Mark, Delivery, str]]) -> None:
    """Of marks for which no channel is left after this attempt, those worth another try."""
    exhausted = {mark.row.id: mark for mark, _, _ in ended if mark.status is Stage.INBOX}
    if not exhausted:
        return
    told: dict[UUID, list[Tried]] = {
        mark.row.id: [Tried(channel.value, status, code)] for mark, status, code in ended
    }
    earlier = Attempt.filter(communication_id__in=list(exhausted))
    earlier = earlier.exclude(channel=channel, status=Delivery.SENDING)  # the one that just ended
    for row in await earlier.only("communication_id", "channel", "status", "code"):
        told[row.communication_id].append(Tried(row.channel.value, row.status, row.code))
    for id, mark in exhausted.items():
        found = channel_to_mend(mark.row.topic.channels, told[id])
        if found is not None:
            mark.status = after(COMMUNICATION, Stage.SENDING, "park")
            mark.channel = Channel(found)
