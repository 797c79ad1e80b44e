"""Follow-ups of 云河县: whom the teams look after, what was found, who is overdue; readings from
home, and an article that is out."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import uuid4

from app.demo.past import ago
from app.demo.teleconsultation import actor
from app.settings import Settings
from care.record import home
from care.record.schemas import VitalsIn
from core import clock
from core.audit import SYSTEM
from family_doctor import queries as teams
from family_doctor.care_plan.calendar import BY_TABLE
from family_doctor.care_plan.calls import note_call
from family_doctor.care_plan.models import CarePlan, Programme, Task, TaskKind
from family_doctor.care_plan.schemas import CallIn, EnrolIn
from family_doctor.care_plan.service import enrol
from family_doctor.care_plan.states import TaskStatus
from family_doctor.contracts.models import Contract
from family_doctor.contracts.states import Status
from family_doctor.followup.form import FollowUpIn
from family_doctor.followup.service import record_follow_up
from family_doctor.teams.models import CareTeam
from notifications.education import writing
from notifications.education.schemas import ArticleIn, ReviewIn
from people import memberships
from people.actor import Actor
from people.ages import years

WORKERS: Final = {
    "青石镇第一家庭医生团队": ("village1", "nurse1"),
    "柳湾乡家庭医生团队": ("village2",),
}
DOCTORS: Final = {"青石镇第一家庭医生团队": "village1", "柳湾乡家庭医生团队": "village2"}
PRESSURES: Final = ((128, 78), (136, 84), (131, 80), (124, 76))
HIGH_PRESSURES: Final = ((152, 94), (158, 92), (166, 96))
SUGARS: Final = ("6.2", "5.9", "6.6")
HIGH_SUGARS: Final = ("7.6", "8.4")
SOON: Final = 16
ROUTINE: Final = 80
"""Days until the next follow-up after a high value, and after a good one."""
AWAY: Final = 95
"""One in six has not come for so many days."""
ARTICLE: Final = {
    "subject": "hypertension",
    "title": "血压高的人,盐怎么吃",
    "summary": "一天一啤酒瓶盖,酱油和咸菜也算在里面。",
    "body": "# 为什么\n\n盐吃多了,血管里的水就多,**血压就高**。\n\n# 怎么少吃\n\n"
    "- 出锅前再放盐,放得少,吃着一样咸\n- 酱油、味精、咸菜里都有盐\n- 买东西看一看“钠”那一行\n\n"
    "# 什么时候找医生\n\n连着三天早上都高过 135/85,打电话告诉家庭医生。",
    "question": "一个人一天的盐不超过多少?",
    "choices": "*5 克\n10 克\n不用管",
    "explanation": "5 克大约一啤酒瓶盖。",
}


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction, after the residents are signed."""
    memberships.configure(teams.memberships)  # a nurse opens a resident as one of the team
    for team, login in DOCTORS.items():
        doctor = await actor(login)
        rows = Contract.filter(team__name=team, status=Status.ACTIVE)
        for number, row in enumerate(await rows.order_by("begun_at").select_related("patient")):
            if years(row.patient.birth_date, clock.today()) >= 50:
                await _look_after(doctor, row, number)
        await _work_today(team)
    await _publish()


async def _look_after(doctor: Actor, row: Contract, number: int) -> None:
    begun = (clock.now() - (row.begun_at or clock.now())).days
    wanted = [Programme.HYPERTENSION, *([Programme.DIABETES] if number % 3 == 0 else [])]
    with ago(begun):
        for programme in wanted:
            began_from = clock.today() - timedelta(days=800)
            entry = EnrolIn(programme=programme, began_from=began_from)
            await enrol(doctor, row.patient_id, entry)
    diseases = [one.value for one in wanted]
    days, turn = begun - 10, 0
    until = AWAY if number % 6 == 4 else number % 40
    while days > until:
        high = _is_high(number, turn, days)
        with ago(days):
            found = _found(number + turn, diseases, high=high)
            await record_follow_up(doctor, row.patient_id, FollowUpIn.model_validate(found))
        days, turn = days - (SOON if high else ROUTINE), turn + 1
    if number % 4 == 0:
        await _measure_at_home(row)


def _is_high(number: int, turn: int, days: int) -> bool:
    """Most of them a year ago, one in three now: the first months of a team bear fruit."""
    return (number * 7 + turn * 3) % 10 < 3 + days // 80


def _found(number: int, diseases: list[str], *, high: bool) -> dict[str, Any]:
    pressures, sugars = (HIGH_PRESSURES, HIGH_SUGARS) if high else (PRESSURES, SUGARS)
    systolic, diastolic = pressures[number % len(pressures)]
    sugar = {"fasting": sugars[number % len(sugars)]} if "diabetes" in diseases else {}
    return {
        "id": uuid4(),
        "mode": "21131421"[number % 8],
        "met_on": clock.today(),
        "diseases": diseases,
        "systolic": systolic,
        "diastolic": diastolic,
        "pulse": 72 + number % 9,
        "adherence": "1",
        "medicines": "苯磺酸氨氯地平片 5mg 每天早上一次",
        "salt": "medium",
        **sugar,
    }


async def _work_today(team: str) -> None:
    """What a team has done this morning: two met, three called."""
    rows = Task.filter(status=TaskStatus.REQUESTED, kind=TaskKind.FOLLOW_UP)
    team_id = await CareTeam.get(name=team).values_list("id", flat=True)
    tasks = await rows.filter(team_id=team_id).order_by("due", "id").limit(5)
    workers = [await actor(login) for login in WORKERS[team]]
    for number, task in enumerate(tasks[:2]):
        plans = CarePlan.filter(patient_id=task.patient_id, programme__in=list(BY_TABLE))
        diseases = [plan.programme.value for plan in await plans.order_by("programme")]
        found = _found(number, diseases, high=number == 1) | {"mode": "24"[number]}
        worker = workers[number % len(workers)]
        await record_follow_up(worker, task.patient_id, FollowUpIn.model_validate(found))
    for task, answer in zip(tasks[2:], ("no_answer", "reached", "no_answer"), strict=False):
        entry = CallIn.model_validate({"answer": answer})
        await note_call(workers[-1], task.id, 1, entry)


async def _measure_at_home(row: Contract) -> None:
    await row.patient.fetch_related("managing_organization")
    for days in (6, 4, 2):
        with ago(days):
            measured = {"systolic": Decimal(136 - days), "diastolic": Decimal(84 - days)}
            entry = VitalsIn.model_validate({"measured_at": clock.now(), **measured})
            await home.record_at_home(home.Source(SYSTEM), row.patient, entry, uuid4())


async def _publish() -> None:
    nurse, lead, article_id = await actor("nurse1"), await actor("team1"), uuid4()
    with ago(3):
        await writing.write(nurse, article_id, ArticleIn.model_validate(ARTICLE))
        await writing.submit(nurse, article_id)
        await writing.approve(lead, article_id, ReviewIn())
        await writing.publish(article_id)
