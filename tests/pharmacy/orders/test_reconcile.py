"""The checker of orders says what is wrong, in a sentence with the order's name."""

import pytest

from pharmacy.dispensing.models import MedicationDispense
from pharmacy.formulary.models import Reservation
from pharmacy.orders import reconcile, service
from pharmacy.orders.models import MedicationOrder, Paid
from pharmacy.orders.states import OrderStatus
from pharmacy.prescribing.models import MedicationRequest
from tests.pharmacy.orders.conftest import approved
from tests.plumbing.actors import actor


@pytest.mark.parametrize(
    ("model", "changes", "said"),
    [
        (Reservation, {"status": "released"}, "is pay_pending, but its drugs are released"),
        (
            MedicationRequest,
            {"reviewed_at": None},
            "but its prescription is active",
        ),
        (MedicationDispense, {"status": "completed"}, "is completed, but its order is pay_pending"),
        (MedicationOrder, {"amount_fen": 1}, "but its times and sums say otherwise"),
    ],
)
async def test_a_fault_is_told_by_name(phone, shop, model, changes, said):
    li = await phone("li", add="李秀英")
    rx = await approved(li.patient_id, shop.drug)
    order = await service.place(await actor("pharmacist1"), rx.id, shop.id)
    assert (order.status, order.payment) == (OrderStatus.PAY_PENDING, Paid.PENDING)
    await MedicationDispense.create(
        order_id=order.id,
        request_id=rx.id,
        pharmacy_id=shop.id,
        patient_id=rx.patient_id,
        organization_id=order.organization_id,
        opened_at=order.created_at,
    )
    assert (await reconcile.check()).faults == []
    await model.all().update(**changes)
    assert [one for one in (await reconcile.check()).faults if said in one]
