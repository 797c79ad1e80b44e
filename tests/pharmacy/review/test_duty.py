"""A pharmacist's duty: who may begin it, what it opens, and how it ends by itself."""

import pytest

from app.demo import county
from app.demo import people as demo
from app.settings import Settings
from people.models import RecordGrant
from pharmacy.prescribing.models import MedicationRequest
from pharmacy.review import queries
from pharmacy.review.models import Review, ReviewerTraining, ReviewShift
from pharmacy.review.states import DutyStatus, ReviewStatus
from tests.care.encounter.conftest import phone
from tests.mini_program_api.phones import until
from tests.pharmacy.review.conftest import HERE, trained
from tests.plumbing.keys import FIELD_KEY, SECRET_KEY
from tests.plumbing.prescriptions import signed

__all__ = ["phone"]


async def test_nobody_reviews_before_going_on_duty(house, clock, resident):
    await trained("pharmacist1")
    person = await house.signed_in("pharmacist1")
    row = await signed((await resident()).id)
    answer = await person.post(f"{HERE}/{row.id}/claim")
    assert answer.status == 409
    assert "上岗" in await answer.text()
    wrong = await person.post(f"{HERE}/duty", {"password": "wrong"})
    assert wrong.status == 422
    assert not await ReviewShift.exists()


async def test_who_is_not_trained_may_not_review(house, clock, resident):
    """审核规范: trained and examined, as somebody else has written down."""
    person = await house.signed_in("pharmacist2")
    assert "审方人员" in await (await person.get(HERE)).text()
    assert (await person.post(f"{HERE}/duty", {"password": demo.PASSWORD})).status == 403
    row = await signed((await resident()).id)
    assert (await person.post(f"{HERE}/{row.id}/claim")).status == 403
    assert (await person.get(f"{HERE}/reviewers")).status == 403
    head = await house.signed_in("pharmacist1")
    own = {"practitioner_id": demo.practitioner_id("pharmacist1"), "passed_on": "2026-05-01"}
    assert (await head.post(f"{HERE}/reviewers", own)).status == 422, "nobody vouches for oneself"
    late = own | {"practitioner_id": demo.practitioner_id("pharmacist2"), "passed_on": "2027-05-01"}
    assert (await head.post(f"{HERE}/reviewers", late)).status == 422
    good = late | {"passed_on": "2026-05-01"}
    assert (await head.post(f"{HERE}/reviewers", good)).status == 303
    assert (await person.post(f"{HERE}/duty", {"password": demo.PASSWORD})).status == 303
    admin = await house.signed_in("admin1")
    assert (await admin.post(f"{HERE}/reviewers", own)).status == 303
    assert await ReviewerTraining.all().count() == 2


async def test_pause_resume_and_the_end_gives_back(desk, resident):
    row = await signed((await resident()).id)
    await desk.post(f"{HERE}/{row.id}/claim")
    assert (await desk.post(f"{HERE}/duty/pause")).status == 303
    assert (await queries.on_duty()).reviewers == 0
    assert (await desk.post(f"{HERE}/duty/resume")).status == 303
    assert (await queries.on_duty()).reviewers == 1
    assert (await desk.post(f"{HERE}/duty/end")).status == 303
    assert (await Review.get(request_id=row.id)).status is ReviewStatus.RELEASED
    assert (await desk.post(f"{HERE}/duty/end")).status == 409


async def test_a_forgotten_duty_ends_by_itself(desk, clock):
    clock.move(minutes=119)
    assert (await queries.on_duty()).reviewers == 1
    clock.move(minutes=1)

    async def over():
        return await ReviewShift.exists(status=DutyStatus.ENDED)

    await until(over, bool)


@pytest.mark.parametrize(("hour", "words"), [(9, "药师上岗后"), (20, "明天 08:00")])
async def test_doctor_and_resident_are_told_before_they_start(house, clock, phone, hour, words):
    """医院办法 附录: a queue without a reviewer says so."""
    clock.move(hours=hour - 9)
    duty = await queries.on_duty()
    assert duty.sentence.startswith("现在没有药师在岗")
    assert words in duty.sentence
    li = await phone("li", add="李秀英")
    assert (await li.get("/visit-conditions")).body["pharmacist_note"] == duty.sentence


async def test_with_a_reviewer_nothing_is_said(desk, phone):
    li = await phone("li", add="李秀英")
    assert (await li.get("/visit-conditions")).body["pharmacist_note"] == ""


async def test_the_demo_has_prescriptions_in_every_hand(database, tmp_path):
    """Two wait, one is back with its doctor, one has passed; all by the real verbs."""
    settings = Settings(demo=True, data_dir=tmp_path, secret_key=SECRET_KEY, field_key=FIELD_KEY)
    assert await county.create(settings)
    found = sorted(row.status.value for row in await MedicationRequest.all())
    assert found == ["active", "on-hold", "on-hold", "returned"]
    assert [one.severe for one in await queries.queue()] == [0, 0]
    assert (await queries.on_duty()).reviewers == 0
    assert not await RecordGrant.filter(basis="prescription", revoked_at=None).exists()
