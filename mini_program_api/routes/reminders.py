"""How somebody wants to be told."""

from aiohttp import web

from core.doors import residents
from core.errors import FieldError, Invalid
from core.http import answers, endpoint
from mini_program_api.border import BASE
from mini_program_api.schemas.reminders import (
    ChannelOut,
    ReminderGroupOut,
    ReminderGroups,
    ReminderIn,
)
from notifications import preferences
from notifications.models import Channel
from notifications.policy import params
from notifications.topics import REQUIRED, RESIDENTS, Group
from people.residents.actor import resident_of

routes = web.RouteTableDef()

UNKNOWN = "没有这一项,请刷新页面。"


@routes.get(f"{BASE}/me/reminders", name="mp_reminders")
@residents
@endpoint
async def reminders(request: web.Request) -> ReminderGroups:
    """Which channels are on for which kind of message. The inbox has everything.

    `official` is there for those who follow the official account.
    """
    return await _shown(request)


@routes.put(f"{BASE}/me/reminders", name="mp_set_reminder")
@residents
@answers(409)
@endpoint
async def set_reminder(request: web.Request, *, body: ReminderIn) -> ReminderGroups:
    """Switch one channel on or off for one kind; what the law wants told stays on."""
    try:
        group, channel = Group(body.group), Channel(body.channel)
        RESIDENTS.index(group)
    except ValueError:
        raise Invalid("reminder", UNKNOWN, errors=[FieldError("group", UNKNOWN)]) from None
    await preferences.switch(resident_of(request), group, channel, on=body.on)
    return await _shown(request)


async def _shown(request: web.Request) -> ReminderGroups:
    account_id = resident_of(request).account_id
    off = await preferences.switched_off(account_id)
    without = await preferences.out_of_reach(account_id)
    quiet = params().quiet
    return ReminderGroups(
        items=[
            ReminderGroupOut(
                group=group,
                required=group in REQUIRED,
                channels=[
                    ChannelOut(channel=channel, on=(group, channel) not in off) for channel in found
                ],
            )
            for group in RESIDENTS
            if (found := preferences.channels_of(group, without))
        ],
        quiet_from=f"{quiet.begins:%H:%M}",
        quiet_until=f"{quiet.ends:%H:%M}",
    )
