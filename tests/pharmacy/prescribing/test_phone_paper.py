"""处方笺 on the resident's phone: only when it has passed, by one's own, on record."""

from core.audit import AuditEvent
from tests.care.encounter.test_paper import opened
from tests.pharmacy.orders.test_whole_chain import reviewed
from tests.pharmacy.prescribing.test_service import signed


async def test_the_resident_opens_the_sealed_prescription(visit, house, phone, clock):
    li = visit[0]
    row = await signed(visit)
    path = f"/medication-requests/{row.id}"
    early = await li.post(f"{path}/paper")
    assert (early.status, early.code) == (409, "not_approved")
    await reviewed(house, row)
    made = await li.post(f"{path}/paper")
    assert made.status == 201, made.body
    status, kind, pdf = await opened(li, made.body["url"])
    assert (status, kind) == (200, "application/pdf")
    assert b"/ByteRange" in pdf, "sealed with the certificates of doctor and pharmacist"
    assert (await li.post(f"{path}/paper")).body["code"] == made.body["code"], "printed once"
    seen = AuditEvent.filter(account_id=li.account_id, patient_id=row.patient_id)
    assert await seen.filter(action="prescription.print").count() == 2
    assert await seen.filter(action="document.read").count() == 1
    zhang = await phone("zhang", add="张三")
    assert (await zhang.post(f"{path}/paper")).status == 404
    clock.move(minutes=11)
    assert (await opened(li, made.body["url"]))[0] == 410
