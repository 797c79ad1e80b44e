"""An article from the first line to the effect of reminding: written, passed by another, out on its
day, sent gradually to part of an audience, read on phones, answered."""

import io
import re
from datetime import date, timedelta
from uuid import uuid4

from PIL import Image

from app.demo import people as demo
from core import clock as time
from family_doctor.care_plan.models import Programme
from family_doctor.care_plan.schemas import EnrolIn
from family_doctor.care_plan.service import enrol
from notifications.education.models import Arm, Article, Campaign, CampaignMember, Reading
from notifications.education.states import ArticleStatus, CampaignStatus
from notifications.models import Communication
from people.models import Patient
from tests.mini_program_api.conftest import phone
from tests.mini_program_api.phones import heard, until
from tests.people.conftest import resident
from tests.plumbing.actors import actor
from tests.plumbing.families import ELSEWHERE, found_team, signed

__all__ = ["phone", "resident"]

WRITTEN = {
    "subject": "hypertension",
    "title": "少吃一勺盐",
    "summary": "每天少一勺盐,血压低几个点。",
    "body": "# 怎么少吃\n\n每天**不超过 5 克**。\n\n- 少放酱油\n- 少吃咸菜",
    "question": "一天的盐不超过多少?",
    "choices": "10 克\n*5 克\n随便",
    "explanation": "一啤酒瓶盖大约 5 克。",
}


async def written(nurse, **more):
    page = await (await nurse.get("/articles/new")).text()
    path = re.search(r'action="(/articles/[0-9a-f-]{36})"', page)[1]
    return path, await nurse.post(path, WRITTEN | more)


async def published(house, clock, **more):
    """The path of an article that is out."""
    path, _ = await written(await house.signed_in("nurse1"), then="submit", **more)
    lead = await house.signed_in("team1")
    assert (await lead.post(f"{path}/review", {})).status == 303
    clock.move(hours=1)
    await until(Article.filter(status=ArticleStatus.PUBLISHED).count, bool)
    return path


async def test_written_passed_by_another_and_out_on_its_day(house, phone, clock):
    nurse, lead = await house.signed_in("nurse1"), await house.signed_in("team1")
    path, wrong = await written(nurse, choices="10 克\n5 克")
    assert wrong.status == 422
    assert "加一个 *" in await wrong.text()
    path, saved = await written(nurse)
    assert saved.status == 303
    assert (await (await house.signed_in("village1")).get(path)).status == 404, "a draft"

    picture = io.BytesIO()
    picture.name = "salt.png"
    Image.new("RGB", (40, 40), "white").save(picture, "PNG")
    picture.seek(0)
    upload = {"words": "一啤酒瓶盖盐", "picture": picture}
    assert (await nurse.post(f"{path}/pictures", upload)).status == 303
    row = await Article.get(id=path.rpartition("/")[2])
    assert "![一啤酒瓶盖盐](picture:" in row.body
    shown = await (await nurse.get(path)).text()
    source = re.search(r'src="(/articles/[^"]+/pictures/[^"]+)"', shown)[1]
    assert (await nurse.get(source)).content_type == "image/png"

    sent = await nurse.post(path, WRITTEN | {"body": row.body, "then": "submit"})
    assert sent.status == 303
    assert (await nurse.post(path, WRITTEN)).status == 409, "under review nothing is changed"
    assert (await nurse.post(f"{path}/review", {})).status == 403
    back = await lead.post(f"{path}/return", {"words": "请写清楚一克是多少"})
    assert back.status == 303
    assert "请写清楚一克是多少" in await (await nurse.get(path)).text()
    await nurse.post(path, WRITTEN | {"body": row.body, "then": "submit"})
    past = (time.today() - timedelta(days=1)).isoformat()
    assert (await lead.post(f"{path}/review", {"publish_on": past})).status == 422
    day = (time.today() + timedelta(days=2)).isoformat()
    assert (await lead.post(f"{path}/review", {"publish_on": day})).status == 303

    li = await phone("li", add="李秀英")
    api = f"/articles/{row.id}"
    assert (await li.get(api)).status == 404, "its day has not come"
    clock.move(days=3)
    li = await phone("li")
    await until(Article.filter(status=ArticleStatus.PUBLISHED).count, bool)
    listed = (await li.get("/articles")).body
    assert (listed["items"][0]["title"], listed["of_the_week"]) == ("少吃一勺盐", str(row.id))
    found = (await li.get(api)).body
    assert [block["kind"] for block in found["blocks"]] == [
        "heading", "paragraph", "list", "picture",
    ]  # fmt: skip
    assert found["question"]["right"] is None
    for seconds, finished in ((20, False), (45, True), (10, False)):
        body = {"seconds": seconds, "finished": finished}
        await li.post(f"{api}/readings", body)
    assert (await li.post(f"{api}/answer", {"choice": 9})).status == 422
    answered = (await li.post(f"{api}/answer", {"choice": 0})).body["question"]
    assert (answered["right"], answered["explanation"]) == (1, "一啤酒瓶盖大约 5 克。")
    again = (await li.post(f"{api}/answer", {"choice": 1})).body["question"]
    assert again["answer"] == 0, "the first answer counts"
    mine = await Reading.get(article_id=row.id)
    assert (mine.seconds, mine.finished_at is not None) == (45, True)
    lead = await house.signed_in("team1")
    page = await (await lead.get(path)).text()
    assert "1 人打开,1 人读完,平均读 45 秒,1 人答题,答对 0 人" in page

    stranger = await house.visitor()
    shared = await (await stranger.get(f"/read/{row.id}")).text()
    assert 'property="og:title" content="少吃一勺盐"' in shared
    assert "少放酱油" in shared
    screen = await (await stranger.get("/screen/health")).text()
    assert "少吃一勺盐" in screen
    assert (await lead.post(f"{path}/retirement", {})).status == 303
    assert (await li.get(api)).status == 404
    for address in (row.id, uuid4(), "half-an-address"):
        lost = await stranger.get(f"/read/{address}")
        page = await lost.text()
        assert lost.status == 404
        assert "这篇文章看不到了" in page
        assert 'href="/h5/"' in page, "residents go back to their own pages"
        assert not any(staff in page for staff in ('href="/"', "/login", "工作台", "管理员"))
    elsewhere = await (await stranger.get("/ready/or-not")).text()
    assert "没有这个页面" in elsewhere, "elsewhere it is the house's page"


async def test_sent_gradually_to_those_it_is_for_and_to_nobody_twice(house, phone, clock, resident):
    team, other = await found_team(), await found_team("柳湾乡团队", ELSEWHERE)
    li = await phone("li", add="李秀英")
    mine = await Patient.get(id=li.patient_id)
    people = [mine, *[await resident(f"张{n}", number="") for n in range(4)]]
    nurse = await actor("nurse1")
    began = time.today() - timedelta(days=90)
    for person in people:
        await signed(person, team)
        await enrol(nurse, person.id, EnrolIn(programme=Programme.HYPERTENSION, began_from=began))
    healthy = await resident("王小二", number="", born=date(1970, 1, 1))
    await signed(healthy, team)
    far = await resident("赵远", number="")
    await signed(far, other)
    path = await published(house, clock)
    lead = await house.signed_in("team1")
    wrong = await lead.post(f"{path}/campaigns", {"per_day": "200", "team_id": str(other.id)})
    assert wrong.status == 422
    nobody = {"per_day": "200", "told_share": "100", "village": "没有这个村"}
    assert (await lead.post(f"{path}/campaigns", nobody)).status == 422
    entry = {"per_day": "3", "told_share": "100", "programme": "hypertension"}
    begun = await lead.post(f"{path}/campaigns", entry)
    assert begun.status == 303
    row = await Campaign.all().first()
    assert row.size == 5
    members = CampaignMember.filter(campaign_id=row.id)
    await until(members.exclude(told_at=None).count, lambda count: count == 3)
    page = f"/campaigns/{row.id}"
    assert (await (await house.signed_in("village2")).get(page)).status == 404
    await lead.post(f"{page}/pause", {})
    clock.move(days=2)
    gone = (await members.filter(told_at=None).exclude(patient_id=mine.id).first()).patient_id
    await signed(await Patient.get(id=gone), other)
    lead = await house.signed_in("team1")
    assert await members.exclude(told_at=None).count() == 3
    await lead.post(f"{page}/resume", {})
    await until(Campaign.filter(status=CampaignStatus.DONE).count, bool)
    assert {one.patient_id for one in await members} == {person.id for person in people}
    assert [one.patient_id for one in await members.filter(told_at=None)] == [gone]
    assert not await Communication.exists(topic="health_article", patient_id=gone)
    li = await phone("li")
    await heard(li, "家庭医生给您发了一篇健康知识")
    told = await Communication.get(topic="health_article", patient_id=mine.id)
    assert "高血压" not in f"{told.title}{told.words}", "what shows on a locked screen"
    await li.get(f"/articles/{row.article_id}")
    shown = await (await lead.get(page)).text()
    assert "1 个账号" in shown
    assert "人太少" in shown


async def test_part_of_an_audience_is_the_comparison(house, clock, resident):
    team = await found_team()
    for number in range(10):
        await signed(await resident(f"张{number}", number=""), team)
    path = await published(house, clock)
    lead = await house.signed_in("team1")
    begun = await lead.post(f"{path}/campaigns", {"per_day": "200", "told_share": "60"})
    assert begun.status == 303
    await until(Campaign.filter(status=CampaignStatus.DONE).count, bool)
    control = CampaignMember.filter(arm=Arm.CONTROL)
    assert await control.count() == 4
    assert await control.exclude(told_at=None).count() == 0
    assert demo.practitioner_id("team1") == (await Campaign.all().first()).made_by
