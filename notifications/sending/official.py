"""The official account's template messages as a channel: to those who follow it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from core import db
from core.errors import Problem
from notifications.models import Attempt, Channel
from notifications.rendering import texts
from notifications.sending.batch import Due, Parcel, page_of
from wechat.bindings import WeChat
from wechat.errors import NotFollowing, UnknownUser
from wechat.official import followers
from wechat.templates import Catalogue

REMEMBERS: Final = timedelta(minutes=8)
"""WeChat knows a client_msg_id for ten minutes; two of them are for sending it again."""
ALL: Final = "official"
"""WeChat's word names no template: of one account one message is under way."""
FOLLOWING: Final = """
SELECT account.id, follower.openid FROM people_resident_account AS account
JOIN {asked} ON account.id = asked.id
JOIN wechat_follower AS follower ON follower.unionid = account.unionid
WHERE follower.follows
"""


class OfficialChannel:
    """Carries by `template/send`. Our number for a message is the communication's own."""

    channel = Channel.OFFICIAL
    taken = "accept"
    remembers = REMEMBERS

    def __init__(self, wechat: WeChat) -> None:
        self._wechat = wechat

    async def prepare(self, rows: Sequence[Due]) -> Mapping[UUID, Parcel | str]:
        """Whoever follows, as far as we know, and has a template."""
        official = self._wechat.configuration.official
        if official is None:
            return {row.id: "wechat_official_off" for row in rows}
        openids = await _openids(rows)
        found: dict[UUID, Parcel | str] = {}
        for row in rows:
            openid = openids.get(row.recipient_id)
            found[row.id] = (
                _parcel(row, openid, official.templates) if openid else "wechat_not_following"
            )
        return found

    async def send(self, parcel: Parcel) -> str:
        """WeChat's name for the message. Who does not follow is not tried again."""
        template_id, number, values = parcel.content
        try:
            return await self._wechat.official_api.send(
                parcel.to, template_id, values, number=number, page=parcel.page
            )
        except (NotFollowing, UnknownUser) as problem:
            await followers.gone(parcel.to)
            raise _not_following(problem) from None

    async def unsent(self, parcel: Parcel) -> None:
        """Nothing was used up."""

    async def never_sent(self, attempt: Attempt) -> None:
        """Nothing was used up."""


def _not_following(problem: Problem) -> Problem:
    return NotFollowing("wechat_not_following", problem.detail)


async def _openids(rows: Sequence[Due]) -> dict[UUID, str]:
    asked = [{"id": one} for one in {row.recipient_id for row in rows}]
    query = FOLLOWING.format(asked=db.asked(id="uuid"))
    return {db.as_id(row["id"]): row["openid"] for row in await db.fetch(query, db.listed(asked))}


def _parcel(row: Due, openid: str, granted: Catalogue) -> Parcel | str:
    name = row.topic.official or row.name
    template, text = granted.topics.get(name), texts().official.get(name)
    if template is None or text is None:
        return "wechat_no_template"
    values = template.values(text.render(row.filled()))
    content = (template.id, row.id.hex, values)
    return Parcel(template_id=ALL, to=openid, content=content, page=page_of(row))
