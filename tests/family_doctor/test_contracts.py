"""Contracts verb by verb: both sign, one at a time, clocks, renewal, merged records."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care.signatures.models import Signature
from care.signatures.service import verify
from core import clock as time
from core import db
from core.errors import Conflict, Forbidden, Invalid, NotFound
from core.outbox import OutboxEntry
from family_doctor import access, policy, queries
from family_doctor import rules as house
from family_doctor.contracts import asking, deciding, reactions, rules, signing, steps
from family_doctor.contracts.content import KIND
from family_doctor.contracts.events import ContractDue
from family_doctor.contracts.models import Contract, EndedBy
from family_doctor.contracts.schemas import AskIn, DeskIn, EndIn, RefuseIn
from family_doctor.contracts.states import Status
from family_doctor.contracts.wording import agreement
from people import access as patients
from people.links import survivor
from people.matching import service as matching
from people.models import Patient
from people.residents import family
from people.residents.models import Relation
from tests.people.residents.conftest import entry
from tests.plumbing.families import ELSEWHERE, found_team, signed


@pytest.fixture
async def mine(account):
    """A resident's account with their own record."""
    who = await account("zhang")
    card = await family.add_patient(who, entry())
    return who, card.id


def ask_in(team, *packages, **more):
    ids = [one.id for one in packages]
    return AskIn(team_id=team.id, package_ids=ids, text_version=agreement().version, **more)


def desk_in(team, *packages, **more):
    return DeskIn(seen=True, **ask_in(team, *packages).model_dump(), **more)


async def rings(row, what):
    """As the dispatcher does when the clock is there."""

    async def may_lapse(contract):
        return True

    await reactions.due(ContractDue(contract_id=str(row.id), what=what), may_lapse=may_lapse)
    await row.refresh_from_db()


async def test_asked_on_the_phone_signed_by_both_and_in_force(mine, staff, offer, inbox):
    who, patient_id = mine
    team, basic = await found_team(), await offer()
    row = await asking.ask(who, patient_id, Relation.SELF, ask_in(team, basic))
    assert (row.status, row.text_version) == (Status.APPLIED, agreement().version)
    assert await queries.team_of(patient_id) is None

    await signing.send_code(who, row.id)
    with pytest.raises(Invalid, match="验证码"):
        await signing.sign_own(who, row.id, Relation.SELF, "000000x")
    row = await sign_with_the_code_of(who, row, inbox)
    assert row.status is Status.APPLIED
    lead, nurse = await staff("team1"), await staff("nurse1")
    with pytest.raises(Forbidden):
        await deciding.sign(nurse, row.id)
    with pytest.raises(NotFound):
        await deciding.review(await staff("village2"), row.id)
    row = await deciding.sign(lead, row.id)
    await deciding.sign(lead, row.id)
    assert (row.status, row.starts_on) == (Status.ACTIVE, time.today())
    assert (row.ends_on + timedelta(days=1)).month == time.today().month
    signature = await Signature.get(kind=KIND, document_id=row.id)
    row = await Contract.get(id=row.id)
    assert (await verify(signature, row.content)).genuine
    assert (await queries.team_of(patient_id)).id == team.id
    assert await patients.may_open(await staff("county1"), patient_id)
    names = set(await OutboxEntry.all().values_list("name", flat=True))
    assert {"family_doctor.ContractActivated", "family_doctor.ContractMoved"} <= names


async def sign_with_the_code_of(who, row, inbox):
    (message, *_) = await inbox.inbox("13812341234")
    code = message.text.partition("验证码 ")[2][:6]
    return await signing.sign_own(who, row.id, Relation.SELF, code)


async def test_one_application_at_a_time_and_no_second_team_while_signed(
    mine, staff, offer, resident
):
    who, patient_id = mine
    team, other, basic = await found_team(), await found_team("二队", ELSEWHERE), await offer()
    row = await asking.ask(who, patient_id, Relation.SELF, ask_in(team, basic))
    with pytest.raises(Conflict, match="在办"):
        await asking.ask(who, patient_id, Relation.SELF, ask_in(other, basic))
    await signing.withdraw(who, row.id)
    await signing.withdraw(who, row.id)
    patient = await Patient.get(id=patient_id)
    await signed(patient, team)
    with pytest.raises(Conflict, match="已经和这个团队签约"):
        await asking.ask(who, patient_id, Relation.SELF, ask_in(team, basic))
    moving = await asking.ask(who, patient_id, Relation.SELF, ask_in(other, basic))
    assert moving.follows_id is not None
    why = RefuseIn(why="离得太远,请选镇上的团队")
    row = await deciding.refuse(await staff("township1"), moving.id, why)
    assert (row.status, row.pending_for) == (Status.REFUSED, None)
    assert (await queries.team_of(patient_id)).id == team.id


async def test_what_is_wrong_is_said(mine, offer, staff):
    who, patient_id = mine
    team, basic = await found_team(), await offer()
    extra = await offer("HTN", "hypertension")
    for wrong in (
        {"text_version": "0"},
        {"package_ids": [extra.id]},
        {"package_ids": [team.id]},
    ):
        with pytest.raises(Invalid):
            bad = ask_in(team, basic).model_copy(update=wrong)
            await asking.ask(who, patient_id, Relation.SELF, bad)
    policy.configure(house.Params(load=0))
    try:
        with pytest.raises(Conflict, match="已满"):
            await asking.ask(who, patient_id, Relation.SELF, ask_in(team, basic))
    finally:
        policy.configure(house.Params())
    assert not await Contract.exists()


async def test_at_the_desk_the_resident_signs_at_once(staff, resident, offer):
    village, lead = await staff("village1"), await staff("team1")
    team, other, basic = await found_team(), await found_team("二队", ELSEWHERE), await offer()
    patient = await resident()
    with pytest.raises(NotFound):
        await asking.ask_at_desk(village, patient.id, desk_in(other, basic))
    with pytest.raises(Invalid):
        await asking.ask_at_desk(village, patient.id, desk_in(team, basic, signer="guardian"))
    row = await asking.ask_at_desk(village, patient.id, desk_in(team, basic))
    assert (row.signed_how, row.signed_relation, row.status) == ("desk", "self", Status.APPLIED)
    row = await deciding.sign(lead, row.id)
    assert row.status is Status.ACTIVE
    assert not await Contract.filter(pending_for=patient.id).exists()


async def test_renewal_begins_when_the_old_one_ends_and_nobody_is_without(
    staff, resident, offer, clock
):
    village, lead = await staff("village1"), await staff("team1")
    team, basic, patient = await found_team(), await offer(), await resident()
    old = await signed(patient, team)
    async with db.atomic():
        await steps.due(old, "renewal", time.now())
    clock.move(days=340)
    await rings(old, "renewal")
    assert await OutboxEntry.filter(name="family_doctor.RenewalDue").count() == 1
    village, lead = await staff("village1"), await staff("team1")
    row = await asking.ask_at_desk(village, patient.id, desk_in(team, basic))
    row = await deciding.sign(lead, row.id)
    assert (row.status, row.starts_on) == (Status.SIGNED, old.ends_on + timedelta(days=1))
    assert (await queries.contract_of(patient.id)).id == old.id
    await rings(row, "begin")
    assert row.status is Status.SIGNED
    clock.move(days=25)
    await rings(old, "expire")
    await row.refresh_from_db()
    assert (old.status, row.status) == (Status.RENEWED, Status.ACTIVE)
    await rings(row, "begin")
    assert (await queries.contract_of(patient.id)).id == row.id


async def test_clocks_end_what_nobody_goes_on_with(mine, offer, clock, staff):
    who, patient_id = mine
    team, basic = await found_team(), await offer()
    row = await asking.ask(who, patient_id, Relation.SELF, ask_in(team, basic))
    await rings(row, "lapse")
    assert row.status is Status.APPLIED
    clock.move(days=8)
    await rings(row, "lapse")
    assert (row.status, row.pending_for, row.ended_by) == (Status.EXPIRED, None, EndedBy.HOUSE)
    in_force = await signed(await Patient.get(id=patient_id), team)
    clock.move(days=366)
    await rings(in_force, "expire")
    assert in_force.status is Status.EXPIRED
    assert not await patients.may_open(await staff("nurse1"), patient_id)


async def test_either_side_ends_it_with_a_reason_and_the_record_closes(mine, staff):
    who, patient_id = mine
    team = await found_team()
    patient = await Patient.get(id=patient_id)
    first = await signed(patient, team)
    row = await signing.end_own(who, first.id, EndIn(why="moved", words="搬到县城"))
    assert (row.status, row.ended_by, row.end_reason) == (
        Status.TERMINATED,
        EndedBy.RESIDENT,
        "搬走了:搬到县城",
    )
    second = await signed(patient, team)
    with pytest.raises(Forbidden):
        await deciding.terminate(await staff("nurse1"), second.id, EndIn(why="died"))
    row = await deciding.terminate(await staff("team1"), second.id, EndIn(why="died"))
    assert (row.ended_by, row.end_reason) == (EndedBy.HOUSE, "居民去世")
    with pytest.raises(NotFound):
        await access.open_resident(await staff("nurse1"), patient_id, purpose="x")


async def test_two_records_of_one_person_keep_the_later_contract(staff, resident):
    admin = await staff("admin1")
    team, one, other = await found_team(), await resident(), await resident("张桂英", number="")
    first, second = await signed(one, team), await signed(other, team)
    link = await matching.merge(admin, one.id, other.id, "同一个人,两份档案")
    assert await survivor(other.id) == one.id
    await first.refresh_from_db()
    await second.refresh_from_db()
    assert (first.status, second.status) == (Status.TERMINATED, Status.ACTIVE)
    assert second.active_for == one.id
    assert (await queries.contract_of(one.id)).id == second.id
    assert [row.id for row in await queries.patients_of(team.id)] == [one.id]
    assert await patients.may_open(await staff("county1"), one.id)
    await matching.unmerge(admin, link.id, "原来是两个人")
    await second.refresh_from_db()
    assert second.active_for == other.id


@given(st.dates(date(2024, 1, 1), date(2040, 12, 31)), st.integers(1, 3))
def test_contract_rules_2022_10_a_term_is_one_to_three_whole_years(day, years):
    end = rules.day_of_end(day, years)
    assert abs((end - day).days + 1 - years * 365.25) < 1.5
    assert rules.starts(day, None) == day
    assert rules.starts(day, end) == end + timedelta(days=1)
    assert rules.starts(end + timedelta(days=9), end) == end + timedelta(days=9)


def test_minfadian_34_a_guardian_signs_for_a_minor_and_nobody_else():
    today = date(2026, 11, 22)
    assert rules.why_not_signer("self", date(2010, 1, 1), today)
    assert not rules.why_not_signer("guardian", date(2010, 1, 1), today)
    assert rules.why_not_signer("guardian", date(1950, 1, 1), today)
    assert not rules.why_not_signer("self", date(2008, 11, 22), today)


def test_zhenliao_banfa_17_content_flow_duties_and_risks_are_told():
    text = agreement().body
    for said in ("服务内容", "服务流程", "团队的责任", "您的责任和权利", "可能出现的风险"):
        assert f"**{said}**" in text


async def test_a_contract_on_its_way_follows_the_one_that_a_merge_brought(staff, resident, offer):
    village, lead, admin = await staff("village1"), await staff("team1"), await staff("admin1")
    team, basic = await found_team(), await offer()
    one, other = await resident(), await resident("张桂英", number="")
    first = await signed(one, await found_team("二队", ELSEWHERE))
    row = await asking.ask_at_desk(village, other.id, desk_in(team, basic))
    await matching.merge(admin, one.id, other.id, "同一个人,两份档案")
    row = await deciding.sign(lead, row.id)
    await first.refresh_from_db()
    assert (first.status, row.status, row.active_for) == (
        Status.CHANGED_TEAM,
        Status.ACTIVE,
        one.id,
    )


async def test_who_ends_the_contract_ends_its_renewal_too(mine, offer, staff, clock):
    who, patient_id = mine
    team, basic = await found_team(), await offer()
    old = await signed(await Patient.get(id=patient_id), team)
    clock.move(days=340)
    row = await asking.ask_at_desk(await staff("village1"), patient_id, desk_in(team, basic))
    row = await deciding.sign(await staff("team1"), row.id)
    assert row.status is Status.SIGNED
    await signing.end_own(who, old.id, EndIn(why="moved"))
    clock.move(days=30)
    await rings(row, "begin")
    assert (row.status, row.pending_for) == (Status.WITHDRAWN, None)
    assert await queries.contract_of(patient_id) is None
