"""A paid prescription at the desk of the hospital's pharmacy, and two pharmacists."""

import re
from types import SimpleNamespace

import pytest

from pharmacy.dispensing.models import MedicationDispense
from pharmacy.dispensing.rules import TEN
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import until
from tests.pharmacy.orders.conftest import approved, shop
from tests.pharmacy.orders.test_walk import paid

__all__ = ["phone", "shop"]

DESK = "/pharmacy/dispensing"


async def dispense_of(rx):
    """The dispense that follows the payment."""

    async def ask():
        row = await MedicationDispense.get_or_none(request_id=rx.id)
        return SimpleNamespace(row=row, body="no dispense")

    return (await until(ask, lambda found: found.row is not None)).row


def loud(page):
    """What stands out on the page."""
    found = re.search(r'data-testid="loud".*?<p class="grow">(.*?)</p>', page, re.DOTALL)
    return found[1] if found else ""


class Desk:
    """Short words for the tests: what a dispenser does with one dispense."""

    def __init__(self, visitor, row):
        self.visitor, self.row = visitor, row
        self.path = f"{DESK}/{row.id}"

    async def post(self, what, **fields):
        """One form; returns its status and what the page says out loud."""
        answer = await self.visitor.post(f"{self.path}/{what}", fields)
        text = await answer.text()
        assert "/login" not in answer.headers.get("Location", ""), "the session is over"
        return answer.status, loud(text)

    async def scan(self, code):
        """One pack."""
        return await self.post("scan", code=code)

    async def page(self):
        """The page as it is."""
        answer = await self.visitor.get(self.path)
        assert answer.status == 200
        return await answer.text()

    async def fresh(self):
        """The row as it is."""
        return await MedicationDispense.get(id=self.row.id)


ALL_TEN = {"boxes": list(TEN)}


@pytest.fixture
async def at_desk(house, phone, shop):
    """`await at_desk(units=28)`: a paid order, its desk, and the second pharmacist's."""

    async def come(*, drug=None, units=28, add="李秀英", name="li"):
        li = await phone(name, add=add)
        rx = await approved(li.patient_id, drug or shop.drug, units=units)
        await paid(li, rx)
        row = await dispense_of(rx)
        first = Desk(await house.signed_in("pharmacist1"), row)
        second = Desk(await house.signed_in("pharmacist2"), row)

        async def sign_in_again():
            first.visitor = await house.signed_in("pharmacist1")
            second.visitor = await house.signed_in("pharmacist2")

        return SimpleNamespace(
            house=house,
            li=li,
            rx=rx,
            first=first,
            second=second,
            shop=shop,
            sign_in_again=sign_in_again,
        )

    return come
