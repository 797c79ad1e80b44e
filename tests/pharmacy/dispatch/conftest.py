"""Checked bags at the table where they are sealed, and the hands they go through."""

import io
from types import SimpleNamespace

import pytest

from app.demo import people as demo
from pharmacy.delivery.models import Parcel
from tests.care.pictures import jpeg
from tests.mini_program_api.conftest import phone
from tests.pharmacy.delivery.test_courier import play, played
from tests.pharmacy.dispensing.conftest import loud
from tests.pharmacy.orders.conftest import shop
from tests.pharmacy.shipping.conftest import HOME, TO_VILLAGE, packed, seen

__all__ = ["HOME", "TO_VILLAGE", "packed", "phone", "play", "played", "seen", "shop"]

DISPATCH = "/pharmacy/dispatch"
SHELF = "/village-parcels"
DRIVER = demo.practitioner_id("driver1")


class Hand:
    """Short words for the tests: somebody at a page, one form each."""

    def __init__(self, visitor):
        self.visitor = visitor

    async def post(self, path, **fields):
        """One form; its status, what it says out loud, and where it leads."""
        answer = await self.visitor.post(path, fields)
        text = await answer.text()
        to = answer.headers.get("Location", "")
        assert "/login" not in to, "the session is over"
        return SimpleNamespace(status=answer.status, loud=loud(text), text=text, to=to)

    async def read(self, path, status=200):
        """A page as it is."""
        answer = await self.visitor.get(path)
        assert answer.status == status, await answer.text()
        return await answer.text()


@pytest.fixture
async def hands(house):
    """`await hands("village1")`: somebody signed in."""

    async def of(name):
        return Hand(await house.signed_in(name))

    return of


async def put_seal(hand, it, number, *, photo=True):
    """Number and photo, as the page at the table sends them."""
    path = f"{it.first.path}/seal"
    assert "封袋" in await hand.read(path)
    fields = {"number": number}
    if photo:
        fields["photo"] = io.BytesIO(jpeg())
        fields["photo"].name = "seal.jpg"
    found = await hand.post(path, **fields)
    it.parcel = await Parcel.get(id=it.parcel.id)
    return found
