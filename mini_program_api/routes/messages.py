"""WeChat reminders: what may be asked for, and what the resident answered."""

from aiohttp import web

from core.doors import residents
from core.http import answers, endpoint
from mini_program_api.border import BASE
from mini_program_api.schemas.messages import SubscriptionOut, Subscriptions, SubscriptionsIn
from people.residents.actor import resident_of
from wechat import credits, messages
from wechat.bindings import WECHAT
from wechat.credits import Answer

routes = web.RouteTableDef()


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
