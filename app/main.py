"""Build the web application from its packages and bind what they need from outside."""

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import redis.asyncio
import structlog
from aiohttp import web

import booking.policy
import booking.routes
import chat.routes
import payments.routes
from app import faults, home, money, navigation, reactions, residents, sockets
from app.packages import APPS
from app.settings import SETTINGS, Settings
from booking import clockwork
from booking.routes import signs
from care.routes import ROUTES as CARE
from care.teleconsultation.bindings import BINDINGS, Bindings
from care.teleconsultation.fees import OWN as PUBLISHED
from care.teleconsultation.fees import FeeTable
from care.teleconsultation.listening import may_watch_recordings
from core import (
    assets,
    audit,
    blobs,
    crypto,
    csrf,
    db,
    gallery,
    idempotency,
    live,
    observability,
    pages,
)
from core.outbox import Dispatcher, name_of
from mini_program_api import border, h5, limits
from mini_program_api.bindings import CASHIER, Cashier
from mini_program_api.routes import ROUTES as RESIDENT_API
from payments import clockwork as cashier
from people import policy, sessions, throttle
from people.cards import service as cards
from people.residents import clockwork as bonds
from people.residents import sessions as resident_sessions
from people.routes import ROUTES as PEOPLE
from rtc import access as rooms
from rtc import routes as recordings
from rtc import switchboard
from rtc.quality import routes as line_quality
from rtc.quality import service as line_memory
from wechat import sandbox
from wechat.bindings import WECHAT, WeChat
from wechat.bindings import running as wechat_running
from wechat.routes import routes as wechat_pushes

log = structlog.get_logger(__name__)

DISPATCHER: Final = web.AppKey("dispatcher", Dispatcher)

TEMPLATES: Final = [
    "core",
    "people",
    "payments",
    "care",
    "rtc",
    "chat",
    "booking",
    "mini_program_api",
]
ROUTES: Final[list[web.RouteTableDef]] = [
    *PEOPLE,
    *CARE,
    recordings.routes,
    line_quality.routes,
    chat.routes.routes,
    *payments.routes.ROUTES,
    *booking.routes.ROUTES,
    *RESIDENT_API,
    wechat_pushes,
    h5.routes,
    home.routes,
]
SEAL_EVERY_S: Final = 2.0
TIDY_EVERY_S: Final = 3600.0
BONDS_EVERY_S: Final = 60.0
BOOKING_EVERY_S: Final = 2.0
PAYMENTS_EVERY_S: Final = 2.0


def create_app(settings: Settings) -> web.Application:
    """The whole application, not yet started."""
    crypto.configure(settings.keyring())
    policy.configure(settings.policy())
    booking.policy.configure(settings.booking())
    residents.configure(settings)
    app = web.Application(
        middlewares=[
            observability.observe,
            pages.headers,
            pages.problems,
            border.guard,
            csrf.guard(sessions.COOKIE),
            sessions.middleware,
            border.count,
        ],
        client_max_size=4 * blobs.MAX_BYTES,
    )
    app[SETTINGS] = settings
    _bind(app, settings)
    _add_routes(app, settings)
    pages.set_up(app, TEMPLATES)
    app[pages.PROVIDERS].append(navigation.provide)
    _open_rooms(app, settings)
    sockets.register(app)
    app.cleanup_ctx.extend(
        [
            _database,
            wechat_running,
            limits.running,
            switchboard.running,
            _dispatcher,
            _caretaker,
            sockets.watching,
        ]
    )
    return app


def create_worker(settings: Settings) -> web.Application:
    """The same house without doors: it only delivers events and keeps things tidy."""
    crypto.configure(settings.keyring())
    policy.configure(settings.policy())
    booking.policy.configure(settings.booking())
    residents.configure(settings)
    app = web.Application()
    app[SETTINGS] = settings
    _bind(app, settings)
    app.cleanup_ctx.extend([_database, wechat_running, _dispatcher, _caretaker])
    return app


def _bind(app: web.Application, settings: Settings) -> None:
    app[assets.ASSETS] = assets.Assets()
    app[h5.DEMO] = settings.demo
    app[signs.ADDRESS] = lambda: settings.base_url.rstrip("/")
    app[blobs.STORE] = blobs.Store(settings.data_dir / "blobs")
    app[live.SOCKETS] = live.server(settings.redis_url)
    app[live.HINT] = live.hinter(app[live.SOCKETS])
    live.attach(app, app[live.SOCKETS])
    app[pages.LOGIN] = "/login"
    app[WECHAT] = WeChat(settings.wechat)
    app[limits.LIMITER] = limits.Limiter(settings.api(), settings.redis_url)
    app[CASHIER] = Cashier(money.subject_of, money.payment_of)
    app[payments.routes.books.SUBJECTS] = money.page_of
    app[BINDINGS] = Bindings(
        instant_answer=timedelta(minutes=settings.instant_answer_minutes),
        fees=FeeTable.read(settings.consultation_fees or PUBLISHED),
    )
    app[observability.METRICS_TOKEN] = settings.metrics_token
    app[observability.PROXIES] = frozenset(filter(None, settings.trusted_proxies.split(",")))
    checks: dict[str, observability.Check] = {
        "database": db.ping,
        "redis": functools.partial(_ping_redis, settings.redis_url),
        "media": functools.partial(_media_answers, app),
    }
    app[observability.CHECKS] = checks


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


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _add_routes(app: web.Application, settings: Settings) -> None:
    app.router.add_get("/static/{version}/{path:.+}", assets.serve, name="static")
    app.router.add_get("/healthz", observability.healthz, name="healthz")
    app.router.add_get("/readyz", observability.readyz, name="readyz")
    app.router.add_get("/metrics", observability.metrics, name="metrics")
    for table in ROUTES:
        app.router.add_routes(table)
    if settings.demo:
        options = sandbox.Options(folder=settings.sandbox_dir())
        app.add_subapp(sandbox.PREFIX, sandbox.create(options, prefix=sandbox.PREFIX))
        residents.mount_sandbox(app, settings)
        app.router.add_post(faults.PATH, faults.strike, name="demo_faults")
        app.router.add_get("/design", gallery.show, name="design")
        app.router.add_get("/design/{sheet}", gallery.show, name="design_sheet")


async def _database(app: web.Application) -> AsyncIterator[None]:
    await db.connect(app[SETTINGS].database_url, APPS)
    yield
    await db.close()


async def _dispatcher(app: web.Application) -> AsyncIterator[None]:
    dispatcher = Dispatcher(reactions.bind(app))
    app[DISPATCHER] = dispatcher
    async with _running(dispatcher.run()):
        yield


async def _caretaker(app: web.Application) -> AsyncIterator[None]:
    """Seal the audit chain and forget what has had its day."""
    asked = functools.partial(money.may_expire, wechat=app[WECHAT])
    async with (
        _running(_every(SEAL_EVERY_S, audit.seal)),
        _running(_every(TIDY_EVERY_S, idempotency.forget_old)),
        _running(_every(TIDY_EVERY_S, throttle.forget_old)),
        _running(_every(TIDY_EVERY_S, cards.forget_old)),
        _running(_every(TIDY_EVERY_S, resident_sessions.forget_old)),
        _running(_every(BONDS_EVERY_S, bonds.tick)),
        _running(_every(TIDY_EVERY_S, functools.partial(_forget_lines, app[SETTINGS]))),
        _running(_every(PAYMENTS_EVERY_S, functools.partial(cashier.tick, app[WECHAT]))),
        _running(_every(BOOKING_EVERY_S, functools.partial(clockwork.tick, may_expire=asked))),
        _running(_every(TIDY_EVERY_S, clockwork.tend)),
    ):
        yield


async def _forget_lines(settings: Settings) -> None:
    await line_memory.forget_old(
        samples=timedelta(days=settings.quality_sample_days),
        calls=timedelta(days=settings.quality_call_days),
    )


class _running:  # noqa: N801  (reads as a word: `async with _running(...)`)
    """Run a coroutine beside the body and cancel it at the end."""

    def __init__(self, work: Any) -> None:
        self._work = work

    async def __aenter__(self) -> None:
        self._task = asyncio.ensure_future(self._work)

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


async def _every(seconds: float, work: Any) -> None:
    while True:
        try:
            await work()
        except Exception:
            log.exception("caretaker_failed", work=name_of(work))
        await asyncio.sleep(seconds)


async def _ping_redis(url: str | None) -> None:
    if not url:
        raise observability.Unused
    client = redis.asyncio.from_url(url, socket_timeout=2)
    try:
        await client.ping()
    finally:
        await client.aclose()


async def _media_answers(app: web.Application) -> None:
    board = app.get(switchboard.SWITCHBOARD)
    if board is None or not board.plan.nodes:
        raise observability.Unused
    await switchboard.ready(board)
