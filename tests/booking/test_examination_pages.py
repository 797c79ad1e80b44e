"""The pages on which several examinations are booked: the outpatient office's, the clinic's."""

import re

import pytest

from booking.models import Appointment
from booking.states import Status
from core import crypto
from people.models import PatientIdentifier
from tests.booking.conftest import new_patients
from tests.booking.test_examinations import stomach_and_bladder

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
async def two(house, clock):
    """A stomach that has to be empty and a bladder that has to be full."""
    return await stomach_and_bladder()


NUMBER = "11010519491231002X"


async def hidden(answer, name):
    return re.findall(rf'name="{name}" value="([^"]+)"', await answer.text())


async def test_the_office_plans_and_books_with_one_confirmation(house, two):
    (patient,) = await new_patients(1)
    await PatientIdentifier.create(
        patient_id=patient.id,
        kind="id_card",
        value=NUMBER,
        value_index=crypto.keyring().index(NUMBER),
    )
    office = await house.signed_in("scheduler1")
    assert (await office.get("/outpatient/examinations")).status == 200
    found = await office.post("/outpatient/examinations/plan", {"number": NUMBER})
    assert "王秀兰" in await found.text()
    wanted = {"number": NUMBER, "exam": [str(s.id) for s in two], "first": "2026-11-04"}
    answer = await office.post("/outpatient/examinations/plan", wanted)
    text = await answer.text()
    assert answer.status == 200
    assert "一趟做完" in text
    assert text.index("08:00") < text.index("10:00")
    slots = await hidden(answer, "slot_id")
    done = await office.post("/outpatient/examinations", {"number": NUMBER, "slot_id": slots})
    assert done.status == 303
    page = await (await office.get(done.headers["Location"])).text()
    assert "同一位居民的其他预约" in page
    assert await Appointment.filter(status=Status.BOOKED).count() == 2
    late = await office.post("/outpatient/examinations", {"number": NUMBER, "slot_id": slots})
    assert late.status == 409
    nobody = await office.post("/outpatient/examinations/plan", {"number": "440524188001010014"})
    assert nobody.status == 422
    none = await office.post(
        "/outpatient/examinations/plan",
        wanted | {"exam": [str(s.id) for s in two], "first": "2026-11-30"},
    )
    assert (none.status, "没有能排下的号" in await none.text()) == (422, True)


async def test_the_village_doctor_plans_for_a_neighbour(house, two):
    (patient,) = await new_patients(1)
    doctor, stranger = await house.signed_in("village1"), await house.signed_in("village2")
    page = f"/bookings/new/{patient.id}/examinations"
    asked = f"{page}?first=2026-11-04&" + "&".join(f"exam={s.id}" for s in two)
    assert (await stranger.get(asked)).status == 404
    answer = await doctor.get(asked)
    slots = await hidden(answer, "slot_id")
    assert (answer.status, len(slots)) == (200, 2)
    unsaid = await doctor.post(page, {"slot_id": slots})
    assert (unsaid.status, "请先确认检查要求" in await unsaid.text()) == (409, True)
    told = {"slot_id": slots, "confirmed": ["fasting", "bladder"]}
    assert (await doctor.post(page, told)).status == 303
    assert await Appointment.filter(status=Status.HELD).count() == 2
    assert (await stranger.post(page, told)).status == 404
    assert (await doctor.get(f"{page}?exam=nonsense")).status == 422
