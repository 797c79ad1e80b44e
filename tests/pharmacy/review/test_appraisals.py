"""处方点评: drawn by seed, judged by another pharmacist, answered, counted without drugs."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.audit import AuditEvent
from pharmacy.review.appraisal import service
from pharmacy.review.appraisal.items import CLASSES, EXCESSIVE, IRREGULAR, UNSUITABLE, outcome_of
from pharmacy.review.models import Appraisal, AppraisalMonth, Origin, Outcome
from tests.mini_program_api.phones import until
from tests.pharmacy.review.conftest import HERE, decide, on_duty
from tests.plumbing.actors import actor
from tests.plumbing.prescriptions import confirmed, signed

LIST = "/pharmacy/appraisals"
BAD = {"faults": ["fit-dose"], "reason": "剂量偏大,请核对"}


def test_dianping_guifan_17_18_19_items():
    """点评规范 2010 art. 17 (fifteen), 18 (nine), 19 (four); art. 16: the gravest counts."""
    assert [len(one) for one in (IRREGULAR, UNSUITABLE, EXCESSIVE)] == [15, 9, 4]
    assert outcome_of([]) is Outcome.REASONABLE
    assert outcome_of(["1-10"]) is Outcome.IRREGULAR
    assert outcome_of(["2-5", "1-10"]) is Outcome.UNSUITABLE
    assert outcome_of(["1-1", "3-1", "2-1"]) is Outcome.EXCESSIVE
    assert list(CLASSES) == [Outcome.IRREGULAR, Outcome.UNSUITABLE, Outcome.EXCESSIVE]


@given(st.integers(0, 300), st.text(max_size=10), st.randoms())
def test_a_draw_can_be_repeated_by_its_seed(population, seed, shuffle):
    """Whatever order the rows come in, the same seed gives the same sample."""
    ids = [uuid4() for _ in range(population)]
    size = min(population, 100)
    first = service.chosen(ids, seed, size)
    shuffle.shuffle(ids)
    assert service.chosen(ids, seed, size) == first
    assert len(set(first)) == size


async def passed(desk, patient_id):
    """Signed by county1 and let pass by pharmacist1."""
    row = await signed(patient_id)
    await desk.post(f"{HERE}/{row.id}/claim")
    assert (await decide(desk, row, "approve")).status == 303
    return row


async def test_a_month_from_the_draw_to_the_table(desk, house, resident, clock):
    patient = await resident()
    row = await passed(desk, patient.id)
    early = await desk.post(f"{LIST}/draws", {"month": "2026-11"})
    assert early.status == 422, "the month is not over"
    clock.move(days=29)
    head = await house.signed_in("pharmacist1")
    assert (await head.post(f"{LIST}/draws", {"month": "2026-13"})).status == 422
    for _ in range(2):
        assert (await head.post(f"{LIST}/draws", {"month": "2026-11"})).status == 303
    assert await AppraisalMonth.all().count() == 1
    found = await Appraisal.get(request_id=row.id)
    assert (found.origin, found.month) == (Origin.SAMPLE, "2026-11")
    own = await head.post(f"{LIST}/{found.id}/judgement", {"reasonable": "1"})
    assert own.status == 403, "who let it pass does not judge it"
    other = await house.signed_in("pharmacist2")
    assert (await other.post(f"{LIST}/draws", {"month": "2026-10"})).status == 403
    page = await (await other.get(f"{LIST}/{found.id}")).text()
    assert row.number in page
    assert patient.name not in page
    path = f"{LIST}/{found.id}/judgement"
    empty = await other.post(path, {"words": "看过了,再想想"})
    assert empty.status == 422
    assert "看过了,再想想" in await empty.text()
    assert (await other.post(path, {"items": "2-5", "words": "剂量偏大"})).status == 303
    assert (await other.post(path, {"reasonable": "1"})).status == 409, "a judgement stands"
    assert (await Appraisal.get(id=found.id)).outcome is Outcome.UNSUITABLE
    doctor = await house.signed_in("county1")
    today = await (await doctor.get("/today")).text()
    assert "用药不适宜处方" in today
    answer = {"answer": "患者耐受良好,已随访"}
    assert (await doctor.post(f"{LIST}/{found.id}/answer", answer)).status == 303
    assert (await doctor.post(f"{LIST}/{found.id}/answer", answer)).status == 409
    table = await head.get(f"{LIST}/months/2026-11.csv")
    sheet = (await table.read()).decode("utf-8-sig")
    assert "云河县人民医院,刘明华,1,0,0,1,0,0.0%,0" in sheet
    assert "氨氯地平" not in sheet
    assert await AuditEvent.filter(action="prescription_appraisal.export").exists()
    assert (await other.get(f"{LIST}/months/2026-11.csv")).status == 403
    assert (await head.get(f"{LIST}/months/2026-11")).status == 200
    assert (await head.get(f"{LIST}/months/2026-99")).status == 404


@pytest.mark.parametrize("how", ["confirmed", "rejected"])
async def test_chufang_banfa_36_what_was_kept_or_refused_is_appraised(desk, house, resident, how):
    """处方办法 art. 36 and §2.4: the doctor does not change it, or it was refused: into 点评."""
    row = await signed((await resident()).id)
    await desk.post(f"{HERE}/{row.id}/claim")
    if how == "confirmed":
        await decide(desk, row, "return", **BAD)
        await confirmed(row)
    else:
        await decide(desk, row, "reject", **BAD)
    await until(lambda: Appraisal.exists(request_id=row.id), bool)
    assert (await Appraisal.get(request_id=row.id)).origin.value == how
    page = await (await desk.get(LIST)).text()
    assert row.number in page


async def test_strangers(desk, house, resident, clock):
    row = await passed(desk, (await resident()).id)
    await service.note(row.id, Origin.SAMPLE)
    found = await Appraisal.get(request_id=row.id)
    for name in ("county1", "county2", "village1"):
        person = await house.signed_in(name)
        assert (await person.get(f"{LIST}/{found.id}")).status == 404, "not judged yet, not theirs"
        assert (await person.get(LIST)).status == 403
    other = await on_duty(house, "pharmacist2")
    await other.post(f"{LIST}/{found.id}/judgement", {"reasonable": "1"})
    doctor, stranger = await house.signed_in("county1"), await house.signed_in("county2")
    assert (await doctor.get(f"{LIST}/{found.id}")).status == 200
    assert (await stranger.get(f"{LIST}/{found.id}")).status == 404
    assert (await stranger.post(f"{LIST}/{found.id}/answer", {"answer": "不是我"})).status == 404
    assert (await actor("county1")).practitioner_id == found.author_id
    assert (await (await house.signed_in("scheduler1")).get(LIST)).status == 403
