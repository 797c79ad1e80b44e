"""Who is whose: the ground "family team", the doors, and teams as the administrator keeps them."""

from datetime import timedelta

import pytest
from pydantic import ValidationError
from tortoise.exceptions import IntegrityError

from app.demo import people as demo
from core import clock as time
from core import db
from core.audit import SYSTEM, AuditEvent
from core.errors import Conflict, Invalid, NotFound
from family_doctor import access, policy, queries, rules
from family_doctor.contracts import terms
from family_doctor.contracts.models import Contract, EndedBy
from family_doctor.contracts.states import Status
from family_doctor.teams import service
from family_doctor.teams.models import MemberRole, TeamMember
from family_doctor.teams.schemas import MemberIn, TeamIn
from people import access as patients
from people.models import Licence, Patient
from tests.plumbing.families import ELSEWHERE, PEOPLE, found_team, signed


async def test_the_team_opens_its_residents_while_contract_and_membership_last(
    staff, resident, clock
):
    lead, heart, stranger = [await staff(n) for n in ("team1", "county1", "village2")]
    team, other = await found_team(), await found_team("柳湾乡团队", ELSEWHERE)
    patient = await resident()
    assert not await patients.may_open(heart, patient.id)

    contract = await signed(patient, team)
    for person in (lead, heart, await staff("pharmacist1")):
        view = await access.open_resident(person, patient.id, purpose="followup")
        assert view.contract.id == contract.id
    event = await AuditEvent.filter(action="open_patient").order_by("-at").first()
    assert (event.patient_id, event.reason) == (patient.id, "followup (team)")
    for nobody in (stranger, await staff("township1"), await staff("county2")):
        with pytest.raises(NotFound):
            await access.open_resident(nobody, patient.id, purpose="followup")
        assert not await patients.may_open(nobody, patient.id)

    await _leave(team, "county1")
    assert not await patients.may_open(heart, patient.id)
    clock.move(days=1)
    before = time.now()
    clock.move(days=1)
    await signed(patient, other)
    assert not await patients.may_open(lead, patient.id)
    assert await patients.may_open(stranger, patient.id)
    assert (await queries.team_of(patient.id)).id == other.id
    assert (await queries.team_of(patient.id, before)).id == team.id
    assert (await Contract.get(id=contract.id)).status is Status.CHANGED_TEAM


async def test_who_is_whose_follows_the_end(staff, resident):
    await staff("team1")
    team, patient, other = await found_team(), await resident(), await resident("李建国", number="")
    contract = await signed(patient, team)
    await signed(other, team)
    assert await queries.patients_of(team.id).count() == 2
    assert await Patient.filter(await access.my_residents(await staff("nurse1"))).count() == 2
    assert not await Patient.filter(await access.my_residents(await staff("village2"))).exists()
    async with db.atomic():
        await terms.end(SYSTEM, contract, "terminate", EndedBy.RESIDENT, "搬家")
    assert [one.id for one in await queries.patients_of(team.id)] == [other.id]
    assert await queries.team_of(patient.id) is None
    assert not await patients.may_open(await staff("nurse1"), patient.id)


async def test_contract_rules_one_team_at_a_time_held_by_the_database(staff, resident):
    await staff("team1")
    team, patient = await found_team(), await resident()
    contract, second = await signed(patient, team), await signed(await resident(number=""), team)
    with pytest.raises(IntegrityError):
        await Contract.filter(id=second.id).update(active_for=patient.id)
    async with db.atomic():
        await terms.end(SYSTEM, contract, "expire", EndedBy.HOUSE)
    with pytest.raises(Conflict):
        await terms.end(SYSTEM, contract, "terminate", EndedBy.TEAM)
    assert (await Contract.get(id=contract.id)).active_for is None


async def test_teams_have_one_of_each_name_and_nobody_twice(staff):
    await staff("team1")
    team = await found_team()
    with pytest.raises(Invalid):
        await found_team()
    nurse = await TeamMember.get(team_id=team.id, role=MemberRole.NURSE)
    again = MemberIn(practitioner_id=nurse.practitioner_id, role=MemberRole.PUBLIC_HEALTH)
    with pytest.raises(Conflict, match="已经在团队里"):
        await service.join(SYSTEM, team.id, again)
    await service.leave(SYSTEM, team.id, nurse.id)
    await service.leave(SYSTEM, team.id, nurse.id)
    back = await service.join(SYSTEM, team.id, again)
    assert [one.role for one in await queries.members_of(team.id)][-1] is MemberRole.PUBLIC_HEALTH
    with pytest.raises(Conflict, match="执业"):
        await service.answer_for(SYSTEM, team.id, back.id)
    with pytest.raises(ValidationError, match="村名"):
        TeamIn(name="团队", organization_id=team.organization_id, villages="长" * 61)


async def test_the_responsible_doctor_stays_until_another_takes_over(staff):
    await staff("team1")
    team = await found_team()
    lead = await TeamMember.get(team_id=team.id, practitioner_id=team.responsible_id)
    with pytest.raises(Conflict, match="先换"):
        await service.leave(SYSTEM, team.id, lead.id)
    county = await TeamMember.get(team_id=team.id, role=MemberRole.COUNTY_DOCTOR)
    await service.answer_for(SYSTEM, team.id, county.id)
    await service.leave(SYSTEM, team.id, lead.id)
    assert lead.practitioner_id not in {
        one.practitioner_id for one in await queries.members_of(team.id)
    }


def test_contract_rules_2018_35_team_of_three_tiers_and_a_physician_who_answers():
    assert rules.missing_tiers({MemberRole.NURSE, MemberRole.VILLAGE_DOCTOR}) == [
        MemberRole.COUNTY_DOCTOR,
        MemberRole.TOWNSHIP_DOCTOR,
    ]
    assert not rules.missing_tiers(set(PEOPLE.values()))
    assert rules.may_be_responsible(Licence.PHYSICIAN)
    assert not rules.may_be_responsible(Licence.VILLAGE_DOCTOR)


def test_load_of_a_doctor_is_a_setting_of_2000():
    assert policy.params().load == 2000
    assert rules.is_full(2000, 2000)
    assert not rules.is_full(1999, 2000)
    assert policy.params().renewal == timedelta(days=30)


async def _leave(team, login):
    row = await TeamMember.get(team_id=team.id, practitioner_id=demo.practitioner_id(login))
    await service.leave(SYSTEM, team.id, row.id)
