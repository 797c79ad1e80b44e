"""记一次电话 over HTTP: opened again, sent again, from another tab, by somebody else."""

import re
from datetime import timedelta

import pytest

from core import clock as time
from family_doctor.care_plan import service
from family_doctor.care_plan.models import Call, Task
from tests.family_doctor.care_plan.test_tasks import into
from tests.plumbing.actors import actor
from tests.plumbing.families import ELSEWHERE, found_team, signed

BACK = "不用再记"


@pytest.fixture
async def task(clock, house, resident):
    """A follow-up that is to be done."""
    team, patient = await found_team(), await resident(number="")
    await found_team("柳湾乡团队", ELSEWHERE)
    await signed(patient, team)
    began = time.today() - timedelta(days=500)
    await service.enrol(await actor("nurse1"), patient.id, into("hypertension", began))
    return await Task.get(patient_id=patient.id)


async def opened(browser, path: str) -> str:
    """The form's own target, as somebody finds it who opens the page."""
    page = await (await browser.get(path)).text()
    found = re.search(r'action="(/follow-ups/tasks/[^"]+)"', page)
    return found[1] if found else ""


async def test_a_call_is_noted_once_from_tabs_and_by_the_back_button(house, task):
    nurse, said = await house.signed_in("nurse1"), {"answer": "no_answer", "note": "响了很久"}
    calls = f"/follow-ups/tasks/{task.id}/calls"
    first = (await nurse.get(f"{calls}/new")).headers["Location"]
    second_tab = (await nurse.get(f"{calls}/new")).headers["Location"]
    tabs = [await opened(nurse, first), await opened(nurse, second_tab)]
    for tab in tabs:
        assert (await nurse.post(tab, said)).status == 303
    assert await Call.all().count() == 1
    assert (await Task.get(id=task.id)).calls == 1

    back = await (await nurse.get(first)).text()
    assert "这次电话已经记下" in back
    assert "响了很久" in back
    assert "<form" not in back.split("page__lead")[1].split("</main>")[0]
    assert f'href="{calls}/2"' in back, "a second call is a step of its own"
    assert (await nurse.post(first, said)).status == 303
    assert await Call.all().count() == 1


async def test_other_words_for_the_same_call_are_asked_about_and_lose_nothing(house, task):
    nurse, village = await house.signed_in("nurse1"), await house.signed_in("village1")
    calls = f"/follow-ups/tasks/{task.id}/calls"
    assert (await nurse.post(f"{calls}/1", {"answer": "no_answer"})).status == 303
    other = await village.post(f"{calls}/1", {"answer": "reached", "note": "下午在家"})
    page = await other.text()
    assert other.status == 409
    assert BACK in page
    assert "没人接" in page
    assert 'value="下午在家"' in page
    assert f'action="{calls}/2"' in page
    assert (await village.post(f"{calls}/2", {"answer": "reached"})).status == 303
    assert await Call.all().count() == 2
    assert (await nurse.get(f"{calls}/9")).headers["Location"] == f"{calls}/3"
    far = await (await house.signed_in("village2")).get(f"{calls}/1")
    assert far.status == 404


async def test_what_is_over_asks_for_no_call(house, task):
    nurse = await house.signed_in("nurse1")
    calls = f"/follow-ups/tasks/{task.id}/calls"
    for _ in range(2):
        assert (await nurse.post(f"{calls}/1", {"answer": "moved"})).status == 303
    late = await nurse.post(f"{calls}/2", {"answer": "reached"})
    assert late.status == 409
    assert "这件事已经办完了" in await late.text()
    assert "又打了一次" not in await (await nurse.get(f"{calls}/1")).text()
    assert await Call.all().count() == 1
