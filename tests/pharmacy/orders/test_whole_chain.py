"""The whole chain with every real verb: signed, reviewed, paid, picked, checked, in the hand."""

import io
import re

from pypdf import PdfReader

from care.documents.models import ArchivedDocument
from pharmacy.prescribing import service as prescribing
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status as Rx
from tests.pharmacy.dispensing.conftest import ALL_TEN, Desk, dispense_of
from tests.pharmacy.formulary.conftest import new_lot, new_pharmacy, numbers
from tests.pharmacy.orders.conftest import came, sound, trace
from tests.pharmacy.orders.test_walk import paid, quiet, refunded
from tests.pharmacy.prescribing.conftest import desk, drug, phone, visit
from tests.pharmacy.prescribing.test_service import signed
from tests.pharmacy.review.conftest import HERE, decide, on_duty, trained
from tests.plumbing.actors import actor

__all__ = ["desk", "phone", "visit"]


async def reviewed(house, row):
    """A pharmacist takes it from the queue and lets it pass."""
    await trained("pharmacist1")
    pharmacist = await on_duty(house, "pharmacist1")
    await pharmacist.post(f"{HERE}/{row.id}/claim")
    assert (await decide(pharmacist, row, "approve")).status == 303


async def names_on_paper(doctor, row):
    """处方办法 附件1, 后记: who prepared, checked and handed out, as printed."""
    path = f"/prescriptions/{row.id}/paper"
    assert (await doctor.post(path)).status == 303
    pdf = PdfReader(io.BytesIO(await (await doctor.get(path)).read()))
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))
    return re.findall("(?:调配|核对|发药)(?:何静|罗伟)?", text)


async def test_from_the_doctor_s_signature_to_the_hand(house, visit, clock):
    li = visit[0]
    place, tablets = await new_pharmacy(), await drug()
    lot = await new_lot(place, tablets, 56)
    row = await signed(visit)
    doctor = await house.signed_in("county1")
    seen = (await li.get(f"/medication-requests/{row.id}")).body
    assert (seen["status"], seen["drugs"]) == ("reviewing", [])
    early = await li.post(f"/medication-requests/{row.id}/payment")
    assert (early.status, early.code) == (409, "not_approved")
    await reviewed(house, row)
    before = await names_on_paper(doctor, row)
    assert before == ["调配", "核对", "发药"]
    body = await came(li, row.id, "approved")
    assert body["drugs"][0]["dosage"] == "每天 1 次;每次 1 片(5mg);口服;用 7 天"
    assert (body["amount_fen"], body["drugs"][0]["quantity"]) == (315, "7 片")
    await paid(li, row)
    here = await dispense_of(row)
    first = Desk(await house.signed_in("pharmacist1"), here)
    second = Desk(await house.signed_in("pharmacist2"), here)
    await first.post("picking")
    assert (await first.scan(trace(1, tablets.trace_prefix)))[0] == 303
    assert (await first.post("picked"))[0] == 303
    assert "原发性高血压" in await second.page()
    assert (await second.post("check", **ALL_TEN))[0] == 303
    code = (await came(li, row.id, "ready"))["order"]["pick_up"]["code"]
    assert (await first.post("hand-over", code=code))[0] == 303
    await came(li, row.id, "picked_up")
    assert (await MedicationRequest.get(id=row.id)).status is Rx.COMPLETED
    assert await numbers(lot) == (49, 0)
    clock.move(minutes=1)
    assert await names_on_paper(doctor, row) == ["调配何静", "核对罗伟", "发药何静"]
    await names_on_paper(doctor, row)
    assert await ArchivedDocument.filter(subject_id=row.id).count() == 2, "a repeat prints nothing"
    await quiet()
    await sound()


async def test_the_doctor_takes_back_what_is_being_picked(house, visit):
    li = visit[0]
    place, tablets = await new_pharmacy(), await drug()
    await new_lot(place, tablets, 56)
    row = await signed(visit)
    await reviewed(house, row)
    await paid(li, row)
    first = Desk(await house.signed_in("pharmacist1"), await dispense_of(row))
    await first.post("picking")
    await prescribing.cancel(await actor("county1"), row.id, "剂量要改,重新开")
    await refunded(li, row)
    assert "医生已撤销处方,请放回" in await first.page()
    await sound()
