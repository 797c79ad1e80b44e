"""Orders that are carried: paid, picked and checked by two people, their parcels made."""

from types import SimpleNamespace

import pytest

from app.demo import people as demo
from core import clock
from pharmacy.delivery.models import Parcel
from pharmacy.formulary.models import Pharmacy
from pharmacy.orders import service
from pharmacy.orders.models import Way
from pharmacy.orders.service import Destination
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import until
from tests.pharmacy.delivery.test_courier import play, played
from tests.pharmacy.dispensing.conftest import ALL_TEN, Desk, dispense_of
from tests.pharmacy.orders.conftest import approved, came, shop, trace
from tests.pharmacy.orders.test_walk import paid
from tests.plumbing.actors import actor

__all__ = ["phone", "play", "played", "shop"]

CLINIC = demo.organization_id("YH-T1-V1")
HOME = Destination(
    way=Way.DOOR, name="李秀英", phone="13800000001", address="青石镇大槐树村 东头第三家"
)
TO_VILLAGE = Destination(way=Way.VILLAGE, clinic_id=CLINIC)


@pytest.fixture
def courier(played):
    """The courier's sandbox, whose watch shows the house's time."""
    played.options.clock = lambda: clock.now().timestamp()
    return played


@pytest.fixture
async def packed(house, phone, shop):
    """`await packed(HOME)`: an order that was checked by the second person, and its parcel."""
    await Pharmacy.filter(id=shop.id).update(delivers=True)
    number = iter(range(1, 99))

    async def come(to, *, name="li", add="李秀英"):
        li = await phone(name, add=add)
        rx = await approved(li.patient_id, shop.drug)
        order = await service.place(await actor("pharmacist1"), rx.id, shop.id, to=to)
        await paid(li, rx)
        row = await dispense_of(rx)
        first = Desk(await house.signed_in("pharmacist1"), row)
        second = Desk(await house.signed_in("pharmacist2"), row)
        await first.post("picking")
        assert (await first.scan(trace(next(number))))[0] == 303
        await first.post("picked")
        assert (await second.post("check", **ALL_TEN))[0] == 303
        parcel = await parcel_of(order)
        return SimpleNamespace(
            li=li, rx=rx, order=order, parcel=parcel, first=first, second=second, shop=shop
        )

    return come


async def parcel_of(order) -> Parcel:
    """The newest parcel of an order, once there is one."""

    async def ask():
        row = await Parcel.filter(order_id=order.id).order_by("-sealed_at").first()
        return SimpleNamespace(row=row, body="no parcel")

    return (await until(ask, lambda found: found.row is not None)).row


async def seen(it, status):
    """The prescription on the phone, once it stands there."""
    return await came(it.li, it.rx.id, status)
