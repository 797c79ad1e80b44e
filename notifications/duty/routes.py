"""值班电话: one's own number for what cannot wait for a screen, proven by a code."""

from typing import Annotated, Any, Final

from aiohttp import web
from pydantic import StringConstraints

from core import pages
from core.doors import ANY_STAFF, allow
from core.errors import TooMany, Unavailable
from core.forms import ABOVE, Form, blank, filled
from core.http import Schema
from notifications.duty import service
from people.actor import actor_of
from people.masking import mask_phone

routes = web.RouteTableDef()

PAGE: Final = "/duty-phone"
SENT: Final = pages.notice("duty-code-sent", "验证码已发出,请填短信里的 6 位数字。")
PROVEN: Final = pages.notice("duty-phone-proven", "值班电话登记好了。")
FORGOTTEN: Final = pages.notice("duty-phone-forgotten", "值班电话已删除,不再发短信给您。")
QUIET: Final = pages.notice("duty-only-alerts", "现在只发危急值和急危会诊。")
ALL: Final = pages.notice("duty-everything", "现在什么都发。")
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]


class Number(Schema):
    """A mobile number, as people write it."""

    phone: Text


class Code(Schema):
    """Six digits."""

    code: Text


@routes.get(PAGE, name="duty_phone")
@allow(ANY_STAFF)
async def show(request: web.Request) -> web.StreamResponse:
    """One's own number, and what comes to it."""
    return await _page(request, blank())


async def _page(request: web.Request, form: Form[Any]) -> web.Response:
    row = await service.mine(actor_of(request))
    return await pages.render(
        request,
        "notifications/duty_phone.html",
        status=form.status,
        title="值班电话",
        form=form,
        row=row,
        phone=mask_phone(row.phone) if row and row.phone else "",
        asked=mask_phone(row.asked_phone) if row and row.asked_phone else "",
    )


@routes.post(PAGE, name="ask_duty_phone")
@allow(ANY_STAFF)
@filled(Number, again=_page, refusals={TooMany: ABOVE, Unavailable: ABOVE})
async def ask(request: web.Request, entry: Number) -> web.StreamResponse:
    """Send a code there."""
    await service.ask(actor_of(request), entry.phone)
    raise pages.see_other(PAGE, say=SENT)


@routes.post(f"{PAGE}/code", name="prove_duty_phone")
@allow(ANY_STAFF)
@filled(Code, again=_page)
async def prove(request: web.Request, entry: Code) -> web.StreamResponse:
    """The code that arrived."""
    await service.prove(actor_of(request), entry.code)
    raise pages.see_other(PAGE, say=PROVEN)


@routes.post(f"{PAGE}/only-alerts", name="duty_only_alerts")
@allow(ANY_STAFF)
async def only_alerts(request: web.Request) -> web.StreamResponse:
    """Off duty: nothing but alerts."""
    await service.only_alerts(actor_of(request), True)
    raise pages.see_other(PAGE, say=QUIET)


@routes.post(f"{PAGE}/everything", name="duty_everything")
@allow(ANY_STAFF)
async def everything(request: web.Request) -> web.StreamResponse:
    """Back on duty."""
    await service.only_alerts(actor_of(request), False)
    raise pages.see_other(PAGE, say=ALL)


@routes.post(f"{PAGE}/removal", name="forget_duty_phone")
@allow(ANY_STAFF)
async def forget(request: web.Request) -> web.StreamResponse:
    """Keep no number."""
    await service.forget(actor_of(request))
    raise pages.see_other(PAGE, say=FORGOTTEN)
