"""A small town whose numbers anybody can count by hand, as of 20 November 2026.

| resident | village | contract from | in care from | follow-ups, reading at goal? |
|---|---|---|---|---|
| 甲 | 大槐树村 | 3 Nov 2026, paid | 2025-01 hypertension | 4 face to face, the last: yes |
| 乙 | 大槐树村 | 1 Dec 2025 | 2025-01 hypertension | 2 face to face, then by phone: no |
| 丙 | 大槐树村 | 1 Jun 2026 | 2026-03 both | 2 face to face, the last: pressure yes, sugar no |
| 丁 | 石桥村 | 1 Jan 2026 | 2024-01 hypertension | the last a year and a day ago: yes |
| 戊 | 石桥村 | 1 Jan to 15 Nov 2026 | 2025-01 to 15 Nov 2026 hypertension | none |
| 己 | 大槐树村 | 1 Feb 2026 | – | a diagnosis in the record |
| 庚 | 大槐树村 | 1 Feb 2026 | – | the same, but 26 years old |
| 辛 | 大槐树村 | 3 Nov 2026, renewed | 1 Nov 2026 hypertension | none yet |
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from app.demo import people as demo
from care.record.models import Condition
from core.clock import SHANGHAI
from family_doctor.alerts.models import Alert
from family_doctor.alerts.states import Status as Answered
from family_doctor.care_plan.models import CarePlan, Programme, Task, TaskKind
from family_doctor.care_plan.states import PlanStatus
from family_doctor.contracts.models import Channel, Contract
from family_doctor.contracts.states import Status
from family_doctor.followup.models import FollowUp
from family_doctor.fulfilment.models import ContractItem, ServiceRecord
from family_doctor.fulfilment.states import Status as Done
from family_doctor.teams.models import CareTeam
from people.models import Patient

TODAY = date(2026, 11, 20)
NOBODY = UUID(int=1)


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of a day in the county."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


@dataclass
class Town:
    """Who lives there, by name."""

    team: CareTeam
    people: dict[str, Patient]


async def settle(team: CareTeam, resident) -> Town:
    """Fill it."""
    town = Town(team, {})
    for name in "甲乙丙丁戊己庚辛":
        born = date(2000, 5, 1) if name == "庚" else date(1949, 12, 31)
        town.people[name] = await resident(f"{name}某", number="", born=born)
        if name in "丁戊":
            await Patient.filter(id=town.people[name].id).update(village="石桥村")
    await _sign(town)
    await _care(town)
    await _visit(town)
    await _diagnose(town)
    await _ring(town)
    return town


async def contract(team: CareTeam, patient: Patient, begun: date, **more) -> Contract:
    """In force since a day, unless it says more."""
    return await Contract.create(
        **{
            "number": uuid4().hex[:12],
            "status": Status.ACTIVE,
            "patient_id": patient.id,
            "active_for": None if "status" in more else patient.id,
            "team_id": team.id,
            "doctor_id": team.responsible_id,
            "channel": Channel.DESK,
            "asked_at": at(begun),
            "asked_by": NOBODY,
            "text_version": "1",
            "text_sha256": "0" * 64,
            "expires_at": at(begun),
            "years": 1,
            "starts_on": begun,
            "ends_on": begun + timedelta(days=364),
            "begun_at": at(begun),
        }
        | more
    )


async def plan(team, patient, opened: date, programme=Programme.HYPERTENSION, **more) -> CarePlan:
    """In care since a day."""
    return await CarePlan.create(
        **{
            "patient_id": patient.id,
            "programme": programme,
            "open": f"{patient.id}:{programme}",
            "team_id": team.id,
            "began_from": opened,
            "opened_at": at(opened),
            "opened_by": NOBODY,
        }
        | more
    )


async def follow_up(team, patient, on: date, mode: str, **controlled) -> FollowUp:
    """One with what the rules found: `hypertension=True`."""
    return await FollowUp.create(
        patient_id=patient.id,
        team_id=team.id,
        mode=mode,
        met_on=on,
        form={"systolic": "138", "diastolic": "84"},
        judged={
            disease: {"row": 6, "controlled": goal, "adverse_reaction": False}
            for disease, goal in controlled.items()
        },
        action="continue",
        next_by=on + timedelta(days=90),
        by_id=demo.practitioner_id("nurse1"),
        by_name="郑小燕",
        organization_id=demo.organization_id("YH-T1"),
        recorded_at=at(on),
    )


async def _sign(town: Town) -> None:
    team, people = town.team, town.people
    new = await contract(team, people["甲"], date(2026, 11, 3), price_fen=4000)
    old = await contract(team, people["乙"], date(2025, 12, 1))
    await contract(team, people["丙"], date(2026, 6, 1))
    far = await contract(team, people["丁"], date(2026, 1, 1))
    over = {"status": Status.TERMINATED, "ended_at": at(date(2026, 11, 15))}
    await contract(team, people["戊"], date(2026, 1, 1), **over)
    for name in "己庚":
        await contract(team, people[name], date(2026, 2, 1))
    over = {"status": Status.RENEWED, "ended_at": at(date(2026, 11, 3))}
    before = await contract(team, people["辛"], date(2025, 11, 3), **over)
    await contract(team, people["辛"], date(2026, 11, 3), follows_id=before.id)
    await _item(new, "hypertension", 1)
    visits, check = await _item(old, "hypertension", 4), await _item(old, "basic", 1)
    calls = await _item(far, "basic", 12)
    assert check.times == 1, "355 of 365 days: not due yet"
    for number in range(2):
        await _done(visits, date(2026, 3 + number, 1))
    await _done(visits, date(2026, 7, 1), status=Done.DISPUTED)
    for number in range(11):
        await _done(calls, date(2026, 1, 5 + number))


async def _item(row: Contract, group: str, times: int) -> ContractItem:
    return await ContractItem.create(
        contract_id=row.id,
        position=0,
        package_code=uuid4().hex[:8],
        group=group,
        code="X",
        name="服务",
        times=times,
        mode="clinic",
        who="nurse",
    )


async def _done(item: ContractItem, on: date, status: Done = Done.DONE) -> None:
    await ServiceRecord.create(
        status=status,
        item_id=item.id,
        contract_id=item.contract_id,
        done_at=at(on),
        by_id=demo.practitioner_id("nurse1"),
        mode="clinic",
        recorded_at=at(on),
    )


async def _care(town: Town) -> None:
    team, people = town.team, town.people
    for name in "甲乙":
        await plan(team, people[name], date(2025, 1, 1))
    await plan(team, people["丙"], date(2026, 3, 1))
    await plan(team, people["丙"], date(2026, 3, 1), Programme.DIABETES)
    await plan(team, people["丁"], date(2024, 1, 1))
    over = {"status": PlanStatus.ENDED, "ended_at": at(date(2026, 11, 15)), "open": None}
    await plan(team, people["戊"], date(2025, 1, 1), **over)
    await plan(team, people["辛"], date(2026, 11, 1))
    for name, due in (("乙", date(2026, 11, 10)), ("丙", TODAY)):
        await Task.create(
            kind=TaskKind.FOLLOW_UP,
            code="follow_up",
            open=f"{people[name].id}:follow_up",
            patient_id=people[name].id,
            team_id=team.id,
            village="大槐树村",
            opens=due - timedelta(days=14),
            due=due,
            made_at=at(date(2026, 9, 1)),
        )


async def _visit(town: Town) -> None:
    team, people = town.team, town.people
    told = [
        ("甲", date(2026, 2, 1), "1", False),
        ("甲", date(2026, 5, 1), "1", True),
        ("甲", date(2026, 8, 1), "2", True),
        ("甲", date(2026, 11, 10), "1", True),
        ("乙", date(2026, 3, 1), "1", True),
        ("乙", date(2026, 6, 1), "1", True),
        ("乙", date(2026, 9, 1), "3", False),
        ("丁", date(2025, 11, 20), "1", True),
    ]
    for name, on, mode, goal in told:
        await follow_up(team, people[name], on, mode, hypertension=goal)
    await follow_up(team, people["丙"], date(2026, 4, 1), "1", hypertension=True, diabetes=True)
    await follow_up(team, people["丙"], date(2026, 10, 1), "2", hypertension=True, diabetes=False)


async def _diagnose(town: Town) -> None:
    for name in "己庚":
        await Condition.create(
            patient_id=town.people[name].id,
            name="高血压",
            icd10="I10.x00",
            recorded_at=at(date(2026, 2, 1)),
            recorder_id=NOBODY,
            recorder_name="周秀兰",
            organization_id=demo.organization_id("YH-T1-V1"),
            organization_name="大槐树村卫生室",
        )


async def _ring(town: Town) -> None:
    for name, minutes in (("甲", 4), ("乙", 12), ("丁", None)):
        raised = at(date(2026, 11, 12))
        answered = raised + timedelta(minutes=minutes) if minutes else None
        await Alert.create(
            status=Answered.ACKNOWLEDGED if minutes else Answered.NOTIFIED,
            patient_id=town.people[name].id,
            team_id=town.team.id,
            panel_id=uuid4(),
            value="186/112",
            words="血压 186/112 mmHg",
            measured_at=raised,
            raised_at=raised,
            acknowledged_at=answered,
        )
