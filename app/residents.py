"""What residents' accounts need from outside: who checks names, who sends text messages."""

from aiohttp import web

from app.settings import Settings
from core.doors import public
from people import sms
from people.residents import identity, policy

SMS_INBOX = "/sandbox/sms/messages"
_INBOX = web.AppKey("sms_inbox", sms.Sandbox)


def configure(settings: Settings) -> None:
    """Set the process up. Outside the demo nobody is connected yet: the desk proves people."""
    policy.configure(settings.residents())
    identity.configure(identity.Sandbox() if settings.demo else identity.Desk())
    sms.configure(_sandbox(settings) if settings.demo else sms.Off())


def mount_sandbox(app: web.Application, settings: Settings) -> None:
    """The demo's telephone: what arrived at a number."""
    app[_INBOX] = _sandbox(settings)
    app.router.add_get(SMS_INBOX, read_inbox, name="sandbox_sms")


@public
async def read_inbox(request: web.Request) -> web.Response:
    """Messages at `?phone=`, newest first. Exists only in the demo."""
    found = await request.app[_INBOX].inbox(request.query.get("phone", ""))
    items = [{"phone": one.phone, "text": one.text, "at": one.at} for one in found]
    return web.json_response({"items": items})


def _sandbox(settings: Settings) -> sms.Sandbox:
    return sms.Sandbox(settings.data_dir.resolve() / "sms-sandbox")
