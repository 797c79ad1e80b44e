"""A follow-up or a check fulfils what a contract promised: once, undone with it, confirmed by the
resident as everything else."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core import clock as time
from core import db
from core.audit import SYSTEM
from core.errors import Forbidden, NotFound
from core.outbox import Dispatcher
from family_doctor.care_plan import service as plans
from family_doctor.care_plan import tasks
from family_doctor.care_plan.events import TaskEnded
from family_doctor.care_plan.models import Task
from family_doctor.care_plan.schemas import CheckIn, EnrolIn
from family_doctor.care_plan.states import TaskStatus
from family_doctor.contracts import terms
from family_doctor.contracts.models import Contract, EndedBy
from family_doctor.contracts.wording import agreement
from family_doctor.followup import mending, queries
from family_doctor.followup.events import FollowUpFoundWrong, FollowUpRecorded
from family_doctor.followup.service import record_follow_up
from family_doctor.fulfilment import meaning, reactions
from family_doctor.fulfilment.models import ContractItem, ServiceRecord
from family_doctor.fulfilment.queries import of_contract
from family_doctor.fulfilment.states import Status
from family_doctor.packages.models import FulfilledBy, Mode
from people import access as patients
from tests.family_doctor.conftest import filled
from tests.plumbing.actors import actor
from tests.plumbing.families import found_team, signed

pytestmark = pytest.mark.usefixtures("clock")


@pytest.fixture
def dispatcher():
    return Dispatcher(
        {
            FollowUpRecorded: [reactions.count_follow_up],
            FollowUpFoundWrong: [reactions.uncount_follow_up],
            TaskEnded: [reactions.count_check],
        }
    )


@pytest.fixture
async def promised(signed_resident, staff):
    """Signed, in the programme, with four visits and four calls for hypertension promised."""
    row = await Contract.get(active_for=signed_resident.id)
    for place, (code, mode, itself) in enumerate(
        (
            ("BP-VISIT", Mode.CLINIC, FulfilledBy.HYPERTENSION),
            ("BP-CALL", Mode.PHONE, FulfilledBy.HYPERTENSION),
            ("HOME", Mode.HOME, FulfilledBy.HOME_VISIT),
            ("CHECK", Mode.CLINIC, FulfilledBy.ELDERLY),
            ("GUIDE", Mode.CLINIC, None),
        )
    ):
        await ContractItem.create(
            contract_id=row.id,
            position=place,
            package_code="HTN",
            group="hypertension",
            code=code,
            name=code,
            times=4,
            mode=mode,
            who="village_doctor",
            fulfilled_by=itself,
        )
    entry = EnrolIn(programme="hypertension", began_from=time.today())
    await plans.enrol(await staff("nurse1"), signed_resident.id, entry)
    return row


async def done(row) -> dict[str, int]:
    found = await of_contract(row)
    return {line.item.code: line.progress.done for line in found.lines if line.progress.done}


async def followed_up(staff, row, **more):
    return await record_follow_up(
        await staff("nurse1"), row.patient_id, filled(time.today(), **more)
    )


async def test_a_visit_at_home_counts_once_for_each_thing_it_is(promised, staff, dispatcher):
    found = await followed_up(staff, promised, mode="2")
    await dispatcher.drain()
    again = FollowUpRecorded(
        follow_up_id=str(found.id),
        patient_id=str(found.patient_id),
        team_id=str(found.team_id),
        by_id=str(found.by_id),
        mode="2",
        met_on=found.met_on.isoformat(),
        diseases=["hypertension"],
        action="continue",
        next_by=found.next_by.isoformat(),
    )
    await asyncio.gather(*(reactions.count_follow_up(again) for _ in range(3)))
    assert await done(promised) == {"BP-VISIT": 1, "HOME": 1}
    rows = await ServiceRecord.all()
    assert {(one.reference, one.status, one.by_id) for one in rows} == {
        (f"FollowUp/{found.id}", Status.DONE, found.by_id)
    }, "the resident has not confirmed it yet"


async def test_a_call_is_a_call_and_a_second_form_of_the_day_no_second_visit(
    promised, staff, dispatcher
):
    await followed_up(staff, promised, mode="3")
    await dispatcher.drain()
    assert await done(promised) == {"BP-CALL": 1}
    for _ in range(2):
        await followed_up(staff, promised, mode="1")
        await dispatcher.drain()
    assert await done(promised) == {"BP-CALL": 1, "BP-VISIT": 1}


async def test_entered_in_error_it_counts_for_nothing_and_is_done_again_soon(
    promised, staff, dispatcher
):
    row = await followed_up(staff, promised, mode="2", systolic=150)
    await dispatcher.drain()
    with pytest.raises(NotFound):
        await mending.find_wrong(await staff("village2"), row.id, "记到别人名下了")
    with pytest.raises(Forbidden):
        await mending.find_wrong(await staff("village1"), row.id, "记到别人名下了")
    for login in ("nurse1", "team1"):
        await mending.find_wrong(await staff(login), row.id, "记到别人名下了")
        await dispatcher.drain()
    assert await done(promised) == {}
    assert {one.status for one in await ServiceRecord.all()} == {Status.WITHDRAWN}
    assert await queries.latest(row.patient_id, 9) == []
    assert await queries.in_year(row.patient_id, row.met_on.year) == (0, 0, 0)
    task = await Task.get(patient_id=row.patient_id, status=TaskStatus.REQUESTED)
    assert task.due == time.today() + timedelta(days=14)
    once_more = await followed_up(staff, promised, mode="2", systolic=150)
    await dispatcher.drain()
    assert once_more.judged["hypertension"]["row"] == 4, "the wrong one was no earlier visit"
    assert await done(promised) == {"BP-VISIT": 1, "HOME": 1}


async def test_what_the_resident_confirmed_stays(promised, staff, dispatcher):
    row = await followed_up(staff, promised, mode="2")
    await dispatcher.drain()
    await ServiceRecord.all().update(status=Status.CONFIRMED)
    await mending.find_wrong(await staff("nurse1"), row.id, "写错了血压")
    await followed_up(staff, promised, mode="2")
    await dispatcher.drain()
    assert await done(promised) == {"BP-VISIT": 1, "HOME": 1}, "one day, one visit"


async def test_a_yearly_check_that_is_ticked_off_counts(team, resident, staff, dispatcher, clock):
    old, nurse = await resident(number=""), await staff("nurse1")
    contract = await signed(old, team)
    await ContractItem.create(
        contract_id=contract.id,
        position=0,
        package_code="OLD",
        group="elderly",
        code="CHECK",
        name="体检",
        times=1,
        mode=Mode.CLINIC,
        who="township_doctor",
        fulfilled_by=FulfilledBy.ELDERLY,
    )
    await plans.enrol(nurse, old.id, EnrolIn(programme="elderly", began_from=old.birth_date))
    task = await Task.get(patient_id=old.id)
    for _ in range(2):
        await tasks.complete_check(nurse, task.id, CheckIn(done_on=time.today()))
    await dispatcher.drain()
    assert await done(contract) == {"CHECK": 1}


async def test_who_has_left_the_team_meanwhile_has_nothing_counted(promised, staff, dispatcher):
    await followed_up(staff, promised, mode="2")
    async with db.atomic():
        await terms.end(SYSTEM, promised, "terminate", EndedBy.RESIDENT, "搬走了")
    await dispatcher.drain()
    assert not await ServiceRecord.exists()


@given(
    some.lists(
        some.tuples(some.integers(0, 9), some.integers(1, 52), some.integers(0, 60)),
        min_size=1,
        unique_by=lambda one: one[0],
    )
)
def test_of_several_alike_the_one_furthest_behind_counts(items):
    chosen = meaning.furthest_behind(items)
    share = {place: done / times for place, times, done in items}
    assert share[chosen] == min(share.values())


def test_gongwei_guifan_at_home_is_face_to_face_and_a_call_is_not():
    assert meaning.fits(Mode.CLINIC, Mode.HOME)
    for promised, done in ((Mode.CLINIC, Mode.PHONE), (Mode.HOME, Mode.CLINIC)):
        assert not meaning.fits(promised, done)
    for code in ("mental", "tb_visit", "asked-1"):
        assert meaning.of_check(code) == set()
    assert FulfilledBy.HOME_VISIT in meaning.of_check("newborn_visit")


async def test_chosen_on_the_package_page_signed_counted_and_taken_back(house, offer, resident):
    admin, lead = await house.signed_in("admin1"), await house.signed_in("team1")
    team, package = await found_team(), await offer()
    item = {"code": "BP", "name": "高血压随访", "times": "4", "mode": "clinic", "who": "nurse"}
    path = f"/service-packages/{package.id}"
    assert (await admin.post(f"{path}/items", item | {"fulfilled_by": "x"})).status == 422
    said = item | {"fulfilled_by": "hypertension"}
    assert (await admin.post(f"{path}/items", said)).status == 303
    assert "高血压随访" in await (await admin.get(path)).text()
    patient = await resident(number="")
    await patients.presented(await actor("team1"), patient.id)
    desk = {
        "team_id": team.id,
        "package_ids": package.id,
        "years": 1,
        "signer": "self",
        "seen": "1",
        "text_version": agreement().version,
    }
    assert (await lead.post(f"/patients/{patient.id}/contract", desk)).status == 303
    contract = await Contract.get(patient_id=patient.id)
    assert (await lead.post(f"/contracts/{contract.id}/signature")).status == 303
    assert await ContractItem.filter(fulfilled_by=FulfilledBy.HYPERTENSION).count() == 1
    one = f"/follow-ups/patients/{patient.id}"
    began = {"programme": "hypertension", "began_from": "2020-01-01", "supervised_by_staff": "1"}
    assert (await lead.post(f"{one}/plans", began)).status == 303
    form = filled(time.today()).model_dump(mode="json", exclude_defaults=True)
    answer = await lead.post(f"{one}/records", form)
    assert answer.status == 303, await answer.text()
    found = answer.headers["Location"]

    async def counted(times):
        async with asyncio.timeout(20):
            while (
                f'data-label="做了" class="number">{times}<'
                not in await (await lead.get(f"/contracts/{contract.id}")).text()
            ):
                await asyncio.sleep(0.1)

    await counted(1)
    assert (await lead.post(f"{found}/error", {})).status == 422
    wrong = {"reason": "记到别人名下了"}
    assert (await (await house.signed_in("township1")).post(f"{found}/error", wrong)).status == 404
    assert (await lead.post(f"{found}/error", wrong)).status == 303
    assert "这张表记错了,不算数" in await (await lead.get(found)).text()
    async with asyncio.timeout(20):
        while not await ServiceRecord.filter(status=Status.WITHDRAWN).exists():
            await asyncio.sleep(0.1)
    assert await done(contract) == {}
