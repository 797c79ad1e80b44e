"""An emergency opening is looked back at, once, by somebody else and in time (个保法 51)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.audit import AuditEvent
from core.errors import Conflict, Forbidden
from people import emergencies
from people.access import break_glass
from people.actor import Role
from people.emergencies import Finding
from people.models import EmergencyReview, RecordGrant
from people.policy import policy


async def opened(house, resident, doctor="village2"):
    """Somebody has opened a record; the opening's id."""
    await resident()
    visitor = await house.signed_in(doctor)
    fields = {"name": "张桂英", "number": "11010519491231002X", "reason": "昏迷,要了解过敏史"}
    assert (await visitor.post("/patients/emergency", fields)).status == 303
    return (await RecordGrant.get(basis="emergency")).id


async def test_an_administrator_finds_it_at_once_and_closes_it(house, resident):
    grant_id = await opened(house, resident)
    admin = await house.signed_in("admin1")
    listed = await (await admin.get("/emergency-accesses")).text()
    assert "待核查" in listed
    assert 'data-nav-count="/emergency-accesses">1<' in listed
    page = f"/emergency-accesses/{grant_id}/review"
    text = await (await admin.get(page)).text()
    assert "昏迷,要了解过敏史" in text
    assert "张桂英" not in text
    refused = await admin.post(page, {"verdict": "maybe", "note": "好"})
    assert refused.status == 422
    fields = {"verdict": "justified", "note": "已和值班医生核实,患者昏迷。"}
    for _ in range(2):  # a second click says the same
        answer = await admin.post(page, fields)
        assert (answer.status, answer.headers["Location"]) == (303, "/emergency-accesses")
    assert (await admin.post(page, fields | {"verdict": "unjustified"})).status == 409
    listed = await (await admin.get("/emergency-accesses")).text()
    assert "理由成立" in listed
    assert "data-nav-count" not in listed
    assert await EmergencyReview.all().count() == 1
    assert await AuditEvent.filter(action="emergency_access.review").count() == 1


async def test_the_bureau_reads_and_does_not_judge(house, resident):
    grant_id = await opened(house, resident)
    bureau = await house.signed_in("supervisor1")
    assert "待核查" in await (await bureau.get("/emergency-accesses")).text()
    for answer in (
        await bureau.get(f"/emergency-accesses/{grant_id}/review"),
        await bureau.post(f"/emergency-accesses/{grant_id}/review", {"verdict": "justified"}),
    ):
        assert answer.status == 403


@pytest.mark.parametrize("number", ["00000000-0000-4000-8000-000000000000", "x"])
async def test_an_opening_that_is_none(house, number):
    admin = await house.signed_in("admin1")
    assert (await admin.get(f"/emergency-accesses/{number}/review")).status == 404


async def test_after_three_days_it_is_overdue_and_stays_in_the_list(staff, resident, clock):
    patient = await resident()
    given = await break_glass(await staff("village2"), patient.id, reason="昏迷,要了解过敏史")
    assert policy().emergency_review == timedelta(days=3)
    clock.move(days=3)
    assert not (await emergencies.emergency_access(given.id)).overdue
    clock.move(seconds=1)
    (row,) = await emergencies.emergency_accesses(limit=0)
    assert row.overdue


async def test_nobody_judges_an_opening_of_their_own(staff, resident, clock):
    patient = await resident()
    doctor = await staff("village2")
    given = await break_glass(doctor, patient.id, reason="昏迷,要了解过敏史")
    both = replace(doctor, roles=doctor.roles | {Role.ADMIN})
    assert await emergencies.waiting_for_review(both) == 0
    finding = Finding(verdict="justified", note="是我自己打开的")
    with pytest.raises(Forbidden):
        await emergencies.review(both, given.id, finding)
    await emergencies.review(await staff("admin1"), given.id, finding)
    other = Finding(verdict="justified", note="另一种说法")
    with pytest.raises(Conflict):
        await emergencies.review(await staff("admin1"), given.id, other)
