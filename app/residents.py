"""What residents' accounts need from outside: who checks names, who sends, what is still open."""

import importlib
from typing import Any, Final

from aiohttp import web

from app.settings import Settings, SettingsError
from booking.models import Appointment, WaitingWish
from booking.states import LIVE, Wish
from core.doors import public
from payments.models import Payment, Refund
from payments.states import RETURNED, Status
from people import sms
from people.residents import accounts, identity, policy
from people.residents.actor import Resident
from pharmacy.orders.models import MedicationOrder
from pharmacy.orders.states import KEEPS_STOCK

SMS_INBOX: Final = "/sandbox/sms/messages"
_INBOX: Final = web.AppKey("sms_inbox", sms.Sandbox)


def configure(settings: Settings) -> None:
    """Set the process up: the operator's adapters, the demo's sandboxes, or the desk alone.

    Raises SettingsError for an adapter that cannot be loaded.
    """
    policy.configure(settings.residents())
    identity.configure(_real_name(settings))
    sms.configure(_sms(settings))
    accounts.CLOSING_CHECKS[:] = [open_appointments, open_drugs, open_money]


def _real_name(settings: Settings) -> identity.RealName:
    if settings.real_name_adapter:
        checker: identity.RealName = _adapter("REAL_NAME_ADAPTER", settings.real_name_adapter)
        return checker
    return identity.Sandbox() if settings.demo else identity.Desk()


def _sms(settings: Settings) -> sms.Sms:
    if settings.sms_adapter:
        sender: sms.Sms = _adapter("SMS_ADAPTER", settings.sms_adapter)
        return sender
    return _sandbox(settings) if settings.demo else sms.Off()


def _adapter(setting: str, name: str) -> Any:
    """What `module:factory` makes, called without arguments: it reads its own settings."""
    module, _, factory = name.partition(":")
    try:
        return getattr(importlib.import_module(module), factory)()
    except Exception as problem:
        raise SettingsError(f"{setting}: {name} cannot be loaded: {problem}") from problem


async def open_appointments(resident: Resident) -> str:
    """Whether this account has made appointments that are still to come."""
    mine = Appointment.filter(made_by=resident.account_id, status__in=LIVE)
    wishes = WaitingWish.filter(
        made_by=resident.account_id, status__in=(Wish.WAITING, Wish.OFFERED)
    )
    if await mine.exists() or await wishes.exists():
        return "还有没看的预约或候补,请先取消或看完。"
    return ""


async def open_drugs(resident: Resident) -> str:
    """Whether drugs this account has ordered are still to be fetched."""
    mine = MedicationOrder.filter(account_id=resident.account_id, status__in=list(KEEPS_STOCK))
    return "还有没取的药,请先取药或取消。" if await mine.exists() else ""


async def open_money(resident: Resident) -> str:
    """Whether money of this account is on its way, one way or the other."""
    orders = Payment.filter(account_id=resident.account_id)
    back = Refund.filter(payment__account_id=resident.account_id).exclude(status__in=RETURNED)
    if await orders.filter(status=Status.ORDERED).exists() or await back.exists():
        return "还有没付完或没退完的钱,请等办完再注销。"
    return ""


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
