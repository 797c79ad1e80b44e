"""Family doctors in the demo: two teams, five packages, some forty signed residents of two
villages with what was done for them, and two applications that wait.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final
from uuid import UUID

from app.demo.past import ago
from app.demo.places import organization_id
from app.demo.residents import patient_id
from app.demo.staff import practitioner_id
from app.demo.teleconsultation import actor
from app.settings import Settings
from core import clock
from core.audit import SYSTEM
from family_doctor.contracts import asking, deciding
from family_doctor.contracts.models import Contract
from family_doctor.contracts.schemas import DeskIn
from family_doctor.contracts.wording import agreement
from family_doctor.fulfilment import service as fulfilment
from family_doctor.fulfilment.models import ContractItem
from family_doctor.fulfilment.rules import due_times
from family_doctor.fulfilment.schemas import DoneIn
from family_doctor.packages import service as packages
from family_doctor.packages.models import ServicePackage
from family_doctor.packages.schemas import ItemIn, PackageIn
from family_doctor.teams import service as teams
from family_doctor.teams.models import CareTeam
from family_doctor.teams.schemas import MemberIn, TeamIn
from people.ages import years
from people.models import Patient

FOUNDED: Final = 420
NEXT_VILLAGE: Final = 3
"""Every fourth resident of the clinic lives in the team's second village."""
TEAMS: Final = (
    (
        "青石镇第一家庭医生团队",
        "YH-T1",
        "大槐树村\n石桥村",
        (
            ("team1", "township_doctor"),
            ("county1", "county_doctor"),
            ("village1", "village_doctor"),
            ("nurse1", "nurse"),
            ("pharmacist1", "pharmacist"),
        ),
        ("YH-T1-V1", 24),
    ),
    (
        "柳湾乡家庭医生团队",
        "YH-T2",
        "柳湾村\n前渡村",
        (
            ("township1", "township_doctor"),
            ("county2", "county_doctor"),
            ("village2", "village_doctor"),
        ),
        ("YH-T2-V1", 16),
    ),
)
"""The first of a team answers for it; the third is the doctor of the village that is signed."""
PACKAGES: Final = (
    ("BASE", "基础服务包", "basic", "0", "0", "建档、健康指导、预约和转诊"),
    ("HTN-A", "高血压服务包", "hypertension", "0", "0", "定期量血压、调药建议"),
    ("DM-A", "糖尿病服务包", "diabetes", "0", "0", "定期测血糖、看脚和眼睛"),
    ("OLD-A", "老年人服务包", "elderly", "0", "0", "65 岁以上,一年一次体检和中医指导"),
    ("HOME-B", "上门服务包", "elderly", "120", "80", "行动不便的,护士多上门几次"),
)
ITEMS: Final = {
    "BASE": (("GUIDE", "健康指导", 2, "phone", "village_doctor"),),
    "HTN-A": (
        ("BP-VISIT", "高血压面对面随访", 4, "clinic", "village_doctor", "hypertension"),
        ("BP-CALL", "电话问血压", 4, "phone", "nurse", "hypertension"),
    ),
    "DM-A": (
        ("DM-VISIT", "糖尿病面对面随访", 4, "clinic", "village_doctor", "diabetes"),
        ("FBG", "测空腹血糖", 4, "clinic", "nurse"),
    ),
    "OLD-A": (
        ("CHECK", "年度健康体检", 1, "clinic", "township_doctor", "elderly"),
        ("TCM", "中医药健康指导", 1, "clinic", "township_doctor"),
    ),
    "HOME-B": (("HOME", "护士上门", 6, "home", "nurse", "home_visit"),),
}


async def create(settings: Settings) -> None:
    """Called once, in the county's transaction."""
    with ago(FOUNDED):
        offered = {code: await _offer(*entry) for code, *entry in _packages()}
        founded = [
            await _found(name, house, villages, people)
            for name, house, villages, people, _ in TEAMS
        ]
    for team, (_, _, villages, people, (clinic, count)) in zip(founded, TEAMS, strict=True):
        for number in range(count):
            days = (count - number) * 14
            if number % 4 == NEXT_VILLAGE:
                await _move(patient_id(clinic, number), villages.split()[1])
            with ago(days):
                row = await _sign(team, people, patient_id(clinic, number), offered)
            if number % 5:
                await _serve(people, row, days)
        with ago(1):
            village = people[2][0]
            await _ask(team, village, patient_id(clinic, count), offered)


async def _move(resident: UUID, village: str) -> None:
    await Patient.filter(id=resident).update(village=village, address=f"{village}2组")


def _packages() -> Iterator[tuple[str, PackageIn]]:
    for code, name, group, price, insurer, words in PACKAGES:
        entry = {"code": code, "name": name, "group": group, "words": words, "active": True}
        prices = {"price": Decimal(price), "insurer": Decimal(insurer)}
        yield code, PackageIn.model_validate(entry | prices)


async def _offer(entry: PackageIn) -> ServicePackage:
    row = await packages.offer(SYSTEM, entry)
    for code, name, times, mode, who, *itself in ITEMS[entry.code]:
        item = {"code": code, "name": name, "times": times, "mode": mode, "who": who}
        item |= {"fulfilled_by": itself[0]} if itself else {}
        await packages.add_item(SYSTEM, row.id, ItemIn.model_validate(item))
    return row


async def _found(
    name: str, house: str, villages: str, people: tuple[tuple[str, str], ...]
) -> CareTeam:
    entry = TeamIn(
        name=name, organization_id=organization_id(house), villages=villages, active=True
    )
    team = await teams.found(SYSTEM, entry)
    for number, (login, role) in enumerate(people):
        person = {"practitioner_id": practitioner_id(login), "role": role}
        member = await teams.join(SYSTEM, team.id, MemberIn.model_validate(person))
        if number == 0:
            await teams.answer_for(SYSTEM, team.id, member.id)
    return team


async def _ask(
    team: CareTeam, village: str, resident: UUID, offered: dict[str, ServicePackage]
) -> Contract:
    patient = await Patient.get(id=resident)
    age = years(patient.birth_date, clock.today())
    wanted = ["BASE", *(["HTN-A"] if age > 50 else []), *(["OLD-A"] if age >= 65 else [])]
    entry = DeskIn(
        team_id=team.id,
        package_ids=[offered[code].id for code in wanted],
        text_version=agreement().version,
        signer="self" if age >= 18 else "guardian",
        seen=True,
    )
    return await asking.ask_at_desk(await actor(village), resident, entry)


async def _sign(
    team: CareTeam,
    people: tuple[tuple[str, str], ...],
    resident: UUID,
    offered: dict[str, ServicePackage],
) -> Contract:
    row = await _ask(team, people[2][0], resident, offered)
    return await deciding.sign(await actor(people[0][0]), row.id)


async def _serve(people: tuple[tuple[str, str], ...], row: Contract, days: int) -> None:
    """What was due, nearly all of it; the lead hears the resident about the first item."""
    items = await ContractItem.filter(contract_id=row.id).order_by("position")
    for item in items:
        for number in range(
            1, due_times(item.times, row.starts_on or clock.today(), clock.today()) + 1
        ):
            if (item.position + number + days) % 5 == 0:
                continue
            with ago(days - number * days // (number + 1)):
                done = {"item_id": item.id, "day": clock.today(), "mode": item.mode.value}
                entry = DoneIn.model_validate(done | {"words": f"{item.name},已完成"})
                record = await fulfilment.do_item(await actor(people[2][0]), row.id, entry)
                if item.position == 0:
                    await fulfilment.confirm_at_desk(await actor(people[0][0]), record.id)
