"""What is heard of messages afterwards: from the channel, and from those who read them."""

from collections.abc import Collection
from typing import Final
from uuid import UUID, uuid4

import structlog

from core import clock, db
from core.errors import Conflict, Unavailable
from core.states import advance
from notifications.models import Attempt, Channel, Communication, Heard, Receipt
from notifications.sending.waking import wake
from notifications.states import COMMUNICATION, DELIVERY, IN_FLIGHT, Delivery, Stage
from notifications.topics import topic
from notifications.words import INBOX
from people.residents.models import ResidentAccount
from wechat.bindings import Told

log = structlog.get_logger(__name__)

FOLLOWERS: Final = f"""
SELECT attempt.id FROM notifications_attempt AS attempt
JOIN people_resident_account AS account ON account.id = attempt.account_id
JOIN wechat_follower AS follower ON follower.unionid = account.unionid
WHERE attempt.channel = '{Channel.OFFICIAL.value}' AND attempt.status IN ('sending', 'unsure')
  AND attempt.template_id <> ''
  AND follower.openid = $1 LIMIT 1
"""  # noqa: S608  (the channel is our own enumeration)


async def heard_from_wechat(told: Told) -> None:
    """WeChat tells the end of a message; a repeat changes nothing.

    It is found by its name, or, when the process that sent it died before it learnt the name, as
    the only one of its template under way to this account.
    """
    account = await ResidentAccount.get_or_none(openid=told.openid).only("id")
    if account is None:
        return
    async with db.atomic():
        attempt = await _attempt(account.id, told)
        if attempt is not None:
            code = str(told.error) if told.error else ""
            await heard(attempt, failed=code, message_id=told.message_id)


async def heard_from_official(told: Told) -> None:
    """The same of a template message, to one who may have left the account meanwhile.

    Raises Unavailable for a failure that comes before the sender has written down that WeChat took
    the message: WeChat repeats what is not taken.
    """
    async with db.atomic():
        official = Attempt.filter(channel=Channel.OFFICIAL)
        named = official.filter(message_id=told.message_id)
        attempt = await named.first()
        if attempt is None and (found := await db.fetch(FOLLOWERS, told.openid)):
            attempt = await official.get(id=db.as_id(found[0]["id"]))
        attempt = attempt or await named.first()  # its sender has just written the name down
        if attempt is not None:
            if told.error and attempt.status is Delivery.SENDING:
                raise Unavailable("too_early", "消息还在发送,请稍后再告诉我们。")
            code = str(told.error) if told.error else ""
            await heard(attempt, failed=code, message_id=told.message_id)


async def _attempt(account_id: UUID, told: Told) -> Attempt | None:
    mine = Attempt.filter(channel=Channel.WECHAT, account_id=account_id)
    named = await mine.filter(message_id=told.message_id).first()
    if named is not None:
        return named
    open_ = await mine.filter(template_id=told.template_id, status__in=IN_FLIGHT).first()
    return open_ or await mine.filter(message_id=told.message_id).first()  # just written down


async def heard(attempt: Attempt, *, failed: str = "", message_id: str = "") -> None:
    """The channel's word about an attempt: it arrived, or `failed` with this code."""
    kind = Heard.FAILED if failed else Heard.DELIVERED
    row = await Communication.get(id=attempt.communication_id)
    if not await note(row, attempt.channel, kind, failed):
        return
    try:
        if attempt.status in IN_FLIGHT:
            action = "refuse" if failed and attempt.status is Delivery.UNSURE else "accept"
            await advance(attempt, DELIVERY, action, message_id=message_id, code=failed)
        elif failed and attempt.status is Delivery.SENT:
            await advance(attempt, DELIVERY, "refuse", code=failed)
        await _follow(row, bool(failed))
    except Conflict:  # the sender was faster, and knows as much
        return


async def _follow(row: Communication, failed: bool) -> None:
    """Unsure ones are sure now; one that did not arrive goes on to the next channel."""
    if row.status is Stage.UNSURE and not failed:
        await advance(row, COMMUNICATION, "confirm")
    elif failed and row.status in (Stage.SENT, Stage.UNSURE):
        then = topic(row.topic).after(row.channel)
        if then is None:
            log.warning("message_bounced", channel=row.channel)
            return
        action = "bounce" if row.status is Stage.SENT else "deny"
        moment = clock.now()
        await advance(row, COMMUNICATION, action, channel=then, next_at=moment, tries=0)
        wake()


async def read(account_id: UUID, ids: Collection[UUID]) -> int:
    """The account has these before its eyes; how many were new. Others' are left alone."""
    async with db.atomic():
        new = Communication.filter(recipient_id=account_id, id__in=list(ids), read_at=None)
        found = [db.as_id(one) for one in await new.values_list("id", flat=True)]
        await new.update(read_at=clock.now())
        await _once(found, INBOX, Heard.READ)
    return len(found)


async def tapped(account_id: UUID, id: UUID) -> None:
    """The account came by this message's own link. Nothing is written of others' messages, or of
    one that WeChat never had."""
    mine = Attempt.filter(communication_id=id, communication__recipient_id=account_id)
    linked = mine.filter(channel__in=[Channel.WECHAT, Channel.OFFICIAL])
    taken = (Delivery.SENT, *IN_FLIGHT, Delivery.GIVEN_UP)
    attempt = await linked.filter(status__in=taken).order_by("-at").first()
    if attempt is not None:
        await _once([id], attempt.channel, Heard.TAPPED)


async def _once(ids: Collection[UUID], channel: str, kind: Heard) -> None:
    moment = clock.now()
    rows = [
        Receipt(id=uuid4(), communication_id=id, channel=channel, kind=kind, at=moment)
        for id in ids
    ]
    if rows:
        await Receipt.bulk_create(rows, ignore_conflicts=True)


async def note(row: Communication, channel: str, kind: Heard, code: str = "") -> bool:
    """Write the receipt down; False when it was there."""
    _, new = await Receipt.get_or_create(
        communication_id=row.id,
        channel=channel,
        kind=kind,
        defaults={"id": uuid4(), "code": code[:60], "at": clock.now()},
    )
    return new
