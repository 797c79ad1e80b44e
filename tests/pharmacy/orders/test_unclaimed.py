"""Drugs that lie ready: told again, put back and paid back; fetched in time, nothing happens."""

import pytest

from notifications.models import Communication
from pharmacy.dispensing.models import MedicationDispense
from pharmacy.dispensing.states import DispenseStatus as Desk
from pharmacy.orders.models import MedicationOrder
from pharmacy.orders.policy import Params
from pharmacy.orders.rules import may_end_unclaimed
from pharmacy.orders.states import OrderStatus
from pharmacy.prescribing.models import MedicationRequest, Preparation
from pharmacy.prescribing.states import Status as Rx
from tests.pharmacy.dispensing.conftest import ALL_TEN, at_desk
from tests.pharmacy.dispensing.test_walk import ready
from tests.pharmacy.formulary.conftest import numbers
from tests.pharmacy.orders.conftest import came, sound
from tests.pharmacy.orders.test_walk import quiet, refunded

__all__ = ["at_desk"]


async def waiting(topic):
    """How many were told so."""
    await quiet()
    return await Communication.filter(topic=topic).count()


async def test_reminded_after_three_days_and_paid_back_after_fourteen(at_desk, clock):
    here = await at_desk()
    await ready(here)
    await quiet()
    clock.move(days=3, minutes=1)
    assert await waiting("drugs_waiting") == 1
    told = await Communication.get(topic="drugs_waiting")
    assert "到时没取就放回药房,药费退给您" in told.text
    await here.sign_in_again()
    desk = await (await here.first.visitor.get("/pharmacy/dispensing")).text()
    assert "一直没有来取" in desk
    await sound()
    clock.move(days=11)
    body = await refunded(here.li, here.rx)
    assert body["status"] == "expired"
    assert await waiting("drugs_stopped") == 1
    row = await MedicationDispense.get(request_id=here.rx.id)
    assert (row.status, row.code) == (Desk.STOPPED, None)
    assert (await MedicationRequest.get(id=here.rx.id)).status is Rx.EXPIRED
    await here.sign_in_again()
    assert (await here.first.post("put-back"))[0] == 303
    assert await numbers(here.shop.lot) == (100, 0)
    await sound()


async def test_fetched_in_time_and_picked_anew_count_from_then(at_desk, clock):
    here = await at_desk()
    await ready(here)
    clock.move(days=2)
    await here.sign_in_again()
    assert (await here.first.post("return", reason="盒子破损"))[0] == 303
    clock.move(days=1, minutes=1)
    await here.sign_in_again()
    assert await waiting("drugs_waiting") == 0, "it does not lie ready"
    assert (await here.first.post("picked"))[0] == 303
    code = await again(here)
    clock.move(days=12)
    assert await waiting("drugs_waiting") == 1
    assert (await MedicationOrder.get()).status is OrderStatus.READY, "fourteen days from then"
    await here.sign_in_again()
    assert (await here.first.post("hand-over", code=code))[0] == 303
    clock.move(days=3)
    await quiet()
    assert (await MedicationOrder.get()).status is OrderStatus.PICKED_UP
    await sound()


async def again(here):
    """Checked a second time; the new code."""
    assert (await here.second.post("check", **ALL_TEN))[0] == 303
    return (await came(here.li, here.rx.id, "ready"))["order"]["pick_up"]["code"]


@pytest.mark.parametrize(
    ("preparation", "limits", "ends"),
    [
        (None, Params(), True),
        (Preparation.SELF, Params(), True),
        (Preparation.DECOCT, Params(), False),
        (None, Params(unclaimed_refund=False), False),
    ],
)
def test_yaoshi_guanli_28_only_what_never_left_the_pharmacy_ends_by_itself(
    preparation, limits, ends
):
    assert may_end_unclaimed(preparation, limits) is ends
