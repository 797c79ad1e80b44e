"""Teams and signed residents for tests of what follows from a contract.

`team = await found_team()`: 青石镇's team of the demo's people; `await signed(patient, team)`.
"""

from datetime import date, timedelta
from uuid import uuid4

from app.demo import people as demo
from core import clock, db
from core.audit import SYSTEM
from family_doctor.contracts import terms
from family_doctor.contracts.models import Channel, Contract
from family_doctor.contracts.states import Status
from family_doctor.teams import service
from family_doctor.teams.models import CareTeam, MemberRole
from family_doctor.teams.schemas import MemberIn, TeamIn
from people.models import Patient

PEOPLE = {
    "team1": MemberRole.TOWNSHIP_DOCTOR,
    "county1": MemberRole.COUNTY_DOCTOR,
    "village1": MemberRole.VILLAGE_DOCTOR,
    "nurse1": MemberRole.NURSE,
    "pharmacist1": MemberRole.PHARMACIST,
}
ELSEWHERE = {
    "township1": MemberRole.TOWNSHIP_DOCTOR,
    "county2": MemberRole.COUNTY_DOCTOR,
    "village2": MemberRole.VILLAGE_DOCTOR,
}


async def found_team(
    name: str = "青石镇第一团队",
    people: dict[str, MemberRole] | None = None,
    *,
    villages: str = "大槐树村\n石桥村",
) -> CareTeam:
    """A team; the first of `people` is the responsible doctor."""
    entry = TeamIn(
        name=name,
        organization_id=demo.organization_id("YH-T1"),
        villages=villages,
        active=True,
    )
    team = await service.found(SYSTEM, entry)
    for number, (login, role) in enumerate((people or PEOPLE).items()):
        person = MemberIn(practitioner_id=demo.practitioner_id(login), role=role)
        member = await service.join(SYSTEM, team.id, person)
        if number == 0:
            await service.answer_for(SYSTEM, team.id, member.id)
    await team.refresh_from_db()
    return team


async def signed(patient: Patient, team: CareTeam, *, starts_on: date | None = None) -> Contract:
    """A contract in force, without the walk that leads there; it ends one that is there."""
    day = starts_on or clock.today()
    before = await Contract.get_or_none(active_for=patient.id)
    row = await Contract.create(
        id=uuid4(),
        number=uuid4().hex[:12],
        status=Status.SIGNED,
        patient_id=patient.id,
        pending_for=patient.id,
        team_id=team.id,
        doctor_id=team.responsible_id,
        follows_id=before.id if before else None,
        channel=Channel.DESK,
        asked_at=clock.now(),
        asked_by=uuid4(),
        text_version="1",
        text_sha256="0" * 64,
        expires_at=clock.now() + timedelta(days=7),
        years=1,
        starts_on=day,
        ends_on=day + timedelta(days=364),
    )
    async with db.atomic():
        await terms.begin(SYSTEM, row)
    return row
