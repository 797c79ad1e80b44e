"""The visit as a ground to open the record: while it lasts, some days to write, and no longer."""

from datetime import timedelta
from uuid import uuid4

import pytest

from app.demo import people as demo
from people.access import may_open
from people.models import GrantBasis, Patient, RecordGrant
from people.policy import policy
from tests.care.encounter.conftest import actor, noted, paper, request_for


async def arrived(phone):
    """A resident in county1's waiting room; their phone and the visit's path."""
    li = await phone("li", add="李秀英")
    clinic = demo.organization_id("YH-T1-V1")  # not the house that she visits
    await Patient.filter(id=li.patient_id).update(managing_organization_id=clinic)
    asked = await li.post("/encounters", await request_for(li, li.patient_id))
    path = f"/encounters/{asked.body['id']}"
    await li.post(f"{path}/evidence", paper())
    assert not await may_open(await actor("county1"), li.patient_id), "asked is not come"
    assert (await li.post(f"{path}/arrival")).status == 200
    return li, path


async def test_it_opens_at_the_arrival_for_this_doctor_alone(phone, desk, house, clock):
    li, _ = await arrived(phone)
    record = f"/patients/{li.patient_id}"
    assert (await desk.get(record)).status == 200
    grant = await RecordGrant.get(patient_id=li.patient_id)
    assert grant.basis is GrantBasis.VISIT
    for name in ("county2", "township1", "village2"):
        stranger = await house.signed_in(name)
        answers = [await stranger.get(path) for path in (record, f"/patients/{uuid4()}")]
        assert [answer.status for answer in answers] == [404, 404]
        assert _words(await answers[0].text()) == _words(await answers[1].text())


def _words(page):
    """What is said, without the number of the request."""
    return page[page.index("<h1") : page.index("</h1>")]


@pytest.mark.parametrize("end", ["closure", "termination"])
async def test_after_the_end_there_are_some_days_to_write(phone, desk, house, clock, end):
    li, path = await arrived(phone)
    visit = (await desk.post("/visits/next")).headers["Location"]
    await li.post(f"{path}/entry")
    clock.move(minutes=5)
    if end == "closure":
        await desk.post(f"{visit}/verdict", {"verdict": "eligible", "why": "已确诊"})
        done = await noted(desk, visit, same_why="2 级高血压就是原发性高血压")
    else:
        fields = {"reason": "needs_physical_exam", "offer": ""}
        done = await desk.post(f"{visit}/termination", fields)
    assert done.status == 303, await done.text()
    doctor = await actor("county1")
    clock.move(seconds=policy().after_visit.total_seconds() - 1)
    assert await may_open(doctor, li.patient_id)
    clock.move(seconds=1)
    assert not await may_open(doctor, li.patient_id)
    again = await house.signed_in("county1")
    assert (await again.get(f"/patients/{li.patient_id}")).status == 404
    page = await (await again.get(visit)).text()
    assert "/patients/emergency" in page, "what is left is the glass"


async def test_what_did_not_happen_closes_at_once(phone, desk, clock):
    li, path = await arrived(phone)
    assert (await li.post(f"{path}/cancellation", {"reason": "好了"})).status == 200
    assert not await may_open(await actor("county1"), li.patient_id)


async def test_a_visit_nobody_ends_does_not_open_for_ever(phone, desk, clock):
    li, _ = await arrived(phone)
    clock.move(days=5)
    assert not await may_open(await actor("county1"), li.patient_id)
    assert policy().after_visit == timedelta(days=3)
