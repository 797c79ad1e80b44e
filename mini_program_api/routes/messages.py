"""The inbox, and WeChat reminders: what may be asked for, and what the resident answered."""

from aiohttp import web

from core.doors import residents
from core.etags import revalidated
from core.http import answers, endpoint, path_id
from mini_program_api import paging
from mini_program_api.border import BASE
from mini_program_api.schemas.common import PageQuery
from mini_program_api.schemas.messages import (
    CommunicationOut,
    Communications,
    ReadIn,
    SubscriptionOut,
    Subscriptions,
    SubscriptionsIn,
    UnreadOut,
)
from notifications import queries, receipts
from people.residents.actor import resident_of
from wechat import credits, messages
from wechat.bindings import WECHAT
from wechat.credits import Answer

routes = web.RouteTableDef()


@routes.get(f"{BASE}/communications", name="mp_communications")
@residents
@revalidated
@endpoint
async def communications(request: web.Request, *, query: PageQuery) -> Communications:
    """The inbox: what the house told this account, the newest first."""
    account_id = resident_of(request).account_id
    unread = await queries.unread(account_id)  # first: what is counted is in the list
    rows = await queries.inbox(
        account_id,
        before=paging.after("communications", query.cursor),
        limit=query.limit + 1,
    )
    more, rows = len(rows) > query.limit, rows[: query.limit]
    last = rows[-1] if more else None
    return Communications(
        items=[
            CommunicationOut(
                id=row.id,
                topic=row.topic,
                title=row.title,
                text=row.text,
                patient_id=row.patient_id,
                page=row.page,
                created_at=row.due_at,
                read_at=row.read_at,
            )
            for row in rows
        ],
        next_cursor=paging.encode("communications", last.due_at.isoformat(), str(last.id))
        if last
        else None,
        unread=unread,
    )


@routes.post(f"{BASE}/communications/receipts", name="mp_read_communications")
@residents
@endpoint
async def read(request: web.Request, *, body: ReadIn) -> UnreadOut:
    """These were read. Ids of others are left alone."""
    account_id = resident_of(request).account_id
    await receipts.read(account_id, body.ids)
    return UnreadOut(unread=await queries.unread(account_id))


@routes.post(f"{BASE}/communications/{{id}}/tap", name="mp_tap_communication")
@residents
@endpoint
async def tap(request: web.Request) -> UnreadOut:
    """A WeChat message was tapped: its page was opened with `m`, which is this id.

    Ids of others are answered alike and left alone.
    """
    account_id = resident_of(request).account_id
    await receipts.tapped(account_id, path_id(request))
    return UnreadOut(unread=await queries.unread(account_id))


@routes.get(f"{BASE}/subscriptions", name="mp_subscriptions")
@residents
@endpoint
async def subscriptions(request: web.Request) -> Subscriptions:
    """The reminders that WeChat may ask about, and how many are agreed to."""
    return await _subscriptions(request)


@routes.post(f"{BASE}/subscriptions", name="mp_subscribe")
@residents
@answers(503)
@endpoint
async def subscribe(request: web.Request, *, body: SubscriptionsIn) -> Subscriptions:
    """Keep what was answered to `wx.requestSubscribeMessage`. Unknown templates are left out."""
    wechat = request.app[WECHAT]
    known = {template.id for template in wechat.configuration.templates.topics.values()}
    given = {one.template_id: Answer(one.answer) for one in body.answers}
    await messages.agreed(
        wechat,
        resident_of(request).openid,
        {template_id: answer for template_id, answer in given.items() if template_id in known},
    )
    return await _subscriptions(request)


async def _subscriptions(request: web.Request) -> Subscriptions:
    left = await credits.left(resident_of(request).openid)
    topics = request.app[WECHAT].configuration.templates.topics
    return Subscriptions(
        items=[
            SubscriptionOut(
                topic=topic,
                template_id=template.id,
                long_term=template.long_term,
                left=left.get(template.id, 0),
            )
            for topic, template in topics.items()
        ]
    )
