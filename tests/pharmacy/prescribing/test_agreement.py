"""More than four weeks: confirmed on the phone by those who may, or taken down, before any drug."""

from core.audit import AuditEvent
from notifications.models import Communication
from pharmacy.prescribing.models import MedicationRequest
from tests.pharmacy.formulary.conftest import new_lot, new_pharmacy
from tests.pharmacy.orders.test_walk import quiet
from tests.pharmacy.orders.test_whole_chain import reviewed
from tests.pharmacy.prescribing.conftest import drug, line, written
from tests.pharmacy.prescribing.test_service import signed

EIGHT_WEEKS = {"long_term": "1", "stable": "1", "assessment": "血压平稳半年,没有不舒服"}
YES = {"agreed": True}


async def eight_weeks(visit, confirmed, **more):
    """Signed for 56 days."""
    words = written(line(await drug(), days="56"), **EIGHT_WEEKS, confirmed=confirmed, **more)
    return await signed(visit, words)


async def test_changchufang_the_resident_confirms_on_the_phone_before_any_drug(
    visit, desk, house, phone
):
    li = visit[0]
    await new_lot(await new_pharmacy(), await drug(), 100)
    row = await eight_weeks(visit, "phone")
    path = f"/medication-requests/{row.id}"
    await quiet()
    assert await Communication.filter(topic="prescription_agreement").count() == 1
    await reviewed(house, row)
    seen = (await li.get(path)).body
    assert (seen["status"], seen["agreement"]["awaited"], seen["agreement"]["days"]) == (
        "approved",
        True,
        56,
    )
    assert "我看完了,同意" in seen["next_step"]
    for early in ("payment", "paper"):
        answer = await li.post(f"{path}/{early}")
        assert (answer.status, answer.code) == (409, "not_agreed"), early
    assert (await li.get(f"{path}/pharmacies")).code == "not_agreed"
    assert "等居民在手机上看说明、确认" in await (await desk.get(f"/prescriptions/{row.id}")).text()
    assert (await li.post(f"{path}/agreement", {"agreed": False})).status == 422
    zhang = await phone("zhang", add="张三")
    assert (await zhang.post(f"{path}/agreement", YES)).status == 404
    for _ in range(2):
        done = await li.post(f"{path}/agreement", YES)
        assert (done.status, done.body["agreement"]["awaited"]) == (200, False), done.body
    kept = await MedicationRequest.get(id=row.id)
    assert (str(kept.agreed_by), kept.agreed_how) == (li.account_id, "phone")
    assert await AuditEvent.filter(action="prescription.agree").count() == 1
    assert "居民已在手机上确认" in await (await desk.get(f"/prescriptions/{row.id}")).text()
    assert (await li.post(f"{path}/payment")).status == 200
    assert (await li.post(f"{path}/paper")).status == 201


async def test_changchufang_the_doctor_takes_the_word_down_and_it_stays_marked(visit, desk, house):
    row = await eight_weeks(visit, "said", fee="医保")
    page = await (await desk.get(f"/prescriptions/{row.id}")).text()
    assert "居民口头确认,医生代记" in page
    assert "医保" in page
    assert row.content["fee"] == "医保"
    await reviewed(house, row)
    assert (await visit[0].post(f"/medication-requests/{row.id}/paper")).status == 201


async def test_no_phone_after_all_is_taken_down_later_by_its_doctor_alone(visit, desk, house):
    row = await eight_weeks(visit, "phone")
    other = await house.signed_in("county4")
    assert (await other.post(f"/prescriptions/{row.id}/agreement")).status == 404
    assert (await desk.post(f"/prescriptions/{row.id}/agreement")).status == 303
    assert "居民口头确认,医生代记" in await (await desk.get(f"/prescriptions/{row.id}")).text()


async def test_four_weeks_ask_nobody(visit):
    words = written(line(await drug(), days="28"), long_term="1", stable="1", confirmed="phone")
    row = await signed(visit, words)
    assert (row.content["confirmed"], row.agreed_at) == ("", None)
    assert (await visit[0].get(f"/medication-requests/{row.id}")).body["agreement"] is None


async def test_what_has_ended_is_not_agreed_to(visit, desk):
    row = await eight_weeks(visit, "phone")
    gone = await desk.post(f"/prescriptions/{row.id}/cancellation", {"reason": "居民家里有药"})
    assert gone.status == 303
    late = await visit[0].post(f"/medication-requests/{row.id}/agreement", YES)
    assert (late.status, late.code) == (409, "prescription_over")
