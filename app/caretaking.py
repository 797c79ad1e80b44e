"""What a process does by itself, now and then, beside answering."""

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

import structlog
from aiohttp import web

import chat.retention
from app import money, team_talk
from app.settings import SETTINGS, Settings
from booking import clockwork
from core import chain, idempotency
from core.outbox import name_of
from devices import retention as device_messages
from family_doctor.immunization import planning as vaccinations
from notifications.health import metrics as message_figures
from payments import clockwork as cashier
from people import throttle
from people.cards import service as cards
from people.residents import clockwork as bonds
from people.residents import sessions as resident_sessions
from pharmacy.delivery import service as parcels
from pharmacy.delivery.gateway import COURIER
from pharmacy.formulary import renewing as stock_renewal
from pharmacy.orders import clockwork as orders
from pharmacy.orders import paying as drug_money
from pharmacy.shipping import returns as parcels_kept
from pharmacy.village import service as village_shelf
from rtc.quality import service as line_memory
from wechat.bindings import WECHAT

log = structlog.get_logger(__name__)

SEAL_EVERY_S: Final = 2.0
COUNT_EVERY_S: Final = 15.0
TIDY_EVERY_S: Final = 3600.0
BONDS_EVERY_S: Final = 60.0
BOOKING_EVERY_S: Final = 2.0
PAYMENTS_EVERY_S: Final = 2.0
PARCELS_EVERY_S: Final = 2.0
PHARMACY_EVERY_S: Final = 2.0


async def caretaker(app: web.Application) -> AsyncIterator[None]:
    """Seal the audit chain and forget what has had its day."""
    asked = functools.partial(money.may_expire, wechat=app[WECHAT])
    drugs_asked = functools.partial(drug_money.may_expire, wechat=app[WECHAT])
    async with (
        running(_every(SEAL_EVERY_S, chain.seal)),
        running(_every(TIDY_EVERY_S, idempotency.forget_old)),
        running(_every(TIDY_EVERY_S, throttle.forget_old)),
        running(_every(TIDY_EVERY_S, vaccinations.follow_calendar)),
        running(_every(TIDY_EVERY_S, cards.forget_old)),
        running(_every(TIDY_EVERY_S, device_messages.forget_old)),
        running(_every(TIDY_EVERY_S, resident_sessions.forget_old)),
        running(_every(BONDS_EVERY_S, bonds.tick)),
        running(_every(TIDY_EVERY_S, functools.partial(_forget_lines, app[SETTINGS]))),
        running(_every(PAYMENTS_EVERY_S, functools.partial(cashier.tick, app[WECHAT]))),
        running(
            _every(PARCELS_EVERY_S, functools.partial(parcels.tick, lambda: app[COURIER].courier))
        ),
        running(_every(BOOKING_EVERY_S, functools.partial(clockwork.tick, may_expire=asked))),
        running(_every(TIDY_EVERY_S, clockwork.tend)),
        running(_every(COUNT_EVERY_S, message_figures.tick)),
        running(_every(TIDY_EVERY_S, stock_renewal.tick)),
        running(_every(PHARMACY_EVERY_S, functools.partial(orders.tick, may_expire=drugs_asked))),
        running(_every(TIDY_EVERY_S, parcels_kept.tick)),
        running(_every(TIDY_EVERY_S, village_shelf.tick)),
        running(_every(TIDY_EVERY_S, functools.partial(_forget_talk, app[SETTINGS]))),
        running(_every(TIDY_EVERY_S, team_talk.sweep)),
    ):
        yield


async def _forget_talk(settings: Settings) -> None:
    await chat.retention.forget_old(timedelta(days=366 * settings.chat_keep_years))


async def _forget_lines(settings: Settings) -> None:
    await line_memory.forget_old(
        samples=timedelta(days=settings.quality_sample_days),
        calls=timedelta(days=settings.quality_call_days),
    )


class running:  # noqa: N801  (reads as a word: `async with running(...)`)
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
