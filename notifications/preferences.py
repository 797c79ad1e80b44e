"""What residents do not want to be told by which channel. The inbox holds it in any case."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID, uuid4

from core import clock, db
from core.audit import audit
from core.errors import Conflict
from notifications.models import Channel, Preference, RecipientKind
from notifications.policy import params
from notifications.sending.batch import Due
from notifications.topics import REQUIRED, Group, topics
from people.residents.actor import Resident
from people.residents.models import ResidentAccount
from wechat.official import followers

MUST: Final = "法律要求告诉您的,不能关。"
OFF: Final = """
SELECT mine.account_id, mine."group" FROM notifications_preference AS mine
JOIN {asked} ON mine.account_id = asked.id WHERE mine.channel = $2
"""


async def switched_off(account_id: UUID) -> set[tuple[Group, Channel]]:
    """What this account has switched off."""
    rows = await Preference.filter(account_id=account_id)
    return {(Group(row.group), row.channel) for row in rows}


def channels_of(group: Group, without: Collection[Channel] = ()) -> tuple[Channel, ...]:
    """The channels any topic of this group is told by in this house, in its order."""
    used = {channel for one in topics().values() if one.group is group for channel in one.channels}
    used -= {*params().closed, *without}
    return tuple(channel for channel in Channel if channel in used)


async def out_of_reach(account_id: UUID) -> frozenset[Channel]:
    """Channels there is nothing to switch of: who does not follow the official account."""
    account = await ResidentAccount.get(id=account_id)
    unionid = account.unionid
    follows = bool(unionid) and bool(await followers.openids([str(unionid)]))
    return frozenset() if follows else frozenset({Channel.OFFICIAL})


async def switch(resident: Resident, group: Group, channel: Channel, *, on: bool) -> None:
    """Switch a channel on or off for a group; a repeat changes nothing.

    Raises Conflict `required_by_law` for what one has a right to know (个人信息保护法 art. 44).
    """
    if not on and group in REQUIRED:
        raise Conflict("required_by_law", MUST)
    async with db.atomic():
        if on:
            mine = Preference.filter(account_id=resident.account_id, channel=channel)
            await mine.filter(group=group.value).delete()
        else:
            await Preference.get_or_create(
                account_id=resident.account_id,
                group=group.value,
                channel=channel,
                defaults={"id": uuid4(), "at": clock.now()},
            )
        word = "on" if on else "off"
        subject = f"Preference/{group.value}/{channel.value}"
        await audit(resident, f"resident.messages_{word}", subject)


async def unwanted(rows: Sequence[Due], channel: Channel) -> set[UUID]:
    """Of a batch, those whose recipients have switched this channel off."""
    accounts = {one.recipient_id for one in rows if one.recipient_kind is RecipientKind.ACCOUNT}
    query = OFF.format(asked=db.asked(id="uuid"))
    asked = [{"id": str(one)} for one in accounts]
    found = await db.fetch(query, db.listed(asked), channel.value) if asked else []
    off = {(db.as_key(one["account_id"]), one["group"]) for one in found}
    if not off:
        return set()
    return {
        row.id
        for row in rows
        if (row.recipient_id, row.topic.group.value) in off and row.topic.group not in REQUIRED
    }
