"""问一问: a resident and the team talk while the contract runs; who may read follows both."""

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from app import team_talk
from app.demo import people as demo
from booking.models import Closure
from chat.models import Conversation, Member, Message
from core import clock as time
from core.audit import SYSTEM, AuditEvent
from core.outbox import OutboxEntry
from family_doctor.contracts.models import Contract
from family_doctor.talks import queries, rules
from family_doctor.talks.events import TalkUnread
from family_doctor.talks.models import TeamTalk
from family_doctor.talks.seams import Heard
from family_doctor.teams import service as teams
from family_doctor.teams.models import MemberRole, TeamMember
from family_doctor.teams.schemas import MemberIn
from notifications import talks as notices
from notifications.models import Communication
from people.models import Patient
from tests.chat.conftest import Speaker, photo
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import until
from tests.plumbing.actors import actor
from tests.plumbing.families import ELSEWHERE, found_team, signed

__all__ = ["phone"]


def text(words):
    return {"client_id": uuid4().hex, "text": words}


@pytest.fixture
async def pair(house, phone, clock):
    """A signed resident's phone, the path of their talk, and the team."""
    li = await phone("li", add="李秀英")
    team = await found_team()
    contract = await signed(await Patient.get(id=li.patient_id), team)
    return li, f"/contracts/{contract.id}/talk", team


async def opened(li, at):
    """The resident opens it; the conversation follows."""
    for _ in range(2):
        assert (await li.post(at)).status == 201
    return await until(lambda: li.get(f"{at}/messages"), lambda got: got.status == 200)


async def brought():
    """Every talk as it is now, without waiting for the dispatcher."""
    for row in await TeamTalk.all():
        await team_talk.bring(row.id)


async def staff_talk(house, login):
    """Somebody's page of the only talk, and the conversation behind it."""
    visitor = await house.signed_in(login)
    row = await Conversation.get(subject__startswith="TeamTalk/")
    return visitor, Speaker(visitor, row.id)


async def test_a_resident_asks_and_the_team_answers(house, pair):
    li, at, team = pair
    first = await opened(li, at)
    talk = await TeamTalk.get()
    assert next(one["text"] for one in first.body["items"]).startswith("对话开始了")
    assert first.body["may_write"]
    assert "不是看病:不下诊断、不开药" in (await li.get(at)).body["note"]
    names = {one["name"] for one in first.body["members"]}
    assert {"李秀英", *[one.practitioner.name for one in await team_members(team)]} == names
    assert (await li.post(f"{at}/messages", text("降压药早上吃还是晚上吃?"))).status == 201

    for login in ("nurse1", "village1", "county1"):
        visitor = await house.signed_in(login)
        listed = await (await visitor.get("/talks")).text()
        assert "降压药早上吃" in listed
        assert "等团队回复" in listed
        assert "1 条新消息" in listed
    heart = await house.signed_in("county1")
    assert "居民留言" in await (await heart.get("/today")).text()
    page = await (await heart.get(f"/talks/{talk.id}")).text()
    assert "不是急诊,紧急请打 120;一般一个工作日内回复" in page

    nurse, speaker = await staff_talk(house, "nurse1")
    assert (await speaker.say("早上吃,每天同一个时间。")).status == 201
    listed = await (await nurse.get("/talks")).text()
    assert "回过了" in listed
    shown = (await li.get(at)).body
    assert (shown["unread"], shown["may_write"], shown["opened"]) == (1, True, True)
    contracts = (await li.get("/contracts")).body["items"]
    assert contracts[0]["talk"]["unread"] == 1
    seen = {(one.action, one.patient_id) for one in await AuditEvent.all()}
    assert ("team.talk", UUID(li.patient_id)) in seen


async def team_members(team):
    return await TeamMember.filter(team_id=team.id).select_related("practitioner")


async def test_pictures_go_both_ways_and_the_look_is_on_record(house, pair):
    li, at, _ = pair
    await opened(li, at)
    body = {"client_id": uuid4().hex, "file": base64.b64encode(photo()).decode()}
    sent = await li.post(f"{at}/pictures", body)
    assert sent.status == 201
    own = await li.get(f"{at}/messages/{sent.body['seq']}/file?small=1")
    assert own.body["content_type"] == "image/jpeg"
    _, speaker = await staff_talk(house, "village1")
    assert (await speaker.get(f"files/{sent.body['seq']}")).status == 200
    looks = await AuditEvent.filter(action="chat.file.read")
    assert {one.patient_id for one in looks} == {UUID(li.patient_id)}


async def test_a_member_begins_from_the_residents_page(house, pair):
    li, at, _ = pair
    assert (await li.get(f"{at}/messages")).code == "not_yet"
    village = await house.signed_in("village1")
    for _ in range(2):
        begun = await village.post("/talks", {"patient_id": li.patient_id})
        assert begun.status == 303
    talk = await TeamTalk.get()
    assert begun.headers["Location"] == f"/talks/{talk.id}"
    await until(lambda: li.get(f"{at}/messages"), lambda got: got.status == 200)


async def test_strangers_find_nothing(house, pair, phone):
    li, at, _ = pair
    await opened(li, at)
    await li.post(f"{at}/messages", text("我头晕"))
    await found_team("柳湾乡团队", ELSEWHERE)
    talk = await TeamTalk.get()
    _, inside = await staff_talk(house, "nurse1")
    for login in ("village2", "township1"):
        stranger = await house.signed_in(login)
        assert (await stranger.get(f"/talks/{talk.id}")).status == 404
        begun = await stranger.post("/talks", {"patient_id": li.patient_id})
        assert begun.status == 404
        assert (await stranger.get(f"{inside.at}/messages")).status == 404
        assert "头晕" not in await (await stranger.get("/talks")).text()
    wang = await phone("wang", add="王强")
    for call in (wang.get(at), wang.post(at), wang.get(f"{at}/messages")):
        assert (await call).status == 404


async def test_who_leaves_the_team_finds_it_no_more_and_who_joins_reads_it(house, pair):
    li, at, team = pair
    await opened(li, at)
    await li.post(f"{at}/messages", text("血糖 8.1"))
    nurse, speaker = await staff_talk(house, "nurse1")
    assert (await speaker.get()).status == 200
    row = await TeamMember.get(team_id=team.id, practitioner_id=demo.practitioner_id("nurse1"))
    await teams.leave(SYSTEM, team.id, row.id)
    await brought()
    assert (await speaker.get()).status == 404
    assert (await speaker.say("还在吗")).status in (403, 404)
    assert (await (await nurse.get("/conversations")).json())["items"] == []
    assert (await speaker.post("search", {"q": "血糖"})).status == 404
    joins = MemberIn(
        practitioner_id=demo.practitioner_id("village2"), role=MemberRole.VILLAGE_DOCTOR
    )
    await teams.join(SYSTEM, team.id, joins)
    await brought()
    other, theirs = await staff_talk(house, "village2")
    assert "血糖 8.1" in [one["text"] for one in (await (await theirs.get()).json())["items"]]
    assert "血糖 8.1" in await (await other.get("/talks")).text()


async def test_after_the_contract_the_resident_reads_and_the_team_does_not(house, pair):
    li, at, team = pair
    await opened(li, at)
    await li.post(f"{at}/messages", text("谢谢"))
    _, speaker = await staff_talk(house, "team1")
    contract = await Contract.get()
    ended = await li.post(f"/contracts/{contract.id}/termination", {"why": "moved"})
    assert ended.status == 200
    await brought()
    page = (await li.get(f"{at}/messages")).body
    assert not page["may_write"]
    over = (await li.get(at)).body
    assert (over["may_write"], over["promise"]) == (False, ""), "nobody answers any more"
    assert [one["text"] for one in page["items"]][-1] == "签约结束了,这里只能看,不能再写。"
    assert (await li.post(f"{at}/messages", text("还有事"))).status == 403
    assert (await li.post(at)).code == "not_signed"
    talk = await TeamTalk.get()
    assert (await speaker.visitor.get(f"/talks/{talk.id}")).status == 404
    assert (await speaker.get()).status == 404
    kept = await Conversation.get(subject=f"TeamTalk/{talk.id}")
    assert kept.closed_at is not None
    assert await Message.filter(conversation_id=kept.id, text="谢谢").exists(), "three years"

    await signed(await Patient.get(id=li.patient_id), team)
    await brought()
    await brought()
    assert (await speaker.get()).status == 200
    again = (await li.get("/contracts")).body["items"][0]
    assert again["talk"]["opened"], "the same conversation goes on with the same team"
    assert (await li.post(f"/contracts/{again['id']}/talk/messages", text("又来了"))).status == 201


async def test_nothing_to_answer_is_settled_until_the_next_word(house, pair):
    li, at, _ = pair
    await opened(li, at)
    said = await li.post(f"{at}/messages", text("好的,谢谢"))
    nurse, _ = await staff_talk(house, "nurse1")
    talk = await TeamTalk.get()
    for _ in range(2):
        done = await nurse.post(f"/talks/{talk.id}/settlement", {"seq": said.body["seq"]})
        assert done.status == 303
    assert "等团队回复" not in await (await nurse.get("/talks")).text()
    one = await actor("nurse1")
    assert await team_talk.waiting(one) == 0
    await li.post(f"{at}/messages", text("还有一件事"))
    assert "等团队回复" in await (await nurse.get("/talks")).text()
    assert await team_talk.waiting(one) == 1
    zero = await nurse.post(f"/talks/{talk.id}/settlement", {"seq": 0})
    assert zero.status == 422


async def test_who_is_away_is_told_once_without_a_word_of_it(house, pair, clock):
    li, at, _ = pair
    await opened(li, at)
    talk = await TeamTalk.get()
    _, speaker = await staff_talk(house, "nurse1")
    await speaker.say("您的血糖偏高,少吃稀饭")
    await speaker.say("明天早上空腹再测一次")
    for _ in range(2):
        await notices.tell_unread(TalkUnread(talk_id=str(talk.id)))
    told = await Communication.get(topic="team_wrote")
    assert "血糖" not in told.text + str(told.words)
    assert told.page.startswith("pages/talk/index?id=")
    last = (await li.get(f"{at}/messages")).body["last_seq"]
    conversation = await Conversation.get(subject=f"TeamTalk/{talk.id}")
    await li.post(f"/conversations/{conversation.id}/read", {"seq": last})
    await notices.tell_unread(TalkUnread(talk_id=str(talk.id)))
    assert await Communication.filter(topic="team_wrote").count() == 1, "has read it"
    await speaker.say("记得测")
    await notices.tell_unread(TalkUnread(talk_id=str(talk.id)))
    assert await Communication.filter(topic="team_wrote").count() == 2


async def test_what_a_dead_process_heard_is_found_again(house, pair):
    li, at, _ = pair
    await opened(li, at)
    _, speaker = await staff_talk(house, "nurse1")
    await speaker.say("在吗")
    key = f"team-talk-unread:{(await TeamTalk.get()).id}"
    await until(lambda: OutboxEntry.exists(key=key), bool)
    await OutboxEntry.filter(key=key).delete()
    await team_talk.sweep()
    assert await OutboxEntry.exists(key=key)
    assert await Member.filter(kind="resident", read_seq=0).count() == 1


MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 15:00 in the county


@pytest.mark.parametrize(
    ("asked", "days", "due"),
    [
        (MONDAY, 1, MONDAY + timedelta(days=1)),
        (MONDAY + timedelta(days=4), 1, MONDAY + timedelta(days=7)),
        (MONDAY + timedelta(days=4), 2, MONDAY + timedelta(days=8)),
        (MONDAY + timedelta(days=5), 1, datetime(2026, 11, 30, 16, 0, tzinfo=UTC)),
    ],
)
def test_house_rule_an_answer_is_due_within_working_days(asked, days, due):
    assert rules.answer_by(asked, days) == due


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (MONDAY, MONDAY + timedelta(days=3)),
        (MONDAY + timedelta(days=1), datetime(2026, 11, 26, 16, 0, tzinfo=UTC)),
    ],
)
def test_house_rule_on_holidays_nobody_answers(asked, due):
    """国务院令第795号 全国年节及纪念日放假办法: days off are no working days."""
    closed = {(MONDAY + timedelta(days=days)).date() for days in (1, 2)}
    assert rules.answer_by(asked, 1, closed) == due


async def test_the_inbox_knows_the_days_on_which_the_house_is_closed(house, pair, clock):
    li, at, team = pair
    await opened(li, at)
    await li.post(f"{at}/messages", text("在吗"))
    (talk,) = (await queries.loaded([(await TeamTalk.get()).id])).values()
    now = time.now()
    heard = [Heard(talk.id, now, "李秀英", "在吗", 1, now, 1)]
    plain = (await queries.due(heard, {talk.id: talk}))[talk.id]
    midnight = now.astimezone(time.SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    await Closure.create(
        organization_id=team.organization_id,
        starts_at=midnight + timedelta(days=1),
        ends_at=midnight + timedelta(days=3),
        reason="放假",
        created_at=now,
        created_by=uuid4(),
    )
    later = (await queries.due(heard, {talk.id: talk}))[talk.id]
    assert later == plain + timedelta(days=2)


def test_house_rule_what_stands_above():
    assert rules.promise(1, "") == "不是急诊,紧急请打 120;一般一个工作日内回复。"
    assert (
        rules.promise(2, "工作日") == "不是急诊,紧急请打 120;一般两个工作日内回复(工作日 有人看)。"
    )
