"""Prescriptions before the pharmacist, over HTTP: approved, returned, kept, refused, run out."""

from datetime import timedelta
from urllib.parse import urlsplit

from care.signatures.models import Signature
from care.signatures.service import verify
from core.audit import AuditEvent
from core.outbox import OutboxEntry
from people.models import RecordGrant
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.prescribing.states import Status
from pharmacy.review.models import Review
from pharmacy.review.states import ReviewStatus
from tests.mini_program_api.phones import until
from tests.pharmacy.review.conftest import HERE, decide, on_duty
from tests.plumbing.prescriptions import confirmed, ended, rewritten, signed

BAD = {"faults": ["fit-dose"], "reason": "剂量偏大,请核对", "suggestion": "请减到 5 mg"}


async def taken(person, row):
    """Claimed by this pharmacist."""
    answer = await person.post(f"{HERE}/{row.id}/claim")
    assert answer.status == 303, await answer.text()


async def status_of(row):
    return (await MedicationRequest.get(id=row.id)).status


async def events(row, name):
    return await OutboxEntry.filter(
        name=f"pharmacy.MedicationRequest{name}", subject=f"MedicationRequest/{row.id}"
    ).count()


async def test_approve_from_the_queue(desk, house, resident):
    patient = await resident()
    row = await signed(patient.id)
    queue = await (await desk.get(HERE)).text()
    assert "王**" in queue
    assert "王秀兰" not in queue, "a name is masked until somebody takes it"
    answer = await desk.post(f"{HERE}/next")
    assert answer.headers["Location"] == f"{HERE}/{row.id}"
    page = await (await desk.get(f"{HERE}/{row.id}")).text()
    for words in ("王秀兰", "Rp.", "苯磺酸氨氯地平片", "原发性高血压", "辛伐他汀", "药品说明书"):
        assert words in page
    refused = await decide(desk, row, "approve", fit=["fit-dose"])
    assert refused.status == 422
    assert "没有判断" in await refused.text()
    answer = await decide(desk, row, "approve")
    assert (answer.status, answer.headers["Location"]) == (303, HERE), await answer.text()
    assert await status_of(row) is Status.ACTIVE
    review = await Review.get(request_id=row.id)
    signature = await Signature.get(id=review.signature_id)
    assert (await verify(signature, review.content)).genuine
    row = await MedicationRequest.get(id=row.id)
    assert row.review_signature_id == signature.id
    assert row.reviewed_by == signature.practitioner_id
    assert await events(row, "Approved") == 1
    again = await decide(desk, row, "approve")
    assert again.status == 303, "a repeat is the same approval"
    assert await events(row, "Approved") == 1


async def test_the_record_is_open_while_the_review_is_theirs_and_no_longer(desk, house, resident):
    """Domain facts §11: access is bounded by need; each look is on the trail."""
    patient = await resident()
    row = await signed(patient.id)
    record = f"/patients/{patient.id}/record-panel"
    assert (await desk.get(record)).status == 404
    await taken(desk, row)
    assert (await desk.get(record)).status == 200
    other = await on_duty(house, "pharmacist2")
    assert (await other.get(record)).status == 404
    assert (await desk.post(f"{HERE}/{row.id}/release")).status == 303
    assert (await desk.get(record)).status == 404
    await taken(desk, row)
    await decide(desk, row, "approve")
    assert (await desk.get(record)).status == 404
    assert not await RecordGrant.filter(basis="prescription", revoked_at=None).exists()
    assert await AuditEvent.filter(
        action="open_patient", patient_id=patient.id, reason__contains="(prescription)"
    ).exists()


async def test_returned_rewritten_approved(desk, resident):
    """处方办法 art. 36: the doctor writes it anew, and it is reviewed anew."""
    row = await signed((await resident()).id)
    await taken(desk, row)
    bare = await decide(desk, row, "return", reason="剂量太大,请再看看")
    page = await bare.text()
    assert bare.status == 422
    assert "请勾上不合适的项目" in page
    assert "剂量太大,请再看看" in page, "what was typed is not lost"
    assert (await decide(desk, row, "return", **BAD)).status == 303
    assert await status_of(row) is Status.RETURNED
    assert await events(row, "Returned") == 1
    new = await rewritten(row)
    await taken(desk, new)
    assert (await decide(desk, new, "approve")).status == 303
    assert await status_of(new) is Status.ACTIVE
    assert await status_of(row) is Status.REPLACED


async def test_returned_confirmed_approved(desk, house, resident):
    """处方办法 art. 36: the doctor confirms with a second signature; the pharmacist sees why."""
    row = await signed((await resident()).id)
    await taken(desk, row)
    await decide(desk, row, "return", **BAD)
    doctor = await house.signed_in("county1")
    said = await (await doctor.get(f"/pharmacy/prescriptions/{row.id}/review")).text()
    assert BAD["reason"] in said
    assert BAD["suggestion"] in said
    await confirmed(row)
    assert "医师坚持原方" in await (await desk.get(HERE)).text()
    await taken(desk, row)
    page = await (await desk.get(f"{HERE}/{row.id}")).text()
    assert "患者用这个剂量多年" in page
    assert BAD["reason"] in page
    assert (await decide(desk, row, "approve")).status == 303
    assert await status_of(row) is Status.ACTIVE
    sittings = await Review.filter(request_id=row.id)
    assert {one.status for one in sittings} == {ReviewStatus.RETURNED, ReviewStatus.APPROVED}
    assert len(sittings) == 2


async def test_rejected_is_refused_recorded_and_reported(desk, house, resident):
    """处方办法 art. 36: severely irrational: refused, the doctor told, recorded, reported."""
    row = await signed((await resident()).id)
    await taken(desk, row)
    assert (await decide(desk, row, "reject", **BAD)).status == 303
    assert await status_of(row) is Status.REJECTED
    assert await events(row, "Rejected") == 1
    reports = await (await desk.get(f"{HERE}/reports")).text()
    assert BAD["reason"] in reports
    review = await Review.get(request_id=row.id)
    assert review.reported_at is not None
    assert (await desk.post(f"{HERE}/reports/{review.id}")).status == 303
    assert (await Review.get(id=review.id)).seen_by_head == "何静"
    other = await house.signed_in("pharmacist2")
    assert (await other.get(f"{HERE}/reports")).status == 403


async def test_two_pharmacists_on_one_prescription(desk, house, resident):
    """The second sees who has it; a late decision is refused and nothing typed is lost."""
    row = await signed((await resident()).id)
    other = await on_duty(house, "pharmacist2")
    await taken(desk, row)
    answer = await other.post(f"{HERE}/{row.id}/claim")
    page = await answer.text()
    assert answer.status == 409
    assert "何静" in page
    assert "王秀兰" not in page, "the record stays closed to the second"
    late = await decide(other, row, "return", **BAD)
    page = await late.text()
    assert late.status == 409
    assert "何静" in page
    assert BAD["reason"] in page
    assert (await decide(desk, row, "approve")).status == 303
    late = await decide(other, row, "approve")
    assert late.status == 409
    assert "已经审过了" in await late.text()
    assert await Review.filter(request_id=row.id).count() == 1


async def test_a_silent_pharmacist_loses_the_claim(desk, house, resident, clock):
    row = await signed((await resident()).id)
    await taken(desk, row)
    clock.move(minutes=10)
    assert (await desk.post(f"{HERE}/{row.id}/presence")).status == 204
    clock.move(minutes=10)
    other = await on_duty(house, "pharmacist2")
    assert (await other.post(f"{HERE}/{row.id}/claim")).status == 409, "seen ten minutes ago"
    clock.move(minutes=6)
    await until(_timed_out, bool)
    assert not await RecordGrant.filter(basis="prescription", revoked_at=None).exists()
    assert (await other.post(f"{HERE}/{row.id}/claim")).status == 303


async def _timed_out():
    return await Review.exists(status=ReviewStatus.TIMED_OUT)


async def test_expired_leaves_the_queue_by_itself(desk, resident, clock):
    """处方办法 art. 18: after its days nothing is reviewed any more."""
    row = await signed((await resident()).id, valid_until=clock() + timedelta(minutes=5))
    await taken(desk, row)
    assert row.number in await (await desk.get(f"{HERE}/{row.id}")).text()
    clock.move(minutes=5)
    assert str(row.id) not in await (await desk.get(f"{HERE}/work")).text()
    answer = await decide(desk, row, "approve")
    assert answer.status == 409
    assert "过期" in await answer.text()
    assert await status_of(row) is Status.ON_HOLD


async def test_cancelled_while_somebody_reads(desk, resident):
    row = await signed((await resident()).id)
    await taken(desk, row)
    await ended(row, "cancel")
    await until(_void, bool)
    answer = await decide(desk, row, "approve")
    assert answer.status == 409
    assert "撤回" in await answer.text()


async def _void():
    return await Review.exists(status=ReviewStatus.VOID)


async def test_strangers(desk, house, resident):
    row = await signed((await resident()).id)
    for name in ("county1", "village1", "scheduler1", "admin1", "supervisor1"):
        person = await house.signed_in(name)
        assert (await person.get(HERE)).status == 403
        assert (await person.get(f"{HERE}/{row.id}")).status == 403
        assert (await person.post(f"{HERE}/{row.id}/claim")).status == 403
    nobody = await house.visitor()
    assert urlsplit((await nobody.get(HERE)).headers["Location"]).path == "/login"
    unknown = f"{HERE}/{row.document_id}"
    assert (await desk.get(unknown)).status == 404
    assert (await desk.post(f"{unknown}/claim")).status == 404
    other = await house.signed_in("county2")
    assert (await other.get(f"/pharmacy/prescriptions/{row.id}/review")).status == 404
    assert (await other.get("/")).headers["Location"] == "/desk"
    assert (await desk.get("/")).headers["Location"] == HERE
