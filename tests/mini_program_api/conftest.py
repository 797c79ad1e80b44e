"""The house with a clinic that can be booked, and phones that know the way to it."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import ClientSession

from tests.booking.conftest import at, new_schedule, new_slot
from tests.mini_program_api.phones import Phone, id_number
from tests.plumbing.house import House

NewPhone = Callable[..., Awaitable[Phone]]


@pytest.fixture
async def phone(house: House) -> AsyncIterator[NewPhone]:
    """`await phone("li")`: a WeChat user who has opened the mini program; `add=` adds oneself."""
    async with ClientSession() as session:

        async def new(name: str = "", *, add: str = "") -> Phone:
            made = Phone(session, house)
            if name:
                await made.sign_in(name)
            if add:
                number = id_number(sequence=2 * (sum(add.encode()) % 400) + 1)
                answer = await made.add(add, number)
                assert answer.status == 201, answer.body
                made.patient_id = answer.body["id"]
            return made

        yield new


@pytest.fixture
async def clinic(house: House, clock: object) -> object:
    """Dr county1's clinic tomorrow: 15 yuan, two places at nine, one at ten."""
    schedule = await new_schedule(fee_fen=1500)
    schedule.nine = await new_slot(schedule, at(3, 9), places=2)
    schedule.ten = await new_slot(schedule, at(3, 10), places=1)
    return schedule
