"""What the composition root gives."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from core.limits import Counter

ROOT: Final = "/fhir/R4"


@dataclass(frozen=True, slots=True)
class Interface:
    """`address` is where the house is reached; `per_minute` bounds the calls of one partner."""

    address: Callable[[], str]
    counter: Counter
    per_minute: int

    @property
    def base(self) -> str:
        """What resources' absolute addresses begin with."""
        return self.address().rstrip("/") + ROOT


INTERFACE: Final = web.AppKey("fhir_interface", Interface)


async def running(app: web.Application) -> AsyncIterator[None]:
    """Let Redis go with the application."""
    yield
    await app[INTERFACE].counter.close()
