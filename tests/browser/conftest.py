"""Residents whose phones are known already, for walks that begin later in the story."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import NamedTuple

import pytest
from aiohttp import ClientSession

from tests.browser.residents import SMALL, Resident
from tests.mini_program_api.phones import Phone, id_number
from tests.plumbing.browsers import Profile
from tests.plumbing.house import House


class Known(NamedTuple):
    """Somebody known by name: what they see, and the same account's API."""

    resident: Resident
    phone: Phone


GUIYING = id_number("19600312", 402)
Arrive = Callable[..., Awaitable[Known]]


@pytest.fixture
async def arrive(house: House, profile: Profile) -> AsyncIterator[Arrive]:
    """`await arrive("guiying", "王桂英")`: home page of somebody who has added themselves."""
    async with ClientSession() as session:

        async def open_home(name: str, called: str, number: str = GUIYING) -> Known:
            made = Resident(house, await profile(viewport=SMALL, has_touch=True), name)
            return Known(made, await made.arrive(session, called, number))

        yield open_home
