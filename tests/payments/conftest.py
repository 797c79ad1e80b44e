"""A cashier: residents who owe something, WeChat's sandbox, and our side of the counter."""

from datetime import timedelta
from uuid import uuid4

import pytest

from app.demo import people as demo
from core import clock as time
from core.audit import SYSTEM
from core.outbox import OutboxEntry
from payments import clockwork, reconcile
from payments import service as payments
from payments.models import Payment, Refund
from tests.booking.conftest import new_patients
from wechat import transport


class Cashier:
    """Short words for the tests: what a resident, WeChat and the clock do."""

    def __init__(self, sandbox, wechat, patient):
        self.sandbox, self.wechat, self.patient = sandbox, wechat, patient
        self.subject = f"Appointment/{uuid4()}"

    async def order(self, payer="wang", *, fen=1500, minutes=15, subject=None):
        """Ask for a payment; returns what wx.requestPayment gets."""
        return await payments.request_payment(
            SYSTEM,
            subject=subject or self.subject,
            openid=await self.sandbox.openid(payer),
            account_id=uuid4(),
            patient_id=self.patient.id,
            amount_fen=fen,
            description="心血管内科 门诊挂号费",
            expires_at=time.now() + timedelta(minutes=minutes),
            wechat=self.wechat,
        )

    async def pay(self, request, **how):
        """At WeChat's cashier."""
        prepay_id = request["package"].removeprefix("prepay_id=")
        return await self.sandbox.post("/pay", prepay_id=prepay_id, **how)

    async def paid(self, **order):
        """Ordered, paid, and settled by asking."""
        assert (await self.pay(await self.order(**order)))["trade_state"] == "SUCCESS"
        await payments.refresh(order.get("subject") or self.subject, wechat=self.wechat)
        return await self.row()

    async def row(self):
        """The newest payment."""
        return await Payment.filter(subject=self.subject).order_by("-ordered_at").first()

    async def refunds(self):
        """All refunds, oldest first."""
        return await Refund.all().order_by("requested_at")

    async def tick(self):
        """What is due now."""
        await clockwork.tick(self.wechat)

    async def events(self):
        """Names of the recorded events."""
        return await OutboxEntry.all().order_by("id").values_list("name", flat=True)

    async def sound(self):
        """The books agree."""
        assert (await reconcile.check()).faults == []


@pytest.fixture
async def cashier(database, clock, sandbox, wechat, monkeypatch):
    monkeypatch.setattr(transport, "FIRST_WAIT_S", 0.001)
    await demo.found_organizations()
    await demo.hire_staff()
    return Cashier(sandbox, wechat, (await new_patients(1))[0])
