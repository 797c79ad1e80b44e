"""Reminders of the team: said while they are true, by the next channel where one fails, once."""

from datetime import date, datetime, timedelta
from datetime import time as hour
from uuid import uuid4

import pytest

from app import reactions as wiring
from care.record import home
from care.record.models import Observation
from care.record.schemas import VitalsIn
from core import clock as time
from core import db
from core.audit import SYSTEM
from core.clock import SHANGHAI
from core.outbox import Dispatcher, OutboxEntry, OutboxStatus
from family_doctor import queries as teams
from family_doctor.care_plan import policy, service, tasks
from family_doctor.care_plan import reactions as plans
from family_doctor.care_plan.models import ReadingRequest, Task
from family_doctor.care_plan.policy import Params
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.contracts import terms
from family_doctor.contracts.events import RenewalDue
from family_doctor.contracts.models import Contract, EndedBy
from family_doctor.followup.events import FollowUpRecorded
from family_doctor.followup.service import record_follow_up
from notifications import reminders
from notifications.family import readings, renewal, visits
from notifications.models import Attempt, CallTask, Communication
from notifications.sending.sender import Sender
from notifications.sending.sms import SmsChannel
from notifications.sending.wechat import WechatChannel
from notifications.sms.gateway import HttpGateway
from notifications.states import Call, Stage
from people import memberships
from people.deaths import service as deaths
from people.deaths.schemas import DeathIn
from people.models import Patient
from people.residents import accounts
from people.residents.models import ResidentAccount
from tests.family_doctor.conftest import filled
from tests.notifications.test_ladder import gateway
from tests.plumbing.actors import actor
from tests.plumbing.families import found_team, signed

__all__ = ["gateway"]
FAMILY = (
    *wiring.FAMILIES.items(),
    (reminders.ReminderComes, [reminders.say, readings.once_more]),
    (RenewalDue, [renewal.tell]),
)


@pytest.fixture
def dispatcher():
    """The reactions of the family doctors, as the composition root wires them."""
    memberships.configure(teams.memberships)
    reminders.bring(*visits.OWN, *readings.OWN, *renewal.OWN)
    yield Dispatcher(dict(FAMILY))
    policy.configure(Params())


@pytest.fixture
async def sender(wechat, gateway):
    texts = HttpGateway(gateway[1])
    yield Sender([WechatChannel(wechat), SmsChannel(texts)])
    await texts.close()


@pytest.fixture
async def mother(clock, household, dispatcher):
    """张桂英, signed and followed up for hypertension."""
    await signed(await Patient.get(id=household.patient_id), await found_team())
    entry = EnrolIn(programme="hypertension", began_from=date(2020, 1, 1))
    await service.enrol(await actor("nurse1"), household.patient_id, entry)
    await dispatcher.drain()
    return household


async def task() -> Task:
    return await Task.get()


async def told(topic: str, who) -> Communication | None:
    return await Communication.get_or_none(topic=topic, recipient_id=who.account_id)


def night(day: date):
    return datetime.combine(day, hour(22), SHANGHAI)


async def test_three_days_before_and_once_when_late(mother, dispatcher, clock):
    row = await task()
    clock.moment = visits.rules.at(row.due - timedelta(days=3))
    await dispatcher.drain()
    one = await told("family_visit", mother.mother)
    assert (one.title, one.subject) == ("您的家庭医生约您来一趟", f"FamilyTask/{row.id}")
    assert one.text.startswith("张桂英:该随访了:请在 11月16日 前到卫生室或卫生院来一趟")
    for said in (one.title, str(one.words)):
        assert [word for word in ("血压", "随访", "桂英") if word in said] == []
    clock.moment = visits.rules.at(row.due + timedelta(days=7))
    for _ in range(2):
        await dispatcher.drain()
    assert (await told("family_late", mother.mother)).title == "您的家庭医生还在等您"
    assert await Communication.all().count() == 4, "her and her daughter, each of both once"


async def test_who_was_seen_hears_nothing(mother, dispatcher, clock):
    nurse, row = await actor("nurse1"), await task()
    async with db.atomic():
        await tasks.end(nurse, row, "complete", "")
    await dispatcher.drain()
    keys = OutboxEntry.filter(key__endswith=str(row.id))
    assert set(await keys.values_list("status", flat=True)) == {OutboxStatus.CANCELLED}
    clock.move(days=40)
    await dispatcher.drain()
    assert not await Communication.exists()


async def test_a_nearer_day_is_reminded_of_earlier(mother, dispatcher, clock):
    row, patient = await task(), await Patient.get(id=mother.patient_id)
    before = (await OutboxEntry.get(key=f"reminder/FamilyTask/{row.id}")).due_at
    await Task.filter(id=row.id).update(due=row.due + timedelta(days=60))
    async with db.atomic():
        await tasks.follow_soon(patient, reason="危急值")
    await Task.filter(id=row.id).update(due=time.today() + timedelta(days=7))
    await dispatcher.drain()
    after = (await OutboxEntry.get(key=f"reminder/FamilyTask/{row.id}")).due_at
    assert after == before - timedelta(days=7)


async def test_who_leaves_the_team_while_it_is_on_its_way_hears_nothing(
    mother, dispatcher, sender, clock
):
    row = await task()
    clock.moment = night(row.due - timedelta(days=2))  # the machine slept over the morning
    await dispatcher.drain()
    await sender.drain()
    assert (await told("family_visit", mother.mother)).status is Stage.WAITING
    contract = await Contract.get()
    async with db.atomic():
        await terms.end(SYSTEM, contract, "terminate", EndedBy.RESIDENT, "搬走了")
    clock.move(hours=11)  # the morning; no reaction has run yet
    await sender.drain()
    assert (await told("family_visit", mother.mother)).status is Stage.WITHDRAWN
    assert not await Attempt.exists()
    await dispatcher.drain()
    clock.move(days=30)
    await dispatcher.drain()
    assert await told("family_late", mother.mother) is None


async def test_who_dies_while_it_is_on_its_way_is_not_called_to_come(
    mother, dispatcher, sender, clock
):
    row = await task()
    clock.moment = night(row.due - timedelta(days=2))
    await dispatcher.drain()
    assert (await told("family_visit", mother.mother)).status is Stage.WAITING
    proof = DeathIn(died_on=time.today(), ground="certificate", evidence="编号 4403")
    await deaths.record(await actor("village1"), mother.patient_id, proof)
    clock.move(hours=11)
    await sender.drain()
    assert (await told("family_visit", mother.mother)).status is Stage.WITHDRAWN


async def test_a_clock_that_jumps_on_and_back_says_it_once(mother, dispatcher, clock):
    row = await task()
    set_at, due = time.now(), visits.rules.at(row.due - timedelta(days=3))
    clock.moment = due + timedelta(hours=5)  # a wrong time server
    await dispatcher.drain()
    assert await Communication.filter(topic="family_visit").count() == 2
    clock.moment = set_at  # and the right one
    await dispatcher.drain()
    moved = visits.TaskMoved(task_id=str(row.id), patient_id="", team_id="")
    await visits.set_reminders(moved)  # its day is found anew
    clock.moment = due
    await dispatcher.drain()
    assert await Communication.filter(topic="family_visit").count() == 2


async def test_a_clock_that_steps_back_does_not_lose_it(mother, dispatcher, clock):
    row = await task()
    due = visits.rules.at(row.due - timedelta(days=3))
    clock.moment = due - timedelta(days=30)
    await dispatcher.drain()
    assert not await Communication.exists()
    clock.moment = due
    await dispatcher.drain()
    assert await Communication.filter(topic="family_visit").count() == 2


@pytest.mark.parametrize(
    ("phone", "openid", "ends"),
    [
        ("13912345678", None, ["wechat:wechat_no_credit", "sms:"]),
        ("13912345678", "deleted-in-wechat", ["wechat:wechat_no_credit", "sms:"]),
        ("13912340001", None, ["wechat:wechat_no_credit", "sms:sms_blocked"]),
        ("13912340000", None, ["wechat:wechat_no_credit", "sms:sms_number"]),
        (None, None, ["wechat:wechat_no_credit", "sms:no_phone"]),
    ],
)
async def test_unsubscribed_blocked_or_gone_goes_on_to_the_next_channel(
    mother, dispatcher, sender, gateway, clock, phone, openid, ends
):
    account = mother.mother.account_id
    account_row = ResidentAccount.filter(id=account)
    await account_row.update(**({"openid": openid} if openid else {}))
    row = await ResidentAccount.get(id=account)
    row.phone = phone
    await row.save(update_fields=["phone"])
    gateway[0].options.busy = 0
    clock.moment = visits.rules.at((await task()).due - timedelta(days=3))
    await dispatcher.drain()
    for _ in range(3):
        await sender.drain()
        clock.move(minutes=1)
    one = await told("family_visit", mother.mother)
    tried = await Attempt.filter(communication_id=one.id).order_by("at", "channel")
    found = sorted(f"{a.channel.value}:{a.code}" for a in tried)[::-1]
    assert found == ends
    assert one.status is (Stage.SENT if ends[-1] == "sms:" else Stage.INBOX)
    if ends[-1] == "sms:":
        ((text,),) = [[m["text"] for m in gateway[0].messages.values()]]
        assert text.endswith(
            "您的家庭医生约您来一趟,时间在11月16日之前。来不了请给团队或村医打电话。"
        )
        assert "张**" in text


async def test_an_account_that_is_deleted_while_it_is_on_its_way(mother, dispatcher, sender, clock):
    clock.moment = night((await task()).due - timedelta(days=2))
    await dispatcher.drain()
    await accounts.close_account(mother.mother)
    clock.move(hours=11)
    for _ in range(3):
        await sender.drain()
        clock.move(minutes=1)
    one = await told("family_visit", mother.mother)
    codes = await Attempt.filter(communication_id=one.id).values_list("code", flat=True)
    assert set(codes) == {"account_closed", "no_phone"}
    assert one.status is Stage.INBOX


async def test_a_value_from_home_is_asked_for_until_one_comes(mother, dispatcher, clock):
    policy.configure(Params(home_reading=7, home_readings=2))
    nurse, today = await actor("nurse1"), time.today()
    high = filled(today, systolic=150, diastolic=92)
    row = await record_follow_up(nurse, mother.patient_id, high)
    await dispatcher.drain()
    assert (await ReadingRequest.get()).due_on == today + timedelta(days=7)
    for weeks in (1, 2, 3, 4):
        clock.moment = visits.rules.at(today + timedelta(weeks=weeks))
        for _ in range(2):
            await dispatcher.drain()
    asked = Communication.filter(topic="home_reading", recipient_id=mother.mother.account_id)
    assert await asked.count() == 2, "so often in vain, and no more"
    assert "血压" not in (await asked.first()).title
    again = FollowUpRecorded(
        follow_up_id=str(row.id),
        patient_id=str(mother.patient_id),
        team_id=str(row.team_id),
        by_id=str(row.by_id),
        mode="1",
        met_on=str(today),
        diseases=["hypertension"],
        action="adjust",
        next_by=str(today),
    )
    await plans.want_readings(again)
    await measured(mother.patient_id, clock)
    await dispatcher.drain()
    last = await ReadingRequest.get(open__isnull=False)
    assert last.due_on == time.today() + timedelta(days=7), "counted from the value that came"
    assert await asked.count() == 2
    well = filled(time.today())
    await record_follow_up(nurse, mother.patient_id, well)
    await dispatcher.drain()
    assert not await ReadingRequest.filter(ended_at=None).exists()
    clock.move(days=30)
    await dispatcher.drain()
    assert await asked.count() == 2


async def measured(patient_id, clock) -> None:
    patient = await Patient.get(id=patient_id).select_related("managing_organization")
    entry = VitalsIn(systolic=132, diastolic=84, measured_at=time.now())
    await home.record_at_home(home.Source(SYSTEM), patient, entry, uuid4())
    assert await Observation.all().count()


async def test_nothing_is_asked_for_unless_the_house_wants_it(mother, dispatcher, clock):
    high = filled(time.today(), systolic=150, diastolic=92)
    await record_follow_up(await actor("nurse1"), mother.patient_id, high)
    await dispatcher.drain()
    assert not await ReadingRequest.exists()


async def test_who_renews_in_the_night_is_not_reminded_in_the_morning(
    mother, dispatcher, sender, clock
):
    contract = await Contract.get()
    clock.moment = night(contract.ends_on - timedelta(days=30))
    ids = {"contract_id": contract.id, "patient_id": mother.patient_id, "team_id": contract.team_id}
    names = {name: str(id) for name, id in ids.items()}
    await renewal.tell(RenewalDue(**names, ends_on=str(contract.ends_on)))
    await dispatcher.drain()
    assert (await told("contract_renewal", mother.mother)).status is Stage.WAITING
    await Contract.filter(id=contract.id).update(pending_for=contract.active_for)
    clock.move(hours=11)
    await sender.drain()
    assert (await told("contract_renewal", mother.mother)).status is Stage.WITHDRAWN


async def test_a_call_that_a_reminder_ended_in_is_dropped_with_it(mother, dispatcher, clock):
    row = await task()
    clock.moment = visits.rules.at(row.due - timedelta(days=3))
    await dispatcher.drain()
    one = await told("family_visit", mother.mother)
    await Communication.filter(id=one.id).update(status=Stage.CALLING)
    call = await CallTask.create(
        communication_id=one.id,
        patient_id=mother.patient_id,
        organization_id=(await Patient.get(id=mother.patient_id)).managing_organization_id,
        due_at=time.now(),
        made_at=time.now(),
    )
    await record_follow_up(await actor("nurse1"), mother.patient_id, filled(time.today()))
    await dispatcher.drain()
    assert (await CallTask.get(id=call.id)).status is Call.DROPPED
    assert (await told("family_visit", mother.mother)).status is Stage.WITHDRAWN
