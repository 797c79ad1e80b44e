"""A clinic's device that really speaks, residents, and what the record says afterwards."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from care.record.models import Observation
from core import clock as time
from core.outbox import Dispatcher
from devices import registry
from devices.models import Device, RawMessage
from devices.sandbox import Instrument, glucose, pressure
from devices.schemas import DeviceIn
from tests.people.conftest import resident
from tests.plumbing.actors import actor
from tests.plumbing.house import House

__all__ = ["resident"]


@dataclass
class Spoken:
    """A device on a table, and the house it speaks to."""

    row: Device
    house: House
    instrument: Instrument

    async def says(self, message: dict[str, Any] | bytes) -> tuple[int, dict[str, Any]]:
        """Send it over HTTP."""
        return await self.instrument.post(self.house.address, message)

    async def pressure(self, number: str, high: float = 138, low: float = 86, **more: Any) -> Any:
        """A blood pressure of just now, or `ago` minutes."""
        at = time.now().astimezone(time.SHANGHAI) - timedelta(minutes=more.pop("ago", 0))
        return await self.says(pressure(number, at, high, low, **more))

    async def glucose(self, number: str, value: float = 6.1, **more: Any) -> Any:
        """A blood glucose of just now, or `ago` minutes."""
        at = time.now().astimezone(time.SHANGHAI) - timedelta(minutes=more.pop("ago", 0))
        return await self.says(glucose(number, at, value, **more))

    async def message(self, answer: tuple[int, dict[str, Any]]) -> RawMessage:
        """The stored message of an answer."""
        return await RawMessage.get(id=answer[1]["id"])


@pytest.fixture
async def spoken(clock, house):
    """`await spoken("YH-BP-1")`: a device of village1's clinic, registered by its doctor."""

    async def make(code="YH-BP-1", kind="combined", login="village1", **more) -> Spoken:
        entry = DeviceIn(code=code, kind=kind, maker="云河", model="M1", **more)
        row = await registry.register(await actor(login), entry)
        instrument = Instrument(code, row.key, clock=lambda: time.now().timestamp())
        return Spoken(row, house, instrument)

    return make


@pytest.fixture
async def patient(house, resident):
    """A woman of 58 of village1's clinic."""
    return await resident(born=date(1968, 3, 4))


async def recorded() -> list[tuple[str, str]]:
    """What the record says now."""
    rows = await Observation.all().order_by("measured_at", "code", "id")
    return [(row.code.value, f"{row.value:f}") for row in rows]


__all__ += ["Dispatcher", "recorded"]
