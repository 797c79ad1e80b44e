"""WeChat's subscribe messages as a channel: within what the resident agreed to."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from core import db
from notifications.models import Attempt, Channel
from notifications.rendering import texts
from notifications.sending.batch import ONE_AT_A_TIME, Due, Parcel, page_of
from people.residents.models import ResidentAccount
from wechat import credits
from wechat.bindings import WeChat
from wechat.templates import Catalogue

log = structlog.get_logger(__name__)

OPENIDS: Final = """
SELECT account.id, account.openid FROM people_resident_account AS account
JOIN {asked} ON account.id = asked.id WHERE account.openid IS NOT NULL
"""


class WechatChannel:
    """Carries by `subscribeMessage.send`."""

    channel = Channel.WECHAT
    taken = "accept"
    remembers = timedelta()  # WeChat knows no number of ours here

    def __init__(self, wechat: WeChat) -> None:
        self._wechat = wechat

    async def prepare(self, rows: Sequence[Due]) -> Mapping[UUID, Parcel | str]:
        """Whoever has an account, a template and an agreement left, which is used up with it."""
        openids = await _openids(rows)
        granted = self._wechat.configuration.templates
        found: dict[UUID, Parcel | str] = {}
        for row in rows:
            openid = openids.get(row.recipient_id)
            found[row.id] = _parcel(row, openid, granted) if openid else "account_closed"
        await _take(found)
        return found

    async def send(self, parcel: Parcel) -> str:
        """WeChat's name for the message."""
        return await credits.send(
            self._wechat.api, parcel.to, parcel.template_id, parcel.content, page=parcel.page
        )

    async def unsent(self, parcel: Parcel) -> None:
        """The agreement is still there."""
        await credits.give_back(parcel.to, parcel.template_id)

    async def never_sent(self, attempt: Attempt) -> None:
        """As `unsent`."""
        account = await ResidentAccount.get_or_none(id=attempt.account_id)
        if account is not None and account.openid:
            await credits.give_back(account.openid, attempt.template_id)


async def _openids(rows: Sequence[Due]) -> dict[UUID, str]:
    asked = [{"id": str(one)} for one in {row.recipient_id for row in rows}]
    query = OPENIDS.format(asked=db.asked(id="uuid"))
    return {db.as_key(row["id"]): row["openid"] for row in await db.fetch(query, db.listed(asked))}


def _parcel(row: Due, openid: str, granted: Catalogue) -> Parcel | str:
    name = row.topic.wechat or row.name
    template, text = granted.topics.get(name), texts().wechat.get(name)
    if template is None or text is None:
        return "wechat_no_template"
    values = template.values(text.render(row.filled()))
    return Parcel(template_id=template.id, to=openid, content=values, page=page_of(row))


async def _take(found: dict[UUID, Parcel | str]) -> None:
    """Use up an agreement for each; of several alike the first has its turn now."""
    alike: dict[tuple[str, str], list[UUID]] = {}
    for id, parcel in found.items():
        if isinstance(parcel, Parcel):
            alike.setdefault((parcel.to, parcel.template_id), []).append(id)
    for ids, taken in zip(alike.values(), await credits.take_many(list(alike)), strict=True):
        others = ids[1:] if taken else ids
        found.update(dict.fromkeys(others, ONE_AT_A_TIME if taken else "wechat_no_credit"))
