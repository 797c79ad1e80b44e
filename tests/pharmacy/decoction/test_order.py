"""Pieces to be boiled, from the phone to the counter: ordered, paid, picked, boiled, fetched."""

from decimal import Decimal

import pytest

from pharmacy.decoction.models import Decoction
from pharmacy.decoction.states import Status
from pharmacy.formulary.models import Kind, PharmacyKind
from pharmacy.prescribing.models import Category, Preparation, PrescribedLine
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import until
from tests.pharmacy.decoction.conftest import HERE
from tests.pharmacy.decoction.test_walk import go, later, received, soaking
from tests.pharmacy.dispensing.conftest import ALL_TEN, Desk, dispense_of
from tests.pharmacy.formulary.conftest import new_drug, new_lot, new_pharmacy
from tests.pharmacy.orders.conftest import approved, came, sound
from tests.pharmacy.orders.test_walk import paid

__all__ = ["phone"]

DOSES = 7


@pytest.fixture
async def pieces(house, clock):
    """The county's decoction room with a kilogram of one piece; the counter has none of it."""
    await new_pharmacy()
    room = await new_pharmacy(kind=PharmacyKind.DECOCTION, name="共享中药房")
    drug = await new_drug(
        "Y1",
        "黄芪",
        kind=Kind.PIECE,
        form="饮片",
        unit="g",
        pack_size=1000,
        pack_unit="袋",
        price_fen=5000,
    )
    await new_lot(room, drug, 1000)
    return drug


async def to_boil(li, drug, preparation=Preparation.DECOCT):
    row = await approved(
        li.patient_id,
        drug,
        units=30 * DOSES,
        category=Category.TCM,
        preparation=preparation,
        doses=DOSES,
    )
    await PrescribedLine.filter(request_id=row.id).update(dose=Decimal(30), dose_unit="g")
    return row


async def picked(desk, rx):
    """All of the one piece is out of the drawer."""
    assert (await desk.post("picking"))[0] == 303
    line = await PrescribedLine.get(request_id=rx.id)
    fields = {"line_id": str(line.id), "units": str(line.quantity), "reason": "piece"}
    status, said = await desk.post("no-code", **fields)
    assert status == 303, said
    assert (await desk.post("picked"))[0] == 303


async def test_boiled_for_one_it_comes_from_the_room_and_is_fetched_when_done(
    house, phone, pieces, clock
):
    li = await phone("li", add="李秀英")
    rx = await to_boil(li, pieces)
    offers = (await li.get(f"/medication-requests/{rx.id}/pharmacies")).body["items"]
    assert [(one["name"], one["in_stock"]) for one in offers] == [("共享中药房", True)]
    price = {name: offers[0][f"{name}_fen"] for name in ("drugs", "decoction", "amount")}
    assert price == {"drugs": 1050, "decoction": 2100, "amount": 3150}
    await paid(li, rx)
    he, luo = await house.signed_in("pharmacist1"), await house.signed_in("pharmacist2")
    early = await he.post(HERE, {"number": rx.number})
    assert early.status == 409, "nothing is weighed before the dispense has begun"
    dispense = await dispense_of(rx)
    first, second = Desk(he, dispense), Desk(luo, dispense)
    await picked(first, rx)
    row = await received(he, rx)
    assert (row.doses, row.dose_g) == (DOSES, Decimal(30))
    status, said = await second.post("check", **ALL_TEN)
    assert (status, "还没有煎好" in said) == (409, True), said
    await go(he, row, "weigh")
    await go(luo, row, "recheck", dose_g="30")
    await go(he, row, "soak", station="1", water_ml="1500")
    for minutes, action in ((30, "boil"), (20, "boil_again"), (15, "pack")):
        await later(clock, minutes, he, luo)
        measured = {"yield_ml": "3000", "bags": "14"} if action == "pack" else {}
        await go(he, row, action, **measured)
    await go(luo, row, "inspect")
    assert (await second.post("check", **ALL_TEN))[0] == 303
    code = (await came(li, rx.id, "ready"))["order"]["pick_up"]["code"]
    await go(luo, row, "hand_over")
    assert (await second.post("hand-over", code=code))[0] == 303
    await came(li, rx.id, "picked_up")
    await sound()


async def test_boiled_at_home_it_is_fetched_where_there_are_pieces(phone, pieces):
    li = await phone("li", add="李秀英")
    rx = await to_boil(li, pieces, Preparation.SELF)
    offers = (await li.get(f"/medication-requests/{rx.id}/pharmacies")).body["items"]
    assert [(one["name"], one["in_stock"], one["decoction_fen"]) for one in offers] == [
        ("共享中药房", True, 0),
        ("门诊药房", False, 0),
    ]


async def test_when_the_order_ends_nobody_goes_on_boiling(house, phone, pieces, clock):
    li = await phone("li", add="李秀英")
    rx = await to_boil(li, pieces)
    await paid(li, rx)
    he, luo = await house.signed_in("pharmacist1"), await house.signed_in("pharmacist2")
    desk = Desk(he, await dispense_of(rx))
    await picked(desk, rx)
    row = await soaking(he, luo, rx, dose_g="30")
    assert (await desk.post("stop", reason="煎药锅坏了,今天做不了"))[0] == 303

    async def ask():
        await row.refresh_from_db()
        return row

    await until(ask, lambda found: found.status is Status.CANCELLED)
    assert not await Decoction.filter(open=rx.id).exists()
    assert (await he.post(f"{HERE}/{row.id}/steps/boil")).status == 409
    assert "订单已停止" in await (await he.get(f"{HERE}/{row.id}")).text()
    await sound()
