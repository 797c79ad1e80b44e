"""Build the web application from its packages and bind what they need from outside."""

from collections.abc import AsyncIterator
from typing import Final

from aiohttp import web

import chat.live
import payments.routes
from app import (
    fhir_encounters,
    money,
    navigation,
    reactions,
    readiness,
    routes,
    sockets,
    team_leads,
    team_talk,
    visit_offers,
    whose,
)
from app.caretaking import caretaker, running
from app.configuring import configure
from app.packages import APPS
from app.settings import SETTINGS, Settings
from booking.routes import signs
from care.encounter import kept as visit_places
from care.encounter.routes import guests as visit_guests
from care.fhir import bindings as fhir
from care.fhir import resources as fhir_resources
from care.fhir.outcomes import speaks_fhir
from care.teleconsultation.bindings import BINDINGS, Bindings
from care.teleconsultation.fees import OWN as PUBLISHED
from care.teleconsultation.fees import FeeTable
from care.teleconsultation.listening import may_watch_recordings
from chat import access as conversations
from core import assets, blobs, csrf, db, live, observability, pages
from core import limits as counting
from core.outbox import Dispatcher
from devices.routes import machine as device_messages
from family_doctor.contracts import paying as contract_money
from family_doctor.leads.seams import OUTCOMES, TIMES
from family_doctor.talks.seams import INBOX
from mini_program_api import border, h5, limits
from mini_program_api.bindings import CASHIER, Cashier
from notifications import receipts
from notifications.education.routes import public as sharing
from notifications.rendering import check_granted
from notifications.sending.official import OfficialChannel
from notifications.sending.phone import PhoneChannel
from notifications.sending.sender import Sender
from notifications.sending.sms import SmsChannel
from notifications.sending.wechat import WechatChannel
from notifications.sms.gateway import HttpGateway
from notifications.sms.routes import GATEWAY
from people import sessions
from people.partners.models import Scope as Partners
from pharmacy.delivery.gateway import COURIER, Dispatch
from pharmacy.delivery.gateway import running as courier_running
from pharmacy.orders import paying as drug_money
from rtc import access as rooms
from rtc import switchboard
from wechat.bindings import HEARING, OFFICIAL_HEARING, WECHAT, WeChat
from wechat.bindings import running as wechat_running
from wechat.official import followers

DISPATCHER: Final = web.AppKey("dispatcher", Dispatcher)
SENDER: Final = web.AppKey("sender", Sender)

TEMPLATES: Final = [
    "app",
    "core",
    "people",
    "payments",
    "care",
    "rtc",
    "chat",
    "booking",
    "pharmacy",
    "family_doctor",
    "devices",
    "notifications",
    "mini_program_api",
]


def create_app(settings: Settings) -> web.Application:
    """The whole application, not yet started."""
    configure(settings)
    app = web.Application(
        middlewares=[
            observability.observe,
            pages.problems,
            speaks_fhir,
            border.guard,
            csrf.guard(sessions.COOKIE),
            sessions.middleware,
            border.count,
        ],
        client_max_size=4 * blobs.MAX_BYTES,
    )
    app.on_response_prepare.append(pages.headers)
    app[SETTINGS] = settings
    _bind(app, settings)
    routes.add(app, settings)
    pages.set_up(app, TEMPLATES)
    app[pages.PROVIDERS].append(navigation.provide)
    _open_rooms(app, settings)
    sockets.register(app)
    app.cleanup_ctx.extend(
        [
            _database,
            wechat_running,
            courier_running,
            limits.running,
            fhir.running,
            device_messages.running,
            switchboard.running,
            chat.live.running,
            team_talk.listening,
            _dispatcher,
            _sender,
            _followers,
            caretaker,
            sockets.watching,
        ]
    )
    return app


def create_worker(settings: Settings) -> web.Application:
    """The same house without doors: it only delivers events and keeps things tidy."""
    configure(settings)
    app = web.Application()
    app[SETTINGS] = settings
    _bind(app, settings)
    app.cleanup_ctx.extend(
        [_database, wechat_running, courier_running, _dispatcher, _sender, _followers, caretaker]
    )
    return app


def _bind(app: web.Application, settings: Settings) -> None:
    app[assets.ASSETS] = assets.Assets()
    app[h5.DEMO] = settings.demo
    app[sharing.ADDRESS] = settings.base_url.rstrip("/")
    app[visit_guests.ADDRESS] = lambda: settings.base_url.rstrip("/")
    app[visit_places.PLACES] = visit_offers.kept_places
    app[INBOX] = team_talk.inbox
    app[OUTCOMES] = team_leads.outcomes
    app[TIMES] = team_leads.times
    app[signs.ADDRESS] = lambda: settings.base_url.rstrip("/")
    app[blobs.STORE] = blobs.Store(settings.data_dir / "blobs")
    app[live.SOCKETS] = live.server(settings.redis_url)
    app[live.HINT] = live.hinter(app[live.SOCKETS])
    live.attach(app, app[live.SOCKETS])
    app[pages.LOGIN] = "/login"
    app[pages.RESIDENTS] = {"/read/": sharing.LOST}
    app[WECHAT] = WeChat(settings.wechat)
    app[HEARING] = receipts.heard_from_wechat
    app[OFFICIAL_HEARING] = receipts.heard_from_official
    if (gateway := settings.sms_gateway()) is not None:
        app[GATEWAY] = gateway
    app[COURIER] = Dispatch(settings.courier)
    app[limits.LIMITER] = limits.Limiter(settings.api(), settings.redis_url)
    fhir_resources.bring(Partners.ENCOUNTER, fhir_encounters.SEEN)
    app[fhir.INTERFACE] = fhir.Interface(
        lambda: settings.base_url,
        counting.Counter("doorstep-fhir", settings.redis_url),
        settings.partner_calls_per_minute,
    )
    app[device_messages.COUNTER] = counting.Counter("doorstep-devices", settings.redis_url)
    app[CASHIER] = Cashier(money.subject_of, money.payment_of)
    app[payments.routes.books.SUBJECTS] = _page_of
    app[BINDINGS] = Bindings(
        fees=FeeTable.read(settings.consultation_fees or PUBLISHED),
    )
    app[observability.METRICS_TOKEN] = settings.metrics_token
    app[observability.PROXIES] = frozenset(filter(None, settings.trusted_proxies.split(",")))
    app[observability.CHECKS] = readiness.checks(app, settings.redis_url)


def _page_of(subject: str) -> str:
    """Where staff see what a payment was for."""
    pages_of = (money.page_of, drug_money.page_of, contract_money.page_of)
    return next((page for page_of in pages_of if (page := page_of(subject))), "")


def _open_rooms(app: web.Application, settings: Settings) -> None:
    """Consult rooms: this process's way to browsers and to the media nodes."""
    board = switchboard.Switchboard(
        app[live.SOCKETS],
        switchboard.Plan(
            nodes=_list(settings.media_nodes),
            secret=settings.control_secret(),
            relays=settings.relays(),
            recordings=settings.data_dir.resolve() / "recordings",
        ),
    )
    app[switchboard.SWITCHBOARD] = board
    app[rooms.MAY_WATCH] = may_watch_recordings
    app[rooms.ABOUT] = whose.of_room
    app[conversations.ABOUT] = whose.of_subject


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


async def _database(app: web.Application) -> AsyncIterator[None]:
    await db.connect(app[SETTINGS].database_url, APPS)
    yield
    await db.close()


async def _dispatcher(app: web.Application) -> AsyncIterator[None]:
    dispatcher = Dispatcher(reactions.bind(app))
    app[DISPATCHER] = dispatcher
    async with running(dispatcher.run()):
        yield


async def _sender(app: web.Application) -> AsyncIterator[None]:
    configured = app[SETTINGS].wechat()
    check_granted(configured.templates)
    if configured.official is not None:
        check_granted(configured.official.templates, official=True)
    gateway = app.get(GATEWAY)
    texts = HttpGateway(gateway) if gateway else None
    wechat = app[WECHAT]
    sender = Sender(
        [WechatChannel(wechat), OfficialChannel(wechat), SmsChannel(texts), PhoneChannel()]
    )
    app[SENDER] = sender
    async with running(sender.run()):
        yield
    if texts is not None:
        await texts.close()


async def _followers(app: web.Application) -> AsyncIterator[None]:
    """Ask WeChat who follows the official account, where there is one."""
    if app[SETTINGS].wechat().official is None:
        yield
        return
    async with running(followers.keep_asking(lambda: app[WECHAT].official_api)):
        yield
