"""Everything a doctor does today on one page, the next thing first, one click from the work."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from lxml import html

from app import today
from app.demo import people as demo
from booking import service, visits
from booking.models import Channel
from care.encounter.models import Encounter, Kind
from care.encounter.states import Status
from care.teleconsultation.models import Consultation, Expert, Part, Urgency
from care.teleconsultation.states import ExpertStatus
from care.teleconsultation.states import Status as Asked
from core import clock as time
from people.models import Patient
from tests.booking.conftest import actor, at, new_patients, new_schedule, new_slot

COUNTY1 = demo.practitioner_id("county1")


async def neighbours(count):
    """Residents with names of their own."""
    people = await new_patients(count)
    for patient, name in zip(people, "赵钱孙李周吴郑王", strict=False):
        await Patient.filter(id=patient.id).update(name=f"{name}秀兰")
    return [await Patient.get(id=patient.id) for patient in people]


async def visit(patient, status, *, minutes=0, booked_for=None):
    """One online visit with county1."""
    moment = time.now() - timedelta(minutes=minutes)
    here = status is not Status.PLANNED
    return await Encounter.create(
        patient_id=patient.id,
        status=status,
        kind=Kind.VIDEO,
        practitioner_id=COUNTY1,
        organization_id=demo.organization_id("YH-H1"),
        account_id=uuid4(),
        subject=f"Appointment/{uuid4()}",
        booked_for=booked_for,
        condition="hypertension",
        consent_version="1",
        consent_sha256="0" * 64,
        consent_relation="self",
        consented_at=moment,
        asked_at=moment,
        arrived_at=moment if here else None,
        place=moment if here else None,
        began_at=moment if status is Status.IN_PROGRESS else None,
    )


async def consultation(patient, status, **more):
    """One that county1 gives."""
    found = await Consultation.create(
        patient_id=patient.id,
        inviter_id=demo.practitioner_id("village1"),
        inviter_organization_id=demo.organization_id("YH-T1-V1"),
        status=status,
        submitted_at=time.now(),
        accepted_at=time.now(),
        **more,
    )
    await Expert.create(
        consultation=found,
        practitioner_id=COUNTY1,
        status=ExpertStatus.ACCEPTED,
        part=Part.EXPERT,
        specialty="cardiology",
        invited_by="会诊工作台",
        invited_at=time.now(),
    )
    return found


async def page(house, name="county1"):
    """The page's own part."""
    doctor = await house.signed_in(name)
    answer = await doctor.get("/today")
    assert answer.status == 200
    return doctor, html.document_fromstring(await answer.text())


def shown(tree):
    """Titles of the groups with the links in each."""
    found = {}
    for section in tree.xpath("//*[@data-testid='today']//section[.//ul]"):
        title = re.sub(r"\W*\d+\W*$", "", section.findtext("h2") or "").strip()
        found[title] = section.xpath(".//ul//p[contains(@class,'queue__title')]/a/@href")
    return found


async def test_all_kinds_in_one_list_and_each_leads_to_its_work(house, clock):
    people = await neighbours(8)
    clock.move(hours=24)
    schedule = await new_schedule()
    slot = await new_slot(schedule, at(3, 10), places=3)
    office = await actor("scheduler1")
    row, later, gone = [
        await service.hold(office, slot_id=slot.id, patient_id=patient.id, channel=Channel.COUNTER)
        for patient in people[:3]
    ]
    await visits.check_in(office, row)
    running = await visit(people[3], Status.IN_PROGRESS)
    waiting = await visit(people[4], Status.WAITING, minutes=20)
    await visit(people[5], Status.PLANNED, booked_for=time.now() + timedelta(hours=2))
    await visit(people[5], Status.PLANNED, booked_for=time.now() + timedelta(days=2))
    urgent = await consultation(people[6], Asked.ACCEPTED, urgency=Urgency.EMERGENCY)
    owed = await consultation(people[7], Asked.OPINION_DRAFT, ended_at=time.now())
    await visit(people[5], Status.FINISHED)
    doctor, tree = await page(house)
    queue = f"/outpatient/queues/{schedule.id}?day=2026-11-03"
    assert shown(tree) == {
        "正在进行": [f"/visits/{running.id}"],
        "等着您": [f"/consultations/{urgent.id}", f"/visits/{waiting.id}", queue],
        "今天约好的": [queue, queue, "/visits"],
        "还没签的": [f"/consultations/{owed.id}/opinion"],
    }
    (first,) = tree.xpath("//*[@data-testid='next']")
    assert first.xpath(".//a/@href") == [f"/visits/{running.id}"]
    for link in {href for group in shown(tree).values() for href in group}:
        assert (await doctor.get(link)).status == 200, link
    part = await (await doctor.get("/today/work")).text()
    assert people[4].name in part
    assert {later.id, gone.id}  # both still to come


async def test_an_empty_day_says_so_and_nobody_sees_anothers(house, clock):
    (patient,) = await neighbours(1)
    await visit(patient, Status.WAITING)
    _, tree = await page(house, "county2")
    assert "今天没有安排" in tree.text_content()
    assert patient.name not in tree.text_content()
    for name in ("village1", "scheduler1", "admin1", "nurse1"):
        other = await house.signed_in(name)
        assert (await other.get("/today")).status == 403
    stranger = await house.visitor()
    assert (await stranger.get("/today")).status == 303


async def test_an_online_appointment_is_listed_once_with_its_visit(house, clock):
    (patient,) = await neighbours(1)
    clock.move(hours=24)
    schedule = await new_schedule(service_type="online")
    slot = await new_slot(schedule, at(3, 10))
    row = await service.hold(
        await actor("scheduler1"),
        slot_id=slot.id,
        patient_id=patient.id,
        channel=Channel.RESIDENT,
    )
    (item,) = await today.today(await actor("county1"))
    assert (item.kind, item.word, item.href) == ("在线复诊", "还没填复诊资料", "/visits")
    planned = await visit(await Patient.get(id=patient.id), Status.PLANNED)
    await Encounter.filter(id=planned.id).update(subject=f"Appointment/{row.id}")
    (item,) = await today.today(await actor("county1"))
    assert item.word == "还没进候诊室"


@pytest.mark.parametrize("minutes", [1, 200])
async def test_who_waits_longest_comes_first_after_emergencies(house, minutes):
    people = await neighbours(3)
    await visit(people[0], Status.WAITING, minutes=minutes)
    await visit(people[1], Status.WAITING, minutes=100)
    await consultation(people[2], Asked.ACCEPTED, urgency=Urgency.EMERGENCY)
    found = [item.who.split(" ")[0] for item in await today.today(await actor("county1"))]
    order = [people[0], people[1]] if minutes > 100 else [people[1], people[0]]
    assert found == [people[2].name, *(patient.name for patient in order)]


async def test_each_doctor_begins_where_the_work_is(house):
    for username, begins in (
        ("village1", "/clinic"),
        ("township1", "/today"),
        ("team1", "/today"),
        ("county1", "/desk"),
    ):
        visitor = await house.signed_in(username)
        assert (await visitor.get("/")).headers["Location"] == begins, username
    township = await house.signed_in("township1")
    assert "请求会诊" in await (await township.get("/today")).text()
